// SPDX-License-Identifier: Apache-2.0

/// A finished call, as the portal's statistics hold it for good.
struct StatisticsRow: Sendable, Codable, Equatable {
    var id: Int
    var callID: String
    var externalID: String?
    var userID: Int
    var phone: String
    var portalNumber: String
    var type: Int
    var start: Double
    var duration: Int
    var failedCode: String
    var failedReason: String
    var vote: Int
    var cost: Double
    var currency: String
    var recordURL: String?
    var recordFileID: Int?
    var transcriptID: Int?
    var entity: CRMReference?
    var activityID: Int?
    var applicationID: String?
    var applicationName: String?
    /// When the row was written; reads see it a delay later.
    var insertedAt: Double
    /// The user that `register` named.
    var registeredUserID: Int
    var registeredAt: Double
    var callListID: String?
    /// The switches that `register` and `finish` were given, as texts.
    var registerSwitches: [String: String]?
    var finishSwitches: [String: String]?

    /// What `voximplant.statistic.get` returns.
    func fields(zoneMinutes: Int) -> PortalMap {
        [
            "ID": .string(String(id)),
            "PORTAL_USER_ID": .string(String(userID)),
            "PORTAL_NUMBER": .string(portalNumber),
            "PHONE_NUMBER": .string(phone),
            "CALL_ID": .string(callID),
            "EXTERNAL_CALL_ID": .optional(externalID),
            "CALL_CATEGORY": "external",
            "CALL_DURATION": .string(String(duration)),
            "CALL_START_DATE": .string(CalendarDate.iso(start, zoneMinutes: zoneMinutes)),
            "CALL_RECORD_URL": .optional(recordURL),
            "CALL_VOTE": .string(String(vote)),
            "COST": .string(Self.fourDecimals(cost)),
            "COST_CURRENCY": .string(currency),
            "CALL_FAILED_CODE": .string(failedCode),
            "CALL_FAILED_REASON": .string(failedReason),
            "CRM_ENTITY_TYPE": .optional(entity?.type.rawValue),
            "CRM_ENTITY_ID": .optional(entity.map { String($0.id) }),
            "CRM_ACTIVITY_ID": .optional(activityID.map { String($0) }),
            "REST_APP_ID": .optional(applicationID),
            "REST_APP_NAME": .optional(applicationName),
            "REDIAL_ATTEMPT": .null,
            "SESSION_ID": .null,
            "TRANSCRIPT_ID": .optional(transcriptID.map { String($0) }),
            "TRANSCRIPT_PENDING": "N",
            "RECORD_DURATION": .null,
            "RECORD_FILE_ID": .optional(recordFileID),
            "CALL_LOG": .null,
            "COMMENT": .null,
            "CALL_TYPE": .string(String(type)),
        ]
    }

    private static func fourDecimals(_ value: Double) -> String {
        let scaled = (abs(value) * 10_000).rounded()
        guard scaled < 1e17 else { return "\(value)" }
        let whole = Int(scaled) / 10_000
        let fraction = String(10_000 + Int(scaled) % 10_000).dropFirst()
        return "\(value < 0 ? "-" : "")\(whole).\(fraction)"
    }
}

/// All finished calls, found by CALL_ID and EXTERNAL_CALL_ID without a scan.
struct StatisticsTable {
    private(set) var rows: [StatisticsRow] = []
    private var byCallID: [String: [Int]] = [:]
    private var byExternalID: [String: [Int]] = [:]
    private var byID: [Int: Int] = [:]
    private(set) var nextID = 1

    mutating func insert(_ row: StatisticsRow) {
        let place = rows.count
        rows.append(row)
        byID[row.id] = place
        byCallID[row.callID.collated, default: []].append(place)
        if let externalID = row.externalID { byExternalID[externalID.collated, default: []].append(place) }
        nextID = max(nextID, row.id + 1)
    }

    /// Changes a row in place; CALL_ID and EXTERNAL_CALL_ID stay what they are.
    mutating func update(_ row: StatisticsRow) {
        if let place = byID[row.id] { rows[place] = row }
    }

    func rows(callID: String) -> [StatisticsRow] { (byCallID[callID.collated] ?? []).map { rows[$0] } }
    func rows(externalID: String) -> [StatisticsRow] { (byExternalID[externalID.collated] ?? []).map { rows[$0] } }
    /// The rows with a higher number, found by halving.
    func rows(after id: Int) -> ArraySlice<StatisticsRow> {
        var (low, high) = (0, rows.count)
        while low < high {
            let middle = (low + high) / 2
            if rows[middle].id <= id { low = middle + 1 } else { high = middle }
        }
        return rows[low...]
    }

    func row(id: Int) -> StatisticsRow? { byID[id].map { rows[$0] } }

    /// CALL_IDs or EXTERNAL_CALL_IDs with more than one row.
    var finishedTwiceByCallID: [String] {
        byCallID.filter { $0.value.count > 1 }.map { rows[$0.value[0]].callID }.sorted()
    }
    var finishedTwiceByExternalID: [String] {
        byExternalID.filter { $0.value.count > 1 && !$0.key.isEmpty }
            .compactMap { rows[$0.value[0]].externalID }.sorted()
    }
}

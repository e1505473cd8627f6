// SPDX-License-Identifier: Apache-2.0

/// The filter of `voximplant.statistic.get`, with everything dropped that the portal drops without a word.
struct StatisticsFilter {
    enum Comparison {
        case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual, between, notBetween, contains, notContains
    }

    struct Condition {
        var field: String
        var comparison: Comparison
        var values: [String]
    }

    private(set) var conditions: [Condition] = []

    /// The operators, longest first so that `>=` is not read as `>`.
    private static let operators: [(String, Comparison)] = [
        ("!><", .notBetween), ("><", .between), ("<=", .lessOrEqual), (">=", .greaterOrEqual), ("!=", .notEqual),
        ("!%", .notContains), ("<", .less), (">", .greater), ("=", .equal), ("!", .notEqual), ("%", .contains),
        ("?", .contains), ("", .equal),
    ]

    static let fields: Set<String> = [
        "ID", "PORTAL_USER_ID", "PORTAL_NUMBER", "PHONE_NUMBER", "CALL_ID", "EXTERNAL_CALL_ID", "CALL_CATEGORY",
        "CALL_DURATION", "CALL_START_DATE", "CALL_RECORD_URL", "CALL_VOTE", "COST", "COST_CURRENCY",
        "CALL_FAILED_CODE", "CALL_FAILED_REASON", "CRM_ENTITY_TYPE", "CRM_ENTITY_ID", "CRM_ACTIVITY_ID",
        "REST_APP_ID", "REST_APP_NAME", "REDIAL_ATTEMPT", "SESSION_ID", "TRANSCRIPT_ID", "TRANSCRIPT_PENDING",
        "RECORD_DURATION", "RECORD_FILE_ID", "CALL_LOG", "COMMENT", "CALL_TYPE",
    ]
    private static let numeric: Set<String> = [
        "ID", "PORTAL_USER_ID", "CALL_DURATION", "CALL_VOTE", "COST", "CRM_ENTITY_ID", "CRM_ACTIVITY_ID",
        "RECORD_FILE_ID", "TRANSCRIPT_ID", "CALL_TYPE", "CALL_START_DATE",
    ]

    /// Reads a filter; anything but a map, unknown fields and operators, and empty lists filter nothing.
    ///
    /// - Parameter dropped: A field that this portal does not know.
    init(_ value: PortalValue?, now: Double, zoneMinutes: Int, dropped: String? = nil) {
        guard let map = value?.map else { return }
        for key in map.keys {
            guard case .text(let name) = key, let value = map[key] else { continue }
            let upper = name.uppercased()
            guard let (mark, comparison) = Self.operators.first(where: { upper.hasPrefix($0.0) }) else { continue }
            let field = String(upper.dropFirst(mark.count))
            guard Self.fields.contains(field), field != dropped else { continue }
            var values = (value.map?.list ?? [value]).map(\.asText)
            if values.isEmpty { continue }
            if field == "CALL_START_DATE" {
                values = values.map { text in
                    DateText.read(text, now: now, zoneMinutes: zoneMinutes).map { String(Int($0)) } ?? "no date"
                }
            }
            conditions.append(Condition(field: field, comparison: comparison, values: values))
        }
    }

    /// Leaves one value of each list.
    mutating func keepFirstValues() {
        for index in conditions.indices { conditions[index].values = Array(conditions[index].values.prefix(1)) }
    }

    /// The values that one of the indexed fields must equal, so that no scan is needed.
    func wanted(_ field: String) -> [String]? {
        conditions.first { $0.field == field && $0.comparison == .equal }?.values
    }

    /// Rows have ascending numbers: those up to this one cannot fit.
    var highestExcludedID: Int {
        conditions.reduce(0) { highest, condition in
            guard condition.field == "ID" else { return highest }
            let value = PortalValue.string(condition.values[0]).asInt
            switch condition.comparison {
            case .greater: return max(highest, value)
            case .greaterOrEqual: return max(highest, max(value, 1) - 1)
            default: return highest
            }
        }
    }

    func accepts(_ row: StatisticsRow) -> Bool {
        conditions.allSatisfy { Self.holds($0, row.comparable($0.field)) }
    }

    private static func holds(_ condition: Condition, _ value: String?) -> Bool {
        let isNumeric = numeric.contains(condition.field)
        func order(_ other: String) -> Int {
            guard let value else { return -2 }
            if isNumeric {
                let (left, right) = (PortalValue.string(value).asDouble, PortalValue.string(other).asDouble)
                return left == right ? 0 : left < right ? -1 : 1
            }
            let (left, right) = (value.collated, other.collated)
            return left == right ? 0 : left < right ? -1 : 1
        }
        func contains(_ text: String) -> Bool { value?.collated.contains(text.collated) ?? false }
        let first = condition.values[0]
        switch condition.comparison {
        case .equal: return value == nil ? first.isEmpty : condition.values.contains { order($0) == 0 }
        case .notEqual: return !condition.values.contains { order($0) == 0 }
        case .less: return value != nil && order(first) < 0
        case .lessOrEqual: return value != nil && order(first) <= 0
        case .greater: return order(first) > 0
        case .greaterOrEqual: return order(first) >= 0
        case .between, .notBetween:
            // A range needs two values; with one it can hold for nothing.
            guard condition.values.count >= 2, value != nil else { return false }
            let inside = order(first) >= 0 && order(condition.values[1]) <= 0
            return condition.comparison == .between ? inside : !inside
        case .contains: return contains(first)
        case .notContains: return !contains(first)
        }
    }
}

extension StatisticsRow {
    /// A field's value as filters and sorting compare it; dates are seconds since 1970.
    func comparable(_ field: String) -> String? {
        switch field {
        case "ID": String(id)
        case "CALL_ID": callID
        case "EXTERNAL_CALL_ID": externalID
        case "PORTAL_USER_ID": String(userID)
        case "PHONE_NUMBER": phone
        case "PORTAL_NUMBER": portalNumber
        case "CALL_TYPE": String(type)
        case "CALL_START_DATE": String(Int(start))
        case "CALL_DURATION": String(duration)
        case "CALL_FAILED_CODE": failedCode
        default: fields(zoneMinutes: 0)[field].flatMap { $0.isNull ? nil : $0.asText }
        }
    }
}

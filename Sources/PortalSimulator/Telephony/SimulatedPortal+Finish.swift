// SPDX-License-Identifier: Apache-2.0

extension SimulatedPortal {
    /// `telephony.externalCall.finish`: no lock is held between finding the live call and removing it.
    func finish(_ parameters: PortalMap, _ context: CallContext) async throws -> MethodResult {
        try await spend(0.25, context)
        guard let userID = resolveUser(parameters) else { throw RESTFailure.userNotGiven }
        guard let callID = parameters["CALL_ID"]?.string else { throw RESTFailure.callIDNotText }
        guard let call = state.live[callID] else { throw RESTFailure.callNotFound }
        guard state.users[userID]?.takesCalls == true else { throw RESTFailure.userNotActive }
        if context.run.oddError == .oddErrorBefore { throw RESTFailure.odd }
        hideCard(of: call, from: [userID])
        let ending = CallEnding(parameters, userID: userID)
        setResponsible(userID, of: call.created)
        makeChat(for: call, userID: userID)
        let activity = writeActivity(for: call, ending)
        fireRobots(for: call, ending)
        // The row comes later than the activity: two finishes of one call can both get this far.
        try await spend(0.5, context)
        let row = try writeRow(for: call, ending, activity: activity)
        keepMissedCalls(row)
        if context.run.oddError == .oddErrorAfter { throw RESTFailure.odd }
        if ending.addsToChat, ending.code != "423" {
            state.counters.chatMessages += 1
            note("chatMessage", callID, call.phone)
        }
        // The call is removed last; a request cut here leaves row and live call both.
        try await spend(0.25, context)
        change(.removed(callID: callID))
        if options.duplicateWindow == .d { recentlyFinished.append(call) }
        note("app", callID, "ONVOXIMPLANTCALLEND")
        for lead in call.created where lead.type == .lead { note("leadWorkflow", callID, "\(lead.id)") }
        var reply = Self.reply(row, activity: activity, recordSent: ending.recordURL != nil)
        if context.run.registered.contains(callID), let id = call.applicationID.flatMap({ Int($0) }) {
            // A call registered by the same request still has its application as a number.
            reply["REST_APP_ID"] = .int(id)
        }
        return MethodResult(.map(reply))
    }

    /// Step 12: inserts the row, whose columns refuse what is too long.
    private func writeRow(for call: LiveCall, _ ending: CallEnding, activity: Activity?) throws(RESTFailure)
        -> StatisticsRow
    {
        let line = call.line.flatMap { $0 == "0" ? nil : $0 }
        let row = StatisticsRow(
            id: state.statistics.nextID, callID: call.callID, externalID: call.externalID, userID: ending.userID,
            phone: call.phone, portalNumber: line ?? "REST_APP:\(call.applicationID ?? "")", type: call.type,
            start: call.start, duration: ending.duration, failedCode: ending.code, failedReason: ending.reason,
            vote: ending.vote, cost: ending.cost, currency: ending.currency, recordURL: ending.recordURL,
            entity: call.primary, activityID: activity?.id, applicationID: call.applicationID,
            applicationName: call.applicationName, insertedAt: clock.now(), registeredUserID: call.userID,
            registeredAt: call.registeredAt, callListID: call.callListID, registerSwitches: call.switches,
            finishSwitches: ending.switches)
        if let complaint = row.tooLong { throw .database(complaint) }
        change(.row(row))
        state.counters.finishes += 1
        return row
    }

    /// Step 13: a missed call is opened, or earlier ones of the number are closed.
    private func keepMissedCalls(_ row: StatisticsRow) {
        if row.failedCode == "304", row.type == 2 || row.type == 3 {
            change(.missed(MissedCall(statisticsID: row.id, phone: row.phone, start: row.start)))
            state.counters.missedCalls += 1
        } else if row.failedCode == "200", row.type == 1 {
            for var missedCall in state.missed[row.phone] ?? [] where missedCall.closedBy == nil {
                missedCall.closedBy = row.id
                change(.missed(missedCall))
                state.counters.missedCallsClosed += 1
            }
        }
    }

    private static func reply(_ row: StatisticsRow, activity: Activity?, recordSent: Bool) -> PortalMap {
        var map: PortalMap = [
            "CALL_ID": .string(row.callID),
            "EXTERNAL_CALL_ID": .optional(row.externalID),
            "PORTAL_USER_ID": .int(row.userID),
            "PHONE_NUMBER": .string(row.phone),
            "PORTAL_NUMBER": .string(row.portalNumber),
            "INCOMING": .string(String(row.type)),
            "CALL_DURATION": .int(row.duration),
            // The server's date object serialises to an empty object.
            "CALL_START_DATE": .emptyObject,
            "CALL_STATUS": .int(row.duration > 0 ? 1 : 0),
            "CALL_VOTE": .int(row.vote),
            "COST": .plainNumber(row.cost),
            "COST_CURRENCY": .string(row.currency),
            "CALL_FAILED_CODE": .string(row.failedCode),
            "CALL_FAILED_REASON": .string(row.failedReason),
            "REST_APP_ID": .optional(row.applicationID),
            "REST_APP_NAME": row.applicationName.map(PortalValue.string) ?? .bool(false),
            "CRM_ACTIVITY_ID": activity.map { .int($0.id) } ?? .bool(false),
            "COMMENT": .null,
        ]
        if recordSent { map["CALL_RECORD_URL"] = .optional(row.recordURL) }
        if let entity = row.entity {
            map["CRM_ENTITY_TYPE"] = .string(entity.type.rawValue)
            map["CRM_ENTITY_ID"] = .int(entity.id)
        }
        map["ID"] = .int(row.id)
        if activity == nil {
            map["ERRORS"] = [
                "ACTIVITY_CREATION": "Could not find associated crm entity for the current call"
            ]
        }
        return map
    }
}

/// What `finish` was told about the call's end.
struct CallEnding {
    var userID: Int
    var duration: Int
    var code: String
    var reason: String
    var vote: Int
    var cost: Double
    var currency: String
    var recordURL: String?
    var addsToChat: Bool
    var switches: [String: String]

    init(_ parameters: PortalMap, userID: Int) {
        self.userID = userID
        // The column holds 32 bits; what does not fit is stored as the nearest value that does.
        duration = Int(Int32(clamping: parameters["DURATION"]?.asInt ?? 0))
        let given = parameters["STATUS_CODE"].flatMap { $0.isNull || $0 == "" ? nil : $0.asText }
        code = given ?? (duration > 0 ? "200" : "304")
        reason = parameters["FAILED_REASON"]?.asText ?? ""
        vote = Int(Int32(clamping: parameters["VOTE"]?.asInt ?? 0))
        cost = parameters["COST"]?.asDouble ?? 0
        currency = parameters["COST_CURRENCY"]?.asText ?? ""
        recordURL = parameters["RECORD_URL"].flatMap { $0.isNull || $0 == "" ? nil : $0.asText }
        switches = SimulatedPortal.switches(parameters)
        addsToChat = parameters["ADD_TO_CHAT"]?.isTruthy ?? false
    }
}

extension StatisticsRow {
    /// The complaint of the first column that is too short for its value.
    var tooLong: String? {
        let columns: [(String, String?, Int)] = [
            ("PORTAL_NUMBER", portalNumber, 50), ("PHONE_NUMBER", phone, 20), ("CALL_FAILED_CODE", failedCode, 255),
            ("CALL_FAILED_REASON", failedReason, 255), ("COST_CURRENCY", currency, 50),
            ("CALL_RECORD_URL", recordURL, 2000), ("EXTERNAL_CALL_ID", externalID, 64),
        ]
        for (name, value, limit) in columns where (value?.unicodeScalars.count ?? 0) > limit {
            return "The value of \"\(name)\" is longer than \(limit) characters."
        }
        return nil
    }
}

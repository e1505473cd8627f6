// SPDX-License-Identifier: Apache-2.0

extension SimulatedPortal {
    /// `telephony.externalCall.register`: validates, finds or makes the line, finds or makes the live call, then the CRM.
    func register(_ parameters: PortalMap, _ context: CallContext) async throws -> MethodResult {
        try await spend(0.4, context)
        if options.modifyRightNeeded, context.caller.user != options.administrator { throw RESTFailure.accessDenied }
        var call = try newCall(parameters, context.caller)
        call.line = try await findOrCreateLine(parameters["LINE_NUMBER"], context)
        note("app", call.callID, "ONVOXIMPLANTCALLINIT")
        let shows = parameters["SHOW"].map(\.isTruthy) ?? true
        if let twin = registeredTwin(of: call) {
            state.counters.duplicateRegisters += 1
            if shows { showCard(of: twin, to: [twin.userID]) }
            return MethodResult(answer(twin, duplicate: true))
        }
        change(.live(call))
        state.counters.registers += 1
        context.run.registered.insert(call.callID)
        // From here on the call exists: a request that is cut leaves an orphan.
        try await spend(0.5, context)
        var creation = LeadCreation.notWanted
        if options.crmFails {
            if options.registerStyle == .a { throw RESTFailure.business("Unexpected error in CRM") }
            // The failure is swallowed, and with it everything that would have come after it.
            return MethodResult(answer(call, duplicate: false))
        }
        creation = bindCRM(&call, parameters)
        change(.live(call))
        note("app", call.callID, "ONVOXIMPLANTCALLSTART")
        if shows { showCard(of: call, to: [call.userID]) }
        return MethodResult(answer(call, duplicate: false, creation: creation))
    }

    /// Steps 1 to 6: what can be wrong with the parameters, in the portal's order.
    private func newCall(_ parameters: PortalMap, _ caller: Caller) throws(RESTFailure) -> LiveCall {
        guard let userID = resolveUser(parameters) else { throw .userNotGiven }
        let type = parameters["TYPE"]?.asInt ?? 0
        guard (1...5).contains(type) else { throw .unknownType }
        let now = clock.now()
        var start = now.rounded(.down)
        if let given = parameters["CALL_START_DATE"], given.map != nil || !given.asText.isEmpty {
            guard given.map == nil, let date = DateText.read(given.asText, now: now, zoneMinutes: options.zoneMinutes)
            else { throw .badStartDate }
            start = date
        }
        guard let phone = PhoneText.stripped(parameters["PHONE_NUMBER"]?.asText ?? "") else { throw .badPhone }
        guard state.users[userID]?.takesCalls == true else { throw .userNotActive }
        var externalID: String?
        if options.keepsExternalIDs, let given = parameters["EXTERNAL_CALL_ID"], !given.isNull {
            externalID = given.asText
        }
        return LiveCall(
            callID: LiveCall.newID(at: now), userID: userID, phone: phone, type: type, start: start,
            registeredAt: now, externalID: externalID, applicationID: caller.applicationID,
            applicationName: caller.applicationName,
            callListID: parameters["CALL_LIST_ID"].flatMap { $0.isNull ? nil : $0.asText },
            switches: Self.switches(parameters))
    }

    /// The switches among the parameters, as texts.
    static func switches(_ parameters: PortalMap) -> [String: String] {
        var given: [String: String] = [:]
        for name in ["SHOW", "ADD_TO_CHAT", "CRM_CREATE", "CRM_SOURCE"] {
            if let value = parameters[name] { given[name] = value.asText }
        }
        return given
    }

    /// `USER_ID`, or the active employee with exactly this inner number.
    func resolveUser(_ parameters: PortalMap) -> Int? {
        let given = parameters["USER_ID"]?.asInt ?? 0
        if given != 0 { return given }
        guard let inner = parameters["USER_PHONE_INNER"]?.asText, !inner.isEmpty else { return nil }
        return state.usersByInner[inner]?.first { state.users[$0]?.takesCalls == true }
    }

    /// The call that the thirty-minute rule takes the new one for.
    private func registeredTwin(of call: LiveCall) -> LiveCall? {
        let horizon = clock.now() - options.duplicateSeconds
        switch options.duplicateWindow {
        case .a: return state.live.twin(of: call) { $0.start > horizon }
        case .d:
            if let live = state.live.twin(of: call, where: { $0.registeredAt > horizon }) { return live }
            recentlyFinished.removeAll { $0.registeredAt <= horizon }
            let key = LookAlikeKey(call)
            return recentlyFinished.first { LookAlikeKey($0) == key && $0.isTwin(of: call) }
        }
    }

    /// What `register` answers of a call, on portals that do so as they should.
    private func answer(_ call: LiveCall, duplicate: Bool, creation: LeadCreation = .notWanted) -> PortalValue {
        switch options.registerAnswer {
        case .whole, .missing: Self.reply(call, duplicate: duplicate, creation: creation)
        case .no: .bool(false)
        case .withoutID: .map(["CRM_ENTITY_ID": .null])
        }
    }

    private static func reply(_ call: LiveCall, duplicate: Bool, creation: LeadCreation = .notWanted) -> PortalValue {
        let lead = call.created.first { $0.type == .lead }
        var map: PortalMap = [
            "CALL_ID": .string(call.callID),
            "CRM_CREATED_LEAD": .optional(duplicate ? nil : lead?.id),
            "CRM_CREATED_ENTITIES": .list(
                duplicate
                    ? [] : call.created.map { ["ENTITY_TYPE": .string($0.type.rawValue), "ENTITY_ID": .int($0.id)] }),
            "CRM_ENTITY_TYPE": call.primary.map { .string($0.type.rawValue) } ?? (duplicate ? .bool(false) : ""),
            "CRM_ENTITY_ID": call.primary.map { duplicate ? .string(String($0.id)) : .int($0.id) } ?? .null,
        ]
        if case .refused(let text) = creation { map["LEAD_CREATION_ERROR"] = .string(text) }
        return .map(map)
    }

    /// Runs the cleaner when its time has come.
    func cleanIfDue(at now: Double) {
        if now - lastCleaning >= options.cleanerSeconds { clean(at: now) }
    }

    /// Removes up to a thousand calls that began more than thirty days ago, and old lines.
    func clean(at now: Double) {
        lastCleaning = now
        let horizon = now - options.liveCallDays * 86_400
        removeOldLines(at: now)
        for call in state.live.byID.values.filter({ $0.start < horizon }).prefix(1000) {
            change(.removed(callID: call.callID))
            state.counters.cleaned += 1
        }
    }
}

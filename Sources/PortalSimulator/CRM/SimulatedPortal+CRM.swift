// SPDX-License-Identifier: Apache-2.0

/// What became of the wish to create a lead at `register`.
enum LeadCreation: Equatable {
    case notWanted
    case created
    /// With the portal's text, which may be empty.
    case refused(String)
}

extension SimulatedPortal {
    /// Step 12 of `register`: binds the call to a given or found client, or creates one.
    func bindCRM(_ call: inout LiveCall, _ parameters: PortalMap) -> LeadCreation {
        let wanted = parameters["CRM_CREATE"]?.isTruthy == true || parameters["CRM"]?.isTruthy == true
        let isInternal = state.usersByInner[call.phone]?.contains { state.users[$0]?.active == true } ?? false
        if isInternal { return wanted ? .refused("Lead creation is disabled for local users") : .notWanted }
        if let id = parameters["CRM_ENTITY_ID"], !id.isNull, let type = parameters["CRM_ENTITY_TYPE"], !type.isNull {
            // Not checked for existence; an unknown type binds to nothing and still switches the search off.
            if let kind = CRMReference.Kind(rawValue: type.asText.uppercased()), kind != .deal {
                call.primary = CRMReference(type: kind, id: id.asInt)
                call.bindings = [CRMReference(type: kind, id: id.asInt)]
            }
            return wanted ? .refused("") : .notWanted
        }
        let found = state.crm.find(phone: call.phone)
        call.bindings = found.map(\.reference)
        call.primary = found.first?.reference
        guard wanted else { return .notWanted }
        return create(for: &call, known: found, source: parameters["CRM_SOURCE"]?.asText)
    }

    private func create(for call: inout LiveCall, known: [CRMEntity], source: String?) -> LeadCreation {
        if !known.isEmpty {
            let hasOpenWork =
                known.contains { $0.reference.type == .lead && $0.isOpen }
                || state.crm.openDeal(phone: call.phone) != nil
            let isClient = known.contains { $0.reference.type != .lead }
            guard call.type != 1, isClient, !hasOpenWork, options.repeatLeads else { return .refused("") }
        }
        let kinds: [CRMReference.Kind] =
            options.crmMode == .classic ? [.lead] : known.isEmpty ? [.contact, .deal] : [.deal]
        for kind in kinds {
            let entity = CRMEntity(
                reference: CRMReference(type: kind, id: state.crm.freeID(kind)), name: call.phone,
                phones: [call.phone], responsible: call.userID, source: Self.knownSource(source),
                createdByCall: call.callID)
            change(.entity(entity))
            call.created.append(entity.reference)
            call.bindings.append(entity.reference)
            note(kind.rawValue.lowercased(), call.callID, "\(entity.reference.id)")
            switch kind {
            case .lead: state.counters.leads += 1
            case .contact: state.counters.contacts += 1
            default: state.counters.deals += 1
            }
        }
        if call.primary == nil { call.primary = call.created.first }
        return .created
    }

    private static func knownSource(_ source: String?) -> String {
        source.flatMap { given in CRMDirectory.sources.first { $0.id == given }?.id } ?? "CALL"
    }

    /// Step 8 of `finish`.
    func setResponsible(_ user: Int, of entities: [CRMReference]) {
        for reference in entities {
            guard var entity = state.crm.entities[reference], entity.responsible != user else { continue }
            entity.responsible = user
            change(.entity(entity))
        }
    }

    /// Step 9 of `finish`: a known client gets a chat, whatever `ADD_TO_CHAT` says.
    func makeChat(for call: LiveCall, userID: Int) {
        guard call.primary != nil, options.chatAction != .none else { return }
        let chat = options.chatAction == .append ? "common" : "\(userID) \(call.phone)"
        guard !state.chats.contains(chat) else { return }
        change(.chat(chat))
        state.counters.chats += 1
        note("chat", call.callID, chat)
    }

    /// Step 10 of `finish`: one activity per attempt, if there is somebody to attach it to.
    func writeActivity(for call: LiveCall, _ ending: CallEnding) -> Activity? {
        guard let owner = call.primary else { return nil }
        let isMissed = ending.code == "304" && (call.type == 2 || call.type == 4)
        let activity = Activity(
            id: state.nextActivity, callID: call.callID, owner: owner, responsible: ending.userID,
            start: call.start, end: call.start + Double(ending.duration), direction: call.type == 1 ? 2 : 1,
            completed: !isMissed, subject: "Call \(call.phone)", vote: ending.vote)
        change(.activity(activity))
        state.counters.activities += 1
        return activity
    }

    /// Step 11 of `finish`: automation of the bound entities.
    func fireRobots(for call: LiveCall, _ ending: CallEnding) {
        guard call.type == 2 || call.type == 3, !call.bindings.isEmpty else { return }
        state.counters.robots += 1
        note("robot", call.callID, "call")
        if ending.code == "304" {
            state.counters.robots += 1
            note("robot", call.callID, "missed call")
        }
    }
}

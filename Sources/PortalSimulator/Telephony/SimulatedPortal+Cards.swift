// SPDX-License-Identifier: Apache-2.0

extension SimulatedPortal {
    /// `telephony.externalCall.show`.
    func show(_ parameters: PortalMap) -> MethodResult {
        guard let call = state.live[parameters["CALL_ID"]?.asText ?? ""] else { return MethodResult(false) }
        showCard(of: call, to: Self.users(parameters, default: call.userID))
        return MethodResult(true)
    }

    /// `telephony.externalCall.hide`.
    func hide(_ parameters: PortalMap) -> MethodResult {
        guard let call = state.live[parameters["CALL_ID"]?.asText ?? ""] else { return MethodResult(false) }
        hideCard(of: call, from: Self.users(parameters, default: call.userID))
        return MethodResult(true)
    }

    private static func users(_ parameters: PortalMap, default user: Int) -> [Int] {
        switch parameters["USER_ID"] {
        case nil, .null?: [user]
        case .map(let map)?: map.list.map(\.asInt)
        case let value?: [value.asInt]
        }
    }

    func showCard(of call: LiveCall, to users: [Int]) {
        guard var call = state.live[call.callID] else { return }
        for user in users {
            state.counters.popups += 1
            note("popup", call.callID, "\(user)")
            if !call.cardShownTo.contains(user) { call.cardShownTo.append(user) }
        }
        change(.live(call))
    }

    func hideCard(of call: LiveCall, from users: [Int]) {
        guard var call = state.live[call.callID] else { return }
        let before = call.cardShownTo.count
        call.cardShownTo.removeAll { users.contains($0) }
        guard call.cardShownTo.count < before else { return }
        state.counters.popupsHidden += before - call.cardShownTo.count
        note("popupHidden", call.callID, users.map { "\($0)" }.joined(separator: ","))
        change(.live(call))
    }
}

// SPDX-License-Identifier: Apache-2.0

package import Bitrix24
package import CDRConfiguration
package import CallLifecycle
package import CallRecords

/// One batch of registers with the look-up of their keys, and the reading of what it answers.
///
/// The look-up is there because a ledger is never believed alone: a call whose row is in the statistics already is not
/// finished again.
package struct RegisterBatch: Sendable {
    /// The calls in the order of their registers.
    package let calls: [TrackedCall]
    /// One register for each call, and the look-up of their keys behind them.
    package let commands: [Command]
    private let name: String
    private let lookUp: LookUp?
    private let keepsKeys: Bool

    /// - Parameters:
    ///   - name: The beginning of the commands' keys: one that no other request has, so that another reply is noticed.
    ///   - calls: The calls with the employees they belong to.
    ///   - looksUp: Whether the statistics may be read.
    ///   - keepsKeys: Whether the portal is known to keep EXTERNAL_CALL_ID.
    ///   - crm: What the portal's CRM makes of calls.
    ///   - lines: Lines that the portal does not know and that calls are sent without.
    package init(
        _ name: String = "", _ calls: [(call: TrackedCall, employee: Employee)], looksUp: Bool, keepsKeys: Bool = false,
        crm: CRMSettings = CRMSettings(), omitting lines: Set<String> = []
    ) {
        self.name = name
        self.keepsKeys = keepsKeys
        self.calls = calls.map(\.call)
        let lookUp = looksUp ? LookUp(name + "l", keysOf: self.calls) : nil
        self.lookUp = lookUp
        commands =
            calls.enumerated().map { index, entry in
                entry.call.call.registerCommand(
                    key: Self.key(name, index), employee: entry.employee, crm: crm.treatment(of: entry.call.call),
                    omitting: lines)
            } + (lookUp?.commands ?? [])
    }

    private static func key(_ name: String, _ index: Int) -> String { "\(name)r\(index)" }

    /// What the outcome means: an event for every call, in the order of ``calls``.
    package func read(_ outcome: BatchOutcome) -> (events: [CallEvent], verdict: RequestVerdict) {
        let (reply, wasExecuted, verdict) = outcome.reading()
        guard let reply else {
            let event: CallEvent = wasExecuted == false ? .registerNotExecuted : .registerUnanswered
            return (calls.map { _ in event }, verdict)
        }
        guard let lookUp else { return readRegisters(reply, finding: .rows(keys: [:], callIDs: [:])) }
        switch lookUp.read(reply, keepsKeys: keepsKeys) {
        case .failed(let verdict): return readRegisters(reply, withoutLookUp: verdict)
        case .noRight:
            return readRegisters(reply, withoutLookUp: .rejected(.statisticsClosed))
        case let finding:
            return readRegisters(reply, finding: finding)
        }
    }

    /// The CALL_IDs that an outcome gives.
    func callIDs(_ outcome: BatchOutcome) -> [String] {
        read(outcome).events.compactMap { event in
            if case .registered(let id) = event { id } else { nil }
        }
    }

    /// Without the look-up a call may be at the portal already: its CALL_ID is not used, unless it was looked up before.
    private func readRegisters(
        _ reply: BatchReply, withoutLookUp failure: RequestVerdict
    ) -> (events: [CallEvent], verdict: RequestVerdict) {
        let (events, registerVerdict) = readRegisters(reply, finding: .rows(keys: [:], callIDs: [:]))
        var verdict = failure
        verdict.add(registerVerdict)
        return (zip(calls, events).map { $0.progress.mayHaveCreated ? $1 : .registerUnanswered }, verdict)
    }

    private func readRegisters(
        _ reply: BatchReply, finding: LookUp.Finding
    ) -> (events: [CallEvent], verdict: RequestVerdict) {
        var verdict = RequestVerdict.ok
        var seen: Set<String> = []
        let events = calls.enumerated().map { index, call -> CallEvent in
            if let row = finding.row(of: call) { return .foundAtPortal(statisticID: row) }
            if case .incomplete = finding, !call.progress.mayHaveCreated { return .registerUnanswered }
            switch reply.outcomes[Self.key(name, index)] {
            case .succeeded(let answer):
                // A reply without a CALL_ID leaves open what was done.
                guard let registered = try? RegisteredCall(answer.result) else { return .registerWithoutCallID }
                return seen.insert(registered.callID).inserted
                    ? .registered(portalCallID: registered.callID) : .callIDTaken
            case .failed(let error):
                return Self.event(error, verdict: &verdict)
            case .missing, nil:
                return .registerWithoutCallID
            }
        }
        if events.allSatisfy({ $0 == .registerWithoutCallID }) {
            verdict.add(.unknown("the portal's reply contains no CALL_ID"))
        }
        return (events, verdict)
    }

    private static func event(_ error: PortalError, verdict: inout RequestVerdict) -> CallEvent {
        switch error.consequence {
        case .retryLater, .stop, .refreshToken:
            verdict.add(RequestVerdict(error))
            return .registerNotExecuted
        case .unknown:
            return .registerUnanswered
        case .permanent:
            switch error.kind {
            case .userNotActive: return .registerRefused(.userNotActive(canSubstitute: false))
            case .userMissing: return .registerRefused(.userUnknown)
            case .databaseError: return .registerRefused(.database)
            case .other, .invalidArgument: return .registerRefused(.unclear("\(error)"))
            default: return .registerRefused(.permanent(error.text))
            }
        }
    }
}

extension Call {
    /// The register of this call: quiet, with every switch written out.
    ///
    /// - Parameters:
    ///   - crm: What the portal's CRM may make of the call.
    ///   - lines: Lines that the portal does not know and that calls are sent without.
    package func registerCommand(
        key: String, employee: Employee, crm: CRMSettings.Treatment = .quiet, omitting lines: Set<String> = []
    ) -> Command {
        var register = RegisterCall(
            phoneNumber: phoneNumber, type: type.rawValue,
            startDate: PortalDate(epochSeconds: start.epochSeconds, offsetSeconds: Int(start.offsetSeconds)),
            externalCallID: self.key, lineNumber: line.flatMap { lines.contains($0) ? nil : $0 },
            callListID: callListID, crmSource: crm.source, crmEntityType: details.entity?.kind.rawValue,
            crmEntityID: details.entity?.id, crmCreate: crm.creates)
        switch employee {
        case .user(let id): register.userID = id
        case .inner(let inner): register.userPhoneInner = inner
        }
        return register.command(key: key)
    }
}

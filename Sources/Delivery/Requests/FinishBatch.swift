// SPDX-License-Identifier: Apache-2.0

package import Bitrix24
package import CDRConfiguration
package import CallLifecycle
package import CallRecords

/// One batch of finishes, and the reading of what it answers.
package struct FinishBatch: Sendable {
    /// A call to finish, for whom.
    package struct Entry: Sendable {
        /// The call, which has a CALL_ID.
        package var call: TrackedCall
        /// The employee that the portal is told.
        package var employee: Employee
        /// Whether another employee may stand in when this one is dismissed.
        package var canSubstitute: Bool
    }

    /// The calls in the order of the commands.
    package let entries: [Entry]
    /// One finish for each call.
    package let commands: [Command]
    private let name: String

    /// - Parameter name: The beginning of the commands' keys: one that no other request has, so that another reply is
    ///   noticed.
    package init(_ name: String = "", _ entries: [Entry]) {
        self.name = name
        self.entries = entries
        commands = entries.enumerated().compactMap { index, entry in
            entry.call.finishCommand(key: Self.key(name, index), employee: entry.employee)
        }
    }

    private static func key(_ name: String, _ index: Int) -> String { "\(name)f\(index)" }

    /// What the outcome means: an event for every call, in the order of ``entries``; `dropsKeys` when a reply came
    /// without the EXTERNAL_CALL_ID that was sent.
    package func read(_ outcome: BatchOutcome) -> (events: [CallEvent], verdict: RequestVerdict, dropsKeys: Bool) {
        let (reply, wasExecuted, outer) = outcome.reading()
        guard let reply else {
            let event: CallEvent = wasExecuted == false ? .finishNotExecuted : .finishUnanswered
            return (entries.map { _ in event }, outer, false)
        }
        var verdict = RequestVerdict.ok
        var dropsKeys = false
        let events = entries.enumerated().map { index, entry -> CallEvent in
            switch reply.outcomes[Self.key(name, index)] {
            case .succeeded(let answer):
                guard case .object = answer.result else { return .finishUnanswered }
                let finished = FinishedCall(answer.result)
                // What the portal registered itself has no key of ours.
                if !entry.call.isAdopted, finished.externalCallID?.isEmpty ?? true { dropsKeys = true }
                if let difference = entry.difference(from: finished) {
                    verdict.add(
                        .nonsense(
                            "the reply to the finish of \(entry.call.key) contains the \(difference) of another call"
                        ))
                    return .finishRefused(.mismatch)
                }
                return .finished(statisticID: finished.statisticsID)
            case .failed(let error):
                return Self.event(error, entry, verdict: &verdict)
            case .missing, nil:
                return .finishUnanswered
            }
        }
        return (events, verdict, dropsKeys)
    }

    private static func event(_ error: PortalError, _ entry: Entry, verdict: inout RequestVerdict) -> CallEvent {
        switch error.consequence {
        case .retryLater, .stop, .refreshToken:
            verdict.add(RequestVerdict(error))
            return .finishNotExecuted
        case .unknown:
            return .finishUnanswered
        case .permanent:
            switch error.kind {
            case .callNotFound: return .callNotFound
            case .userNotActive: return .finishRefused(.userNotActive(canSubstitute: entry.canSubstitute))
            case .userMissing: return .finishRefused(.userUnknown)
            case .databaseError: return .finishRefused(.database)
            // The portal takes or refuses these before it looks at the command.
            case .batchLength, .batchMethod: return .finishRefused(.permanent(error.text))
            // Whatever else it says, it may say after it has written the row.
            default: return .finishRefused(.unclear("\(error)"))
            }
        }
    }
}

extension FinishBatch.Entry {
    /// The first field in which an answer is about another call than the one sent; `nil` when it is about this one.
    ///
    /// A field that the answer lacks proves nothing: its fields vary between builds of the portal.
    func difference(from finished: FinishedCall) -> String? {
        let sent = call.call
        if call.isAdopted {
            // Its number and its other ids are the portal's own.
            return finished.callID.map { $0 != call.progress.portalCallID } == true ? "CALL_ID" : nil
        }
        if let key = finished.externalCallID, !key.isEmpty, key.lowercased() != sent.key.lowercased() {
            return "EXTERNAL_CALL_ID"
        }
        if let phone = finished.phoneNumber, phone != sent.phoneNumber { return "PHONE_NUMBER" }
        if let type = finished.type, type != sent.type.rawValue { return "INCOMING" }
        if let user = finished.userID, case .user(let id) = employee, user != id { return "PORTAL_USER_ID" }
        return nil
    }
}

extension TrackedCall {
    /// The finish of this call; `nil` before it has a CALL_ID.
    func finishCommand(key: String, employee: Employee) -> Command? {
        progress.portalCallID.map { call.finishCommand(key: key, callID: $0, employee: employee) }
    }
}

extension Call {
    /// The finish of this call under the CALL_ID that its register was answered with.
    package func finishCommand(key: String, callID: String, employee: Employee) -> Command {
        var finish = FinishCall(
            callID: callID, duration: talk, statusCode: status.rawValue, failedReason: failedReason,
            cost: details.cost.map { CallCost(tenThousandths: $0.tenThousandths, currency: $0.currency) },
            vote: details.vote)
        switch employee {
        case .user(let id): finish.userID = id
        case .inner(let inner): finish.userPhoneInner = inner
        }
        return finish.command(key: key)
    }
}

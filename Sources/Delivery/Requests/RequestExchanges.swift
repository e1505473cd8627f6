// SPDX-License-Identifier: Apache-2.0

package import Bitrix24
import CDRConfiguration
import CallLifecycle
import CallRecords
package import Ledger

/// What of requests and answers is kept for each call, so that its whole life can be shown.
extension DeliveryRequest {
    /// The requests about calls that leave with this one.
    ///
    /// - Parameter moment: When it leaves, in milliseconds since 1970.
    package func exchanges(sentAt moment: Int64) -> [CallExchange] {
        switch purpose {
        case .register(let batch):
            batch.commands.exchanges(.register, batch.calls, sentAt: moment) { command, call in
                call.call.registerCommand(key: command.key, employee: .user(0))
            }
        case .finish(let batch):
            batch.commands.exchanges(.finish, batch.entries.map(\.call), sentAt: moment) { command, _ in command }
        case .preflight, .askNeighbours, .lines, .addLine, .verify, .settle, .readBack: []
        }
    }

    /// The same requests with what became of them, and the look-ups that show something of a call.
    ///
    /// - Parameters:
    ///   - begun: What ``exchanges(sentAt:)`` gave when the request left.
    ///   - moment: When the request left, in milliseconds since 1970.
    ///   - end: When its outcome was known, in milliseconds since 1970.
    package func exchanges(
        _ begun: [CallExchange], sentAt moment: Int64, outcome: BatchOutcome, at end: Int64
    ) -> [CallExchange] {
        switch purpose {
        case .register, .finish:
            let reply = outcome.reading().reply
            return zip(begun, commands).map { exchange, command in
                let (kind, answer) = reply.map { command.answer(in: $0) } ?? outcome.missingAnswer
                return exchange.answered(kind, at: end, answer.json)
            }
        case .settle(let calls, let question):
            return Self.lookUps(calls, outcome.lookUpAnswer(question.lookUp), sentAt: moment, at: end)
        case .verify(let question):
            guard let lookUp = question.byKeys else { return [] }
            let answer = outcome.lookUpAnswer(lookUp)
            guard case .finding(let finding) = answer else { return [] }
            return Self.lookUps(question.calls.filter { finding.row(of: $0) != nil }, answer, sentAt: moment, at: end)
        case .preflight, .askNeighbours, .lines, .addLine, .readBack: return []
        }
    }

    private static func lookUps(
        _ calls: [TrackedCall], _ answer: BatchOutcome.LookUpAnswer, sentAt moment: Int64, at end: Int64
    ) -> [CallExchange] {
        calls.map { call in
            let exchange = CallExchange(callID: call.id, sentAt: moment, method: .lookUp, sent: "{}")
            switch answer {
            case .none(let kind, let reason):
                return exchange.answered(kind, at: end, JSONValue.object(["reason": .string(reason)]).json)
            case .finding(let finding):
                let row = finding.row(of: call).map { ["ID": JSONValue.int($0)] } ?? [:]
                return exchange.answered(.done, at: end, JSONValue.object(row).json)
            }
        }
    }
}

extension BatchOutcome {
    /// What a look-up was answered.
    fileprivate enum LookUpAnswer {
        case finding(LookUp.Finding)
        case none(ExchangeOutcome, String)
    }

    fileprivate func lookUpAnswer(_ lookUp: LookUp) -> LookUpAnswer {
        guard let reply = reading().reply else { return .none(missing.kind, missing.reason) }
        switch lookUp.read(reply, keepsKeys: true) {
        case .failed(let verdict): return .none(.refused, verdict.reason)
        case .noRight: return .none(.refused, "no right to read the call statistics")
        case .rows, .incomplete: return .finding(lookUp.read(reply, keepsKeys: true))
        }
    }

    /// Why there is no reply.
    fileprivate var missing: (kind: ExchangeOutcome, reason: String) {
        let (_, wasExecuted, verdict) = reading()
        return (wasExecuted == false ? .notExecuted : .unanswered, verdict.reason)
    }

    fileprivate var missingAnswer: (ExchangeOutcome, JSONValue) {
        let missing = missing
        return (missing.kind, .object(["reason": .string(missing.reason)]))
    }
}

extension RequestVerdict {
    /// What happened, in words; empty when nothing did.
    fileprivate var reason: String {
        switch self {
        case .ok: ""
        case .rateLimited: "the portal answered: too many requests"
        case .operatingLimited: "the portal answered: operation time limit"
        case .unreachable(let reason), .unsaved(let reason), .unknown(let reason), .nonsense(let reason): reason
        case .rejected(let refusal): refusal.reason
        }
    }
}

extension Command {
    /// What the reply to a batch says about this command.
    fileprivate func answer(in reply: BatchReply) -> (ExchangeOutcome, JSONValue) {
        switch reply.outcomes[key] {
        case .succeeded(let answer): return (.done, answer.result.kept)
        case .failed(let error):
            let kind: ExchangeOutcome =
                switch error.consequence {
                case .permanent: .refused
                case .retryLater, .refreshToken, .stop: .notExecuted
                case .unknown: .unanswered
                }
            return (kind, .object(["reason": .string("\(error)")]))
        case .missing, nil:
            return (.unanswered, .object(["reason": .string("the reply lacks the result of this command")]))
        }
    }
}

extension JSONValue {
    /// What of a register's or finish's result is kept: what the portal decided. What was merely repeated is not.
    private static let keptMembers = [
        "CALL_ID", "CRM_CREATED_LEAD", "CRM_CREATED_ENTITIES", "CRM_ENTITY_TYPE", "CRM_ENTITY_ID",
        "LEAD_CREATION_ERROR",
        "ID", "PORTAL_USER_ID", "PORTAL_NUMBER", "CRM_ACTIVITY_ID", "ERRORS",
    ]
    /// The longest text of an answer that is kept, in characters.
    private static let longestText = 500

    fileprivate var kept: JSONValue {
        var members: [String: JSONValue] = [:]
        for name in Self.keptMembers {
            guard let value = self[name], value != .null, value != .bool(false), !value.isEmptyCollection else {
                continue
            }
            // An empty text says something only about a lead that was asked for.
            if value == .string(""), name != "LEAD_CREATION_ERROR" { continue }
            members[name] = value.shortened
        }
        return .object(members)
    }

    private var shortened: JSONValue {
        switch self {
        case .string(let text): .string(String(text.prefix(Self.longestText)))
        case .object(let members): .object(members.mapValues(\.shortened))
        case .array(let elements): .array(elements.prefix(20).map(\.shortened))
        case .null, .bool, .int, .double: self
        }
    }
}

extension [Command] {
    /// Parameters that the call's own row tells, and those that are the same for all calls.
    private static var toldByCall: Set<String> {
        [
            "PHONE_NUMBER", "TYPE", "CALL_START_DATE", "EXTERNAL_CALL_ID", "LINE_NUMBER", "CALL_LIST_ID", "SHOW",
            "ADD_TO_CHAT", "CALL_ID", "DURATION", "STATUS_CODE", "FAILED_REASON",
        ]
    }

    /// One exchange for each of the calls, whose commands come first and in the same order.
    ///
    /// What the call tells and the request left out is kept as null.
    ///
    /// - Parameter whole: The command of a call with nothing left out.
    fileprivate func exchanges(
        _ method: ExchangeMethod, _ calls: [TrackedCall], sentAt moment: Int64,
        whole: (Command, TrackedCall) -> Command
    ) -> [CallExchange] {
        let told = Self.toldByCall
        return zip(self, calls).map { command, call in
            var sent: [String: JSONValue] = [:]
            for parameter in command.parameters where !told.contains(parameter.name) {
                if case .text(let text) = parameter.value { sent[parameter.name] = .string(text) }
            }
            for parameter in whole(command, call).parameters
            where told.contains(parameter.name) && !command.parameters.contains(where: { $0.name == parameter.name }) {
                sent[parameter.name] = .null
            }
            return CallExchange(callID: call.id, sentAt: moment, method: method, sent: JSONValue.object(sent).json)
        }
    }
}

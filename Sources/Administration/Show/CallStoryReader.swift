// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CDRConfiguration
import CallLifecycle
import CallRecords
import Clocks
import Delivery
package import ExitCodes
package import Importing
import Ledger
import Phrases
package import Reporting

/// `cdr24 show`: one call's whole life, from the ledger alone.
package struct CallStoryReader: Sendable {
    private let ledger: LedgerAccess

    /// Prepares to read a ledger.
    package init(_ ledger: LedgerAccess) {
        self.ledger = ledger
    }

    /// The story of the call with a key or an alias.
    ///
    /// - Throws: ``ImportFault``; `usage` when the ledger has no such call, `input` when there is no ledger or it cannot be
    ///   read.
    package func story(of key: String) throws(ImportFault) -> CallStory {
        let found = try ledger.reading { ledger throws(LedgerFault) -> Found? in
            guard let call = try ledger.call(key: key) else { return nil }
            return Found(
                call: call, exchanges: try ledger.exchanges(ofCall: call.id),
                rejects: try ledger.rejects(replacedBy: call.call.key),
                isDismissed: try ledger.isDismissed(callID: call.id))
        }
        guard let found else {
            throw .usage("the ledger has no call with the key \(key); run cdr24 failures to list the keys")
        }
        let call = found.call
        var portal = CallStory.Portal(call.progress)
        var requests: [CallStory.Request] = []
        for exchange in found.exchanges {
            let callID = portal.callId ?? call.call.details.portalCallID ?? call.progress.portalCallID
            let parameters = exchange.parameters(of: call.call, callID: callID)
            requests.append(CallStory.Request(exchange, parameters))
            portal.take(exchange)
        }
        portal.callId = call.progress.portalCallID ?? portal.callId
        var story = CallStory(
            call: CallStory.Call(call.tracked), records: call.history.fingerprints.count, lastRun: call.history.runID,
            portal: portal, requests: requests)
        story.corrected = found.rejects.map { "\($0.path):\($0.line): \($0.reason)" }
        story.isDismissed = found.isDismissed
        return story
    }

    /// What the ledger has about a call.
    private struct Found {
        var call: LedgerCall
        var exchanges: [CallExchange]
        var rejects: [LedgerReject]
        var isDismissed: Bool
    }
}

extension CallStory.Call {
    fileprivate init(_ tracked: TrackedCall) {
        let call = tracked.call
        let failure = FailureList.Call(tracked)
        self.init()
        key = call.key
        state = failure.state
        reason = failure.reason
        note = failure.note
        remedy = failure.remedy?.english ?? ""
        type = call.type.rawValue
        start =
            PortalDate(epochSeconds: call.start.epochSeconds, offsetSeconds: Int(call.start.offsetSeconds))
            .description
        phone = call.phoneNumber
        self.extension = call.employeeExtension
        line = call.line
        callList = call.callListID
        talkSeconds = call.talk.components.seconds
        status = call.status.rawValue
        failedReason = call.failedReason
    }
}

extension CallStory.Portal {
    fileprivate init(_ progress: DeliveryProgress) {
        self.init()
        statisticsId = progress.statisticID
        foundThere = progress.wasFoundThere
    }

    /// Takes in what a request told; a later one is believed more.
    fileprivate mutating func take(_ exchange: CallExchange) {
        guard exchange.method != .lookUp else { return }
        userSent = exchange.sentMembers["USER_ID"]?.text
        guard exchange.outcome == .done else { return }
        let answer = exchange.answerMembers
        if exchange.method == .register {
            callId = answer["CALL_ID"]?.text
            createdLead = answer["CRM_CREATED_LEAD"]?.text
            createdEntities = answer["CRM_CREATED_ENTITIES"]?.flatText
            leadCreationError = answer["LEAD_CREATION_ERROR"]?.text
        } else {
            userId = answer["PORTAL_USER_ID"]?.text
            activityId = answer["CRM_ACTIVITY_ID"]?.text
            activityError = answer["ERRORS"]?["ACTIVITY_CREATION"]?.text
        }
        guard let type = answer["CRM_ENTITY_TYPE"]?.text else { return }
        entityType = type
        entityId = answer["CRM_ENTITY_ID"]?.text
    }
}

extension CallStory.Request {
    fileprivate init(_ exchange: CallExchange, _ parameters: [CallStory.Member]) {
        self.init(
            at: Self.instant(exchange.sentAt), method: exchange.method.portalName, parameters: parameters,
            answeredAt: exchange.answeredAt.map(Self.instant), outcome: "\(exchange.outcome)",
            answer: exchange.answerMembers.sorted { $0.key < $1.key }.map {
                CallStory.Member($0.key, $0.value.flatText)
            })
    }

    /// A moment in milliseconds since 1970 as ISO 8601 in UTC.
    private static func instant(_ milliseconds: Int64) -> String {
        let fraction = String(1_000 + milliseconds % 1_000).dropFirst()
        return "\(UTCText.instant(milliseconds / 1_000).dropLast()).\(fraction)Z"
    }
}

extension ExchangeMethod {
    fileprivate var portalName: String {
        switch self {
        case .register: RegisterCall.method
        case .finish: FinishCall.method
        case .lookUp: StatisticQuery.method
        }
    }
}

extension CallExchange {
    fileprivate var sentMembers: [String: JSONValue] { Self.members(sent) }
    fileprivate var answerMembers: [String: JSONValue] { answer.map(Self.members) ?? [:] }

    private static func members(_ text: String) -> [String: JSONValue] {
        JSONValue(Array(text.utf8))?.members ?? [:]
    }

    /// The parameters as they were sent: what the call tells, under what was kept of the request itself.
    fileprivate func parameters(of call: Call, callID: String?) -> [CallStory.Member] {
        let command: Command
        switch method {
        case .register: command = call.registerCommand(key: "r", employee: .user(0))
        case .finish: command = call.finishCommand(key: "f", callID: callID ?? "", employee: .user(0))
        case .lookUp: return []
        }
        var kept = sentMembers
        var list: [CallStory.Member] = []
        for name in ["USER_ID", "USER_PHONE_INNER"] {
            if let user = kept.removeValue(forKey: name) { list.append(CallStory.Member(name, user.flatText)) }
        }
        for parameter in command.parameters where parameter.name != "USER_ID" {
            guard case .text(let text) = parameter.value else { continue }
            let own = kept.removeValue(forKey: parameter.name)
            // What the request left out, although the call tells it.
            if own == .null { continue }
            list.append(CallStory.Member(parameter.name, own?.flatText ?? text))
        }
        return list + kept.sorted { $0.key < $1.key }.map { CallStory.Member($0.key, $0.value.flatText) }
    }
}

extension JSONValue {
    /// The value on one line: `CONTACT 5, DEAL 6` for the portal's lists of entities.
    fileprivate var flatText: String {
        if let text { return text }
        if let elements, !elements.isEmpty, elements.allSatisfy({ $0["ENTITY_TYPE"] != nil }) {
            return elements.map { "\($0["ENTITY_TYPE"]?.text ?? "") \($0["ENTITY_ID"]?.text ?? "")" }
                .joined(separator: ", ")
        }
        return json
    }
}

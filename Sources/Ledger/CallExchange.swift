// SPDX-License-Identifier: Apache-2.0

/// What the portal was asked about a call.
///
/// The raw values are stored in ledgers and never change.
package enum ExchangeMethod: Int, Sendable, Hashable, CaseIterable {
    /// `telephony.externalCall.register`.
    case register = 1
    /// `telephony.externalCall.finish`.
    case finish = 2
    /// `voximplant.statistic.get`: what became of the call.
    case lookUp = 3
}

/// What is known about the answer.
///
/// The raw values are stored in ledgers and never change.
package enum ExchangeOutcome: Int, Sendable, Hashable, CaseIterable {
    /// The request is about to leave or under way; after the end of its process its answer is not known.
    case underWay = 0
    /// The portal did what it was asked for.
    case done = 1
    /// The portal refused.
    case refused = 2
    /// The request left, and no answer came that can be understood.
    case unanswered = 3
    /// The request did not leave, or the portal did not carry it out.
    case notExecuted = 4
}

/// One request about one call, with its answer.
package struct CallExchange: Sendable, Hashable {
    /// The row of the call.
    package let callID: Int64
    /// Just before the request left, in milliseconds since 1970.
    package let sentAt: Int64
    /// What was asked.
    package let method: ExchangeMethod
    /// The parameters that the call itself does not tell, as a JSON object of texts; `null` for one that the call tells
    /// and the request left out.
    package let sent: String
    /// When the answer was there, or was given up, in milliseconds since 1970; `nil` while the request is under way.
    package var answeredAt: Int64?
    /// What is known about the answer.
    package var outcome = ExchangeOutcome.underWay
    /// What the portal answered, as a JSON object; what happened, where it did not answer. `nil` while it is under way.
    package var answer: String?

    /// A request that is about to leave.
    package init(callID: Int64, sentAt: Int64, method: ExchangeMethod, sent: String) {
        self.callID = callID
        self.sentAt = sentAt
        self.method = method
        self.sent = sent
    }

    /// The same request with what became of it.
    package func answered(_ outcome: ExchangeOutcome, at moment: Int64, _ answer: String) -> CallExchange {
        var exchange = self
        exchange.outcome = outcome
        exchange.answeredAt = moment
        exchange.answer = answer
        return exchange
    }
}

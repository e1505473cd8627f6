// SPDX-License-Identifier: Apache-2.0

/// One call of a client as the report counts it.
package struct ReportedCall: Sendable, Hashable {
    /// Which way a call went.
    package enum Direction: Sendable, Hashable {
        /// A client called in, or was connected again after a redirect.
        case incoming
        /// An employee called a client.
        case outgoing
        /// A call-back or an announcement that nobody of either side began.
        case other
    }

    /// How a call ended.
    package enum Outcome: String, Sendable, Hashable, CaseIterable {
        /// The two parties talked.
        case answered
        /// A client called and nobody answered: the portal's code 304 on an incoming call.
        case missed
        /// Any other end: busy, declined, no answer to an outgoing call.
        case notConnected
    }

    /// How far the call has come on its way to the portal.
    package enum Delivery: Sendable, Hashable {
        /// The portal has it.
        case delivered
        /// It is still to be sent.
        case pending
        /// A person has to decide.
        case held
        /// The portal refused it for good.
        case refused
    }

    /// The source, by its `key_prefix`.
    package var source: String
    /// When the call began, in seconds since 1970.
    package var start: Int64
    /// Seconds to add to UTC for the phone system's local time.
    package var offset: Int32
    /// Which way the call went.
    package var direction: Direction
    /// How it ended.
    package var outcome: Outcome
    /// The client's number in E.164; empty when it was removed from the ledger.
    package var phone: String
    /// The employee's extension; `nil` where none is known.
    package var employee: String?
    /// The line; `nil` where none is known.
    package var line: String?
    /// How long the two parties talked, in seconds.
    package var talk: Int64
    /// How far the call has come.
    package var delivery: Delivery

    /// A call; see the properties.
    package init(
        source: String, start: Int64, offset: Int32, direction: Direction, outcome: Outcome, phone: String,
        employee: String?, line: String?, talk: Int64, delivery: Delivery
    ) {
        self.source = source
        self.start = start
        self.offset = offset
        self.direction = direction
        self.outcome = outcome
        self.phone = phone
        self.employee = employee
        self.line = line
        self.talk = talk
        self.delivery = delivery
    }

    /// When the call began by the phone system's clock.
    package var localStart: LocalMoment { LocalMoment(start, offset: offset) }
}

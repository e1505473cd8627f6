// SPDX-License-Identifier: Apache-2.0

/// How many calls there were, how they ended and how long people talked.
package struct CallTotals: Sendable, Equatable {
    /// Calls that clients made.
    package private(set) var incoming = 0
    /// Calls that employees made, and call-backs.
    package private(set) var outgoing = 0
    /// Calls in which the parties talked.
    package private(set) var answered = 0
    /// Incoming calls that nobody answered.
    package private(set) var missed = 0
    /// Calls that ended in another way.
    package private(set) var notConnected = 0
    /// Seconds that the parties talked.
    package private(set) var talk: Int64 = 0

    /// No calls.
    package init() {}

    /// All calls.
    package var calls: Int { incoming + outgoing }

    mutating func add(_ call: ReportedCall) {
        if call.direction == .incoming { incoming += 1 } else { outgoing += 1 }
        switch call.outcome {
        case .answered: answered += 1
        case .missed: missed += 1
        case .notConnected: notConnected += 1
        }
        talk += call.talk
    }

    /// These calls and others.
    package func adding(_ other: CallTotals) -> CallTotals {
        var sum = self
        sum.incoming += other.incoming
        sum.outgoing += other.outgoing
        sum.answered += other.answered
        sum.missed += other.missed
        sum.notConnected += other.notConnected
        sum.talk += other.talk
        return sum
    }
}

// SPDX-License-Identifier: Apache-2.0

/// What a leg says beside its texts; see ``Leg``.
package struct LegFacts: Sendable, Hashable {
    /// What the party outside is; its number is a text.
    package enum Party: UInt8, Sendable, Hashable {
        case none = 0
        case hidden = 1
        case number = 2
    }

    /// Which way the leg went.
    package var direction = LegDirection.internal
    /// The party outside.
    package var party = Party.none
    /// When the leg began.
    package var start = CallTime(epochSeconds: 0)
    /// When the leg ended; never before ``start``.
    package var end = CallTime(epochSeconds: 0)
    /// The call list; `nil` for none.
    package var callListID: Int?
    /// Billable seconds.
    package var talk = Duration.zero
    /// Whether a person answered.
    package var isAnswered = false
    /// Whether the far end was the phone system itself.
    package var isRelay = false
    /// Whether the leg was sent on to a number outside.
    package var isRedirected = false
    /// The outcome this leg alone would give.
    package var status = StatusCode.other
    /// The order among legs that start at the same second.
    package var sequence: Int64 = 0
    /// A hash over the mapped values.
    package var fingerprint: UInt64 = 0

    /// A leg of which nothing is known yet.
    init() {}

    /// What a leg says beside its texts.
    package init(_ leg: borrowing Leg) {
        direction = leg.direction
        start = leg.start
        end = leg.end
        switch leg.external {
        case .none: party = .none
        case .hidden: party = .hidden
        case .number: party = .number
        }
        callListID = leg.callListID
        talk = leg.talk
        isAnswered = leg.isAnswered
        isRelay = leg.isRelay
        isRedirected = leg.details.isRedirected
        status = leg.status
        sequence = leg.sequence
        fingerprint = leg.fingerprint
    }
}

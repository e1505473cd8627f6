// SPDX-License-Identifier: Apache-2.0

/// Which way a leg went, seen from the office.
package enum LegDirection: UInt8, Sendable, Hashable, CaseIterable {
    case incoming = 1
    case outgoing = 2
    /// Between two extensions, or to a service of the phone system.
    case `internal` = 3
    /// A call back that the phone system placed for a client.
    case callback = 4
}

/// The party outside the office.
package enum ExternalParty: Sendable, Hashable {
    /// A number in E.164 with `+`, at most 20 characters.
    case number(String)
    /// The party hid its number.
    case hidden
    /// There is no party outside.
    case none
}

/// One record, mapped: everything of it that the call it belongs to may need.
///
/// Legs with one ``key`` become one ``Call``; see ``CallFolder``. A leg is kept in the ledger while its call can still
/// grow, in the form of ``encoded()``.
package struct Leg: Sendable, Hashable {
    /// The call key, fixed by the first leg of the call; see ``Call/key``.
    package var key: String
    /// Other ids of the same call that this leg names, in the form of ``key``.
    package var aliases: [String] = []
    /// Which way the leg went.
    package var direction: LegDirection
    /// The party outside; none for a leg between colleagues.
    package var external: ExternalParty
    /// When the leg began.
    package var start: CallTime
    /// When the leg ended; never before ``start``.
    package var end: CallTime
    /// The employee's extension on this leg.
    package var employeeExtension: String?
    /// The line, looked up already; see ``Call/line``.
    package var line: String?
    /// The call list, looked up already; see ``Call/callListID``.
    package var callListID: Int?
    /// Billable seconds of this leg.
    package var talk: Duration
    /// Whether a person answered: not a voicemail, a queue's music or an IVR.
    package var isAnswered: Bool
    /// Whether the far end was the phone system itself, which had the call go on from there: if another leg tells who
    /// talked, this one tells of nothing but waiting.
    package var isRelay = false
    /// The outcome this leg alone would give.
    package var status: StatusCode
    /// The phone system's word for the outcome; see ``Call/failedReason``.
    package var failedReason: String?
    /// What else the record tells.
    package var details = CallDetails.none
    /// The order among legs that start at the same second.
    package var sequence: Int64
    /// 64 bits of a hash over the mapped values: two records with one fingerprint and one key are the same leg.
    package var fingerprint: UInt64

    /// Creates a leg; what is left out is unknown.
    package init(
        key: String, aliases: [String] = [], direction: LegDirection, external: ExternalParty, start: CallTime,
        end: CallTime, employeeExtension: String? = nil, line: String? = nil, callListID: Int? = nil,
        talk: Duration = .zero, isAnswered: Bool = false, status: StatusCode = .other, failedReason: String? = nil,
        details: CallDetails = .none, sequence: Int64 = 0, fingerprint: UInt64 = 0
    ) {
        self.key = key
        self.aliases = aliases
        self.direction = direction
        self.external = external
        self.start = start
        self.end = end
        self.employeeExtension = employeeExtension
        self.line = line
        self.callListID = callListID
        self.talk = talk
        self.isAnswered = isAnswered
        self.status = status
        self.failedReason = failedReason
        self.details = details
        self.sequence = sequence
        self.fingerprint = fingerprint
    }
}

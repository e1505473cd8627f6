// SPDX-License-Identifier: Apache-2.0

/// What can be compared of a call, whoever recorded it: the phone system, this program or another one.
package struct CallTrace: Sendable, Hashable {
    /// The client's number; both sides spell it alike.
    package var number: String
    /// The type of the call, 1 to 5 as the portal counts them.
    package var type: Int
    /// When the call began, in seconds since 1970.
    package var start: Int64
    /// Seconds of talk, 0 for a call that nobody answered; `nil` when it is not known.
    package var talk: Int64?

    /// What is known of one call.
    package init(number: String, type: Int, start: Int64, talk: Int64? = nil) {
        self.number = number
        self.type = type
        self.start = start
        self.talk = talk
    }

    /// Orders by number, type and start, so that what may belong together lies together.
    static func precedes(_ a: CallTrace, _ b: CallTrace) -> Bool {
        if a.number != b.number { return a.number < b.number }
        if a.type != b.type { return a.type < b.type }
        return a.start < b.start
    }

    /// Whether two traces may be one call, as far as number and type tell.
    func isLike(_ other: CallTrace) -> Bool { number == other.number && type == other.type }
}

// SPDX-License-Identifier: Apache-2.0

// Unsafe: bytes are looked at through their bounds, while their owner keeps them.

/// Hashes of up to two texts that the records of one call share though their ids differ, such as a channel's name.
///
/// They are known only while the records are read, and are no part of a leg.
package struct JoinMarks: BitwiseCopyable, Sendable, Hashable {
    /// 0 for none.
    package var first: UInt64 = 0
    /// 0 for none.
    package var second: UInt64 = 0
    /// When the record's own channel was created, in seconds since 1970, if the texts come again with other calls: legs that
    /// ended by then had another channel of that name. Else the least of all instants.
    package var opened = Int64.min

    /// No marks.
    package init() {}

    /// Whether there are any.
    package var isMarked: Bool { first != 0 || second != 0 }
}

/// As much of a leg as it takes to tell whether another one with a like mark is of the same call.
package struct MarkedLeg: BitwiseCopyable, Sendable, Hashable {
    /// When the leg began, in seconds since 1970.
    package var start: Int64
    /// When its talk began, in seconds since 1970.
    package var answer: Int64
    /// When it ended, in seconds since 1970.
    package var end: Int64
    /// A hash of the number of the client who called in; 0 for none.
    package var client: UInt64
    /// A hash of the extension of the employee who talked; 0 if none did, or if the talk went on in another leg.
    package var talker: UInt64

    /// Restores what was kept in the ledger.
    package init(start: Int64, answer: Int64, end: Int64, client: UInt64, talker: UInt64) {
        self.start = start
        self.answer = answer
        self.end = end
        self.client = client
        self.talker = talker
    }

    /// What is to be remembered of a leg.
    package init(_ leg: Leg) {
        self.init(
            start: leg.start.epochSeconds, answer: leg.answer, end: leg.end.epochSeconds,
            client: Self.hash(leg.caller), talker: leg.isAnswered && !leg.isRelay ? Self.hash(leg.employeeExtension) : 0
        )
    }

    /// Whether two legs that share a mark are of one call: they follow each other within ``LegGrouping/longestGap``, and
    /// are not those of two clients, nor of two employees who talked at a time.
    ///
    /// - Parameter opened: That of the other's ``JoinMarks``.
    package func belongsBeside(_ other: MarkedLeg, opened: Int64) -> Bool {
        if start <= other.start, end <= opened { return false }
        let gap = max(start, other.start) - (start <= other.start ? end : other.end)
        guard gap <= LegGrouping.longestGap else { return false }
        if client != 0, other.client != 0, client != other.client { return false }
        guard talker != 0, other.talker != 0, talker != other.talker else { return true }
        return min(end, other.end) - max(answer, other.answer) <= LegGrouping.longestGap
    }

    private static func hash(_ text: String?) -> UInt64 {
        guard var text else { return 0 }
        return text.withUTF8 { unsafe StableHash.hash(UnsafeRawBufferPointer($0)) } | 1
    }
}

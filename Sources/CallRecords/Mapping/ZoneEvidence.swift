// SPDX-License-Identifier: Apache-2.0

/// How far the starts of records are from instants that the records themselves carry.
///
/// With the right zone nearly all records start within minutes of that instant; a zone that is wrong by an hour moves
/// them all by an hour.
package struct ZoneEvidence: Sendable {
    /// The width of a step: every zone's offset is a multiple of it.
    private static let step: Int64 = 900
    private static let steps = 26 * 4
    private var counts = Array(repeating: 0, count: 2 * steps + 1)

    /// How many records carried such an instant.
    package private(set) var total = 0

    /// The difference that most records have.
    package struct Mode: Sendable, Hashable {
        /// Start minus the record's instant, in minutes: 0 when the zone is right, 60 when the file's clock is an hour
        /// ahead of the configured zone.
        package var minutes: Int
        /// The part of all records that have it, from 0 to 1.
        package var share: Double
        /// How many records have it.
        package var count: Int
    }

    /// No evidence yet.
    package init() {}

    /// Counts one record.
    mutating func take(start: CallTime, instant: Int64) {
        total += 1
        let difference = start.epochSeconds - instant
        // A record starts a little after its channel, so that the step reaches further to that side.
        let step =
            (difference + Self.step / 4) >= 0
            ? (difference + Self.step / 4) / Self.step : (difference + Self.step / 4 - Self.step + 1) / Self.step
        guard abs(step) <= Self.steps else { return }
        counts[Int(step) + Self.steps] += 1
    }

    /// The most frequent difference; `nil` when no record carried an instant near its start.
    package var mode: Mode? {
        guard let most = counts.max(), most > 0, let index = counts.firstIndex(of: most) else { return nil }
        let minutes = (index - Self.steps) * Int(Self.step / 60)
        return Mode(minutes: minutes, share: Double(most) / Double(total), count: most)
    }

    /// What speaks against the zone: a difference that most records have, of at least five, or all of at least three.
    package var contradiction: Mode? {
        guard let mode, mode.minutes != 0 else { return nil }
        return mode.count >= 5 && mode.share > 0.5 || mode.count >= 3 && mode.count == total ? mode : nil
    }

    /// Adds what another mapper has seen.
    package mutating func merge(_ other: ZoneEvidence) {
        for index in counts.indices { counts[index] += other.counts[index] }
        total += other.total
    }
}

// SPDX-License-Identifier: Apache-2.0

/// When to ask the portal about calls whose finish was left without a known answer, and how often.
///
/// All times are on the monotonic clock. A first read comes when the request has surely stopped at the portal; an
/// absence is believed after a second read, or after four with growing pauses where the portal no longer knows the
/// CALL_ID although a finish was lost, since then the row most probably comes late. Where nothing can be at work, one read
/// at once is enough.
package struct SettlingSchedule: Sendable {
    private struct Entry {
        var due: Duration
        var reads = 0
        var readsNeeded: Int
    }

    /// What a read without a row means.
    package enum Verdict: Sendable, Equatable {
        /// Ask again later; the schedule knows when.
        case readAgain
        /// The call is not there.
        case absent
    }

    /// The reads after which an absence is believed where the row most probably comes late.
    static let readsOfProbable = 4

    private var entries: [Int64: Entry] = [:]
    private let pause: Duration

    /// - Parameter pause: The pause before the second read; the next ones are twice as long each.
    package init(pause: Duration) {
        self.pause = pause
    }

    /// How many calls wait for an answer.
    package var count: Int { entries.count }

    /// All calls on the schedule.
    package var all: [Int64] { entries.keys.sorted() }

    /// Puts a call on the schedule.
    ///
    /// - Parameters:
    ///   - id: The call's row.
    ///   - due: The earliest first read.
    ///   - reads: After how many reads without a row its absence is believed; at least 1.
    package mutating func add(_ id: Int64, due: Duration, reads: Int) {
        entries[id] = Entry(due: due, readsNeeded: reads)
    }

    /// The calls to ask about now, the longest waiting first.
    package func due(at now: Duration, limit: Int) -> [Int64] {
        entries.filter { $0.value.due <= now }
            .sorted { ($0.value.due, $0.key) < ($1.value.due, $1.key) }
            .prefix(limit).map(\.key)
    }

    /// When the next read is due; `nil` when nothing waits.
    package var nextDue: Duration? { entries.values.map(\.due).min() }

    /// Moves a read that could not be made, or was left without an answer, to a later time.
    package mutating func postpone(_ id: Int64, to due: Duration) {
        entries[id]?.due = due
    }

    /// Takes a call off the schedule: a row was found, or the call is left for the next run.
    package mutating func remove(_ id: Int64) {
        entries[id] = nil
    }

    /// Notes a read that showed no row.
    ///
    /// - Returns: ``Verdict/absent`` after the last read that is needed; the call is then off the schedule.
    package mutating func sawNothing(_ id: Int64, at now: Duration) -> Verdict {
        guard var entry = entries[id] else { return .readAgain }
        entry.reads += 1
        guard entry.reads < entry.readsNeeded else {
            entries[id] = nil
            return .absent
        }
        entry.due = now + pause * (1 << (entry.reads - 1))
        entries[id] = entry
        return .readAgain
    }
}

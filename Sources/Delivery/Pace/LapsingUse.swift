// SPDX-License-Identifier: Apache-2.0

/// What was used of a budget, in the order in which it lapses: seconds from now -> operating seconds.
///
/// Only what has not lapsed is kept: a forecast for millions of calls takes no more room than one for a window.
package struct LapsingUse {
    private var entries: [(at: Double, seconds: Double)]
    /// How many of the first entries have lapsed.
    private var lapsed = 0

    /// - Parameter entries: What was used, in the order in which it lapses.
    package init(_ entries: [(at: Double, seconds: Double)]) { self.entries = entries }

    /// How many entries take up room.
    package var held: Int { entries.count }

    /// Adds what lapses last.
    package mutating func append(_ entry: (at: Double, seconds: Double)) { entries.append(entry) }

    /// Takes out what lapses first; `nil` when nothing is left.
    package mutating func popFirst() -> (at: Double, seconds: Double)? {
        guard lapsed < entries.count else { return nil }
        defer {
            lapsed += 1
            // Half of them at a time, so that each is moved about once.
            if lapsed * 2 > entries.count + 16 {
                entries.removeFirst(lapsed)
                lapsed = 0
            }
        }
        return entries[lapsed]
    }
}

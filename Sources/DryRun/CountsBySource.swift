// SPDX-License-Identifier: Apache-2.0

/// How many calls each source has; a few sources, of which one has many calls in turn.
struct CountsBySource {
    private var entries: [(sourceID: Int64, count: Int)] = []
    /// The entry that was used last.
    private var last = 0

    /// The number of each source.
    var counts: [Int64: Int] { Dictionary(uniqueKeysWithValues: entries.map { ($0.sourceID, $0.count) }) }

    /// The number of all sources.
    var total: Int { entries.reduce(0) { $0 + $1.count } }

    /// Adds to the number of a source, or takes from it.
    mutating func add(_ calls: Int, sourceID: Int64) {
        if last >= entries.count || entries[last].sourceID != sourceID {
            last = entries.firstIndex { $0.sourceID == sourceID } ?? entries.count
            if last == entries.count { entries.append((sourceID, 0)) }
        }
        entries[last].count += calls
    }
}

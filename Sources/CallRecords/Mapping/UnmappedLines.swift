// SPDX-License-Identifier: Apache-2.0

// Unsafe: names are looked at while the arena keeps them; nothing is appended meanwhile.

/// Counts the records of trunks and DIDs that have no line in the configuration.
struct UnmappedLines {
    /// The names with how many records each has, in the order in which they came; at most ``mostNames``.
    private(set) var counts: [(name: String, records: Int)] = []
    private var places = ByteTable(isCaseless: false)
    /// The name that came last, with its place: records of one trunk follow each other.
    private var last = (name: ShortText.none, place: 0)

    /// More than a batch of records has, so that their number does not depend on how a file is cut.
    private static let mostNames = 5_000

    /// Counts a record.
    mutating func count(_ name: Slice, in bytes: ArenaBytes) {
        let short = bytes.short(name)
        if let short, short == last.name {
            counts[last.place].records += 1
        } else if let known = unsafe places.find(bytes.bytes(of: name)) {
            counts[Int(known)].records += 1
            if let short { last = (short, Int(known)) }
        } else if counts.count < Self.mostNames, let text = bytes.name(name) {
            places.insert(text, value: Int32(counts.count))
            counts.append((text, 1))
        }
    }

    /// Forgets all names.
    mutating func removeAll() {
        last.name = .none
        places.removeAll()
        counts.removeAll(keepingCapacity: true)
    }
}

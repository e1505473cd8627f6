// SPDX-License-Identifier: Apache-2.0

// Unsafe: a table points into blocks of its own with one more start than lengths; whoever keeps it keeps them too.

/// A ``ByteTable`` that does not change any more, in a form that is looked up without counting references.
///
/// It is valid as long as the ``FrozenTables`` that made it.
@safe struct FrozenTable: BitwiseCopyable {
    fileprivate struct Entry: BitwiseCopyable {
        var start: UInt32
        var count: UInt32
        var value: Int32
    }

    /// Where the entries of each length begin; all of at least ``longest`` bytes are of the last.
    fileprivate var starts: UnsafePointer<UInt32>
    fileprivate var entries: UnsafePointer<Entry>
    /// The keys, in small letters where capitals make no difference.
    fileprivate var pool: UnsafePointer<UInt8>
    fileprivate var isCaseless: Bool

    fileprivate static let longest = 63

    /// How many keys there are.
    var count: Int { unsafe Int(starts[Self.longest + 1]) }

    /// Lets the keys pass.
    var filter: TextFilter {
        TextFilter.words(
            (0..<count).map { index in
                let entry = unsafe entries[index]
                return unsafe Array(UnsafeBufferPointer(start: pool + Int(entry.start), count: Int(entry.count)))
            })
    }

    /// Whether a key is in the table.
    func has(_ key: String) -> Bool {
        guard count > 0 else { return false }
        var key = key
        return key.withUTF8 { unsafe find(UnsafeRawBufferPointer($0)) != nil }
    }

    /// The value of a key, or `nil` when it is not in the table.
    @inline(__always)
    func find(_ key: UnsafeRawBufferPointer) -> Int32? {
        let length = min(key.count, Self.longest)
        let range = unsafe (first: Int(starts[length]), end: Int(starts[length + 1]))
        if range.first == range.end { return nil }
        return unsafe isCaseless ? find(key, range) { $0.asciiLowercased } : unsafe find(key, range) { $0 }
    }

    /// Keys of one length are in order.
    @inline(__always)
    private func find(
        _ key: UnsafeRawBufferPointer, _ range: (first: Int, end: Int), _ form: (UInt8) -> UInt8
    ) -> Int32? {
        var (first, end) = range
        while first < end {
            let middle = (first + end) / 2
            let order = unsafe compare(key, entries[middle], form)
            if order == 0 { return unsafe entries[middle].value }
            if order < 0 { end = middle } else { first = middle + 1 }
        }
        return nil
    }

    @inline(__always)
    private func compare(_ key: UnsafeRawBufferPointer, _ entry: Entry, _ form: (UInt8) -> UInt8) -> Int {
        if key.count != Int(entry.count) { return key.count - Int(entry.count) }
        let word = unsafe pool + Int(entry.start)
        for index in 0..<key.count {
            let (a, b) = unsafe (form(key[index]), word[index])
            if a != b { return Int(a) - Int(b) }
        }
        return 0
    }
}

/// Makes ``FrozenTable``s and keeps their memory.
@safe final class FrozenTables {
    private var blocks: [UnsafeMutableRawPointer] = unsafe []

    deinit { unsafe blocks.forEach { unsafe $0.deallocate() } }

    func freeze(_ table: ByteTable) -> FrozenTable {
        var rows = table.rows
        if table.isCaseless { for index in rows.indices { rows[index].key = rows[index].key.map(\.asciiLowercased) } }
        rows.sort { a, b in
            a.key.count != b.key.count ? a.key.count < b.key.count : a.key.lexicographicallyPrecedes(b.key)
        }
        var starts = [UInt32](repeating: 0, count: FrozenTable.longest + 2)
        var entries: [FrozenTable.Entry] = []
        var pool: [UInt8] = []
        for row in rows {
            starts[min(row.key.count, FrozenTable.longest) + 1] += 1
            entries.append(
                FrozenTable.Entry(start: UInt32(pool.count), count: UInt32(row.key.count), value: row.value))
            pool += row.key
        }
        for length in 1..<starts.count { starts[length] += starts[length - 1] }
        return unsafe FrozenTable(
            starts: keep(starts), entries: keep(entries), pool: keep(pool), isCaseless: table.isCaseless)
    }

    private func keep<Element: BitwiseCopyable>(_ elements: [Element]) -> UnsafePointer<Element> {
        let block = UnsafeMutablePointer<Element>.allocate(capacity: max(1, elements.count))
        unsafe elements.withUnsafeBufferPointer {
            if let base = $0.baseAddress { unsafe block.update(from: base, count: $0.count) }
        }
        unsafe blocks.append(UnsafeMutableRawPointer(block))
        return unsafe UnsafePointer(block)
    }
}

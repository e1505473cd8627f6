// SPDX-License-Identifier: Apache-2.0

private import Glibc

// Unsafe: bytes are looked at through their bounds; two keys are compared when they are equally long.

/// A table from short runs of bytes to numbers, looked up without making a text of the bytes.
///
/// A caseless table takes ASCII capitals and small letters for the same.
struct ByteTable: Sendable {
    private struct Entry {
        var hash: UInt64
        var start: Int32
        var count: Int32
        var value: Int32
    }

    let isCaseless: Bool
    private var slots: [Int32]
    private var entries: [Entry] = []
    private var pool: [UInt8] = []
    /// A bit for each length that a key has, the last one for all longer ones: most texts are in no table.
    private var lengths: UInt64 = 0

    init(isCaseless: Bool) {
        self.isCaseless = isCaseless
        slots = Array(repeating: -1, count: 16)
    }

    var count: Int { entries.count }

    /// All keys with their values; of a key that was inserted more than once the first.
    var rows: [(key: [UInt8], value: Int32)] {
        entries.map { entry in
            let key = Array(pool[Int(entry.start)..<Int(entry.start + entry.count)])
            return unsafe (key, key.withUnsafeBytes { unsafe find($0) } ?? entry.value)
        }
    }

    /// The value of a key, or `nil` when it is not in the table.
    func find(_ key: UnsafeRawBufferPointer) -> Int32? {
        guard lengths & Self.bit(key.count) != 0 else { return nil }
        let hash = unsafe hash(of: key)
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] >= 0 {
            let entry = entries[Int(slots[slot])]
            if entry.hash == hash, Int(entry.count) == key.count, unsafe isEqual(key, entry) { return entry.value }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    func find(_ key: String) -> Int32? {
        unsafe Array(key.utf8).withUnsafeBytes { unsafe find($0) }
    }

    /// Sets the value of a key that is not in the table yet; a later value for a known key is not seen.
    mutating func insert(_ key: UnsafeRawBufferPointer, value: Int32) {
        lengths |= Self.bit(key.count)
        if entries.count * 2 >= slots.count { grow() }
        let hash = unsafe hash(of: key)
        place(Int32(entries.count), hash: hash)
        entries.append(Entry(hash: hash, start: Int32(pool.count), count: Int32(key.count), value: value))
        unsafe pool.append(contentsOf: key)
    }

    mutating func insert(_ key: String, value: Int32) {
        unsafe Array(key.utf8).withUnsafeBytes { unsafe insert($0, value: value) }
    }

    private static func bit(_ length: Int) -> UInt64 { 1 << UInt64(min(length, 63)) }

    mutating func removeAll() {
        lengths = 0
        for index in slots.indices { slots[index] = -1 }
        entries.removeAll(keepingCapacity: true)
        pool.removeAll(keepingCapacity: true)
    }

    private mutating func grow() {
        slots = Array(repeating: -1, count: slots.count * 2)
        for index in entries.indices { place(Int32(index), hash: entries[index].hash) }
    }

    private mutating func place(_ index: Int32, hash: UInt64) {
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = index
    }

    private func isEqual(_ key: UnsafeRawBufferPointer, _ entry: Entry) -> Bool {
        unsafe pool.withUnsafeBytes { pool in
            guard let bytes = key.baseAddress, let place = pool.baseAddress else { return unsafe key.isEmpty }
            let known = unsafe UnsafeRawBufferPointer(start: place + Int(entry.start), count: key.count)
            // Nearly always the bytes are the same.
            if unsafe memcmp(bytes, place + Int(entry.start), key.count) == 0 { return true }
            guard isCaseless else { return false }
            var index = 0
            while index < key.count {
                let (a, b) = unsafe (key[index], known[index])
                guard a.asciiLowercased == b.asciiLowercased else { return false }
                index &+= 1
            }
            return true
        }
    }

    private func hash(of key: UnsafeRawBufferPointer) -> UInt64 {
        guard isCaseless else { return unsafe StableHash.hash(key) }
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for index in 0..<key.count {
            hash = unsafe (hash ^ UInt64(key[index].asciiLowercased)) &* 0x0000_0100_0000_01B3
        }
        return hash ^ (hash >> 29)
    }
}

extension UInt8 {
    /// The byte as a small letter if it is an ASCII capital.
    var asciiLowercased: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }

    var isASCIIDigit: Bool { self &- 0x30 < 10 }

    var isASCIILetter: Bool { (self | 0x20) &- 0x61 < 26 }

    /// Space, tab, line ends and the no-break space's last byte are not the same thing: only ASCII counts here.
    var isASCIISpace: Bool { self == 0x20 || (self >= 0x09 && self <= 0x0D) }
}

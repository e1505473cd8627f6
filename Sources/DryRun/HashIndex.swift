// SPDX-License-Identifier: Apache-2.0

import Ledger

/// Finds places in a file by 64-bit hashes, with memory that does not grow: a hash has one of many chains, of which only
/// the newest part is in memory.
struct HashIndex: ~Copyable {
    private struct Entry: BitwiseCopyable {
        var hash: UInt64
        var place: Int64
    }

    private static let blockEntries = 32
    /// A block in the file: its entries, and where the block before it stands.
    private static let blockBytes = blockEntries * MemoryLayout<Entry>.stride + MemoryLayout<Int64>.stride

    private var blocks: SpillFile
    private let newest: UnsafeMutablePointer<Entry>
    private var counts: [Int]
    private var before: [Int64]

    /// - Parameter chains: How many there are, a power of two; each takes half a kilobyte.
    init(chains: Int = 4_096) throws(LedgerFault) {
        blocks = try SpillFile()
        newest = .allocate(capacity: chains * Self.blockEntries)
        counts = Array(repeating: 0, count: chains)
        before = Array(repeating: -1, count: chains)
    }

    deinit { newest.deallocate() }

    mutating func insert(_ hash: UInt64, place: Int64) throws(LedgerFault) {
        let chain = Int(truncatingIfNeeded: hash) & (counts.count - 1)
        if counts[chain] == Self.blockEntries { try spill(chain) }
        newest[chain * Self.blockEntries + counts[chain]] = Entry(hash: hash, place: place)
        counts[chain] += 1
    }

    /// The places of a hash, the newest first.
    func places(of hash: UInt64) throws(LedgerFault) -> [Int64] {
        let chain = Int(truncatingIfNeeded: hash) & (counts.count - 1)
        let first = newest + chain * Self.blockEntries
        var places: [Int64] = []
        for index in (0..<counts[chain]).reversed() where first[index].hash == hash {
            places.append(first[index].place)
        }
        var block = before[chain]
        while block >= 0 {
            block = try blocks.read(at: block, atMost: Self.blockBytes) { bytes in
                for index in (0..<Self.blockEntries).reversed() {
                    let entry = bytes.loadUnaligned(
                        fromByteOffset: index * MemoryLayout<Entry>.stride, as: Entry.self)
                    if entry.hash == hash { places.append(entry.place) }
                }
                return bytes.loadUnaligned(
                    fromByteOffset: Self.blockEntries * MemoryLayout<Entry>.stride, as: Int64.self)
            }
        }
        return places
    }

    private mutating func spill(_ chain: Int) throws(LedgerFault) {
        let entries = UnsafeRawBufferPointer(
            UnsafeBufferPointer(start: newest + chain * Self.blockEntries, count: Self.blockEntries))
        let link = before[chain]
        before[chain] = try blocks.append(atMost: Self.blockBytes) { room in
            room.copyMemory(from: entries)
            room.storeBytes(of: link, toByteOffset: entries.count, as: Int64.self)
            return Self.blockBytes
        }
        counts[chain] = 0
    }
}

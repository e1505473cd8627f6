// SPDX-License-Identifier: Apache-2.0

/// Tells hashes that were never put in from those that were: of the latter it is always sure, of the former nearly
/// always up to some millions, and mostly beyond.
struct BloomFilter: ~Copyable {
    /// 4 MiB.
    private static let words = 1 << 19
    private let bits: UnsafeMutablePointer<UInt64>

    init() {
        bits = .allocate(capacity: Self.words)
        bits.initialize(repeating: 0, count: Self.words)
    }

    deinit { bits.deallocate() }

    func contains(_ hash: UInt64) -> Bool {
        let mask = Self.mask(hash)
        return bits[Self.word(hash)] & mask == mask
    }

    func insert(_ hash: UInt64) { bits[Self.word(hash)] |= Self.mask(hash) }

    /// The upper bits, of which a chain of the index makes no use.
    private static func word(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash &>> 44) & (words - 1) }

    /// Three of the 64 bits of a word.
    private static func mask(_ hash: UInt64) -> UInt64 {
        1 &<< (hash &>> 12 & 63) | 1 &<< (hash &>> 18 & 63) | 1 &<< (hash &>> 24 & 63)
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Says of nearly every hash that is not in the table of hashes that it is not there, without a look at it.
struct RejectFilter: Sendable {
    /// A megabyte: of a million hashes that are not among a million others, 4 in 100 are looked up all the same.
    private static let bits = 8_388_608
    /// Empty before the first hash.
    private var words: [UInt64] = []

    /// Whether it has no hash at all.
    var isEmpty: Bool { words.isEmpty }

    /// Two places for each hash of 31 bits: its end, and that of its product with an odd number.
    private static func places(_ hash: Int64) -> (Int, Int) {
        let turned = UInt64(bitPattern: hash) &* 0x9E37_79B9_7F4A_7C15
        return (Int(hash) & (bits - 1), Int(turned >> 41))
    }

    /// Adds a hash.
    mutating func add(_ hash: Int64) {
        if words.isEmpty { words = Array(repeating: 0, count: Self.bits / 64) }
        let (one, other) = Self.places(hash)
        words[one / 64] |= 1 << UInt64(one % 64)
        words[other / 64] |= 1 << UInt64(other % 64)
    }

    /// Whether a hash may have been added.
    func mayHave(_ hash: Int64) -> Bool {
        guard !words.isEmpty else { return false }
        let (one, other) = Self.places(hash)
        return words[one / 64] >> UInt64(one % 64) & 1 != 0 && words[other / 64] >> UInt64(other % 64) & 1 != 0
    }
}

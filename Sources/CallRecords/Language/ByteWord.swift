// SPDX-License-Identifier: Apache-2.0

/// Eight bytes at once, of which some are looked for.
struct ByteWord: BitwiseCopyable {
    private let word: UInt64

    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080

    init(_ word: UInt64) { self.word = word }

    /// Whether all are ASCII.
    var isASCII: Bool { word & Self.highs == 0 }

    /// Whether one is an ASCII capital.
    var hasCapitals: Bool {
        // Of the lower seven bits, whose sums stay within their byte.
        let low = word & ~Self.highs
        let fromA = low &+ Self.ones &* (0x80 - 0x41)
        let behindZ = low &+ Self.ones &* (0x80 - 0x5B)
        return fromA & ~behindZ & ~word & Self.highs != 0
    }

    /// Whether one is a byte.
    func has(_ byte: UInt8) -> Bool {
        let difference = word ^ (Self.ones &* UInt64(byte))
        return (difference &- Self.ones) & ~difference & Self.highs != 0
    }

    /// The bits in which capitals and small letters differ.
    static let caseBits: UInt64 = 0x2020_2020_2020_2020

    /// Whether one is less than a byte of ASCII.
    func hasLess(than byte: UInt8) -> Bool { (word &- Self.ones &* UInt64(byte)) & ~word & Self.highs != 0 }
}

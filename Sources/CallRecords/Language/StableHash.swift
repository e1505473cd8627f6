// SPDX-License-Identifier: Apache-2.0

// Unsafe: words of eight, four, two bytes and one are read as long as so many are left.

/// A 64-bit hash that is the same on every machine and in every version, so that it may be kept in a file.
///
/// It is no protection against somebody who makes collisions on purpose; nothing that it decides needs that.
package struct StableHash {
    /// The hash of what was taken in so far.
    package private(set) var value: UInt64 = 0x9E37_79B9_7F4A_7C15

    /// Begins a hash of nothing.
    package init() {}

    /// Takes in some bytes and their number, so that `ab`, `c` and `a`, `bc` differ.
    package mutating func take(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes.count
        var last: UInt64 = 0
        if let base = bytes.baseAddress {
            var next = unsafe base
            while rest >= 8 {
                unsafe mix(UInt64(littleEndian: next.loadUnaligned(as: UInt64.self)))
                unsafe next += 8
                rest &-= 8
            }
            // The bytes that are left, the first of them lowest.
            if rest & 4 != 0 {
                last = unsafe UInt64(UInt32(littleEndian: next.loadUnaligned(as: UInt32.self)))
                unsafe next += 4
            }
            if rest & 2 != 0 {
                unsafe last |=
                    UInt64(UInt16(littleEndian: next.loadUnaligned(as: UInt16.self))) &<< (UInt64(rest & 4) &* 8)
                unsafe next += 2
            }
            if rest & 1 != 0 { unsafe last |= UInt64(next.load(as: UInt8.self)) &<< (UInt64(rest & 6) &* 8) }
        }
        mix(last ^ (UInt64(bytes.count) << 56))
    }

    /// Takes in some bytes as ``take(_:)`` does, in less time.
    ///
    /// - Parameter bytes: Eight more may be read behind them, whatever they are.
    @inline(__always)
    mutating func take(padded bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress else { return unsafe take(bytes) }
        var next = unsafe base
        var rest = bytes.count
        while rest >= 8 {
            unsafe mix(UInt64(littleEndian: next.loadUnaligned(as: UInt64.self)))
            unsafe next += 8
            rest &-= 8
        }
        let mask: UInt64 = 1 &<< UInt64(truncatingIfNeeded: 8 &* rest) &- 1
        let last = unsafe UInt64(littleEndian: next.loadUnaligned(as: UInt64.self)) & mask
        mix(last ^ (UInt64(truncatingIfNeeded: bytes.count) &<< 56))
    }

    /// The hash of some bytes alone.
    package static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var hash = StableHash()
        unsafe hash.take(bytes)
        return hash.value
    }

    @inline(__always)
    private mutating func mix(_ word: UInt64) {
        let product = (value ^ word).multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
        value = product.high ^ product.low &+ 0xE703_7ED1_A0B4_28DB
    }
}

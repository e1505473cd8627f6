// SPDX-License-Identifier: Apache-2.0

/// A 64-bit hash that is the same on every machine and in every version, so that it may be kept in a file.
///
/// It is no protection against somebody who makes collisions on purpose; nothing that it decides needs that.
struct StableHash {
    private(set) var value: UInt64 = 0x9E37_79B9_7F4A_7C15

    /// Takes in some bytes and their number, so that `ab`, `c` and `a`, `bc` differ.
    mutating func take(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes[...]
        while rest.count >= 8 {
            mix(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: rest.startIndex, as: UInt64.self)))
            rest = rest.dropFirst(8)
        }
        var last: UInt64 = 0
        var shift: UInt64 = 0
        for byte in rest {
            last |= UInt64(byte) << shift
            shift += 8
        }
        mix(last ^ (UInt64(bytes.count) << 56))
    }

    static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var hash = StableHash()
        hash.take(bytes)
        return hash.value
    }

    private mutating func mix(_ word: UInt64) {
        let product = (value ^ word).multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
        value = product.high ^ product.low &+ 0xE703_7ED1_A0B4_28DB
    }
}

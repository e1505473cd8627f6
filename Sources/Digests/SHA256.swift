// SPDX-License-Identifier: Apache-2.0

/// SHA-256 as FIPS 180-4 defines it.
///
/// cdr24 hashes the ends of files, pruned records and unusual ids. swift-crypto would do it too, but brings a second
/// BoringSSL beside that of swift-nio-ssl: 1.5 minutes of a first build on two cores, for this one function. Secrets of
/// connections stay with BoringSSL. The tests hold it against the vectors of NIST.
package struct SHA256: Sendable {
    /// How many bytes a hash has.
    package static let byteCount = 32
    /// How many bytes are taken in at once.
    static let blockBytes = 64

    private var state: InlineArray<8, UInt32> = [
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
    ]
    /// Bytes that do not fill a block yet.
    private var rest: [UInt8] = []
    private var count: UInt64 = 0

    /// A hash of nothing yet.
    package init() {}

    /// The hash of some bytes.
    package static func hash(_ bytes: some Collection<UInt8>) -> [UInt8] {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finish()
    }

    /// Takes in more bytes.
    package mutating func update(_ bytes: some Collection<UInt8>) {
        if bytes.withContiguousStorageIfAvailable({ take(UnsafeRawBufferPointer($0)) }) == nil {
            Array(bytes).withUnsafeBytes { take($0) }
        }
    }

    /// The hash of everything that was taken in; nothing may follow.
    package mutating func finish() -> [UInt8] {
        let bits = count &* 8
        var end: [UInt8] = [0x80]
        // One bit, zeros up to the last eight bytes of a block, and there the number of bits.
        end += [UInt8](repeating: 0, count: (119 - rest.count) % Self.blockBytes)
        for shift in stride(from: 56, through: 0, by: -8) { end.append(UInt8(truncatingIfNeeded: bits >> shift)) }
        update(end)
        var digest: [UInt8] = []
        digest.reserveCapacity(Self.byteCount)
        for index in state.indices {
            for shift in stride(from: 24, through: 0, by: -8) {
                digest.append(UInt8(truncatingIfNeeded: state[index] >> shift))
            }
        }
        return digest
    }

    private mutating func take(_ bytes: UnsafeRawBufferPointer) {
        count &+= UInt64(bytes.count)
        var place = 0
        if !rest.isEmpty {
            place = min(Self.blockBytes - rest.count, bytes.count)
            rest.append(contentsOf: bytes[..<place])
            guard rest.count == Self.blockBytes else { return }
            let block = rest
            block.withUnsafeBytes { compress($0, at: 0) }
            rest.removeAll(keepingCapacity: true)
        }
        while bytes.count - place >= Self.blockBytes {
            compress(bytes, at: place)
            place += Self.blockBytes
        }
        rest.append(contentsOf: bytes[place...])
    }

    /// Takes in one block.
    private mutating func compress(_ bytes: UnsafeRawBufferPointer, at place: Int) {
        var words = InlineArray<16, UInt32>(repeating: 0)
        for index in 0..<16 {
            words[index] = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: place + index * 4, as: UInt32.self))
        }
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        // Eight rounds bring each of the eight variables back to its place, so that none is moved.
        var round = 0
        while round < 64 {
            Self.mix(a, b, c, &d, e, f, g, &h, Self.word(&words, round))
            Self.mix(h, a, b, &c, d, e, f, &g, Self.word(&words, round &+ 1))
            Self.mix(g, h, a, &b, c, d, e, &f, Self.word(&words, round &+ 2))
            Self.mix(f, g, h, &a, b, c, d, &e, Self.word(&words, round &+ 3))
            Self.mix(e, f, g, &h, a, b, c, &d, Self.word(&words, round &+ 4))
            Self.mix(d, e, f, &g, h, a, b, &c, Self.word(&words, round &+ 5))
            Self.mix(c, d, e, &f, g, h, a, &b, Self.word(&words, round &+ 6))
            Self.mix(b, c, d, &e, f, g, h, &a, Self.word(&words, round &+ 7))
            round &+= 8
        }
        state[0] &+= a
        state[1] &+= b
        state[2] &+= c
        state[3] &+= d
        state[4] &+= e
        state[5] &+= f
        state[6] &+= g
        state[7] &+= h
    }

    /// What a round adds: its constant and its word of the message schedule, of which only the last sixteen are kept.
    @inline(__always)
    private static func word(_ words: inout InlineArray<16, UInt32>, _ round: Int) -> UInt32 {
        if round >= 16 {
            let (near, far) = (words[(round &- 2) & 15], words[(round &- 15) & 15])
            let sigma1 = turned(near, 17) ^ turned(near, 19) ^ (near >> 10)
            let sigma0 = turned(far, 7) ^ turned(far, 18) ^ (far >> 3)
            words[round & 15] = words[round & 15] &+ sigma0 &+ words[(round &- 7) & 15] &+ sigma1
        }
        return constants[round] &+ words[round & 15]
    }

    /// One round; it changes the two variables that the next one takes as `e` and `a`.
    @inline(__always)
    private static func mix(
        _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: inout UInt32, _ e: UInt32, _ f: UInt32, _ g: UInt32,
        _ h: inout UInt32, _ word: UInt32
    ) {
        let sum1 = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)
        let first = h &+ sum1 &+ (g ^ (e & (f ^ g))) &+ word
        let sum0 = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)
        d = d &+ first
        h = first &+ sum0 &+ ((a & b) | (c & (a | b)))
    }

    @inline(__always)
    private static func turned(_ word: UInt32, _ bits: UInt32) -> UInt32 { word &>> bits | word &<< (32 &- bits) }

    private static let constants: InlineArray<64, UInt32> = [
        0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
        0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
        0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
        0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
        0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
        0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
        0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
        0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
    ]
}

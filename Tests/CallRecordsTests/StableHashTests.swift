// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import CallRecords

@Suite(.seeded) struct StableHashTests {
    @Test func `bytes with more behind them have the hash that they have alone`() {
        var random = SeededRandom(1)
        for count in 0...40 {
            let bytes = (0..<count + 8).map { _ in UInt8(random.below(256)) }
            bytes.withUnsafeBytes { all in
                let part = UnsafeRawBufferPointer(rebasing: all[..<count])
                var (plain, padded) = (StableHash(), StableHash())
                plain.take(part)
                padded.take(padded: part)
                #expect(padded.value == plain.value, "\(count) bytes")
            }
        }
    }

    @Test func `the hash is that of every version, because ledgers keep it`() {
        #expect(StableHash.hash(UnsafeRawBufferPointer(start: nil, count: 0)) == Self.known[0])
        for (number, text) in ["a", "pbx1:1767225600.0"].enumerated() {
            #expect(Array(text.utf8).withUnsafeBytes { StableHash.hash($0) } == Self.known[number + 1])
        }
    }

    private static let known: [UInt64] = [0x4E08_A6C4_273A_5544, 0xC3D2_D458_0926_E4F8, 0xB299_9629_E518_E41F]
}

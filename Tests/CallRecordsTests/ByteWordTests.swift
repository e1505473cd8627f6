// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CallRecords

/// What is asked about eight bytes at once is what is asked about them one by one.
@Suite struct ByteWordTests {
    /// Every byte in every place, among bytes at the ends of the ranges that are looked for.
    @Test(arguments: [0x00, 0x20, 0x21, 0x23, 0x24, 0x40, 0x41, 0x5A, 0x5B, 0x7E, 0x7F, 0x80, 0xC1, 0xFF] as [UInt8])
    func `eight bytes are what each of them is`(around: UInt8) {
        for byte in UInt8.min...UInt8.max {
            for place in 0..<8 {
                var bytes = [UInt8](repeating: around, count: 8)
                bytes[place] = byte
                let word = ByteWord(bytes.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) })
                let capitals = UInt8(ascii: "A")...UInt8(ascii: "Z")
                let isRight =
                    word.hasCapitals == bytes.contains { capitals.contains($0) }
                    && word.isASCII == bytes.allSatisfy { $0 < 0x80 }
                    && [0x24, 0x7F].allSatisfy { wanted in word.has(wanted) == bytes.contains(wanted) }
                    && word.hasLess(than: 0x21) == bytes.contains { $0 < 0x21 }
                #expect(isRight, "\(bytes)")
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CallRecords

/// A frozen table says what the table says that it was made of.
@Suite struct FrozenTableTests {
    private static func random(_ state: inout UInt64, below bound: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state >> 33) % bound
    }

    private static func word(_ state: inout UInt64) -> [UInt8] {
        let alphabet = Array("abAB@`[{0-\u{E9}".utf8)
        let length = random(&state, below: 12) == 0 ? 60 + random(&state, below: 8) : random(&state, below: 4)
        return (0..<length).map { _ in alphabet[random(&state, below: alphabet.count)] }
    }

    @Test(arguments: [true, false], [0, 1, 7, 300])
    func `both find the same`(isCaseless: Bool, count: Int) {
        var state: UInt64 = 88_172_645_463_325_252 &+ UInt64(count)
        var table = ByteTable(isCaseless: isCaseless)
        for value in 0..<count { Self.word(&state).withUnsafeBytes { table.insert($0, value: Int32(value)) } }
        let tables = FrozenTables()
        let frozen = tables.freeze(table)
        for _ in 0..<3_000 {
            Self.word(&state).withUnsafeBytes { word in
                #expect(frozen.find(word) == table.find(word), "\(Array(word))")
            }
        }
    }
}

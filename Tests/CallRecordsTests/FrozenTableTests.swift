// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import CallRecords

/// A frozen table says what the table says that it was made of.
@Suite struct FrozenTableTests {
    private static func word(_ random: inout SeededRandom) -> [UInt8] {
        let length = random.below(12) == 0 ? 60 + random.below(8) : random.below(4)
        return random.bytes(length, from: Array("abAB@`[{0-\u{E9}".utf8))
    }

    @Test(.seeded, arguments: [true, false], [0, 1, 7, 300])
    func `both find the same`(isCaseless: Bool, count: Int) {
        var random = SeededRandom(count)
        var table = ByteTable(isCaseless: isCaseless)
        for value in 0..<count { Self.word(&random).withUnsafeBytes { table.insert($0, value: Int32(value)) } }
        let tables = FrozenTables()
        let frozen = tables.freeze(table)
        for _ in 0..<3_000 {
            Self.word(&random).withUnsafeBytes { word in
                #expect(frozen.find(word) == table.find(word), "\(Array(word))")
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import CallRecords

/// Sample files with bytes changed at random, always the same ones; bench/fuzz does the same for hours.
@Suite(.seeded) struct RandomRecordsTests {
    /// Bytes and words that mean something in some format.
    private static let pieces = [
        "\"", "\"\"", ",", "|", ";", "\n", "\r\n", "\u{0}", "é", "$", "-", "+", "9", "@", "NULL",
    ]

    @Test(arguments: FormatDefinition.presetNames)
    func `a changed file gives what the portal takes, however it is sliced`(preset: String) throws {
        let path = PackageFolder.url.appendingPathComponent("samples/\(preset).csv")
        let sample = Array([UInt8](try Data(contentsOf: path)).prefix(3000))
        let format = try FormatDefinition.preset(preset)
        let mapper = try RecordMapper(format: format, context: .moscow)
        var random = SeededRandom(preset.utf8.reduce(1) { $0 &* 31 &+ UInt64($1) })
        for _ in 0..<40 {
            let bytes = change(sample, &random)
            let whole = mapped(bytes, format, mapper, sliceLength: bytes.count)
            let broken = brokenPromise(of: whole, format)
            #expect(broken == nil, "\(String(decoding: bytes, as: UTF8.self))")
            let byRules = mapped(bytes, format, mapper.rememberingNothing(), sliceLength: bytes.count)
            #expect(byRules == whole, "what is remembered makes a difference")
            let sliceLength = 1 + random.below(100)
            #expect(mapped(bytes, format, mapper, sliceLength: sliceLength) == whole, "slices of \(sliceLength)")
        }
    }

    private func change(_ sample: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
        var bytes = sample
        for _ in 0...random.below(6) {
            let start = random.below(bytes.count)
            let end = min(bytes.count, start + random.below(12))
            let other = random.below(bytes.count)
            switch random.below(4) {
            case 0: bytes.removeSubrange(start..<end)
            case 1: bytes[start] = UInt8(random.below(256))
            case 2: bytes.insert(contentsOf: bytes[other..<min(bytes.count, other + random.below(40))], at: start)
            default: bytes.replaceSubrange(start..<end, with: Self.pieces[random.below(Self.pieces.count)].utf8)
            }
            if bytes.isEmpty { return sample }
        }
        return bytes
    }
}

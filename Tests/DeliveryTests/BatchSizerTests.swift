// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import Clocks
import Delivery
import Foundation
import Testing

struct BatchSizerTests {
    /// Runs batches of the planned size against a constant cost and gives the sizes.
    private func sizes(perCommand: Double, overhead: Double = 0.1, count: Int, of sizer: inout BatchSizer) -> [Int] {
        (0..<count).map { _ in
            let size = sizer.size
            sizer.measured(commands: size, elapsed: .seconds(overhead + perCommand * Double(size)))
            return size
        }
    }

    @Test func `a fast portal gets full batches after one small one, a slower one after two`() {
        var fast = BatchSizer(maximum: 49)
        #expect(sizes(perCommand: 0.002, count: 4, of: &fast) == [5, 49, 49, 49])
        var slower = BatchSizer(maximum: 49)
        #expect(sizes(perCommand: 0.2, count: 4, of: &slower) == [5, 20, 49, 49])
    }

    @Test(arguments: [0.3, 0.5, 1.0, 2.3, 5.0, 15.0, 50.0])
    func `batches grow to the target time and never beyond`(_ perCommand: Double) {
        var sizer = BatchSizer(maximum: 49)
        let found = sizes(perCommand: perCommand, count: 12, of: &sizer)
        #expect(found[0] == 5)
        for size in found.dropFirst() { #expect(size == 1 || Double(size) * perCommand <= 20) }
        #expect(
            found[11] == max(1, Int((19 - 0.1) / perCommand)) || found[11] == max(1, Int(19 / perCommand))
                || found[11] == 49)
    }

    @Test func `a portal that slows is followed at once and one that recovers by halves`() {
        var sizer = BatchSizer(maximum: 49)
        _ = sizes(perCommand: 0.3, overhead: 0, count: 5, of: &sizer)
        #expect(sizer.size == 49)
        sizer.measured(commands: 49, elapsed: .seconds(49 * 0.95))
        #expect(sizer.size == 20)
        sizer.measured(commands: 20, elapsed: .seconds(6))
        #expect((21...45).contains(sizer.size))
    }

    @Test func `a size that fits still fits when everything takes three times as long`() {
        for perCommand in stride(from: 0.1, through: 6, by: 0.1) {
            var sizer = BatchSizer(maximum: 49)
            _ = sizes(perCommand: perCommand, count: 12, of: &sizer)
            #expect(sizer.size == 1 || Double(sizer.size) * perCommand * 3 < 60)
        }
    }

    @Test func `a lost batch that took long was too large`() {
        var sizer = BatchSizer(maximum: 49)
        _ = sizes(perCommand: 0.002, count: 4, of: &sizer)
        sizer.lost(commands: 49, elapsed: .seconds(0.2))
        #expect(sizer.size == 49)
        sizer.lost(commands: 49, elapsed: .seconds(60))
        #expect(sizer.size == 12)
        sizer.lost(commands: 3, elapsed: .seconds(60))
        #expect(sizer.size == 1)
    }

    @Test func `a small last batch does not spoil the size`() {
        var sizer = BatchSizer(maximum: 49)
        _ = sizes(perCommand: 0.002, count: 4, of: &sizer)
        sizer.measured(commands: 1, elapsed: .seconds(0.9))
        #expect(sizer.size == 49)
        sizer.measured(commands: 1, elapsed: .seconds(11))
        #expect(sizer.size == 1)
    }

    @Test func `what was learned is kept`() throws {
        var sizer = BatchSizer(maximum: 49)
        _ = sizes(perCommand: 1, count: 6, of: &sizer)
        let data = try JSONEncoder().encode(sizer.snapshot())
        var next = BatchSizer(maximum: 49)
        next.restore(try JSONDecoder().decode(BatchSizer.Snapshot.self, from: data))
        #expect(next.size == sizer.size)
        #expect(next.expected(commands: 2) == sizer.expected(commands: 2))
    }

    @Test func `a cap below the target wins`() {
        var sizer = BatchSizer(maximum: 49, target: .seconds(20), cap: .seconds(6))
        #expect(sizes(perCommand: 0.5, overhead: 0, count: 8, of: &sizer).last == 3)
    }
}

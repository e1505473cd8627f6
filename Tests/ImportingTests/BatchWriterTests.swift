// SPDX-License-Identifier: Apache-2.0

import CallRecords
import Ledger
import Reporting
import Testing

@testable import Importing

/// Batches are stored in their order and booked once, and nothing is stored after a fault.
@Suite struct BatchWriterTests {
    private static func writer(_ scene: GroupScene) -> BatchWriter {
        BatchWriter(ledger: scene.ledger, keeper: scene.keeper, tally: scene.tally)
    }

    private static func batch(_ legs: [Leg]) -> BatchWriter.Batch {
        var batch = BatchWriter.Batch(calls: PackedCalls(sourceID: 1, runID: 1))
        batch.groups = legs.map { .legs([$0], folded: nil) }
        for _ in legs { batch.tally.read() }
        return batch
    }

    @Test func `many batches are all stored and booked`() throws {
        let scene = try GroupScene()
        let writer = Self.writer(scene)
        for number in 0..<50 {
            writer.write(
                Self.batch([GroupScene.leg("pbx:\(number)"), GroupScene.leg("pbx:x\(number)")]),
                in: try writer.takeTurn())
        }
        let stored = try writer.finish()
        #expect(stored.tally.records.read == 100 && stored.tally.records.calls == 100)
        #expect(try scene.ledger.call(key: "pbx:x49") != nil)
    }

    @Test func `a leg of a later batch joins the call of an earlier one`() throws {
        let scene = try GroupScene()
        let writer = Self.writer(scene)
        writer.write(Self.batch([GroupScene.leg("pbx:1", employee: "101")]), in: try writer.takeTurn())
        writer.write(Self.batch([GroupScene.leg("pbx:1", employee: "102")]), in: try writer.takeTurn())
        let records = try writer.finish().tally.records
        #expect(records.read == 2 && records.calls == 1 && records.merged == 1)
    }

    @Test func `after a fault nothing more is stored and the fault is told`() throws {
        let scene = try GroupScene()
        try scene.ledger.close()
        let writer = Self.writer(scene)
        writer.write(Self.batch([GroupScene.leg("pbx:1")]), in: try writer.takeTurn())
        writer.wait()
        #expect(throws: LedgerFault.self) { _ = try writer.takeTurn() }
        #expect(throws: LedgerFault.self) { _ = try writer.finish() }
    }
}

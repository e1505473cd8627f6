// SPDX-License-Identifier: Apache-2.0

import CallRecords
import Ledger
import Reporting
import Testing

@testable import Intake

/// Batches are stored in their order and booked once, and nothing of a transaction that fails is kept.
@Suite struct BatchStorerTests {
    private static func storer(_ scene: AssemblyScene) -> BatchStorer {
        BatchStorer(store: scene.store, assembler: scene.assembler, tally: scene.tally)
    }

    private static func batch(_ legs: [Leg]) -> MappedBatch {
        var batch = MappedBatch(calls: PackedCalls(sourceID: 1, runID: 1))
        for leg in legs {
            leg.withView { view in
                batch.calls.append(view, as: nil, keyHash: PackedCalls.hash(ofKey: view.key))
            }
            batch.members.append(batch.calls.count - 1)
            batch.keys.append(.legs(batch.members.count - 1..<batch.members.count))
        }
        for _ in legs { batch.tally.read() }
        return batch
    }

    /// Gives batches one by one, and then a fault, if there is one.
    private static func source(_ batches: [MappedBatch], fault: (any Error)? = nil) -> () throws -> MappedBatch? {
        var rest = batches[...]
        return {
            if let next = rest.popFirst() { return next }
            if let fault { throw fault }
            return nil
        }
    }

    @Test func `many batches are all stored and booked`() throws {
        let scene = try AssemblyScene()
        var storer = Self.storer(scene)
        try storer.storeAll(
            from: Self.source(
                (0..<50).map { number in
                    Self.batch([AssemblyScene.leg("pbx:\(number)"), AssemblyScene.leg("pbx:x\(number)")])
                }))
        #expect(storer.tally.records.read == 100 && storer.tally.records.calls == 100)
        #expect(try scene.store.call(key: "pbx:x49") != nil)
    }

    @Test func `a leg of a later batch joins the call of an earlier one`() throws {
        var storer = Self.storer(try AssemblyScene())
        try storer.storeAll(
            from: Self.source([
                Self.batch([AssemblyScene.leg("pbx:1", employee: "101")]),
                Self.batch([AssemblyScene.leg("pbx:1", employee: "102")]),
            ]))
        let records = storer.tally.records
        #expect(records.read == 2 && records.calls == 1 && records.merged == 1)
    }

    @Test func `what failed is not booked, and what was stored before is`() throws {
        struct Break: Error {}
        let scene = try AssemblyScene()
        var storer = Self.storer(scene)
        try storer.storeAll(from: Self.source([Self.batch([AssemblyScene.leg("pbx:1")])]))
        #expect(throws: LedgerFault.self) {
            try storer.storeAll(from: Self.source([Self.batch([AssemblyScene.leg("pbx:2")])], fault: Break()))
        }
        #expect(storer.tally.records.read == 1 && storer.tally.records.calls == 1)
        #expect(try scene.store.call(key: "pbx:1") != nil && scene.store.call(key: "pbx:2") == nil)
        try scene.store.close()
        #expect(throws: LedgerFault.self) {
            try storer.storeAll(from: Self.source([Self.batch([AssemblyScene.leg("pbx:3")])]))
        }
        #expect(storer.tally.records.read == 1)
    }
}

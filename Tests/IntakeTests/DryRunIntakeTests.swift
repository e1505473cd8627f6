// SPDX-License-Identifier: Apache-2.0

import CDRConfiguration
import CallLifecycle
import CallRecords
import Ledger
import Reporting
import TestSupport
import Testing

@testable import Intake

/// A dry run keeps calls outside a ledger; what it counts is what an import counts.
@Suite struct DryRunIntakeTests {
    /// Legs of few keys over and over: repeated, grown, far apart, inside ones, under other names.
    private struct RandomLegs {
        private var random: SeededRandom

        init(seed: UInt64) { random = SeededRandom(seed) }

        private mutating func below(_ bound: Int) -> Int { random.below(bound) }

        mutating func batch(_ count: Int, keys: Int) -> [Leg] {
            (0..<count).map { _ in
                let key = below(keys)
                // Some calls are old, some have not been over for long, and some ids come again a day later.
                let age = Int64(300 + key * 60 + (below(20) == 0 ? 90_000 : 0))
                let isInside = below(8) == 0
                return AssemblyScene.leg(
                    "pbx:\(key)", at: age, number: isInside ? nil : "+1202555\(1_000 + key % 50)",
                    direction: isInside ? .internal : key % 3 == 0 ? .outgoing : .incoming,
                    employee: below(4) == 0 ? nil : "\(100 + below(3))", talk: Int64(below(3) * 20),
                    aliases: below(15) == 0 ? ["pbx:\(below(keys))", "pbx:other\(key)"] : [])
            }
        }
    }

    private static func run(_ scene: inout AssemblyScene, seed: UInt64, keys: Int, patience: Int64?) throws {
        var legs = RandomLegs(seed: seed)
        for _ in 0..<12 { try scene.batch(legs.batch(120, keys: keys)) }
        try scene.close(patience: patience)
    }

    @Test(.seeded, arguments: 1...6, [40, 5_000])
    func `a dry run counts like an import`(seed: UInt64, keys: Int) throws {
        let patience: Int64? = seed % 2 == 0 ? nil : 3_600
        var plain = try AssemblyScene(isExport: patience == nil) { $0.notBefore = AssemblyScene.now - 200_000 }
        var dry = try AssemblyScene(isExport: patience == nil, isDryRun: true) {
            $0.notBefore = AssemblyScene.now - 200_000
        }
        try Self.run(&plain, seed: seed, keys: keys, patience: patience)
        try Self.run(&dry, seed: seed, keys: keys, patience: patience)
        #expect(dry.records == plain.records && dry.addsUp)
        #expect(dry.held == plain.held)
        #expect(try dry.store.openCounts() == plain.store.openCounts())
        #expect(try dry.store.extensionsToSend(limit: 100_000) == plain.store.extensionsToSend(limit: 100_000))
        for limit in [AssemblyScene.now - 50_000, AssemblyScene.now] {
            let counted = try plain.store.pendingBefore(limit, sourceID: plain.source.id)
            let found = try dry.store.pendingBefore(limit, sourceID: dry.source.id)
            #expect(found?.count == counted?.count && found?.oldest == counted?.oldest)
        }
        #expect(try dry.store.hasCalls(sourceID: dry.source.id))
        for key in 0..<keys where key % 7 == 0 || keys < 100 {
            let (own, other) = (try dry.store.call(key: "pbx:\(key)"), try plain.store.call(key: "pbx:\(key)"))
            #expect(own?.call == other?.call && own?.history.legs == other?.history.legs && own?.state == other?.state)
            #expect(
                own?.history.fingerprints == other?.history.fingerprints
                    && own?.history.runLegs == other?.history.runLegs)
        }
    }

    @Test func `more calls than fit into the memory of a dry run are found again`() throws {
        var scene = try AssemblyScene(isExport: true, isDryRun: true)
        func legs(_ range: Range<Int>) -> [Leg] { range.map { AssemblyScene.leg("pbx:\($0)", talk: Int64($0 % 100)) } }
        for start in stride(from: 0, to: 20_000, by: 2_000) { try scene.batch(legs(start..<start + 2_000)) }
        #expect(scene.records.calls == 20_000 && scene.records.duplicates == 0)
        try scene.batch(legs(0..<300) + legs(9_800..<10_100) + legs(19_700..<20_000))
        #expect(scene.records.calls == 20_000 && scene.records.duplicates == 900 && scene.addsUp)
        #expect(try scene.store.call(key: "pbx:7000")?.call.key == "pbx:7000")
        #expect(try scene.store.openCounts()[.pending]?[""] == 20_000)
    }

    @Test func `calls that the ledger beneath knows are not taken for new`() throws {
        var base = try AssemblyScene(isExport: true)
        try base.batch([AssemblyScene.leg("pbx:1", talk: 5), AssemblyScene.leg("pbx:2")])
        var scene = try AssemblyScene(isExport: true, isDryRun: true, over: base.ledger)
        try scene.batch([
            AssemblyScene.leg("pbx:1", talk: 5), AssemblyScene.leg("pbx:2", employee: "102"),
            AssemblyScene.leg("pbx:3"),
        ])
        #expect(scene.records.calls == 1 && scene.records.duplicates == 1 && scene.records.merged == 1 && scene.addsUp)
    }
}

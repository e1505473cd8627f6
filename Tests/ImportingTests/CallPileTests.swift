// SPDX-License-Identifier: Apache-2.0

import CallRecords
import Ledger
import Reporting
import Testing

@testable import Importing

/// A dry run keeps calls on a pile; what it counts is what a ledger without a pile counts.
@Suite struct CallPileTests {
    /// Legs of few keys over and over: repeated, grown, far apart, inside ones, under other names.
    private struct RandomLegs {
        private var state: UInt64

        init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

        mutating func below(_ bound: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state >> 33) % bound
        }

        mutating func batch(_ count: Int, keys: Int) -> [Leg] {
            (0..<count).map { _ in
                let key = below(keys)
                // Some calls are old, some have not been over for long, and some ids come again a day later.
                let age = Int64(300 + key * 60 + (below(20) == 0 ? 90_000 : 0))
                let isInside = below(8) == 0
                return GroupScene.leg(
                    "pbx:\(key)", at: age, number: isInside ? nil : "+1202555\(1_000 + key % 50)",
                    direction: isInside ? .internal : key % 3 == 0 ? .outgoing : .incoming,
                    employee: below(4) == 0 ? nil : "\(100 + below(3))", talk: Int64(below(3) * 20),
                    aliases: below(15) == 0 ? ["pbx:\(below(keys))", "pbx:other\(key)"] : [])
            }
        }
    }

    private static func run(_ scene: inout GroupScene, seed: UInt64, keys: Int, patience: Int64?) throws {
        var legs = RandomLegs(seed: seed)
        for _ in 0..<12 { try scene.batch(legs.batch(120, keys: keys)) }
        try scene.close(patience: patience)
    }

    @Test(arguments: 1...6, [40, 5_000])
    func `a ledger with a pile counts like one without`(seed: UInt64, keys: Int) throws {
        let patience: Int64? = seed % 2 == 0 ? nil : 3_600
        var plain = try GroupScene(isExport: patience == nil) { $0.notBefore = GroupScene.now - 200_000 }
        var piling = try GroupScene(isExport: patience == nil, pilesCalls: true) {
            $0.notBefore = GroupScene.now - 200_000
        }
        try Self.run(&plain, seed: seed, keys: keys, patience: patience)
        try Self.run(&piling, seed: seed, keys: keys, patience: patience)
        #expect(piling.records == plain.records && piling.addsUp)
        #expect(piling.held == plain.held)
        #expect(try piling.ledger.openCounts() == plain.ledger.openCounts())
        #expect(try piling.ledger.extensionsToSend(limit: 100_000) == plain.ledger.extensionsToSend(limit: 100_000))
        for limit in [GroupScene.now - 50_000, GroupScene.now] {
            let counted = try plain.ledger.pendingBefore(limit, sourceID: plain.source.id)
            let piled = try piling.ledger.pendingBefore(limit, sourceID: piling.source.id)
            #expect(piled?.count == counted?.count && piled?.oldest == counted?.oldest)
        }
        #expect(try piling.ledger.hasCalls(sourceID: piling.source.id))
        for key in 0..<keys where key % 7 == 0 || keys < 100 {
            let (own, other) = (try piling.ledger.call(key: "pbx:\(key)"), try plain.ledger.call(key: "pbx:\(key)"))
            #expect(own?.call == other?.call && own?.legs == other?.legs && own?.state == other?.state)
            #expect(own?.fingerprints == other?.fingerprints && own?.runLegs == other?.runLegs)
        }
    }

    @Test func `more calls than fit into the pile's memory are found again`() throws {
        var scene = try GroupScene(isExport: true, pilesCalls: true)
        func legs(_ range: Range<Int>) -> [Leg] { range.map { GroupScene.leg("pbx:\($0)", talk: Int64($0 % 100)) } }
        for start in stride(from: 0, to: 20_000, by: 2_000) { try scene.batch(legs(start..<start + 2_000)) }
        #expect(scene.records.calls == 20_000 && scene.records.duplicates == 0)
        try scene.batch(legs(0..<300) + legs(9_800..<10_100) + legs(19_700..<20_000))
        #expect(scene.records.calls == 20_000 && scene.records.duplicates == 900 && scene.addsUp)
        #expect(try scene.ledger.call(key: "pbx:7000")?.call.key == "pbx:7000")
        #expect(try scene.ledger.openCounts()[.pending]?[""] == 20_000)
    }

    @Test func `calls that the ledger beneath knows are not taken for new`() throws {
        var base = try GroupScene(isExport: true)
        try base.batch([GroupScene.leg("pbx:1", talk: 5), GroupScene.leg("pbx:2")])
        var scene = try GroupScene(isExport: true, pilesCalls: true, over: base.ledger)
        try scene.batch([
            GroupScene.leg("pbx:1", talk: 5), GroupScene.leg("pbx:2", employee: "102"), GroupScene.leg("pbx:3"),
        ])
        #expect(scene.records.calls == 1 && scene.records.duplicates == 1 && scene.records.merged == 1 && scene.addsUp)
    }
}

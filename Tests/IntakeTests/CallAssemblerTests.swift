// SPDX-License-Identifier: Apache-2.0

import CDRConfiguration
import CallLifecycle
import CallRecords
import Ledger
import Reporting
import TestSupport
import Testing

@testable import Intake

/// Legs become calls, whatever batch and run they come in, and each record is booked once.
@Suite struct CallAssemblerTests {
    private typealias Scene = AssemblyScene

    @Test(arguments: [[2], [1, 1]])
    func `legs of a ring group are one call, in one batch or two`(_ sizes: [Int]) throws {
        var scene = try Scene()
        var legs = [Scene.leg("pbx:1", employee: "101"), Scene.leg("pbx:1", employee: "102")][...]
        for size in sizes {
            try scene.batch(Array(legs.prefix(size)))
            legs = legs.dropFirst(size)
        }
        try scene.close()
        let call = try #require(try scene.store.call(key: "pbx:1"))
        #expect(call.state == .pending && call.call.employeeExtension == nil)
        #expect(scene.records.calls == 1 && scene.records.merged == 1 && scene.addsUp, "\(scene.records)")
    }

    @Test func `legs of later runs join a call of which nothing has left`() throws {
        var scene = try Scene()
        try scene.batch([Scene.leg("pbx:1", at: 300, employee: "101")])
        try scene.close(patience: 600)
        #expect(try scene.store.call(key: "pbx:1")?.state == .waiting)
        #expect(scene.records.waiting == 1 && scene.records.calls == 0 && scene.addsUp)
        try scene.nextRun()
        try scene.batch([Scene.leg("pbx:1", at: 280, employee: "102", talk: 10)])
        try scene.close(patience: 600)
        #expect(scene.records.waiting == 1 && scene.records.merged == 0 && scene.addsUp, "\(scene.records)")
        try scene.nextRun()
        try scene.batch([])
        try scene.close(patience: 0)
        let call = try #require(try scene.store.call(key: "pbx:1"))
        #expect(call.state == .pending && call.call.employeeExtension == "102" && call.call.status == .success)
        #expect(scene.addsUp && scene.records.read == 0)
    }

    @Test func `the same records again are duplicates, before and after delivery`() throws {
        var scene = try Scene()
        let legs = [Scene.leg("pbx:1"), Scene.leg("pbx:2", talk: 9), Scene.leg("pbx:2", employee: "102")]
        try scene.batch(legs + legs)
        try scene.close()
        #expect(scene.records.calls == 2 && scene.records.merged == 1 && scene.records.duplicates == 3 && scene.addsUp)
        try scene.nextRun()
        try scene.batch(legs)
        #expect(scene.records.duplicates == 3 && scene.addsUp)
        try scene.deliver("pbx:2")
        try scene.nextRun()
        try scene.batch(legs)
        #expect(scene.records.duplicates == 3 && scene.addsUp)
    }

    @Test(arguments: [false, true], [false, true])
    func `each record of a file that is read again is booked as if it came alone`(
        _ isDryRun: Bool, _ isAlone: Bool
    ) throws {
        var first = try Scene()
        let known = (1...5).map { Scene.leg("pbx:\($0)", at: 7_200 + $0) }
        let second = Scene.leg("pbx:2", at: 7_190, employee: "102", talk: 9)
        let named = Scene.leg("pbx:6", aliases: ["pbx:7"])
        try first.batch(known + [second, named])
        try first.close()
        try first.deliver("pbx:3")
        try first.deliver("pbx:4")
        var sameUnderAlias = named
        sameUnderAlias.key = "pbx:7"
        let again = [
            [known[0]], [known[1], second], [known[2]], [sameUnderAlias], [known[4]],
            [Scene.leg("pbx:1", at: 200_000, number: "+12025550102")],
            [Scene.leg("pbx:4", at: 7_190, employee: "102", talk: 9)],
            [Scene.leg("pbx:5", at: 7_195, employee: "102")],
            [Scene.leg("pbx:8")], [known[0], known[1]],
        ]
        // What came last decides which way a record takes; alone, and behind a new one, it is not taken for known.
        var scene = isDryRun ? try Scene(isDryRun: true, over: first.ledger) : first
        if !isDryRun { try scene.nextRun() }
        for (index, legs) in again.enumerated() {
            try scene.batch(isAlone ? [Scene.leg("new:\(index)")] + legs : legs)
        }
        try scene.close()
        let records = scene.records
        #expect(records.duplicates == 8 && records.late == 1 && records.merged == 1, "\(records)")
        #expect(records.calls == (isAlone ? 12 : 2) && scene.addsUp, "\(records)")
        #expect(scene.assembler.newlyHeld == ["keyCollision": 1, "changedLater": 1])
    }

    @Test func `a dry run counts a call that is read again once`() throws {
        var first = try Scene()
        try first.batch([Scene.leg("pbx:1"), Scene.leg("pbx:2"), Scene.leg("pbx:2", employee: "102")])
        try first.close()
        var scene = try Scene(isDryRun: true, over: first.ledger)
        try scene.batch([
            Scene.leg("pbx:1"), Scene.leg("pbx:2"), Scene.leg("pbx:2", employee: "102"), Scene.leg("pbx:3"),
        ])
        try scene.close()
        #expect(scene.records.duplicates == 3 && scene.records.calls == 1 && scene.addsUp, "\(scene.records)")
        #expect(try scene.store.deliverableCount() == 3)
    }

    @Test(arguments: [CallState.registering, .registered, .finishing, .unsettled, .delivered, .refused, .held])
    func `a leg that comes after its call has left and changes nothing is late`(_ state: CallState) throws {
        var scene = try Scene()
        try scene.batch([Scene.leg("pbx:1")])
        try scene.close()
        var call = try #require(try scene.store.call(key: "pbx:1"))
        call.progress = DeliveryProgress(stored: state)
        try scene.ledger.save([call])
        try scene.nextRun()
        try scene.batch([Scene.leg("pbx:1", at: 7_190, employee: "102")])
        #expect(scene.records.late == 1 && scene.addsUp && scene.assembler.newlyHeld.isEmpty)
        #expect(try scene.store.call(key: "pbx:1")?.call == call.call)
    }

    @Test func `a call that is to be registered again keeps what it was`() throws {
        var scene = try Scene()
        try scene.batch([Scene.leg("pbx:1", talk: 60)])
        try scene.close()
        var call = try #require(try scene.store.call(key: "pbx:1"))
        // As the cleaner's case leaves it: registered once, its legs forgotten.
        call.history.legs = []
        call.progress = DeliveryProgress(stored: .pending, registrations: 1)
        try scene.ledger.save([call])
        try scene.nextRun()
        try scene.batch([Scene.leg("pbx:1", at: 7_100, employee: "102")])
        #expect(try scene.store.call(key: "pbx:1")?.call == call.call)
        #expect(scene.records.late == 1 && scene.addsUp, "\(scene.records)")
    }

    @Test(arguments: [[2], [1, 1]])
    func `two calls with one id are two calls, in one batch or two`(_ sizes: [Int]) throws {
        var scene = try Scene()
        var legs = [Scene.leg("pbx:1", at: 100_000), Scene.leg("pbx:1", at: 7_200, number: "+12025550102")][...]
        for size in sizes {
            try scene.batch(Array(legs.prefix(size)))
            legs = legs.dropFirst(size)
        }
        try scene.close()
        #expect(scene.records.calls == 2 && scene.addsUp, "\(scene.records)")
        let counts = try scene.store.openCounts()
        #expect(counts[.pending] == ["": 1] && counts[.held] == ["keyCollision": 1], "\(counts)")
        #expect(scene.assembler.newlyHeld == ["keyCollision": 1])
        try scene.nextRun()
        try scene.batch([Scene.leg("pbx:1", at: 100_000), Scene.leg("pbx:1", at: 7_200, number: "+12025550102")])
        #expect(scene.records.duplicates == 2 && scene.addsUp && scene.assembler.newlyHeld.isEmpty, "\(scene.records)")
    }

    @Test func `an inside call and a call outside a day later do not become one`() throws {
        var scene = try Scene()
        try scene.batch([
            Scene.leg("pbx:1", at: 100_000, number: nil, direction: .internal),
            Scene.leg("pbx:1", at: 7_200),
        ])
        try scene.close()
        #expect(scene.records.skipped == ["internalCall": 1] && scene.records.calls == 1 && scene.addsUp)
        #expect(try scene.store.call(key: "pbx:1")?.call.start.epochSeconds == Scene.now - 7_200)
    }

    @Test func `inside legs wait for an outside one, over batches and runs`() throws {
        var scene = try Scene()
        try scene.batch([Scene.leg("pbx:1", at: 300, number: nil, direction: .internal)])
        try scene.batch([Scene.leg("pbx:1", at: 290, talk: 5)])
        try scene.batch([Scene.leg("pbx:2", at: 300, number: nil, direction: .internal)])
        try scene.close(patience: 600)
        #expect(scene.records.waiting == 3 && scene.addsUp, "\(scene.records)")
        try scene.nextRun()
        try scene.batch([Scene.leg("pbx:2", at: 290, talk: 5)])
        try scene.close(patience: 60)
        #expect(try scene.store.call(key: "pbx:1")?.state == .pending)
        #expect(try scene.store.call(key: "pbx:2")?.state == .pending)
        #expect(scene.records.merged == 1 && scene.addsUp, "\(scene.records)")
    }

    @Test func `inside calls are skipped once they cannot grow`() throws {
        var scene = try Scene()
        try scene.batch([Scene.leg("pbx:1", at: 300, number: nil, direction: .internal)])
        try scene.close(patience: 600)
        #expect(scene.records.waiting == 1 && scene.addsUp)
        try scene.nextRun()
        try scene.close(patience: 60)
        #expect(try scene.store.call(key: "pbx:1") == nil)
        #expect(scene.addsUp, "\(scene.records)")
        var export = try Scene()
        try export.batch([Scene.leg("pbx:1", number: nil, direction: .internal)])
        try export.close()
        #expect(export.records.skipped == ["internalCall": 1] && export.addsUp)
    }

    @Test func `calls before not_before are skipped, at its second they are taken`() throws {
        var scene = try Scene { $0.notBefore = Scene.now - 7_200 }
        try scene.batch([Scene.leg("pbx:1", at: 7_201), Scene.leg("pbx:2", at: 7_200)])
        try scene.close()
        #expect(scene.records.skipped == ["tooOld": 1] && scene.records.calls == 1 && scene.addsUp)
    }

    @Test(arguments: [(Int64(0), CallState.pending), (-300, .waiting), (-601, .held)])
    func `a call that begins ahead of the clock waits, and far ahead is held`(_ age: Int64, _ state: CallState) throws {
        var scene = try Scene()
        try scene.batch([Scene.leg("pbx:1", at: age)])
        try scene.close()
        #expect(try scene.store.call(key: "pbx:1")?.state == state)
        #expect(scene.held == (state == .held ? ["futureStart": 1] : [:]) && scene.addsUp)
    }

    @Test func `an id that another leg named leads to its call`() throws {
        var scene = try Scene()
        try scene.batch([Scene.leg("pbx:1", aliases: ["pbx:9"])])
        try scene.batch([Scene.leg("pbx:9", at: 7_190, employee: "102", talk: 7)])
        try scene.close()
        #expect(scene.records.calls == 1 && scene.records.merged == 1 && scene.addsUp)
        #expect(try scene.store.call(key: "pbx:9")?.call.key == "pbx:1")
    }

    @Test func `a group that was set aside and whose id turns out to be another's is booked`() throws {
        var scene = try Scene()
        try scene.batch([Scene.leg("pbx:9", at: 300, number: nil, direction: .internal)])
        try scene.batch([Scene.leg("pbx:1", at: 290, aliases: ["pbx:9"])])
        try scene.close(patience: 600)
        #expect(scene.addsUp, "\(scene.records)")
    }

    @Test func `a placeholder that has become a call is one`() throws {
        var scene = try Scene()
        let placeholder = Call(
            key: "pbx:1", type: .informational, start: CallTime(epochSeconds: Scene.now - 7_200),
            end: CallTime(epochSeconds: Scene.now - 7_100), phoneNumber: "", talk: .zero, status: .other)
        _ = try scene.store.intake { writer in
            try writer.insert(
                LedgerCall(
                    sourceID: scene.source.id, call: placeholder, progress: DeliveryProgress(isWhole: false),
                    history: LegHistory(
                        legs: Leg.encode([Scene.leg("pbx:1", talk: 3)]), fingerprints: [], runID: 0, runLegs: 0)))
        }
        try scene.nextRun()
        try scene.close(patience: 600)
        let call = try #require(try scene.store.call(key: "pbx:1"))
        #expect(call.state == .pending && call.call.phoneNumber == "+12025550101")
    }

    @Test(.seeded, arguments: 0..<60)
    func `the account adds up, whatever comes`(_ seed: UInt64) throws {
        var random = SeededRandom(seed)
        var scene = try Scene(isExport: seed % 2 == 0) { settings in
            settings.maximumCall = .seconds(3_600)
            if seed % 3 == 0 { settings.notBefore = Scene.now - 9_000 }
        }
        var seen: [Leg] = []
        for _ in 0..<5 {
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                var legs: [Leg] = []
                for _ in 0..<Int.random(in: 0...12, using: &random) {
                    if let old = seen.randomElement(using: &random), Int.random(in: 0..<5, using: &random) == 0 {
                        legs.append(old)
                        continue
                    }
                    let isInside = Int.random(in: 0..<3, using: &random) == 0
                    let aliases =
                        Int.random(in: 0..<6, using: &random) == 0
                        ? ["pbx:\(Int.random(in: 0..<9, using: &random))"] : []
                    legs.append(
                        Scene.leg(
                            "pbx:\(Int.random(in: 0..<9, using: &random))",
                            at: .random(in: -900...12_000, using: &random),
                            number: isInside ? nil : "+1202555010\(Int.random(in: 0..<3, using: &random))",
                            direction: isInside ? .internal : Bool.random(using: &random) ? .incoming : .outgoing,
                            employee: ["101", "102", nil].randomElement(using: &random) ?? nil,
                            talk: Bool.random(using: &random) ? 0 : 15, aliases: aliases))
                }
                seen += legs
                try scene.batch(legs)
            }
            try scene.close(patience: Bool.random(using: &random) ? nil : 600)
            #expect(scene.addsUp, "\(scene.records)")
            for key in 0..<9 where Int.random(in: 0..<4, using: &random) == 0 { try scene.deliver("pbx:\(key)") }
            try scene.nextRun()
        }
    }
}

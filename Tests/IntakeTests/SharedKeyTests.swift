// SPDX-License-Identifier: Apache-2.0

import CallLifecycle
import CallRecords
import Ledger
import Reporting
import Testing

@testable import Intake

/// Ids are hints: calls that share one are told apart, and the legs of one call come together, whatever batch and run
/// their records come in.
@Suite struct SharedKeyTests {
    private typealias Scene = AssemblyScene

    private static let first = Scene.leg("pbx:1", talk: 10)
    private static let second = Scene.leg("pbx:1", at: 7_190, number: "+12025550102", employee: "102", talk: 15)
    private static let third = Scene.leg("pbx:1", at: 7_180, number: "+12025550103", employee: "103")

    /// Every order of three legs, each in one to three batches.
    private static let cuts: [[[Leg]]] = {
        let legs = [first, second, third]
        let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
        return orders.flatMap { order in
            let legs = order.map { legs[$0] }
            return [
                [legs], [Array(legs[..<1]), Array(legs[1...])], [Array(legs[..<2]), Array(legs[2...])],
                legs.map { [$0] },
            ]
        }
    }()

    /// The clients of the calls that are stored, with talk times.
    private func clients(_ scene: Scene, _ state: CallState = .pending) throws -> [String: Int64] {
        let calls = try scene.ledger.calls(in: state, limit: 100).map(\.call)
        return Dictionary(calls.map { ($0.phoneNumber, $0.talk.components.seconds) }, uniquingKeysWith: +)
    }

    @Test(arguments: cuts, [false, true])
    func `clients who have one id are a call each`(_ batches: [[Leg]], _ inOneRun: Bool) throws {
        var scene = try Scene(isExport: true)
        for legs in batches {
            try scene.batch(legs)
            #expect(scene.addsUp, "\(scene.records)")
            if !inOneRun {
                try scene.close()
                try scene.nextRun()
            }
        }
        try scene.close()
        let expected = ["+12025550101": Int64(10), "+12025550102": 15, "+12025550103": 0]
        #expect(try clients(scene) == expected)
        #expect(scene.assembler.newlyHeld.isEmpty)
        // Whatever they are called, each is known when the file is read again, in one go or record by record.
        for again in [[batches.flatMap { $0 }], batches.flatMap { $0 }.map { [$0] }] {
            try scene.nextRun()
            for legs in again { try scene.batch(legs) }
            try scene.close()
            #expect(scene.records.duplicates == 3 && scene.addsUp, "\(scene.records)")
            #expect(try clients(scene) == expected)
        }
    }

    @Test func `the second client's call is named after the client`() throws {
        var scene = try Scene(isExport: true)
        try scene.batch([Self.first])
        try scene.batch([Self.second])
        #expect(try scene.store.call(key: "pbx:1")?.call.phoneNumber == "+12025550101")
        #expect(try scene.store.call(key: "pbx:1~12025550102")?.call.phoneNumber == "+12025550102")
    }

    @Test func `a leg without a client goes with the one whose channel it names`() throws {
        var scene = try Scene(isExport: true)
        var second = Self.second
        second.aliases = ["pbx:7"]
        try scene.batch([Self.first])
        try scene.batch([second])
        try scene.batch([
            Scene.leg(
                "pbx:1", at: 7_170, number: nil, direction: .internal, employee: "104", talk: 5, aliases: ["pbx:7"])
        ])
        #expect(try clients(scene) == ["+12025550101": 10, "+12025550102": 20])
        #expect(scene.records.merged == 1 && scene.addsUp, "\(scene.records)")
    }

    @Test(arguments: [LegDirection.incoming, .outgoing])
    func `another client under the id of a call that was delivered is for a person`(_ way: LegDirection) throws {
        var scene = try Scene(isExport: true)
        try scene.batch([Scene.leg("pbx:1", direction: way, talk: 10)])
        try scene.close()
        try scene.deliver("pbx:1")
        let other = Scene.leg("pbx:1", at: 7_190, number: "+12025550102", direction: way, employee: "102", talk: 15)
        for _ in 0..<2 {
            try scene.nextRun()
            try scene.batch([other])
            try scene.close()
            #expect(scene.records.late == 0 && scene.addsUp, "\(scene.records)")
            let held = try scene.ledger.calls(in: .held, limit: 9)
            #expect(held.map(\.call.phoneNumber) == ["+12025550102"])
            #expect(held.first?.progress.reason == "keyCollision")
            #expect(held.first?.progress.note?.contains("pbx:1, a call of") == true)
            #expect(held.first?.progress.note?.contains("with +12025550101") == true)
        }
        #expect(scene.records.duplicates == 1)
    }

    @Test func `a client who was parted before the first one was delivered stays a call`() throws {
        var scene = try Scene(isExport: true)
        try scene.batch([Self.first, Self.second])
        try scene.close()
        try scene.deliver("pbx:1")
        try scene.nextRun()
        try scene.batch([Self.second])
        #expect(scene.records.duplicates == 1 && scene.assembler.newlyHeld.isEmpty, "\(scene.records)")
        #expect(try clients(scene) == ["+12025550102": 15])
    }

    @Test(arguments: [
        Scene.leg("pbx:1", talk: 300, length: 305),
        Scene.leg("pbx:1", at: 7_195, employee: "102", talk: 30, length: 35),
        Scene.leg("pbx:1", at: 7_190, number: nil, direction: .internal, employee: "102", talk: 60, length: 61),
    ])
    func `a later row that changes a delivered call is held with both versions`(_ later: Leg) throws {
        var scene = try Scene(isExport: true)
        try scene.batch([Scene.leg("pbx:1")])
        try scene.close()
        try scene.deliver("pbx:1")
        for run in 1...2 {
            try scene.nextRun()
            try scene.batch([later])
            try scene.close()
            #expect(scene.records.late == (run == 1 ? 1 : 0) && scene.addsUp, "\(scene.records)")
            let held = try #require(try scene.ledger.calls(in: .held, limit: 9).first)
            #expect(held.progress.reason == "changedLater" && held.call.talk == later.talk)
            let talk = later.talk.components.seconds
            #expect(
                held.progress.note == "pbx:1 was taken in as not answered (304); by records that came later it is "
                    + "answered, \(talk) s")
        }
        #expect(try scene.ledger.calls(in: .held, limit: 9).count == 1)
    }

    @Test(arguments: [[2], [1, 1]], [false, true])
    func `legs that share a mark are one call`(_ sizes: [Int], _ inOneRun: Bool) throws {
        var scene = try Scene(isExport: true)
        var channel = JoinMarks()
        channel.first = 7
        let outgoing = Scene.leg("pbx:1", at: 7_200, direction: .outgoing, talk: 7, length: 10)
        let goesOn = Scene.leg("pbx:2", at: 7_190, employee: "102", talk: 60, length: 60)
        var legs = [outgoing, goesOn][...]
        for size in sizes {
            try scene.batch(Array(legs.prefix(size)), marks: Array(repeating: channel, count: size))
            legs = legs.dropFirst(size)
            try scene.close()
            if !inOneRun { try scene.nextRun() }
        }
        let calls = try scene.ledger.calls(in: .pending, limit: 9)
        #expect(calls.map(\.call.key) == ["pbx:1"] && calls.first?.call.type == .outgoing)
        #expect(try scene.store.call(key: "pbx:2")?.call.key == "pbx:1")
        try scene.nextRun()
        try scene.batch([outgoing, goesOn], marks: [channel, channel])
        try scene.batch([goesOn], marks: [channel])
        #expect(scene.records.duplicates == 3 && scene.addsUp, "\(scene.records)")
    }

    @Test func `a mark that comes again later, or with another client, joins nothing`() throws {
        var scene = try Scene(isExport: true)
        var channel = JoinMarks()
        channel.second = 7
        try scene.batch([Scene.leg("pbx:1", talk: 10)], marks: [channel])
        try scene.batch([Scene.leg("pbx:2", at: 7_100, talk: 10)], marks: [channel])
        try scene.batch([Scene.leg("pbx:3", at: 7_085, number: "+12025550102", talk: 10)], marks: [channel])
        try scene.close()
        #expect(scene.records.calls == 3 && scene.addsUp, "\(scene.records)")
    }

    @Test func `a dry run sees the marks of the ledger beneath it`() throws {
        var first = try Scene(isExport: true)
        var channel = JoinMarks()
        channel.first = 7
        try first.batch([Scene.leg("pbx:1", direction: .outgoing, talk: 7, length: 10)], marks: [channel])
        try first.close()
        var scene = try Scene(isExport: true, isDryRun: true, over: first.ledger)
        try scene.nextRun()
        try scene.batch([Scene.leg("pbx:2", at: 7_190, employee: "102", talk: 60, length: 60)], marks: [channel])
        #expect(scene.records.merged == 1 && scene.addsUp, "\(scene.records)")
    }

    @Test func `marks are kept for twelve hours of the source's own time`() throws {
        let scene = try Scene()
        func mark(_ mark: UInt64, endingAt end: Int64) -> LedgerMark {
            LedgerMark(
                mark: mark, leg: MarkedLeg(start: end - 9, answer: end - 5, end: end, client: 1, talker: 2),
                key: "pbx:1")
        }
        let old = mark(.max, endingAt: Scene.now - 50_000)
        let new = mark(2, endingAt: Scene.now)
        try scene.store.intake { try $0.save([old], sourceID: scene.source.id) }
        #expect(try scene.store.marks(sourceID: scene.source.id) == [old])
        try scene.store.intake { try $0.save([new], sourceID: scene.source.id) }
        #expect(try scene.store.marks(sourceID: scene.source.id) == [new])
    }
}

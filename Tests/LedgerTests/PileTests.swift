// SPDX-License-Identifier: Apache-2.0

import CallRecords
import Testing

@testable import Ledger

/// What a dry run keeps outside memory is found again.
@Suite struct PileTests {
    @Test func `all places of a hash are found, the newest first, however many there are`() throws {
        var index = try HashIndex(chains: 4)
        for place in 0..<20_000 { try index.insert(UInt64(place % 5_000), place: Int64(place)) }
        for hash in [0, 1, 63, 2_500, 4_999] {
            #expect(try index.places(of: UInt64(hash)) == [15_000, 10_000, 5_000, 0].map { Int64($0 + hash) })
        }
        #expect(try index.places(of: 5_000).isEmpty)
    }

    @Test func `a filter knows all hashes that were put in, and few others`() {
        let filter = KeyFilter()
        func hash(_ number: Int) -> UInt64 { CallPile.hash("pbx:\(number)") }
        for number in 0..<50_000 { filter.insert(hash(number)) }
        #expect((0..<50_000).allSatisfy { filter.contains(hash($0)) })
        #expect((50_000..<100_000).count { filter.contains(hash($0)) } < 50)
    }

    @Test func `a call comes off the pile as it was put there, once`() throws {
        let pile = try CallPile()
        var calls = (0..<3_000).map { LedgerCall.sample("pbx:\($0)", start: 1_790_000_000 + Int64($0)) }
        calls[1].call.employeeExtension = nil
        calls[1].call.line = nil
        calls[1].call.callListID = nil
        calls[2].call.failedReason = "занято"
        calls[3].legs = Array(repeating: 7, count: 12_000)
        for call in calls { #expect(try pile.put(call, hash: CallPile.hash(call.call.key))) }
        var all: [LedgerCall] = []
        try pile.forEach {
            all.append($0)
            return true
        }
        #expect(all == calls)
        for call in calls {
            let hash = CallPile.hash(call.call.key)
            #expect(try pile.take(call.call.key, hash: hash) == call)
            #expect(try pile.take(call.call.key, hash: hash) == nil)
        }
        #expect(pile.count == 0)
        try pile.forEach { _ in
            Issue.record("the pile is empty")
            return true
        }
    }

    @Test func `a key that the filter only seems to know does not bring its call into the database`() throws {
        let ledger = try Ledger.scratch(over: nil, pilesCalls: true)
        let pile = try #require(ledger.pile)
        let source = try ledger.source(keyPrefix: "pbx", keyRule: "rule")
        var calls = (0..<3_000).map { LedgerCall.sample("pbx:\($0)") }
        for index in calls.indices {
            calls[index].sourceID = source.id
            pile.note(CallPile.hash(calls[index].call.key))
        }
        try ledger.intake { (writer) throws in
            for call in calls { #expect(try writer.insertIfNew(call) != nil) }
        }
        #expect(pile.count == calls.count)
        try ledger.intake { (writer) throws in
            for call in calls[..<100] { #expect(try writer.insertIfNew(call) == nil) }
            #expect(try writer.call(key: "pbx:1")?.legs == calls[1].legs)
        }
        #expect(pile.count == calls.count - 100)
        #expect(try ledger.deliverableCount() == calls.count)
    }

    @Test func `what is not for a pile is refused`() throws {
        let pile = try CallPile()
        var large = LedgerCall.sample("pbx:1")
        large.legs = Array(repeating: 7, count: 20_000)
        #expect(try !pile.put(large, hash: 1))
        #expect(try !pile.put(.sample("pbx:2", state: .waiting), hash: 2))
        #expect(pile.count == 0 && !pile.mayKnow(1))
    }

    private static func leg(_ key: String, reason: String? = nil, aliases: [String] = []) -> (Leg, Call) {
        let time = CallTime(epochSeconds: 1_790_000_000, offsetSeconds: 10_800)
        let leg = Leg(
            key: key, aliases: aliases, direction: .incoming, external: .number("+12025550101"), start: time, end: time,
            employeeExtension: "101", callListID: 5, talk: .seconds(3), isAnswered: true, status: .success,
            failedReason: reason, sequence: 7, fingerprint: UInt64(key.utf8.count))
        let call = Call(
            key: key, type: .incoming, start: time, end: time, phoneNumber: "+12025550101", employeeExtension: "101",
            callListID: 5, talk: .seconds(3), status: .success, failedReason: reason)
        return (leg, call)
    }

    @Test func `packed calls are what their legs are, and those that are too long are refused`() throws {
        var calls = PackedCalls(sourceID: 3, runID: 9)
        let legs = [
            Self.leg("pbx:1"), Self.leg("pbx:22", reason: String(repeating: "занято ", count: 100)),
            Self.leg("pbx:333", aliases: ["pbx:4", "pbx:5"]),
        ]
        let (long, call) = Self.leg("pbx:6", reason: String(repeating: "x", count: 20_000))
        let arePacked = (legs + [(long, call)]).map { calls.append($1, of: $0) }
        #expect(arePacked == [true, true, true, false] && calls.count == 3)
        for (index, (leg, call)) in legs.enumerated() {
            let expected = LedgerCall(
                sourceID: 3, call: call, state: .pending, legs: Leg.encode([leg]), fingerprints: [leg.fingerprint],
                runID: 9, runLegs: 1)
            #expect(try calls.call(index) == expected)
            #expect(calls.key(index) == leg.key)
            #expect(calls.hasAliases(index) == !leg.aliases.isEmpty)
            #expect(Leg.decode(expected.legs) == [leg])
        }
    }

    @Test(arguments: [true, false])
    func `a packed call is stored once, whether or not there is a pile`(isPiled: Bool) throws {
        let ledger = try Ledger.scratch(over: nil, pilesCalls: isPiled)
        let sourceID = try ledger.source(keyPrefix: "pbx", keyRule: "1").id
        var calls = PackedCalls(sourceID: sourceID, runID: 1)
        for (leg, call) in [Self.leg("pbx:1"), Self.leg("pbx:22", aliases: ["pbx:4"])] {
            _ = calls.append(call, of: leg)
        }
        let isNew = try ledger.intake { writer in
            writer.expect(calls)
            return try [0, 1, 0, 1].map { try writer.insertIfNew(calls, $0) != nil }
        }
        #expect(isNew == [true, true, false, false])
        var stored = try #require(try ledger.call(key: "pbx:1"))
        stored.id = 0
        #expect(try stored == calls.call(0))
    }
}

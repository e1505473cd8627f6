// SPDX-License-Identifier: Apache-2.0

import CallLifecycle
import CallRecords
import Ledger
import TestSupport
import Testing

/// Calls that are stored without having been objects are the same calls.
@Suite struct PackedCallsTests {
    private static func leg(_ key: String, reason: String? = nil, aliases: [String] = []) -> (Leg, Call) {
        let time = CallTime(epochSeconds: 1_790_000_000, offsetSeconds: 10_800)
        let leg = Leg(
            key: key, aliases: aliases, direction: .incoming, external: .number("+12025550101"), start: time, end: time,
            employeeExtension: "101", callListID: 5, talk: .seconds(3), isAnswered: reason == nil,
            status: reason == nil ? .success : .busy, failedReason: reason, sequence: 7,
            fingerprint: UInt64(key.utf8.count))
        let call = Call(
            key: key, type: .incoming, start: time, end: time, phoneNumber: "+12025550101", employeeExtension: "101",
            callListID: 5, talk: reason == nil ? .seconds(3) : .zero, status: reason == nil ? .success : .busy,
            failedReason: reason)
        return (leg, call)
    }

    private static func packed(_ legs: [(Leg, Call)], sourceID: Int64 = 3) -> PackedCalls {
        var calls = PackedCalls(sourceID: sourceID, runID: 9)
        let folder = CallFolder(rules: FoldRules())
        for (leg, _) in legs {
            leg.withView { view in
                var lone: LoneCall?
                if case .call(let call) = folder.judge(alone: view.facts) { lone = call }
                calls.append(view, as: lone, keyHash: PackedCalls.hash(ofKey: view.key))
            }
        }
        return calls
    }

    @Test func `packed calls are what their legs are, and those that are too long are legs only`() {
        var inside = Self.leg("pbx:7")
        inside.0.direction = .internal
        let legs = [
            Self.leg("pbx:1"), Self.leg("pbx:22", reason: String(repeating: "занято ", count: 100)),
            Self.leg("pbx:333", aliases: ["pbx:4", "pbx:5"]),
            Self.leg("pbx:6", reason: String(repeating: "x", count: 20_000), aliases: ["pbx:8"]), inside,
            Self.leg("pbx:9"),
        ]
        let calls = Self.packed(legs)
        #expect(legs.indices.map { calls.isCall($0) } == [true, true, true, false, false, true])
        for (index, (leg, call)) in legs.enumerated() {
            #expect(calls.leg(index) == leg)
            #expect(calls.key(index) == leg.key)
            #expect(calls.aliases(index) == leg.aliases)
            #expect(calls.isWithoutAliases(index) == leg.aliases.isEmpty)
            guard calls.isCall(index) else { continue }
            let expected = LedgerCall(
                sourceID: 3, call: call, progress: DeliveryProgress(isWhole: true),
                history: LegHistory(of: [leg], runID: 9))
            #expect(calls.call(index) == expected)
        }
    }

    @Test func `a packed call is stored once, with its other keys, as it would be unpacked`() throws {
        let ledger = try Ledger.temporary()
        let sourceID = try ledger.source(keyPrefix: "pbx", keyRule: "1").id
        let legs = [
            Self.leg("pbx:1", reason: "занято"), Self.leg("pbx:22", aliases: ["pbx:4"]), Self.leg("pbx:4"),
        ]
        let calls = Self.packed(legs, sourceID: sourceID)
        let isNew = try ledger.intake { transaction in
            transaction.expect(calls)
            return try [0, 1, 0, 1, 2].map { try transaction.insertIfNew(calls, $0) }
        }
        #expect(isNew == [true, true, false, false, false])
        for index in 0..<2 {
            var stored = try #require(try ledger.call(key: legs[index].0.key))
            stored.id = 0
            #expect(stored == calls.call(index))
        }
        #expect(try ledger.call(key: "pbx:4")?.call.key == "pbx:22")
        let known = legs[1].0
        var other = known
        other.fingerprint += 1
        let (packedKnown, legsKnown) = try ledger.intake { transaction in
            (
                try [0, 1].map { try transaction.knows(calls, $0) },
                try [[known], [other], [known, other]].map { try transaction.knows($0) }
            )
        }
        #expect(packedKnown == [true, true] && legsKnown == [true, false, false])
    }

    @Test(arguments: [false, true])
    func `calls that are stored together are those that were stored one by one`(withAlias: Bool) throws {
        let ledgers = try [Ledger.temporary(), Ledger.temporary()]
        let sources = try ledgers.map { try $0.source(keyPrefix: "pbx", keyRule: "1").id }
        // More than two groups; an alias takes the key of one of them.
        let calls = Self.packed((0..<75).map { Self.leg("pbx:\(1000 + $0)") }, sourceID: sources[0])
        let places = Array(0..<75)
        for ledger in ledgers {
            try ledger.intake { transaction in
                for place in [3, 31, 32, 70] { _ = try transaction.insertIfNew(calls, place) }
                guard withAlias else { return }
                let other = LedgerCall(
                    sourceID: sources[0], call: Self.leg("pbx:other").1, progress: DeliveryProgress(isWhole: true),
                    history: LegHistory(of: [], runID: 9))
                _ = try transaction.insertIfNew(other, aliases: ["pbx:1040"])
            }
        }
        let together = try ledgers[0].intake { try $0.insertNew(calls, places) }
        let apart = try ledgers[1].intake { transaction in
            try places.filter { try !transaction.insertIfNew(calls, $0) }
        }
        #expect(together == [3, 31, 32] + (withAlias ? [40, 70] : [70]))
        #expect(together == apart)
        for place in places where !withAlias || place != 40 {
            let key = calls.key(place)
            var (first, second) = (
                try #require(try ledgers[0].call(key: key)), try #require(try ledgers[1].call(key: key))
            )
            (first.id, second.id) = (0, 0)
            #expect(first == second && first == calls.call(place))
        }
        let again = try ledgers[0].intake { try $0.insertNew(calls, places) }
        #expect(again == places)
    }
}

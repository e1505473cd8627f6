// SPDX-License-Identifier: Apache-2.0

import CallLifecycle
import CallRecords
import Ledger
import TestSupport
import Testing

@testable import DryRun

/// What a dry run keeps outside memory is found again.
@Suite struct SpilledCallsTests {
    private static func hash(_ key: String) -> UInt64 { PackedCalls.hash(ofKey: key) }

    @Test func `all places of a hash are found, the newest first, however many there are`() throws {
        var index = try HashIndex(chains: 4)
        for place in 0..<20_000 { try index.insert(UInt64(place % 5_000), place: Int64(place)) }
        for hash in [0, 1, 63, 2_500, 4_999] {
            #expect(try index.places(of: UInt64(hash)) == [15_000, 10_000, 5_000, 0].map { Int64($0 + hash) })
        }
        #expect(try index.places(of: 5_000).isEmpty)
    }

    @Test func `a Bloom filter knows all hashes that were put in, and few others`() {
        let filter = BloomFilter()
        for number in 0..<50_000 { filter.insert(Self.hash("pbx:\(number)")) }
        #expect((0..<50_000).allSatisfy { filter.contains(Self.hash("pbx:\($0)")) })
        #expect((50_000..<100_000).count { filter.contains(Self.hash("pbx:\($0)")) } < 50)
    }

    @Test func `a call is taken out as it was put in, once`() throws {
        let spilled = try SpilledCalls()
        var calls = (0..<3_000).map { LedgerCall.sample("pbx:\($0)", start: 1_790_000_000 + Int64($0)) }
        calls[1] = .sample("pbx:1", start: 1_790_000_001, isBare: true)
        calls[2] = .sample("pbx:2", start: 1_790_000_002, failedReason: "занято")
        calls[3].history.legs = Array(repeating: 7, count: 12_000)
        calls[4].history = LegHistory(legs: [], fingerprints: [], runID: 1, runLegs: 0, isNew: false)
        for call in calls { #expect(try spilled.put(call, keyHash: Self.hash(call.call.key))) }
        var all: [LedgerCall] = []
        try spilled.forEach {
            all.append($0.unpacked)
            return true
        }
        #expect(all == calls)
        for call in calls {
            #expect(try spilled.take(call.call.key, keyHash: Self.hash(call.call.key)) == call)
            #expect(try spilled.take(call.call.key, keyHash: Self.hash(call.call.key)) == nil)
        }
        #expect(spilled.count == 0)
        var left = 0
        try spilled.forEach { _ in
            left += 1
            return true
        }
        #expect(left == 0)
    }

    @Test(arguments: [1, 2_999, 3_000, 3_001])
    func `calls are gone through until no more are wanted`(_ most: Int) throws {
        let spilled = try SpilledCalls()
        for number in 0..<3_000 {
            #expect(try spilled.put(.sample("pbx:\(number)"), keyHash: Self.hash("pbx:\(number)")))
        }
        var keys: [String] = []
        try spilled.forEach { call in
            keys.append(call.key.string)
            return keys.count < most
        }
        #expect(keys == (0..<min(most, 3_000)).map { "pbx:\($0)" })
    }

    @Test func `a call that is too long, or not pending, is refused`() throws {
        let spilled = try SpilledCalls()
        var large = LedgerCall.sample("pbx:1")
        large.history.legs = Array(repeating: 7, count: 20_000)
        #expect(try !spilled.put(large, keyHash: 1))
        #expect(try !spilled.put(.sample("pbx:2", state: .waiting), keyHash: 2))
        #expect(spilled.count == 0 && !spilled.mayKnow(1))
    }
}

// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Matching

/// Which row is which call: one to one, as many as possible, and of these the likeliest.
@Suite struct TraceMatchingTests {
    private static let number = "+12025550101"

    private static func trace(_ start: Int64, talk: Int64? = 30, type: Int = 2, number: String = number) -> CallTrace {
        CallTrace(number: number, type: type, start: start, talk: talk)
    }

    private static func pairs(
        _ calls: [CallTrace], _ rows: [CallTrace], tolerance: Int64 = 90, maximumOffset: Int64 = 0
    ) -> [Int: Int] {
        let matching = TraceMatching(
            calls: calls, rows: rows, rules: .init(tolerance: tolerance, maximumOffset: maximumOffset))
        return Dictionary(uniqueKeysWithValues: matching.pairs.map { ($0.call, $0.row) })
    }

    @Test func `number, type and start within the tolerance make a pair`() {
        let call = Self.trace(1_000)
        #expect(Self.pairs([call], [Self.trace(1_090)]) == [0: 0])
        #expect(Self.pairs([call], [Self.trace(910)]) == [0: 0])
        #expect(Self.pairs([call], [Self.trace(1_091)]).isEmpty)
        #expect(Self.pairs([call], [Self.trace(1_000, type: 1)]).isEmpty)
        #expect(Self.pairs([call], [Self.trace(1_000, number: "+12025550102")]).isEmpty)
        #expect(Self.pairs([], [call]).isEmpty && Self.pairs([call], []).isEmpty)
    }

    @Test func `of two calls within a minute the talk time tells which one has the row`() {
        let calls = [Self.trace(1_000, talk: 10), Self.trace(1_020, talk: 200)]
        #expect(Self.pairs(calls, [Self.trace(990, talk: 200)]) == [1: 0])
        #expect(Self.pairs(calls, [Self.trace(1_060, talk: 10)]) == [0: 0])
        // Without talk times the nearer one has it.
        #expect(Self.pairs(calls, [Self.trace(1_015, talk: nil)]) == [1: 0])
        let missed = [Self.trace(1_000, talk: 0), Self.trace(1_020, talk: 30)]
        #expect(Self.pairs(missed, [Self.trace(1_019, talk: 0)]) == [0: 0])
    }

    @Test func `as many pairs as possible come before the likeliest one`() {
        // The first row is nearest to the second call, but then the first call would have none.
        let calls = [Self.trace(1_000, talk: 0), Self.trace(1_080, talk: 0)]
        #expect(Self.pairs(calls, [Self.trace(1_080, talk: 0), Self.trace(1_170, talk: 0)]) == [0: 0, 1: 1])
    }

    @Test func `calls that are alike are paired in their order`() {
        let calls = (0..<5).map { Self.trace(1_000 + Int64($0) * 10, talk: 0) }
        let rows = calls.map { Self.trace($0.start + 7, talk: 0) }
        #expect(Self.pairs(calls, rows) == [0: 0, 1: 1, 2: 2, 3: 3, 4: 4])
    }

    @Test(arguments: [-7_200, -3_600, -90, 0, 45, 3_600] as [Int64])
    func `a constant offset is found, whatever is lost`(_ offset: Int64) {
        var random = SeededRandom(offset)
        let calls = (0..<60).map {
            Self.trace(Int64($0) * 400, talk: Int64($0 % 7) * 11, number: "+1202555\(1000 + $0 % 20)")
        }
        let kept = calls.indices.filter { _ in random.below(10) >= 3 }
        let rows = kept.map { index in
            Self.trace(
                calls[index].start + offset + Int64(random.below(5)) - 2, talk: calls[index].talk,
                number: calls[index].number)
        }
        let matching = TraceMatching(
            calls: calls, rows: rows, rules: .init(tolerance: 90, maximumOffset: 8_000))
        #expect(matching.offset.map { ($0 - offset).magnitude <= 2 } == true, "\(String(describing: matching.offset))")
        #expect(Set(matching.pairs) == Set(kept.enumerated().map { .init(call: $1, row: $0) }))
    }

    @Test func `differences that do not agree, or that are few, are no offset`() {
        var random = SeededRandom()
        let calls = (0..<50).map { Self.trace(Int64($0) * 5_000, number: "+1202555\(1000 + $0)") }
        let rows = calls.map { Self.trace($0.start + Int64(random.below(1_800)) - 900, number: $0.number) }
        #expect(TraceMatching(calls: calls, rows: rows, rules: .init(tolerance: 90, maximumOffset: 900)).offset == nil)
        let shifted = calls.prefix(4).map { Self.trace($0.start + 600, number: $0.number) }
        let few = TraceMatching(calls: calls, rows: shifted, rules: .init(tolerance: 90, maximumOffset: 900))
        #expect(few.offset == nil && few.pairs.isEmpty)
        let assumed = TraceMatching(
            calls: calls, rows: shifted, rules: .init(tolerance: 90, maximumOffset: 900, assumedOffset: 600))
        #expect(assumed.pairs.count == 4)
    }

    @Test func `a number that calls without a pause is still paired one to one`() {
        let calls = (0..<3_000).map { Self.trace(Int64($0) * 20, talk: 0) }
        let rows = calls.indices.filter { $0 % 3 != 0 }.map { Self.trace(Int64($0) * 20 + 4, talk: 0) }
        let pairs = Self.pairs(calls, rows)
        #expect(pairs.count == rows.count && Set(pairs.values).count == rows.count)
    }
}

/// The engine against all possible pairings of small cases.
@Suite struct TraceMatchingPropertyTests {
    /// The most pairs, and their least cost.
    private struct Best: Equatable {
        var pairs = 0
        var cost = 0

        func isBetter(than other: Best) -> Bool {
            pairs != other.pairs ? pairs > other.pairs : cost < other.cost
        }
    }

    private static func best(
        _ calls: ArraySlice<CallTrace>, _ rows: [CallTrace], _ cost: (CallTrace, Int) -> Int?
    ) -> Best {
        guard let call = calls.first else { return Best() }
        func rest(_ taken: [CallTrace]) -> Best { best(calls.dropFirst(), taken, cost) }
        var found = rest(rows)
        for index in rows.indices {
            guard let price = cost(call, index), let row = Optional(rows[index]), row.number != "" else { continue }
            var others = rows
            others[index].number = ""
            var way = rest(others)
            way.pairs += 1
            way.cost += price
            if way.isBetter(than: found) { found = way }
        }
        return found
    }

    @Test(.seeded) func `no other pairing has more pairs, or as many at less cost`() {
        var random = SeededRandom()
        for _ in 0..<3_000 {
            func some() -> [CallTrace] {
                (0..<random.below(6)).map { _ in
                    CallTrace(
                        number: "+1202555010\(random.below(2))", type: 1 + random.below(2),
                        start: Int64(random.below(300)), talk: random.below(4) == 0 ? nil : Int64(random.below(4) * 20))
                }
            }
            let (calls, rows) = (some(), some())
            let tolerance = Int64(random.below(120))
            let disliked = random.below(7)
            let affinity = { (call: Int, row: Int) -> Int? in (call + row) % 7 == disliked ? nil : (call * row) % 3 }
            let matching = TraceMatching(
                calls: calls, rows: rows, rules: .init(tolerance: tolerance), affinity: affinity)
            #expect(Set(matching.pairs.map(\.call)).count == matching.pairs.count)
            #expect(Set(matching.pairs.map(\.row)).count == matching.pairs.count)
            func cost(_ call: Int, _ row: Int) -> Int? {
                guard calls[call].isLike(rows[row]) else { return nil }
                let cost = PairCost.cost(calls[call], rows[row], 0, tolerance: tolerance, affinity(call, row))
                return cost < PairCost.impossible ? cost : nil
            }
            // Each call knows its place by what is left of the list.
            let numbered = calls.indices.map { CallTrace(number: "", type: $0, start: 0) }
            let best = Self.best(numbered[...], rows) { cost($0.type, $1) }
            let costs = matching.pairs.map { cost($0.call, $0.row) }
            #expect(!costs.contains(nil), "\(calls) \(rows) \(matching.pairs)")
            let found = Best(pairs: matching.pairs.count, cost: costs.compactMap(\.self).reduce(0, +))
            #expect(found == best, "\(calls) \(rows) \(matching.pairs)")
        }
    }

    @Test(.seeded) func `the order of the lists changes nothing that matters`() {
        var random = SeededRandom(7)
        for _ in 0..<300 {
            let calls = (0..<20).map { _ in
                CallTrace(number: "+1202555010\(random.below(3))", type: 2, start: Int64(random.below(2_000)), talk: 0)
            }
            let rows = calls.filter { _ in random.below(3) > 0 }.map { call in
                CallTrace(number: call.number, type: 2, start: call.start + Int64(random.below(60)), talk: 0)
            }
            func count(_ calls: [CallTrace], _ rows: [CallTrace]) -> Int {
                TraceMatching(calls: calls, rows: rows, rules: .init(tolerance: 90)).pairs.count
            }
            let straight = count(calls, rows)
            #expect(straight == rows.count)
            #expect(count(calls.shuffled(using: &random), rows.shuffled(using: &random)) == straight)
        }
    }
}

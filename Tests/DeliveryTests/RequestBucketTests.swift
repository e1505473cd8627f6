// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CDRConfiguration
import Clocks
import Delivery
import Foundation
import TestSupport
import Testing

@Suite(.seeded) struct RequestBucketTests {
    private static let start = Moment(seconds: 1_772_868_000)

    private func at(_ seconds: Double) -> Moment { Moment(seconds: Self.start.seconds + seconds) }

    /// A bucket that was used as a whole, and is empty again at the start.
    private func provenBucket() -> RequestBucket {
        var bucket = RequestBucket(perSecond: 2, burst: 50)
        for _ in 0..<300 { _ = bucket.reserve(at: at(-1000)) }
        return bucket
    }

    @Test func `a burst leaves at once and the rest at the portal's rate`() {
        var bucket = provenBucket()
        let waits = (0..<60).map { _ in (bucket.reserve(at: Self.start) - Self.start) / .seconds(1) }
        #expect(waits.prefix(48).allSatisfy { $0 == 0 })
        #expect(waits[48] > 0)
        for index in 49..<60 { #expect(abs(waits[index] - waits[index - 1] - 0.5) < 0.001) }
        #expect(bucket.earliest(at: Self.start) > at(5))
    }

    @Test func `a seventh of an unknown bucket is there at once, the rest a minute and a half later`() {
        var bucket = RequestBucket(perSecond: 2, burst: 50)
        let forecast = bucket.forecast(requests: 30, at: Self.start)
        let withinHalfAMinute = bucket.requests(within: .seconds(30), at: Self.start)
        let waits = (0..<300).map { _ in (bucket.reserve(at: Self.start) - Self.start) / .seconds(1) }
        #expect(waits.prefix(8).allSatisfy { $0 == 0 })
        #expect(waits[8] > 0)
        #expect(abs(waits[29] - forecast / .seconds(1)) < 0.001)
        #expect(abs(Double(waits.count { $0 <= 30 }) - withinHalfAMinute) < 1)
        // After that nothing of the burst is lost: 48 at once and two a second would be as far.
        let withinThat = waits.count { $0 <= 91 }
        #expect((48 + 178...48 + 182).contains(withinThat))
        #expect(bucket.forecast(requests: 100, at: at(400)) == .seconds(26))
    }

    /// A bucket that was refused after a minute of two requests a second.
    private func refusedBucket(without: Set<PaceRule> = []) -> RequestBucket {
        var bucket = RequestBucket(perSecond: 2, burst: 50, without: without)
        for second in 0..<60 {
            for _ in 0..<2 { _ = bucket.reserve(at: at(Double(second) * 0.95)) }
        }
        bucket.refused(at: at(60))
        return bucket
    }

    /// The seconds in which so many requests leave after the refusal.
    private func seconds(of requests: Int, _ bucket: RequestBucket) -> Double {
        var bucket = bucket
        var last = at(60)
        for _ in 0..<requests { last = bucket.reserve(at: last) }
        return (last - at(60)) / .seconds(1)
    }

    @Test func `after a refusal the bucket is used less and less, down to its half`() {
        let bucket = refusedBucket()
        let rate = 2 - bucket.share(at: at(60))
        // The count is known to be 51, and 47 is the most that a request may meet.
        let first = (bucket.earliest(at: at(60)) - at(60)) / .seconds(1)
        #expect(abs(first - 4 / (rate - 2.0 / 30)) < 0.01)
        // All requests and what was above half of the bucket, at the rate that is left.
        #expect(abs(seconds(of: 1_900, bucket) - (1_899 + 51 - 23.5) / rate) < 2)
    }

    @Test func `what was kept empty after a refusal is used for the last requests`() {
        var bucket = refusedBucket()
        let rate = 2 - bucket.share(at: at(60))
        let forecast = bucket.forecast(requests: 1_900, at: at(60)) / .seconds(1)
        bucket.plan(left: 1_900)
        #expect(abs(forecast - (1_899 + 51 - 47) / rate) < 0.1)
        #expect(abs(seconds(of: 1_900, bucket) - forecast) < 1)
        // No more than is kept empty leaves at once.
        #expect(seconds(of: 1_900 - 60, bucket) < forecast - 20)
        var careful = refusedBucket(without: [.marginAtEnd])
        careful.plan(left: 1_900)
        #expect(seconds(of: 1_900, careful) > forecast + 20)
    }

    @Test func `an idle bucket is whole again`() {
        var bucket = provenBucket()
        for _ in 0..<48 { _ = bucket.reserve(at: Self.start) }
        #expect(bucket.reserve(at: at(100)) == at(100))
    }

    @Test func `turns are given in the order in which they were asked for`() {
        var bucket = RequestBucket(perSecond: 1, burst: 1)
        let first = bucket.reserve(at: at(10))
        let second = bucket.reserve(at: at(10))
        let third = bucket.reserve(at: at(5))
        #expect(first == at(10))
        #expect(second > first)
        #expect(third > second)
    }

    @Test(arguments: [(2.0, 50), (5.0, 250), (2.0, 5), (10.0, 20), (1.0, 1)], [0.0, 0.2, 0.45])
    func `the portal's count in whole seconds never refuses, whatever requests take to arrive`(
        _ plan: (perSecond: Double, burst: Int), delay: Double
    ) {
        var bucket = RequestBucket(perSecond: plan.perSecond, burst: plan.burst)
        var arrivals: [Double] = []
        var now = 0.37
        for index in 0..<2000 {
            // Pauses let the bucket empty itself now and then; every third request takes longer on its way.
            if index % 300 == 299 { now += Double(index % 70) }
            let turn = (bucket.reserve(at: at(now)) - Self.start) / .seconds(1)
            now = max(now, turn)
            arrivals.append(turn + (index % 3 == 0 ? delay : 0))
        }
        var portal = PortalModel { _, _ in .init(operating: 0, wall: 0) }
        portal.requestsPerSecond = plan.perSecond
        portal.burst = Double(plan.burst)
        let accepted = arrivals.sorted().count { portal.accepts(at: $0) }
        #expect(accepted == arrivals.count)
    }

    @Test func `a refusal makes room for the others who share the bucket`() {
        var bucket = RequestBucket(perSecond: 2, burst: 50)
        for second in 0..<60 { _ = bucket.reserve(at: at(Double(second) / 3)) }
        // Sixty of our own in twenty seconds, of which forty have sunk: some thirty are others', 1.6 a second.
        bucket.refused(at: at(20))
        let share = bucket.share(at: at(20))
        #expect((1.5...1.8).contains(share), "\(share)")
        let next = bucket.reserve(at: at(20))
        #expect(next - at(20) > .seconds(5))
        let after = (0..<20).map { _ in bucket.reserve(at: at(20)) }
        #expect(after[19] - after[0] > .seconds(19 / (2 - share) * 0.99))
        // Twenty seconds of watching are believed for six hundred.
        #expect(bucket.share(at: at(20 + 600)) == share)
        #expect(abs(bucket.share(at: at(20 + 600 + 300)) - share / 2) < 0.001)
        #expect(bucket.share(at: at(100_000)) == 0)
    }

    /// A bucket that was refused after 25 seconds, in which others seem to have sent 1.3 a second.
    private func briefBucket(without: Set<PaceRule> = []) -> RequestBucket {
        var bucket = RequestBucket(perSecond: 2, burst: 50, without: without)
        for second in 0..<75 { _ = bucket.reserve(at: at(Double(second) / 3)) }
        bucket.refused(at: at(25))
        return bucket
    }

    @Test func `one short watch is taken for half of the limit at most, and a second refusal shows the rest`() {
        let unbelieving = briefBucket(without: [.shortWatch])
        let share = unbelieving.share(at: at(25))
        #expect((1.2...1.6).contains(share), "\(share)")
        var bucket = briefBucket()
        #expect(bucket.share(at: at(25)) == 1)
        var now = bucket.reserve(at: at(25))
        for _ in 0..<10 { now = bucket.reserve(at: now) }
        bucket.refused(at: now)
        #expect(bucket.share(at: now) > 1.1)
    }

    @Test func `what was in the bucket before is not taken for a rate`() {
        var bucket = RequestBucket(perSecond: 2, burst: 50)
        for _ in 0..<5 { _ = bucket.reserve(at: Self.start) }
        // Forty-six in no time: nobody can go on like that.
        bucket.refused(at: at(0.1))
        #expect(bucket.share(at: at(0.1)) == 0)
        // The count is known now: 51, and it sinks to what a request may meet.
        #expect(abs((bucket.earliest(at: at(0.1)) - at(0.1)) / .seconds(1) - 2) < 0.3)
    }

    @Test func `a second request that was refused on its way changes nothing`() {
        var bucket = RequestBucket(perSecond: 2, burst: 50)
        for second in 0..<60 { _ = bucket.reserve(at: at(Double(second) / 3)) }
        bucket.refused(at: at(20))
        var another = bucket
        another.refused(at: at(20.4))
        #expect(another == bucket)
        // One that left as our count permitted does say something.
        let next = another.reserve(at: at(20.4))
        another.refused(at: Moment(seconds: next.seconds + 0.1))
        #expect(another.share(at: next) > bucket.share(at: next))
    }

    @Test func `what sinks out of an empty bucket is not taken for the others' restraint`() {
        var bucket = RequestBucket(perSecond: 2, burst: 50)
        // A request every ten seconds leaves the bucket empty again and again; then come two a second.
        for second in stride(from: 0.0, to: 600, by: 10) { _ = bucket.reserve(at: at(second)) }
        for tenth in 0..<80 { _ = bucket.reserve(at: at(600 + Double(tenth) / 2)) }
        bucket.refused(at: at(640))
        // Half a second in which 50 came from somewhere: not 50 in ten minutes.
        #expect(bucket.share(at: at(640)) == 0)
        #expect(abs((bucket.earliest(at: at(640)) - at(640)) / .seconds(1) - 2) < 0.3)
    }

    /// Requests until so many are accepted beside a program that sends its own evenly, or at moments that are given.
    ///
    /// - Returns: The seconds that they took, in parts of the least possible, and how many were refused.
    private func deliver(
        _ requests: Int, beside others: Double, phase: Double, at moments: [Double] = []
    ) -> (share: Double, refusals: Int) {
        var bucket = RequestBucket(perSecond: 2, burst: 50)
        var portal = PortalModel { _, _ in .init(operating: 0, wall: 0) }
        portal.requestsPerSecond = 2
        portal.burst = 50
        portal.othersPerSecond = moments.isEmpty ? others : 0
        portal.othersMoments = moments[...]
        var now = phase
        var accepted = 0
        while accepted < requests {
            bucket.plan(left: Double(requests - accepted))
            now = (bucket.reserve(at: at(now)) - Self.start) / .seconds(1)
            if portal.accepts(at: now) {
                accepted += 1
                now += 0.12
            } else {
                bucket.refused(at: at(now))
                now += 1
            }
        }
        return (Double(requests - 51) / (2 - others) / (now - phase), portal.rateRefusals)
    }

    @Test(arguments: [0.25, 0.5, 0.75, 1.0])
    func `one refusal is enough to find out what another takes`(_ others: Double) {
        // When in a second the other's requests come decides which of the two meets the full bucket first.
        let results = (0..<20).map { deliver(410, beside: others, phase: Double($0) / 20) }
        let least = results.map(\.share).min() ?? 0
        #expect(least > 0.93, "\(least) of the best")
        // A second one may come when what was kept empty is used at the end.
        #expect(results.allSatisfy { (1...2).contains($0.refusals) })
        #expect(results.count { $0.refusals == 1 } >= (others == 0.75 ? 10 : 20))
    }

    @Test(arguments: [1.1, 1.3, 1.5])
    func `beside one who takes more than half, a few refusals find out how much`(_ others: Double) {
        let results = (0..<20).map { deliver(410, beside: others, phase: Double($0) / 20) }
        let least = results.map(\.share).min() ?? 0
        #expect(least > 0.85, "\(least) of the best")
        let most = results.map(\.refusals).max() ?? 0
        #expect((1...6).contains(most), "\(most)")
    }

    @Test func `neighbours at random moments cost a tenth as a rule`() {
        let results = (0..<60).map { stream -> (share: Double, refusals: Int) in
            var draws = SeededRandom(stream)
            var moments: [Double] = []
            var moment = 0.0
            while moment < 3_000 {
                moment -= log(1 - Double.random(in: 0..<1, using: &draws))
                moments.append(moment)
            }
            return deliver(410, beside: 1, phase: Double(stream) / 60, at: moments)
        }
        let shares = results.map(\.share).sorted()
        #expect(shares[30] >= 0.9, "\(shares[30]) of the best at the median")
        #expect(shares[6] >= 0.75, "\(shares[6]) of the best at the worst tenth")
        #expect(results.map(\.refusals).reduce(0, +) < 60 * 4)
    }

    /// A night of so many requests, answered after a tenth of a second each, that begins at a moment.
    private func night(
        of requests: Int, at begin: Double, after former: RequestBucket?, withOthersBefore others: Int = 0
    ) throws -> (bucket: RequestBucket, seconds: Double, refusals: Int) {
        var bucket = RequestBucket(perSecond: 2, burst: 50)
        if let former {
            let kept = try JSONDecoder().decode(
                RequestBucket.Snapshot.self, from: JSONEncoder().encode(former.snapshot()))
            bucket = RequestBucket(perSecond: 2, burst: 50, snapshot: kept, at: at(begin))
        }
        var portal = PortalModel { _, _ in .init(operating: 0, wall: 0) }
        portal.fill(others, at: begin)
        var (now, accepted) = (begin, 0)
        while accepted < requests {
            now = (bucket.reserve(at: at(now)) - Self.start) / .seconds(1) + 0.1
            if portal.accepts(at: now - 0.05) {
                accepted += 1
            } else {
                bucket.refused(at: at(now))
                now += 1
            }
        }
        return (bucket, now - begin, portal.rateRefusals)
    }

    @Test func `what a night has proved is there at once on the next one at this hour`() throws {
        let day = 86_400.0
        let first = try night(of: 62, at: 0, after: nil)
        #expect((20...25).contains(first.seconds), "\(first.seconds) s")
        let second = try night(of: 62, at: day + 1_800, after: first.bucket)
        #expect(second.seconds < 9, "\(second.seconds) s")
        // Another hour of the day is unknown, and so is this one after weeks.
        #expect(try night(of: 62, at: day + 6 * 3_600, after: first.bucket).seconds > 20)
        #expect(try night(of: 62, at: 35 * day, after: second.bucket).seconds > 20)
        // A long weekend is nothing; a week later half of it is believed.
        #expect(try night(of: 62, at: 4 * day, after: second.bucket).seconds < 12)
        #expect((10...20).contains(try night(of: 62, at: 9 * day, after: second.bucket).seconds))
    }

    @Test func `a night proves no more than three times what it used`() throws {
        let small = try night(of: 4, at: 0, after: nil)
        let next = try night(of: 30, at: 86_400, after: small.bucket)
        #expect((6...12).contains(next.seconds), "\(next.seconds) s")
        // And a small night does not make what a large one has proved younger.
        let large = try night(of: 62, at: 0, after: nil)
        var bucket = large.bucket
        for day in 1...20 { bucket = try night(of: 2, at: Double(day) * 86_400, after: bucket).bucket }
        #expect(try night(of: 62, at: 21 * 86_400, after: bucket).seconds > 15)
    }

    @Test(arguments: [20, 30, 40, 51])
    func `one refusal costs seconds, not the night`(_ others: Int) throws {
        let known = try night(of: 62, at: 86_400, after: try night(of: 62, at: 0, after: nil).bucket)
        let disturbed = try night(of: 62, at: 2 * 86_400, after: known.bucket, withOthersBefore: others)
        #expect(disturbed.refusals == 1)
        let best = Double(61 + others - 51) / 2
        #expect(disturbed.seconds < best + 6, "\(disturbed.seconds) s, \(best) s possible")
        // The next night is careful again: half of what was refused at once.
        let next = try night(of: 62, at: 3 * 86_400, after: disturbed.bucket)
        #expect(next.seconds > known.seconds + 4, "\(next.seconds) s")
        #expect(next.refusals == 0)
    }

    @Test func `the state survives the end of a run`() throws {
        var bucket = provenBucket()
        for _ in 0..<45 { _ = bucket.reserve(at: Self.start) }
        let data = try JSONEncoder().encode(bucket.snapshot())
        let kept = try JSONDecoder().decode(RequestBucket.Snapshot.self, from: data)
        var next = RequestBucket(perSecond: 2, burst: 50, snapshot: kept, at: at(1))
        let turns = (0..<10).map { _ in next.reserve(at: at(1)) }
        #expect(turns.count { $0 == at(1) } == 5)
        // A clock that was set back must not make the next run wait for the old time to come again.
        var past = RequestBucket(perSecond: 2, burst: 50, snapshot: kept, at: at(-86_400))
        #expect(past.reserve(at: at(-86_400)) == at(-86_400))
    }
}

// SPDX-License-Identifier: Apache-2.0

package import CDRConfiguration
package import Clocks

/// The portal's limit on requests, as a leaky bucket kept on our side.
///
/// The portal counts requests per source address, lets the count sink by a fixed number per second and refuses a
/// request that meets a count above the burst. This value keeps the same count and says when the next request may
/// leave. It stays below the burst by what can differ between the two counts: one second of sinking, since the
/// portal lets its count sink in whole seconds, and half a second for requests that overtake one another on the way.
///
/// Others may share the count. A refusal shows the portal's true count, and with it how fast the others fill the
/// bucket; from then on only the rest is used. The longer the bucket was watched before a refusal, the more exact the
/// estimate is. Therefore only a seventh of a bucket that was never used as a whole is there at once, and the rest is
/// opened over a minute and a half; of a bucket that earlier nights used at this hour, there is at once what they
/// proved (``HourMemory``). An estimate is believed for thirty times the time that it rests on, an hour at most; then
/// it fades. What is wrong with an estimate adds up as it ages: right after a refusal the count is known, so the bucket
/// is used up to its margin, and then less and less of it, until half of it is kept empty. What is kept empty is used at
/// the end, when all requests that are left fit into it.
package struct RequestBucket: Sendable, Hashable {
    /// How many requests the portal forgets per second.
    package let perSecond: Double
    /// The count above which the portal refuses.
    package let burst: Int
    private let without: Set<PaceRule>

    private var level = 0.0
    /// The moment for which `level` holds: the last booked request's, which may lie ahead.
    private var updated: Moment?
    /// When the portal's count was last known: at a refusal, or when ours stood at zero and so nothing was left of it.
    private var knownAt: Moment?
    /// How many requests of others were reckoned with from `knownAt` to `updated`.
    private var conceded = 0.0
    private var othersPerSecond = 0.0
    private var lastRefusal: Moment?
    /// On how many seconds of watching the estimate of the others' share rests.
    private var restsOn = Self.longestBelief / Self.belief
    /// What the watches that ended with a refusal have shown of the others; older ones count less.
    private var seen = Watch()
    /// Whether the whole bucket was in use since the last refusal.
    private var wasFull = false
    /// What this run proves about the bucket, and what earlier ones did.
    private var night = BucketNight()
    /// How many requests are still to be sent; `nil` while that is not known.
    private var left: Double?

    /// For how many times the time that it rests on an estimate is believed, and for how many seconds at most.
    private static let belief = 30.0
    private static let longestBelief = 3600.0
    /// How much of an unknown bucket is there at once, and over how many seconds the rest is opened.
    private static let openAtOnce = 0.15
    private static let opening = 90.0
    /// Fewer seconds of watching say little of how fast the others are; what was believed before fills them up.
    private static let fewSeconds = 10.0
    /// The most that others can take for long, as a part of the limit: beyond it they would be refused themselves.
    private static let mostOfOthers = 0.9
    /// After how many seconds of watching an older watch counts half.
    private static let watchesFade = 900.0
    /// What one watch from an unknown count shows at most, as a part of the limit. Of neighbours at random moments, once a
    /// second, an estimate after half a minute is wrong by 0.18 a second as a rule. Too high an estimate wastes what the
    /// portal permits for the rest of the night, and nothing shows it; too low a one costs a refusal, seconds, and is then
    /// corrected. A half is what an equal neighbour takes.
    private static let mostAtFirst = 0.5
    /// A part of the limit: beside one that takes as much, too low an estimate would cost many refusals.
    private static let surelyMuch = 0.8
    /// By how much the others are misjudged while the estimate is made, in seconds of sinking: the portal lets its count
    /// sink in whole seconds.
    private static let misjudged = 1.0
    /// An estimate that rests on more seconds ages no more slowly, since what the others do is not even.
    private static let mostExact = 30.0

    /// - Parameters:
    ///   - perSecond: Requests per second; greater than zero.
    ///   - burst: The depth of the bucket; at least 1.
    ///   - without: Rules that are left out.
    package init(perSecond: Double, burst: Int, without: Set<PaceRule> = []) {
        precondition(perSecond > 0 && burst >= 1, "a bucket of \(burst) with \(perSecond) requests per second")
        self.perSecond = perSecond
        self.burst = burst
        self.without = without
    }

    /// Books one request and tells when it may leave: now or later, and never before a request booked earlier.
    ///
    /// Book as the last thing before sending: a booked request that leaves much later lets others bunch behind it.
    package mutating func reserve(at now: Moment) -> Moment {
        let (moment, level) = next(at: now)
        conceded = conceded(until: moment)
        if knownAt == nil || level == 0 { (knownAt, conceded) = (moment, 0) }
        if level >= wholeCeiling { wasFull = true }
        self.level = level + 1
        updated = moment
        left = left.map { max(0, $0 - 1) }
        night.used(self.level, at: moment)
        return moment
    }

    /// Takes note of how many requests are still to be sent, the next one included.
    ///
    /// Too low a number may cost a refusal, too high a one a little time.
    package mutating func plan(left requests: Double) { left = max(0, requests) }

    /// When a request booked now could leave, without booking it.
    package func earliest(at now: Moment) -> Moment { next(at: now).moment }

    /// How long so many requests take at least, from now on.
    package func forecast(requests: Double, at now: Moment) -> Duration {
        let last = level(at: now) + requests - 1
        return .seconds(max(0, min(wait(of: last, at: now), waitOfLast(last, at: now))))
    }

    /// How many requests can leave within a time, from now on.
    package func requests(within time: Duration, at now: Moment) -> Double {
        max(0, ceiling(at: now).after(time) + 1 - level(at: now) + time.inSeconds * rate(at: now))
    }

    /// Takes note that the portal refused a request for coming too early.
    ///
    /// A request that was on its way when another was refused, and is refused too, says nothing new.
    package mutating func refused(at now: Moment) {
        // None would have left since at such a count.
        if lastRefusal != nil, level(at: now) > wholeCeiling + 1 { return }
        learn(
            from: Watch(
                seconds: max(knownAt.map { (now - $0).inSeconds } ?? 0, 0),
                // A request is refused as soon as the portal's count, a whole number, is above the burst.
                requests: conceded(until: now) + max(Double(burst + 1) - level(at: now), 0)), at: now)
        night.refused(level(at: now))
        level = Double(burst) + 1
        updated = max(now, updated ?? now)
        (knownAt, conceded) = (now, 0)
        lastRefusal = now
        wasFull = false
    }

    /// Draws what the others take from a watch that a refusal has ended.
    private mutating func learn(from watch: Watch, at now: Moment) {
        let most = perSecond * Self.mostOfOthers
        let prior = share(at: now)
        // Where the count was not known before, more than anybody can take for long was in the bucket already, or came at
        // once: it says nothing of a rate, and the watch begins anew with the count that is known now.
        let isExact = knownAt == lastRefusal
        let counts = isExact || watch.requests <= most * watch.seconds
        if counts || without.contains(.contentIsNoRate) {
            seen.fade(Self.half(toThe: watch.seconds / Self.watchesFade))
            seen.seconds += watch.seconds
            seen.requests += min(watch.requests, most * watch.seconds)
        }
        restsOn = max(seen.seconds, Self.fewSeconds)
        othersPerSecond = min((seen.requests + prior * (restsOn - seen.seconds)) / restsOn, most)
        let isBelieved = isExact || seen.seconds >= shortWatch || othersPerSecond > perSecond * Self.surelyMuch
        if !isBelieved, !without.contains(.shortWatch) {
            othersPerSecond = min(othersPerSecond, perSecond * Self.mostAtFirst)
        }
    }

    /// A program that takes more than half of the limit fills the bucket in fewer seconds.
    private var shortWatch: Double { Double(burst) / (perSecond * Self.mostAtFirst) }

    /// What others are believed to take, in requests per second.
    package func share(at now: Moment) -> Double {
        guard let lastRefusal else { return 0 }
        let rest = (now - lastRefusal).inSeconds - believedFor
        guard rest > 0 else { return othersPerSecond }
        let faded = othersPerSecond * Self.half(toThe: rest / (believedFor / 2))
        return faded < 0.01 ? 0 : faded
    }

    private func next(at now: Moment) -> (moment: Moment, level: Double) {
        let base = max(now, updated ?? now)
        let level = level(at: base)
        let last = left.map { waitOfLast(level + max($0, 1) - 1, at: base) } ?? .infinity
        let wait = min(wait(of: level, at: base), last)
        guard wait > 0 else { return (base, level) }
        return (base + .seconds(wait), max(0, level - wait * rate(at: base)))
    }

    /// How many seconds a count takes to sink to what a request may meet then; zero or less if it need not sink.
    private func wait(of level: Double, at moment: Moment) -> Double {
        let ceiling = ceiling(at: moment)
        let moving = (level - ceiling.now) / (rate(at: moment) + ceiling.perSecond)
        let settled = (level - ceiling.end) / rate(at: moment)
        return ceiling.perSecond > 0 ? max(moving, settled) : min(moving, settled)
    }

    /// How many seconds the count takes to sink until the last request that is left meets no more than the whole ceiling,
    /// if all of them leave then; infinity where nothing is kept empty.
    ///
    /// What a margin would spare after that is of no use any more.
    private func waitOfLast(_ level: Double, at moment: Moment) -> Double {
        guard keepsMargin(at: moment), !without.contains(.marginAtEnd) else { return .infinity }
        return max(0, level - wholeCeiling) / rate(at: moment)
    }

    /// Whether a refusal is believed, so that a part of the bucket is kept empty.
    private func keepsMargin(at moment: Moment) -> Bool {
        guard let lastRefusal else { return false }
        return share(at: moment) > 0 || (moment - lastRefusal).inSeconds < believedFor
    }

    private func level(at moment: Moment) -> Double {
        guard let updated, moment > updated else { return level }
        return max(0, level - (moment - updated).inSeconds * rate(at: moment))
    }

    private func conceded(until moment: Moment) -> Double {
        guard let updated, moment > updated else { return conceded }
        return conceded + (moment - updated).inSeconds * share(at: moment)
    }

    private func rate(at moment: Moment) -> Double { perSecond - share(at: moment) }

    private func ceiling(at moment: Moment) -> Ceiling {
        if let lastRefusal, keepsMargin(at: moment) {
            let drift = -Self.misjudged * perSecond / min(restsOn, Self.mostExact)
            return Ceiling(
                from: wholeCeiling, since: moment - lastRefusal,
                perSecond: without.contains(.growingMargin) ? 0 : drift,
                to: without.contains(.growingMargin) ? wholeCeiling : wholeCeiling / 2)
        }
        if wasFull { return Ceiling(from: wholeCeiling, since: .zero, perSecond: 0, to: wholeCeiling) }
        return Ceiling(
            from: max(night.proven, carefulCeiling), since: knownAt.map { moment - $0 } ?? .zero,
            perSecond: (wholeCeiling - carefulCeiling) / Self.opening, to: wholeCeiling)
    }

    private var believedFor: Double { min(restsOn * Self.belief, Self.longestBelief) }

    private var carefulCeiling: Double {
        wholeCeiling * (without.contains(.gradualOpening) ? 1 : Self.openAtOnce)
    }

    private var wholeCeiling: Double { max(0, Double(burst) - 1.5 * perSecond) }

    /// One half to the power of a number that is zero or more.
    static func half(toThe exponent: Double) -> Double {
        // Halving in whole steps and a straight line between them is near enough for a guess that fades.
        let whole = exponent.rounded(.down)
        guard whole < 60 else { return 0 }
        let power = 1 / Double(UInt64(1) << UInt64(whole))
        return power * (1 - (exponent - whole) / 2)
    }
}

extension RequestBucket {
    /// The highest count that a request may meet, as it moves.
    private struct Ceiling {
        let now: Double
        let perSecond: Double
        /// Where it stays in the end.
        let end: Double

        /// - Parameter since: How long it has been moving away from `start`.
        init(from start: Double, since: Duration, perSecond: Double, to end: Double) {
            (self.perSecond, self.end) = (perSecond, end)
            now = Self.moved(from: start, by: perSecond * max(0, since.inSeconds), to: end)
        }

        func after(_ time: Duration) -> Double { Self.moved(from: now, by: perSecond * time.inSeconds, to: end) }

        private static func moved(from start: Double, by way: Double, to end: Double) -> Double {
            start > end ? max(start + way, end) : min(start + way, end)
        }
    }
}

extension RequestBucket {
    /// What is kept from one run to the next.
    package struct Snapshot: Sendable, Hashable, Codable {
        var level: Double
        var updated: Moment?
        var knownAt: Moment?
        var othersPerSecond: Double
        var lastRefusal: Moment?
        /// `nil`: of a program that did not keep it.
        var restsOn: Double?
        var conceded: Double?
        var wasFull: Bool?
        var hours: [HourMemory]?
    }

    /// The state to keep.
    package func snapshot() -> Snapshot {
        Snapshot(
            level: level, updated: updated, knownAt: knownAt, othersPerSecond: othersPerSecond,
            lastRefusal: lastRefusal, restsOn: restsOn, conceded: conceded, wasFull: wasFull,
            hours: night.memory(seen, most: wholeCeiling))
    }

    /// Goes on where an earlier run stopped.
    ///
    /// - Parameter now: Moments of the snapshot that lie ahead, after a clock was set back, count as now.
    package init(
        perSecond: Double, burst: Int, without: Set<PaceRule> = [], snapshot: Snapshot, at now: Moment
    ) {
        self.init(perSecond: perSecond, burst: burst, without: without)
        level = min(max(snapshot.level, 0), Double(burst) + 1)
        updated = snapshot.updated.map { min($0, now) }
        knownAt = snapshot.knownAt.map { min($0, now) }
        othersPerSecond = min(max(snapshot.othersPerSecond, 0), perSecond * 0.9)
        lastRefusal = snapshot.lastRefusal.map { min($0, now) }
        restsOn = max(snapshot.restsOn ?? restsOn, 10)
        conceded = max(snapshot.conceded ?? 0, 0)
        // What was full an hour ago says nothing of another hour of the day; that is what the memory of the hours is for.
        let isRecent = updated.map { (now - $0).inSeconds < Self.longestBelief } ?? false
        wasFull = isRecent && snapshot.wasFull ?? false
        night = BucketNight(without.contains(.hourMemory) ? [] : snapshot.hours ?? [], at: now)
        seen = night.seen
    }
}

// SPDX-License-Identifier: Apache-2.0

/// The portal's limit on requests, as a leaky bucket kept on our side.
///
/// The portal counts requests per source address, lets the count sink by a fixed number per second and refuses a
/// request that meets a count above the burst. This value keeps the same count and says when the next request may
/// leave. It stays below the burst by what can differ between the two counts: one second of sinking, since the
/// portal lets its count sink in whole seconds, and half a second for requests that overtake one another on the way.
///
/// Others may share the count. A refusal shows the portal's true count, and with it how fast the others fill the
/// bucket; from then on only the rest is used, and half of the bucket is kept empty so that a small error of the
/// estimate takes long to show. After an hour without a refusal the others' share is believed to fade.
package struct RequestBucket: Sendable, Hashable {
    /// How many requests the portal forgets per second.
    package let perSecond: Double
    /// The count above which the portal refuses.
    package let burst: Int

    private var level = 0.0
    /// The moment for which `level` holds: the last booked request's, which may lie ahead.
    private var updated: Moment?
    /// When the portal's count was last known, or the bucket's first use.
    private var knownAt: Moment?
    private var othersPerSecond = 0.0
    private var lastRefusal: Moment?

    /// - Parameters:
    ///   - perSecond: Requests per second; greater than zero.
    ///   - burst: The depth of the bucket; at least 1.
    package init(perSecond: Double, burst: Int) {
        precondition(perSecond > 0 && burst >= 1, "a bucket of \(burst) with \(perSecond) requests per second")
        self.perSecond = perSecond
        self.burst = burst
    }

    /// Books one request and tells when it may leave: now or later, and never before a request booked earlier.
    ///
    /// Book as the last thing before sending: a booked request that leaves much later lets others bunch behind it.
    package mutating func reserve(at now: Moment) -> Moment {
        let (moment, level) = next(at: now)
        if knownAt == nil { knownAt = now }
        self.level = level + 1
        updated = moment
        return moment
    }

    /// When a request booked now could leave, without booking it.
    package func earliest(at now: Moment) -> Moment { next(at: now).moment }

    /// How long so many requests take at least, from now on.
    package func forecast(requests: Double, at now: Moment) -> Duration {
        .seconds(max(0, level(at: now) + requests - 1 - ceiling(at: now)) / rate(at: now))
    }

    /// How many requests can leave within a time, from now on.
    package func requests(within time: Duration, at now: Moment) -> Double {
        max(0, ceiling(at: now) + 1 - level(at: now)) + time.inSeconds * rate(at: now)
    }

    /// Takes note that the portal refused a request for coming too early.
    package mutating func refused(at now: Moment) {
        let believed = level(at: now)
        let truth = Double(burst) + 1
        let since = max(knownAt.map { (now - $0).inSeconds } ?? 0, 10)
        // Half a request of doubt is counted against the others, so that the estimate errs to the safe side.
        let others = share(at: now) + max(truth - believed + 0.5, 0) / since
        othersPerSecond = min(others, perSecond * 0.9)
        level = truth
        updated = max(now, updated ?? now)
        knownAt = now
        lastRefusal = now
    }

    /// What others are believed to take, in requests per second.
    package func share(at now: Moment) -> Double {
        guard let lastRefusal else { return 0 }
        let rest = (now - lastRefusal).inSeconds - 3600
        guard rest > 0 else { return othersPerSecond }
        let faded = othersPerSecond * Self.half(toThe: rest / 1800)
        return faded < 0.01 ? 0 : faded
    }

    private func next(at now: Moment) -> (moment: Moment, level: Double) {
        let base = max(now, updated ?? now)
        let level = level(at: base)
        let excess = level - ceiling(at: base)
        guard excess > 0 else { return (base, level) }
        let wait = excess / rate(at: base)
        return (base + .seconds(wait), level - excess)
    }

    private func level(at moment: Moment) -> Double {
        guard let updated, moment > updated else { return level }
        return max(0, level - (moment - updated).inSeconds * rate(at: moment))
    }

    private func rate(at moment: Moment) -> Double { perSecond - share(at: moment) }

    /// The highest count that the next request may meet.
    private func ceiling(at moment: Moment) -> Double {
        let ceiling = max(0, Double(burst) - 1.5 * perSecond)
        return share(at: moment) > 0 ? ceiling / 2 : ceiling
    }

    private static func half(toThe exponent: Double) -> Double {
        // Halving in whole steps and a straight line between them is near enough for a guess that fades.
        let whole = exponent.rounded(.down)
        guard whole < 60 else { return 0 }
        let power = 1 / Double(UInt64(1) << UInt64(whole))
        return power * (1 - (exponent - whole) / 2)
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
    }

    /// The state to keep.
    package func snapshot() -> Snapshot {
        Snapshot(
            level: level, updated: updated, knownAt: knownAt, othersPerSecond: othersPerSecond,
            lastRefusal: lastRefusal)
    }

    /// Goes on where an earlier run stopped.
    ///
    /// - Parameter now: Moments of the snapshot that lie ahead, after a clock was set back, count as now.
    package init(perSecond: Double, burst: Int, snapshot: Snapshot, at now: Moment) {
        self.init(perSecond: perSecond, burst: burst)
        level = min(max(snapshot.level, 0), Double(burst) + 1)
        updated = snapshot.updated.map { min($0, now) }
        knownAt = snapshot.knownAt.map { min($0, now) }
        othersPerSecond = min(max(snapshot.othersPerSecond, 0), perSecond * 0.9)
        lastRefusal = snapshot.lastRefusal.map { min($0, now) }
    }
}

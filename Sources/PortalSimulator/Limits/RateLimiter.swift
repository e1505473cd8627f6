// SPDX-License-Identifier: Apache-2.0

/// The leaky bucket at the portal's front: one per caller's address, one drop per HTTP request.
///
/// It drains once per whole second, as the documentation words it.
struct RateLimiter {
    var drain: Double
    var depth: Double
    var countsRefused: Bool
    /// The length of the portal's second; shorter when time is scaled.
    var second: Double

    private var buckets: [String: (level: Double, updated: Double)] = [:]

    init(options: PortalOptions) {
        // The drain per portal second stays what it is; the second shrinks.
        second = 1 / options.timeScale
        drain = options.rateDrain
        depth = options.rateDepth
        countsRefused = options.rateCountsRefused
    }

    /// Whether a request that comes now is let in.
    mutating func admits(_ remote: String, at now: Double) -> Bool {
        var bucket = buckets[remote] ?? (0, now)
        let seconds = max(0, ((now - bucket.updated) / second).rounded(.down))
        bucket.level = max(0, bucket.level - drain * seconds)
        bucket.updated += seconds * second
        let admitted = bucket.level <= depth
        if admitted || countsRefused { bucket.level += 1 }
        buckets[remote] = bucket
        return admitted
    }
}

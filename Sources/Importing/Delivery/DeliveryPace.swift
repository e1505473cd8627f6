// SPDX-License-Identifier: Apache-2.0

import Bitrix24

/// When the next request may leave and how large it may be.
///
/// A pure value: all times are on the monotonic clock and are handed in.
struct DeliveryPace: Sendable {
    private(set) var bucket: RequestBucket
    private(set) var registers: BatchSizer
    private(set) var finishes: BatchSizer
    /// The wall clock when the monotonic clock stood at zero: the bucket's moments outlive the process.
    private let epoch: Double
    private let settings: PortalSettings
    private var pausedUntil: Duration = .zero
    private var operatingPausedUntil: Duration = .zero
    /// Requests in a row that brought no answer of the portal, and when the first of them failed.
    private var failures = 0
    private var failingSince: Duration?
    private var refusals = 0

    init(settings: PortalSettings, epoch: Double, bucket: RequestBucket.Snapshot?) {
        self.settings = settings
        self.epoch = epoch
        let perSecond = settings.requestsPerSecond
        self.bucket =
            bucket.map {
                RequestBucket(
                    perSecond: perSecond, burst: settings.burst, snapshot: $0, at: Moment(seconds: epoch))
            } ?? RequestBucket(perSecond: perSecond, burst: settings.burst)
        registers = BatchSizer(
            maximum: settings.batchCommands - 1, target: settings.targetRequest, cap: settings.requestCap)
        finishes = BatchSizer(
            maximum: settings.batchCommands - 1, target: settings.targetRequest, cap: settings.requestCap)
    }

    private func moment(_ now: Duration) -> Moment { Moment(seconds: epoch) + now }

    /// When the next request may leave, as far as requests are limited; `now` or earlier means at once.
    func earliest(at now: Duration) -> Duration {
        let booked = now + (bucket.earliest(at: moment(now)) - moment(now))
        return max(booked, pausedUntil)
    }

    /// When the next register or finish may leave, as far as operating time is limited.
    var operatingAllowed: Duration { operatingPausedUntil }

    /// Counts a request that leaves now.
    mutating func sending(at now: Duration) {
        _ = bucket.reserve(at: moment(now))
    }

    /// The state of the bucket, for the next run.
    func snapshot() -> RequestBucket.Snapshot { bucket.snapshot() }

    /// How long a batch of finishes or registers should take.
    func expectedFinish(_ count: Int) -> Duration { finishes.expected(commands: count) }
    func expectedRegister(_ count: Int) -> Duration { registers.expected(commands: count) }

    /// Notes an answered batch of registers.
    mutating func registered(_ count: Int, elapsed: Duration) { registers.measured(commands: count, elapsed: elapsed) }

    /// Notes an answered batch of finishes.
    mutating func finished(_ count: Int, elapsed: Duration) { finishes.measured(commands: count, elapsed: elapsed) }

    /// Notes a batch without an answer.
    mutating func lost(registers count: Int, elapsed: Duration) { registers.lost(commands: count, elapsed: elapsed) }
    mutating func lost(finishes count: Int, elapsed: Duration) { finishes.lost(commands: count, elapsed: elapsed) }

    /// Takes note of what a request's outcome means for the pace.
    ///
    /// - Parameter jitter: From 0 to 1; spreads the retries of several importers.
    mutating func note(_ verdict: RequestVerdict, at now: Duration, jitter: Double) {
        switch verdict {
        case .ok:
            failures = 0
            failingSince = nil
            refusals = 0
        case .rateLimited:
            bucket.refused(at: moment(now))
            refusals += 1
            pausedUntil = max(pausedUntil, now + Self.backOff(refusals, jitter: jitter))
        case .operatingLimited:
            // The refusal itself tells no time; half the window is what a ban lasts and most of what a sum needs.
            operatingPausedUntil = max(operatingPausedUntil, now + settings.operatingWindow / 2)
        case .unreachable, .unknown:
            failures += 1
            failingSince = failingSince ?? now
            pausedUntil = max(pausedUntil, now + Self.backOff(failures, jitter: jitter))
        case .rejected, .nonsense:
            break
        }
    }

    /// Takes note of the moment at which the portal says that operating time is free again.
    mutating func operatingFree(at resetEpoch: Int64) {
        let free = Duration.seconds(Double(resetEpoch) + 1 - epoch)
        operatingPausedUntil = max(free, operatingPausedUntil - settings.operatingWindow / 2 + .seconds(10))
    }

    /// Whether the portal has been silent for so long that the run should end.
    func hasGivenUp(at now: Duration) -> Bool {
        guard let failingSince else { return false }
        return now - failingSince >= settings.unreachableFor
    }

    /// 1, 2, 4 … at most 30 seconds, of which up to half is left to chance.
    private static func backOff(_ failures: Int, jitter: Double) -> Duration {
        let full = Double(1 << min(failures - 1, 5))
        return .seconds(min(full, 30) * (0.5 + 0.5 * jitter))
    }
}

// SPDX-License-Identifier: Apache-2.0

import Bitrix24
package import CDRConfiguration
import Clocks

/// When the next request may leave and how large it may be.
///
/// It joins the portal's three limits (requests, operating time, the request cap) with the pauses after failures. A
/// pure value: all times are on the monotonic clock and are handed in.
package struct DeliveryPace: Sendable {
    /// How many commands may leave now, or when to ask again.
    enum Allowance: Sendable, Equatable {
        case now(Int)
        case wait(until: Duration)
    }

    /// The two phases of a delivery; each has its own size of batches.
    enum Phase: String, Sendable, CaseIterable {
        case register
        case finish

        var method: String {
            switch self {
            case .register: RegisterCall.method
            case .finish: FinishCall.method
            }
        }
    }

    private(set) var bucket: RequestBucket
    private(set) var budget: OperatingBudget
    private(set) var sizers: [Phase: BatchSizer] = [:]
    /// Seconds that a request takes without its commands: those of the quickest one that only asked something.
    private(set) var way: Double?
    /// The wall clock when the monotonic clock stood at zero: what is remembered outlives the process.
    private let epoch: Double
    private let unreachableFor: Duration
    private let fillsFinishes: Bool
    /// How long the portal may refuse everything for its limits: a ban takes half a window, a second try a whole one,
    /// and after another nothing of ours can be in the way any more.
    private let refusedFor: Duration
    private var pausedUntil: Duration = .zero
    /// Requests in a row that brought no answer of the portal, and when the first of them failed.
    private var failures = 0
    private var failingSince: Duration?
    private var refusals = 0
    /// When the portal began to refuse everything for its limits.
    private var refusedSince: Duration?

    /// The pace for a portal with these limits.
    ///
    /// - Parameters:
    ///   - epoch: The wall clock when the monotonic clock stood at zero, in seconds since 1970.
    ///   - memory: What the last run has learned; `nil` for an unknown portal.
    package init(settings: PortalSettings, epoch: Double, memory: PaceMemory?) {
        self.epoch = epoch
        unreachableFor = settings.unreachableFor
        fillsFinishes = !settings.withoutRules.contains(.fullFinishes)
        refusedFor = settings.operatingWindow * 2.5
        let limit = settings.operatingSeconds.map(OperatingBudget.Limit.seconds) ?? .auto
        bucket = RequestBucket(
            perSecond: settings.requestsPerSecond, burst: settings.burst, without: settings.withoutRules)
        budget = OperatingBudget(limit: limit, window: settings.operatingWindow, without: settings.withoutRules)
        for phase in Phase.allCases {
            // A register carries the look-up of its keys as one more command.
            let maximum = phase == .register ? settings.batchCommands - 1 : settings.batchCommands
            sizers[phase] = BatchSizer(
                maximum: maximum, target: settings.targetRequest, cap: settings.requestCap)
        }
        guard let memory else { return }
        let now = Moment(seconds: epoch)
        bucket = RequestBucket(
            perSecond: settings.requestsPerSecond, burst: settings.burst, without: settings.withoutRules,
            snapshot: memory.bucket, at: now)
        budget = OperatingBudget(
            limit: limit, window: settings.operatingWindow, without: settings.withoutRules, snapshot: memory.budget,
            at: now)
        way = memory.way.flatMap { $0 >= 0 && $0.isFinite ? $0 : nil }
        for phase in Phase.allCases {
            if let snapshot = memory.sizers[phase.rawValue] { sizers[phase]?.restore(snapshot) }
        }
    }

    /// What the next run should know.
    func memory(at now: Duration) -> PaceMemory {
        PaceMemory(
            bucket: bucket.snapshot(), budget: budget.snapshot(at: moment(now)),
            sizers: Dictionary(uniqueKeysWithValues: sizers.map { ($0.key.rawValue, $0.value.snapshot()) }), way: way)
    }

    func moment(_ now: Duration) -> Moment { Moment(seconds: epoch) + now }

    private func duration(_ moment: Moment) -> Duration { moment - Moment(seconds: epoch) }

    /// Takes note of how many calls are still to be registered and finished.
    mutating func plan(registers: Int, finishes: Int) {
        func requests(_ phase: Phase, _ calls: Int) -> Double {
            (Double(calls) / Double(sizers[phase]?.size ?? 1)).rounded(.up)
        }
        bucket.plan(left: requests(.register, registers) + requests(.finish, finishes))
    }

    /// When the next request may leave, as far as requests are limited; `now` or earlier means at once.
    func earliest(at now: Duration) -> Duration {
        let moment = moment(now)
        let earliest = bucket.earliest(at: moment)
        // A moment is coarser than a duration: there and back again may end a little after `now`.
        return max(earliest > moment ? duration(earliest) : now, pausedUntil)
    }

    /// When these commands may leave, as far as requests are limited and none of their methods is at its limit.
    func earliest(_ commands: [Command], at now: Duration) -> Duration {
        earliest(methods: Self.methods(of: commands), at: now)
    }

    /// When commands of these methods may leave, likewise.
    func earliest(methods: Set<String>, at now: Duration) -> Duration {
        methods.map { earliest($0, at: now) }.max() ?? earliest(at: now)
    }

    /// The methods whose limits commands have to keep to.
    static func methods(of commands: [Command]) -> Set<String> { Set(accountable(commands).map(\.method)) }

    /// The commands that do something: the question whether calls would be accepted costs nothing, and tells nothing about
    /// the cost of calls.
    private static func accountable(_ commands: [Command]) -> [Command] {
        commands.filter { !CallRightsProbe.isAsked(by: $0) }
    }

    /// When the portal's statistics may be asked.
    func earliestQuestion(at now: Duration) -> Duration { earliest(StatisticQuery.method, at: now) }

    private func earliest(_ method: String, at now: Duration) -> Duration {
        let earliest = earliest(at: now)
        guard case .wait(let until, _) = budget.allowance(method: method, wanted: 1, at: moment(now)) else {
            return earliest
        }
        return max(earliest, duration(until), now + .milliseconds(1))
    }

    /// How many commands of a phase should go into the next batch, apart from its operating time.
    func size(_ phase: Phase) -> Int { sizers[phase]?.size ?? 1 }

    /// How many of the wanted commands may leave now, as far as operating time is limited.
    ///
    /// - Parameter left: How many commands of the phase are left in all.
    func allowance(_ phase: Phase, wanted: Int, left: Int, at now: Duration) -> Allowance {
        switch budget.allowance(
            method: phase.method, wanted: min(wanted, size(phase)), left: left, at: moment(now))
        {
        case .now(let count): .now(count)
        case .wait(let until, _): .wait(until: max(duration(until), now + .milliseconds(1)))
        }
    }

    /// Whether a whole batch of registers is answered sooner than the portal forgets one request.
    var isRegisterQuickerThanRequest: Bool {
        guard fillsFinishes, let sizer = sizers[.register], let seconds = sizer.secondsPerCommand else { return false }
        return seconds * Double(sizer.size) * bucket.perSecond < 1
    }

    /// How long a batch should take.
    func expected(_ phase: Phase, commands: Int) -> Duration {
        sizers[phase]?.expected(commands: commands) ?? .zero
    }

    /// Counts a request that leaves now.
    mutating func sending(_ commands: [Command], at now: Duration) -> OperatingBudget.Ticket {
        _ = bucket.reserve(at: moment(now))
        return budget.sent(Self.accountable(commands), at: moment(now))
    }

    /// Counts what a request has used.
    mutating func ended(
        _ ticket: OperatingBudget.Ticket, _ commands: [Command], _ outcome: BatchOutcome, at now: Duration
    ) {
        let commands = Self.accountable(commands)
        switch outcome {
        case .answered(let reply):
            budget.answered(ticket, commands: commands, reply: reply, at: moment(now))
            let isQuestion = commands.allSatisfy { command in !Phase.allCases.contains { $0.method == command.method } }
            if isQuestion { way = min(way ?? .infinity, max(0, reply.elapsed.inSeconds)) }
            for phase in Phase.allCases { measure(phase, commands, reply) }
        case .refused(let error) where error.kind == .operatingLimited:
            budget.refused(ticket, at: moment(now))
        case .refused, .neverSent, .moved:
            budget.notExecuted(ticket)
        case .unknown(_, let elapsed):
            budget.lost(ticket, at: moment(now))
            for phase in Phase.allCases {
                let count = commands.count { $0.method == phase.method }
                sizers[phase]?.lost(commands: count, elapsed: elapsed)
            }
        }
    }

    /// A batch that a limit cut short says nothing about the time that its commands take.
    private mutating func measure(_ phase: Phase, _ commands: [Command], _ reply: BatchReply) {
        let own = commands.filter { $0.method == phase.method }
        let wereExecuted = own.allSatisfy { command in
            if case .failed(let error) = reply.outcomes[command.key] { error.consequence != .retryLater } else { true }
        }
        if wereExecuted { sizers[phase]?.measured(commands: own.count, elapsed: reply.elapsed, way: way ?? 0) }
    }

    /// Takes note of what a request's outcome means for the pace.
    ///
    /// - Parameter jitter: From 0 to 1; spreads the retries of several importers.
    mutating func note(_ verdict: RequestVerdict, at now: Duration, jitter: Double) {
        switch verdict {
        case .ok:
            failures = 0
            failingSince = nil
            refusals = 0
            refusedSince = nil
        case .rateLimited:
            refusedSince = refusedSince ?? now
            bucket.refused(at: moment(now))
            refusals += 1
            pausedUntil = max(pausedUntil, now + Self.backOff(refusals, jitter: jitter))
        case .unreachable, .unsaved, .unknown:
            failures += 1
            failingSince = failingSince ?? now
            pausedUntil = max(pausedUntil, now + Self.backOff(failures, jitter: jitter))
        case .operatingLimited:
            refusedSince = refusedSince ?? now
        case .rejected, .nonsense:
            break
        }
    }

    /// Whether a pause after a failure is going on.
    func isPaused(at now: Duration) -> Bool { failures > 0 && pausedUntil > now }

    /// Whether the portal has been silent, or has refused everything, for so long that the run should end.
    func hasGivenUp(at now: Duration) -> Bool {
        if let failingSince, now - failingSince >= unreachableFor { return true }
        return refusedSince.map { now - $0 >= refusedFor } ?? false
    }

    /// 1, 2, 4 … at most 30 seconds, of which up to half is left to chance.
    private static func backOff(_ failures: Int, jitter: Double) -> Duration {
        .seconds(min(Double(1 << min(failures - 1, 5)), 30) * (0.5 + 0.5 * jitter))
    }
}

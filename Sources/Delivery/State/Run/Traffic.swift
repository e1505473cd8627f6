// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CDRConfiguration

/// The requests of a run: when the next one may leave, which ones are on their way, and what they teach about the portal's
/// pace.
struct Traffic: Sendable {
    /// When requests may leave and how large they may be.
    private(set) var pace: DeliveryPace
    /// Which requests are on their way.
    private(set) var requests: RequestsInFlight
    private var chance: ChanceSource
    private var settleTime: SettleTime
    private let deadline: RunDeadline
    /// How many requests may be on their way.
    let lanes: Int

    /// - Parameter epoch: The wall clock when the monotonic clock stands at zero, in seconds since 1970.
    init(_ settings: DeliverySettings, _ memory: DeliveryMemory, epoch: Double) {
        pace = DeliveryPace(settings: settings.portal, epoch: epoch, memory: memory.pace)
        requests = RequestsInFlight(
            nonce: settings.nonce, sequence: max(memory.sequence, settings.highestSequence))
        chance = ChanceSource(seed: settings.chanceSeed)
        settleTime = SettleTime(settings.portal)
        deadline = RunDeadline(settings.deadline, epoch: epoch)
        lanes = settings.portal.lanes
    }

    // MARK: Questions

    /// How long a request may be at work at the portal: after that it can be asked what became of it.
    var settleAfter: Duration { settleTime.duration }

    /// Why the run is over by the clock; `nil` when it is not.
    func timeIsUp(at now: Duration) -> DeliveryReport.End? {
        guard deadline.hasCome(at: now), let moment = deadline.wall else { return nil }
        return .stopped("the time given by --until (\(Forecast.date(moment))) has passed")
    }

    /// Whether a batch that begins now is expected to be over in time.
    func fits(_ phase: DeliveryPace.Phase, _ count: Int, at now: Duration) -> Bool {
        deadline.allows(endAt: now + pace.expected(phase, commands: count))
    }

    /// Whether the portal has let nothing through for so long that the run should end.
    ///
    /// With `--until` it is waited for until then.
    func hasGivenUp(at now: Duration) -> Bool {
        deadline.isSet ? deadline.hasCome(at: now) : pace.hasGivenUp(at: now)
    }

    /// How long calls will take.
    ///
    /// - Parameter allowed: How many of them this run may send.
    func forecast(calls: Int, allowed: Int, at now: Duration) -> Forecast {
        pace.forecast(calls: calls, allowed: allowed, lanes: lanes, within: deadline.left(at: now), at: now)
    }

    /// What a person should read about a forecast; `nil` when it is not worth it.
    ///
    /// - Parameter wall: The wall clock in seconds since 1970.
    func text(of forecast: Forecast, wall: Double) -> String? {
        forecast.isWorthTelling ? forecast.text(now: wall, deadline: deadline.wall) : nil
    }

    /// The step of waiting until a moment, or until the deadline.
    func wait(until moment: Duration, for cause: RunProgress.Wait.Cause) -> DeliveryStep {
        .wait(until: deadline.orSooner(moment), for: cause)
    }

    /// The wait until commands of some methods may leave; `nil` when they may leave now.
    func wait(forPaceOf methods: Set<String>, at now: Duration) -> DeliveryStep? {
        let earliest = pace.earliest(methods: methods, at: now)
        guard earliest > now else { return nil }
        return wait(until: earliest, for: pace.isPaused(at: now) ? .portal : .requests)
    }

    // MARK: Requests

    /// Takes note of how many calls are still to be registered and finished.
    mutating func plan(registers: Int, finishes: Int) { pace.plan(registers: registers, finishes: finishes) }

    /// Begins a request; what it changes at the portal is counted with its intents.
    mutating func begin(
        _ purpose: DeliveryRequest.Purpose, _ commands: [Command], intents: DeliveryCommit, at now: Duration
    ) -> DeliveryRequest {
        var intents = intents
        let id = requests.begin(purpose)
        if !intents.progress.isEmpty { intents.facts.append(requests.countIntents()) }
        return DeliveryRequest(
            id: id, commands: commands, intents: intents, purpose: purpose, ticket: pace.sending(commands, at: now))
    }

    /// Counts what a request has used.
    ///
    /// - Returns: What a person should know about how long it took; `nil` when nothing is odd.
    mutating func end(_ request: DeliveryRequest, _ outcome: BatchOutcome, at now: Duration) -> String? {
        requests.ended(request.id)
        pace.ended(request.ticket, request.commands, outcome, at: now)
        guard case .answered(let reply) = outcome else { return nil }
        return settleTime.measured(reply.elapsed)
    }

    /// Takes note of what an outcome means for the pace.
    mutating func note(_ verdict: RequestVerdict, at now: Duration) {
        pace.note(verdict, at: now, jitter: chance.next())
    }
}

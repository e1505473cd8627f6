// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import Clocks

@testable import Delivery

/// Delivers calls to a ``PortalModel`` in virtual time, by nothing but the pace values.
struct DeliverySimulation {
    struct Result {
        var seconds: Double
        var portal: PortalModel
        var requests: Int
        var sizes: [Int]
        /// When each finish was answered.
        var finished: [Double]
        var budget: OperatingBudget
        var bucket: RequestBucket
        var sizers: [String: BatchSizer]

        /// Calls per second between two moments.
        func rate(from start: Double, to end: Double) -> Double {
            Double(finished.count { $0 >= start && $0 < end }) / (end - start)
        }
    }

    private struct Flight {
        var method: String
        var commands: [Command]
        var outcomes: [String: CommandOutcome] = [:]
        var used = 0.0
        var visible = 0.0
        var sent: Double
        /// When it arrived at the portal.
        var started = 0.0
        /// What the portal says of the batch itself.
        var outer = ServerTime()
        var ticket: OperatingBudget.Ticket
    }

    private enum Event {
        case lane(Int)
        case arrival(flight: Int, lane: Int)
        case command(flight: Int, lane: Int, index: Int)
        case reply(flight: Int, lane: Int)
    }

    private static let origin = 1_772_868_000.0

    private var portal: PortalModel
    private var bucket: RequestBucket
    private var budget: OperatingBudget
    private var sizers: [String: BatchSizer]
    private var queue: [(at: Double, order: Int, event: Event)] = []
    private var order = 0
    private var flights: [Int: Flight] = [:]
    private var waiting: [String: Int]
    private var finished: [Double] = []
    private var requests = 0
    private var sizes: [Int] = []
    private let lanes: Int
    private let total: Int
    private let cap: Double
    private let slowestWay: Double
    private var idleLanes: Set<Int> = []

    /// Seconds by which all moments are shifted; a second run begins where the first ended.
    private let offset: Double

    /// - Parameter earlier: A run whose portal is met again, with what its pace values kept.
    init(
        calls: Int, portal: PortalModel, lanes: Int = 2, limit: OperatingBudget.Limit = .auto,
        slowestWay: Double = 0, after earlier: Result? = nil
    ) {
        self.portal = portal
        self.lanes = lanes
        self.slowestWay = slowestWay
        self.total = calls
        self.offset = earlier?.seconds ?? 0
        self.bucket = RequestBucket(perSecond: portal.requestsPerSecond, burst: Int(portal.burst))
        let window = Duration.seconds(portal.minute * 10)
        let (target, cap) = (portal.minute / 3, portal.minute)
        self.cap = cap
        self.budget = OperatingBudget(limit: limit, window: window)
        self.sizers = [
            RegisterCall.method: BatchSizer(maximum: 49, target: .seconds(target), cap: .seconds(cap)),
            FinishCall.method: BatchSizer(maximum: 50, target: .seconds(target), cap: .seconds(cap)),
        ]
        self.waiting = [RegisterCall.method: calls, FinishCall.method: 0]
        if let earlier {
            let now = Moment(seconds: Self.origin + earlier.seconds)
            bucket = RequestBucket(
                perSecond: portal.requestsPerSecond, burst: Int(portal.burst), snapshot: earlier.bucket.snapshot(),
                at: now)
            budget = OperatingBudget(limit: limit, window: window, snapshot: earlier.budget.snapshot(at: now), at: now)
            for (method, sizer) in earlier.sizers { sizers[method]!.restore(sizer.snapshot()) }
        }
    }

    mutating func run(atMost end: Double = 200_000) -> Result {
        for lane in 0..<lanes { schedule(at: offset, .lane(lane)) }
        var now = offset
        while finished.count < total, let next = queue.indices.min(by: { precedes(queue[$0], queue[$1]) }) {
            let item = queue.remove(at: next)
            now = item.at
            guard now < end else { break }
            switch item.event {
            case .lane(let lane): serve(lane, at: now)
            case .arrival(let flight, let lane): arrive(flight, lane, at: now)
            case .command(let flight, let lane, let index): execute(flight, lane, index, at: now)
            case .reply(let flight, let lane): finish(flight, lane, at: now)
            }
        }
        return Result(
            seconds: now, portal: portal, requests: requests, sizes: sizes, finished: finished,
            budget: budget, bucket: bucket, sizers: sizers)
    }

    private func precedes(
        _ left: (at: Double, order: Int, event: Event), _ right: (at: Double, order: Int, event: Event)
    ) -> Bool { (left.at, left.order) < (right.at, right.order) }

    private mutating func schedule(at moment: Double, _ event: Event) {
        order += 1
        queue.append((moment, order, event))
    }

    private func moment(_ now: Double) -> Moment { Moment(seconds: Self.origin + now) }

    /// Sends the next batch that the limits permit, finishes first; otherwise sleeps until something changes.
    private mutating func serve(_ lane: Int, at now: Double) {
        var wake = Double.infinity
        for method in [FinishCall.method, RegisterCall.method] {
            // Registered calls are kept few: enough for the next two batches.
            if method == RegisterCall.method, waiting[FinishCall.method]! >= 100 { continue }
            let available = waiting[method]!
            guard available > 0 else { continue }
            let isFlying = flights.values.contains { $0.method == RegisterCall.method }
            let wanted = min(available, sizers[method]!.size)
            // A finish batch is not sent in scraps while its other calls are being registered.
            // While finishes wait for their budget, one lane stays free for them.
            if method == RegisterCall.method, isFlying, waiting[FinishCall.method]! > 0 { continue }
            let isComing = isFlying || waiting[RegisterCall.method]! > 0
            if method == FinishCall.method, isComing, available < min(25, sizers[method]!.size) { continue }
            switch budget.allowance(method: method, wanted: wanted, at: moment(now)) {
            case .now(let count):
                let at = bucket.reserve(at: moment(now)).seconds - Self.origin
                send(method, count: count, lane: lane, decided: now, at: max(at, now))
                return
            case .wait(let until, _): wake = min(wake, until.seconds - Self.origin)
            }
        }
        if wake.isFinite { schedule(at: max(wake, now + 0.01), .lane(lane)) } else { idleLanes.insert(lane) }
    }

    private mutating func send(_ method: String, count: Int, lane: Int, decided: Double, at now: Double) {
        waiting[method]! -= count
        requests += 1
        sizes.append(count)
        let commands = (0..<count).map { Command(key: "c\($0)", method: method) }
        let ticket = budget.sent(commands, at: moment(now))
        order += 1
        let id = order
        flights[id] = Flight(method: method, commands: commands, sent: now, ticket: ticket)
        schedule(at: now + latency(), .arrival(flight: id, lane: lane))
    }

    /// The way to the portal or back; no two ways are alike.
    private mutating func latency() -> Double {
        order += 1
        return slowestWay * Double(order * 7 % 11) / 10
    }

    private mutating func arrive(_ id: Int, _ lane: Int, at now: Double) {
        let flight = flights[id]!
        let isAccepted = portal.accepts(at: now)
        guard isAccepted, !portal.refusesBatch(at: now) else {
            if isAccepted {
                budget.refused(flight.ticket, at: moment(now))
            } else {
                bucket.refused(at: moment(now))
                budget.notExecuted(flight.ticket)
            }
            flights[id] = nil
            waiting[flight.method]! += flight.commands.count
            return schedule(at: now + 1, .lane(lane))
        }
        flights[id]!.started = now
        schedule(at: now + portal.overhead, .command(flight: id, lane: lane, index: 0))
    }

    private mutating func execute(_ id: Int, _ lane: Int, _ index: Int, at now: Double) {
        var flight = flights[id]!
        guard index < flight.commands.count else { return account(id, lane, at: now) }
        let key = flight.commands[index].key
        if portal.isRefused(flight.method, used: flight.visible, at: now, start: flight.started) {
            portal.noteOperatingRefusal()
            flight.outcomes[key] = .failed(PortalError(code: "OPERATION_TIME_LIMIT", text: "", status: 200))
            flights[id] = flight
            return schedule(at: now, .command(flight: id, lane: lane, index: index + 1))
        }
        let cost = portal.cost(flight.method, now)
        flight.used += cost.operating
        if cost.operating > portal.smallest { flight.visible += cost.operating }
        let time = portal.time(flight.method, used: flight.visible, start: flight.started)
        flight.outcomes[key] = .succeeded(CommandReply(result: .null, time: time))
        flights[id] = flight
        schedule(at: now + cost.wall, .command(flight: id, lane: lane, index: index + 1))
    }

    /// Ends a request at the portal.
    private mutating func account(_ id: Int, _ lane: Int, at now: Double) {
        let flight = flights[id]!
        var outer = portal.time("batch", used: 0, start: flight.started)
        if portal.mode == .window { outer.operating = 0 }
        flights[id]!.outer = outer
        portal.account(flight.method, total: flight.used, start: flight.started)
        if portal.mode == .ban { portal.account("batch", total: (now - flight.started) / 2, start: flight.started) }
        portal.noteEnd(elapsed: now - flight.started, cap: cap)
        schedule(at: now + latency(), .reply(flight: id, lane: lane))
    }

    private mutating func finish(_ id: Int, _ lane: Int, at now: Double) {
        let flight = flights.removeValue(forKey: id)!
        let elapsed = now - flight.sent
        let reply = BatchReply(outcomes: flight.outcomes, elapsed: .seconds(elapsed), time: flight.outer)
        budget.answered(flight.ticket, commands: flight.commands, reply: reply, at: moment(now))
        sizers[flight.method]!.measured(commands: flight.commands.count, elapsed: .seconds(elapsed))
        for outcome in flight.outcomes.values {
            switch outcome {
            case .succeeded where flight.method == RegisterCall.method: waiting[FinishCall.method]! += 1
            case .succeeded: finished.append(now)
            default: waiting[flight.method]! += 1
            }
        }
        // Whoever waits, for work or for a budget, looks again.
        let sleeping = queue.compactMap { if case .lane(let other) = $0.event { other } else { nil } }
        queue.removeAll { if case .lane = $0.event { true } else { false } }
        for other in idleLanes.union(sleeping).union([lane]).sorted() { schedule(at: now, .lane(other)) }
        idleLanes = []
    }
}

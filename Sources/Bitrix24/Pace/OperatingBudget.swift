// SPDX-License-Identifier: Apache-2.0

/// The portal's limit on operating time, kept on our side: one budget for each method and one for `batch`.
///
/// The portal counts the seconds that each method used in a window of ten minutes and refuses the method beyond its
/// limit, at some portals with a ban. The limit is not reported and cannot be learned without being hit, so this value
/// stays below it: it plans with 97 % of the limit, and so that a method that suddenly costs three times as much still
/// ends below it, what is on its way counts three times towards the limit itself.
///
/// Every request is announced with ``sent(_:at:)`` and ended with one of the four endings. Costs are learned from the
/// totals in the replies and, where these are missing, from the time that commands take.
package struct OperatingBudget: Sendable, Hashable {
    /// The limit to plan for.
    package enum Limit: Sendable, Hashable {
        /// The lower of the two known limits, 420 s; never raised by trying.
        case auto
        /// A limit that is known.
        case seconds(Double)
    }

    /// Whether commands may be sent now.
    package enum Allowance: Sendable, Hashable {
        /// At least one and at most so many.
        case now(Int)
        /// Not before the moment, which may prove too early again; the budget that is used up is named.
        case wait(until: Moment, budget: String)
    }

    /// A request on its way.
    package struct Ticket: Sendable, Hashable {
        fileprivate let number: Int
    }

    /// The name under which the batches themselves are counted.
    package static let batch = "batch"

    private struct Flight: Sendable, Hashable {
        var counts: [String: Int]
        var sent: Double
        var expected: [String: Double]
        /// When the portal began with the request, on its own clock.
        var started: Double?
    }

    private let limit: Double
    private let window: Double
    private var counters: [String: OperatingCounter] = [:]
    /// Seconds of a request per command, by method.
    private var wallPerCommand: [String: Double] = [:]
    /// The part of a request's time that is charged to `batch`; one half until the portal shows that it is nothing.
    private var batchWeight: Double?
    private var flights: [Int: Flight] = [:]
    private var flightNumber = 0

    private static let planned = 0.97
    private static let drift = 3.0
    private static let halfWeight = 0.5
    /// Added to the window: by how much the times to the portal of two requests may differ.
    private static let jitter = 0.5
    /// Operating seconds assumed of a command of which nothing is known: more than any documented one.
    private static let unknownCost = 2.0
    private static let unknownWall = 2.5

    package init(limit: Limit = .auto, window: Duration = .seconds(600)) {
        switch limit {
        case .auto: self.limit = 420
        case .seconds(let seconds): self.limit = max(seconds, 0.001)
        }
        self.window = window.inSeconds
    }
}

// MARK: - Asking

extension OperatingBudget {
    /// How many commands of a method may be sent now in one batch.
    ///
    /// - Parameter wanted: The most that are wanted, at least 1. Fewer are allowed near the limit, though not a
    ///   trickle: about a hundredth of the limit at a time.
    package func allowance(method: String, wanted: Int, at now: Moment) -> Allowance {
        var count = max(wanted, 1)
        var wait: (until: Moment, budget: String)?
        for (name, cost) in [(method, cost(of: method)), (Self.batch, batchCost(of: method))] {
            switch room(in: name, cost: cost, wanted: count, at: now) {
            case .now(let fitting): count = min(count, fitting)
            case .wait(let until, let budget):
                if wait.map({ until > $0.until }) ?? true { wait = (until, budget) }
            }
        }
        return wait.map { .wait(until: $0.until, budget: $0.budget) } ?? .now(count)
    }

    /// The expected operating seconds of one command, or `nil` before one was answered.
    package func learnedCost(of method: String) -> Double? { counters[method]?.perCommand }

    /// The most commands per second that the budgets permit in the long run, or `nil` while nothing is known.
    package func sustainedRate(of method: String) -> Double? {
        guard let cost = learnedCost(of: method), cost > 0 else { return nil }
        let own = plannedLimit(of: method) / window / cost
        let perBatch = batchCost(of: method)
        return perBatch > 0 ? min(own, plannedLimit(of: Self.batch) / window / perBatch) : own
    }

    /// The seconds of the planning limit that are free at a moment.
    package func free(_ budget: String, at now: Moment) -> Double {
        plannedLimit(of: budget) - used(budget, at: now) - inFlight(budget)
    }

    private func cost(of method: String) -> Double {
        max(counters[method]?.perCommand ?? Self.unknownCost, 0.000_1)
    }

    private func batchCost(of method: String) -> Double {
        (batchWeight ?? Self.halfWeight) * (wallPerCommand[method] ?? Self.unknownWall)
    }

    private func hardLimit(of budget: String) -> Double { min(limit, counters[budget]?.loweredLimit ?? limit) }

    private func plannedLimit(of budget: String) -> Double { hardLimit(of: budget) * Self.planned }

    private func used(_ budget: String, at now: Moment) -> Double {
        counters[budget]?.used(since: now.seconds - window - Self.jitter) ?? 0
    }

    private func inFlight(_ budget: String) -> Double {
        flights.values.reduce(0) { $0 + ($1.expected[budget] ?? 0) }
    }

    private func room(in budget: String, cost: Double, wanted: Int, at now: Moment) -> Allowance {
        let counter = counters[budget]
        if let blocked = counter?.blockedUntil, now < blocked { return .wait(until: blocked, budget: budget) }
        guard cost > 0 else { return .now(wanted) }
        // After a refusal one command tries first.
        let wanted = (counter?.refusalsInRow ?? 0) > 0 ? 1 : wanted
        let quantum = min(wanted, max(1, Int(hardLimit(of: budget) / 100 / cost)))
        let used = used(budget, at: now)
        let others = counter?.others(by: now.seconds, window: window) ?? 0
        let fitting = fitting(in: budget, cost: cost, quantum: quantum, used: used + others)
        if fitting >= quantum { return .now(min(wanted, fitting)) }
        let charges = counter?.charges ?? []
        var rest = used
        for charge in charges where charge.sent >= now.seconds - window - Self.jitter {
            rest -= charge.seconds
            let until = charge.sent + window + Self.jitter + 0.001
            let others = counter?.others(by: until, window: window) ?? 0
            if self.fitting(in: budget, cost: cost, quantum: quantum, used: rest + others) >= quantum {
                return .wait(until: Moment(seconds: until), budget: budget)
            }
        }
        // What is on its way fills the budget; its reply will tell more.
        guard inFlight(budget) == 0 else { return .wait(until: now + .seconds(1), budget: budget) }
        // Not even an empty window has room for a command this dear: it goes alone, once the window is empty.
        guard used > 0.000_001, let last = charges.last else { return .now(1) }
        return .wait(until: Moment(seconds: last.sent + window + Self.jitter + 0.001), budget: budget)
    }

    private func fitting(in budget: String, cost: Double, quantum: Int, used: Double) -> Int {
        let onItsWay = inFlight(budget)
        let plan = plannedLimit(of: budget) - used - onItsWay
        let safe = (hardLimit(of: budget) - used - Self.drift * onItsWay) / Self.drift
        // Half of what is safe leaves room for the next lane: one large batch would make the others wait for its end.
        let shared = max(safe / 2, min(safe, cost * Double(quantum)))
        return max(0, Int(min(plan, shared) / cost + 0.000_001))
    }
}

// MARK: - Keeping the account

extension OperatingBudget {
    /// Books a request that is about to leave.
    ///
    /// - Parameter counts: How many commands of each method it contains.
    package mutating func sent(_ counts: [String: Int], at now: Moment) -> Ticket {
        flightNumber += 1
        var expected: [String: Double] = [:]
        for (method, count) in counts {
            expected[method, default: 0] += cost(of: method) * Double(count)
            expected[Self.batch, default: 0] += batchCost(of: method) * Double(count)
        }
        flights[flightNumber] = Flight(counts: counts, sent: now.seconds, expected: expected)
        return Ticket(number: flightNumber)
    }

    /// Books a batch that is about to leave.
    package mutating func sent(_ commands: [Command], at now: Moment) -> Ticket {
        sent(commands.reduce(into: [:]) { $0[$1.method, default: 0] += 1 }, at: now)
    }

    /// Ends a request of which nothing was executed.
    package mutating func notExecuted(_ ticket: Ticket) {
        flights[ticket.number] = nil
    }

    /// Ends a request whose outcome is unknown: what it was expected to cost is counted as used.
    package mutating func lost(_ ticket: Ticket, at now: Moment) {
        guard let flight = flights.removeValue(forKey: ticket.number) else { return }
        for (budget, seconds) in flight.expected {
            counters[budget, default: .init()].charge(seconds, sent: flight.sent, answered: now.seconds)
        }
        forget(at: now)
    }

    /// Ends a batch that was refused as a whole for its operating time.
    package mutating func refused(_ ticket: Ticket, at now: Moment) {
        notExecuted(ticket)
        refused(Self.batch, at: now)
    }

    /// Takes note that the portal refused a method for its operating time.
    ///
    /// The limit is lowered for good to what was used by then. The method rests until the portal's own reset, where
    /// that is known and no longer than a ban, else for the length of a ban, 300 s, doubled on the next refusal.
    package mutating func refused(_ budget: String, at now: Moment) {
        let used = used(budget, at: now)
        let hard = hardLimit(of: budget)
        var counter = counters[budget] ?? .init()
        guard counter.blockedUntil.map({ now >= $0 }) ?? true else { return }
        if counter.refusalsInRow == 0 { counter.loweredLimit = max(min(hard, used), limit / 10) }
        counter.refusalsInRow += 1
        let ban = counter.refusalsInRow == 1 ? window / 2 : window
        counter.blockedUntil = max(now + .seconds(ban), min(counter.reset ?? now, now + .seconds(window)))
        counters[budget] = counter
    }

    /// Ends a batch that was answered.
    package mutating func answered(_ ticket: Ticket, commands: [Command], reply: BatchReply, at now: Moment) {
        guard var flight = flights.removeValue(forKey: ticket.number) else { return }
        flight.started = reply.time?.start
        let share = reply.elapsed.inSeconds / Double(max(commands.count, 1))
        for method in flight.counts.keys.sorted() {
            let outcomes = commands.filter { $0.method == method }.compactMap { reply.outcomes[$0.key] }
            answered(method, outcomes: outcomes, share: share, flight: flight, at: now)
        }
        answeredBatch(commands: commands, reply: reply, flight: flight, at: now)
        forget(at: now)
    }

    private mutating func answered(
        _ method: String, outcomes: [CommandOutcome], share: Double, flight: Flight, at now: Moment
    ) {
        var times: [ServerTime] = []
        var executed = 0
        var isRefused = false
        for outcome in outcomes {
            switch outcome {
            case .succeeded(let reply):
                executed += 1
                if let time = reply.time { times.append(time) }
            case .failed(let error): isRefused = isRefused || error.kind == .operatingLimited
            case .missing: executed += 1
            }
        }
        var counter = counters[method] ?? .init()
        counter.answered(
            count: executed, totals: times.compactMap(\.operating), fallback: share * Double(executed),
            in: exchange(flight, budget: method, time: times.last, at: now))
        if let reset = times.last?.operatingResetAt { counter.reset = Moment(seconds: Double(reset) + 1) }
        if executed > 0, !isRefused { counter.refusalsInRow = 0 }
        counters[method] = counter
        // The totals that came with the last successes make the belief true before the limit is drawn from it.
        if isRefused { refused(method, at: now) }
    }

    private func exchange(
        _ flight: Flight, budget: String, time: ServerTime?, at now: Moment
    ) -> OperatingCounter.Exchange {
        let isMeeting =
            flights.values.contains { $0.expected[budget] != nil }
            || counters[budget]?.charges.contains { $0.answered > flight.sent } == true
        var exchange = OperatingCounter.Exchange(
            sent: flight.sent, answered: now.seconds, oldest: flight.sent - window - Self.jitter, isAlone: !isMeeting)
        if let start = flight.started, let reset = time?.operatingResetAt, time?.operating != nil {
            // The portal's clock may differ from ours; both ends of what it says are cut to whole seconds.
            exchange.countedSince = Double(reset) - window - (start - flight.sent) - 2
        }
        return exchange
    }

    private mutating func answeredBatch(commands: [Command], reply: BatchReply, flight: Flight, at now: Moment) {
        guard !commands.isEmpty else { return }
        let seconds = reply.elapsed.inSeconds
        // Only batches that consist mainly of one method say what a command of that method takes.
        if let (method, count) = flight.counts.max(by: { $0.value < $1.value }), count * 2 > commands.count {
            let sample = seconds / Double(count)
            let known = wallPerCommand[method] ?? 0
            wallPerCommand[method] = sample > known ? sample : (2 * known + sample) / 3
        }
        var counter = counters[Self.batch] ?? .init()
        let exchange = exchange(flight, budget: Self.batch, time: reply.time, at: now)
        if batchWeight == nil {
            let total = reply.time?.operating
            if let total, total > 0 {
                batchWeight = Self.halfWeight
            } else if total == nil || counter.surely(in: exchange) > 1 {
                // Portals that count batches report it; this one counted nothing of what was surely used.
                batchWeight = 0
                counter.clear()
            }
        }
        if batchWeight != 0 {
            counter.answeredWhole(
                cost: Self.halfWeight * seconds, total: reply.time?.operating, in: exchange)
        } else if let total = reply.time?.operating, total > 0 {
            batchWeight = Self.halfWeight
        }
        if let reset = reply.time?.operatingResetAt { counter.reset = Moment(seconds: Double(reset) + 1) }
        counter.refusalsInRow = 0
        counters[Self.batch] = counter
    }

    private mutating func forget(at now: Moment) {
        for name in counters.keys {
            // A slow request may still report on a window that lies further back.
            counters[name]?.forget(before: now.seconds - window - 120)
        }
    }
}

// MARK: - From one run to the next

extension OperatingBudget {
    /// What is kept from one run to the next.
    package struct Snapshot: Sendable, Hashable, Codable {
        var counters: [String: OperatingCounter]
        var wallPerCommand: [String: Double]
        var batchWeight: Double?
    }

    /// The state to keep; requests on their way are in it as if they had been lost.
    package func snapshot(at now: Moment) -> Snapshot {
        var settled = self
        for number in flights.keys { settled.lost(Ticket(number: number), at: now) }
        return Snapshot(
            counters: settled.counters, wallPerCommand: settled.wallPerCommand, batchWeight: settled.batchWeight)
    }

    /// Goes on where an earlier run stopped; what has lapsed since is dropped.
    package init(
        limit: Limit = .auto, window: Duration = .seconds(600), snapshot: Snapshot, at now: Moment
    ) {
        self.init(limit: limit, window: window)
        counters = snapshot.counters
        wallPerCommand = snapshot.wallPerCommand
        batchWeight = snapshot.batchWeight
        forget(at: now)
    }
}

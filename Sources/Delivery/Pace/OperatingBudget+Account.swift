// SPDX-License-Identifier: Apache-2.0

package import Bitrix24
package import Clocks

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

    /// Takes a request from those on their way, which may have used operating time while the others were there.
    private mutating func land(_ ticket: Ticket) -> Flight? {
        guard let flight = flights.removeValue(forKey: ticket.number) else { return nil }
        for number in flights.keys {
            for budget in flight.expected.keys { flights[number]?.endings[budget, default: 0] += 1 }
        }
        return flight
    }

    /// Ends a request whose outcome is unknown: what it was expected to cost is counted as used.
    package mutating func lost(_ ticket: Ticket, at now: Moment) {
        guard let flight = land(ticket) else { return }
        let fresh = newCounter
        for (budget, seconds) in flight.expected {
            counters[budget, default: fresh].charge(seconds, sent: flight.sent, answered: now.seconds)
            // What it has used shows in later totals, but nobody knows for how many commands.
            counters[budget]?.climb = nil
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
    /// The limit is lowered for good to what was used by then. The method rests for the length of a ban, 300 s, and
    /// for twice that on the next refusal; longer where the portal's own reset lies later.
    package mutating func refused(_ budget: String, at now: Moment) {
        let used = used(budget, at: now)
        let hard = hardLimit(of: budget)
        var counter = counters[budget] ?? newCounter
        guard counter.blockedUntil.map({ now >= $0 }) ?? true else { return }
        if counter.refusalsInRow == 0 { counter.loweredLimit = max(min(hard, used), limit / 10) }
        counter.refusalsInRow += 1
        let rest = counter.refusalsInRow == 1 ? ban : 2 * ban
        counter.blockedUntil = max(now + .seconds(rest), min(counter.reset ?? now, now + .seconds(window)))
        counters[budget] = counter
    }

    /// Ends a batch that was answered.
    package mutating func answered(_ ticket: Ticket, commands: [Command], reply: BatchReply, at now: Moment) {
        guard var flight = land(ticket) else { return }
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
        var counter = counters[method] ?? newCounter
        counter.answered(
            count: executed,
            totals: times.compactMap { time in
                time.operating.map { RunningTotal(seconds: $0, reset: time.operatingResetAt) }
            },
            fallback: share * Double(executed), in: exchange(flight, budget: method, time: times.last, at: now))
        if let reset = times.last?.operatingResetAt { counter.reset = Moment(seconds: reset + second) }
        if executed > 0, !isRefused { counter.refusalsInRow = 0 }
        counters[method] = counter
        // The totals that came with the last successes make the belief true before the limit is drawn from it.
        if isRefused { refused(method, at: now) }
    }

    private func exchange(
        _ flight: Flight, budget: String, time: ServerTime?, at now: Moment
    ) -> OperatingCounter.Exchange {
        let others = flights.values.filter { $0.expected[budget] != nil }
        var exchange = OperatingCounter.Exchange(
            sent: flight.sent, answered: now.seconds, oldest: flight.sent - window - jitter, minute: minute,
            second: second, meetings: flight.endings[budget, default: 0] + others.count,
            onTheirWay: others.reduce(0) { $0 + ($1.expected[budget] ?? 0) })
        if let start = flight.started, let reset = time?.operatingResetAt, time?.operating != nil {
            // The portal's clock may differ from ours; both ends of what it says are cut to whole seconds.
            exchange.countedSince = reset - window - (start - flight.sent) - 2 * second
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
        var counter = counters[Self.batch] ?? newCounter
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
        if let reset = reply.time?.operatingResetAt { counter.reset = Moment(seconds: reset + second) }
        counter.refusalsInRow = 0
        counters[Self.batch] = counter
    }

    /// Charges that lie close in time are kept as one, so that a window holds some hundreds at most.
    private var newCounter: OperatingCounter { OperatingCounter(grain: window / 600) }

    mutating func forget(at now: Moment) {
        // A slow request may still report on a window that lies further back.
        let oldest = now.seconds - window - 2 * minute
        for name in counters.keys {
            counters[name]?.forget(before: oldest)
        }
    }
}

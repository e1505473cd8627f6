// SPDX-License-Identifier: Apache-2.0

/// A method's running total in the portal's window, as one command's reply tells it.
struct RunningTotal: Sendable, Hashable, Codable {
    var seconds: Double
    /// When the oldest part of it lapses, where that is told.
    var reset: Double?

    /// What was added after an earlier total; `nil` where a minute lapsed in between, which takes away an unknown part.
    func step(from earlier: RunningTotal) -> Double? {
        seconds >= earlier.seconds && reset == earlier.reset ? seconds - earlier.seconds : nil
    }
}

extension OperatingCounter {
    /// Charges the commands of an answered request, with the totals that came with it.
    ///
    /// - Parameters:
    ///   - count: The commands that were executed.
    ///   - totals: The method's running totals that the reply contains, in the order of execution.
    ///   - fallback: The cost of all commands together if no total tells it.
    mutating func answered(count: Int, totals: [RunningTotal], fallback: Double, in exchange: Exchange) {
        guard count > 0 else { return }
        guard let last = totals.last?.seconds else {
            learn(fallback / Double(count))
            return charge(fallback, sent: exchange.sent, answered: exchange.answered)
        }
        defer { follow(totals[totals.count - 1], after: count, in: exchange) }
        let cost = cost(between: totals, in: exchange)
        if let cost, cost > 0.001 {
            learn(cost)
            chargeVisibly(cost * Double(count), total: last, in: exchange)
        } else if cost == nil, totals.count > 1, perCommand.map({ $0 > Self.visibleCost }) ?? true {
            // A minute lapsed between all of them: they cost what such commands cost, and nothing is learned.
            chargeVisibly(perCommand.map { $0 * Double(count) } ?? fallback, total: last, in: exchange)
        } else if count == 1, perCommand.map({ $0 > Self.visibleCost }) ?? true {
            single(total: last, in: exchange)
        } else {
            silent(count: count, total: last, in: exchange)
        }
    }

    private mutating func chargeVisibly(_ seconds: Double, total: Double, in exchange: Exchange) {
        charge(seconds, sent: exchange.sent, answered: exchange.answered)
        reconcile(total: total, shown: seconds, in: exchange)
        silentTotal = nil
        silentCommands = 0
    }

    /// The cost of one command by the steps between the totals of one request; `nil` when no step tells it.
    ///
    /// A step in which a minute lapsed tells nothing. A request that ends meanwhile adds all its time to one step, so as
    /// many of the largest steps are left out as requests may have ended, and the middle one of the rest is the cost.
    /// Where none is left no more is believed than what the others cannot explain.
    private func cost(between totals: [RunningTotal], in exchange: Exchange) -> Double? {
        let steps = zip(totals.dropFirst(), totals).compactMap { $0.step(from: $1) }.sorted()
        let own = steps.dropLast(exchange.meetings)
        if !own.isEmpty { return own[(own.count - 1) / 2] }
        guard let least = steps.first else { return nil }
        let others = charges.filter { $0.answered > exchange.sent }.reduce(exchange.onTheirWay) { $0 + $1.seconds }
        return max(min(least, perCommand ?? least), least - others)
    }

    /// A single command has no steps; what it cost is what the total has risen above what was known.
    private mutating func single(total: Double, in exchange: Exchange) {
        let rise = total - used(since: exchange.possible)
        let isTelling = rise > Self.visibleCost && (exchange.isAlone || perCommand == nil)
        // A rise may contain what others used, so it moves the estimate by a third only.
        if isTelling { perCommand = perCommand.map { (2 * $0 + rise) / 3 } ?? rise }
        let cost = isTelling ? rise : perCommand ?? Self.visibleCost
        charge(cost, sent: exchange.sent, answered: exchange.answered)
        reconcile(total: total, shown: isTelling ? cost : 0, in: exchange)
    }

    /// Learns from several small requests together what one of them cannot tell beside others: how far the total has
    /// risen since one of them, for each command that was answered since.
    private mutating func follow(_ total: RunningTotal, after count: Int, in exchange: Exchange) {
        guard total.reset != nil, count <= exchange.meetings, perCommand.map({ $0 > Self.visibleCost }) ?? false else {
            return climb = nil
        }
        guard var climb, climb.start.reset == total.reset else {
            return climb = Climb(start: total, highest: total.seconds, commands: 0)
        }
        climb.commands += count
        climb.highest = max(climb.highest, total.seconds)
        self.climb = climb
        // The ends of a climb are off by what was on its way then; over a dozen commands that is little.
        guard climb.commands >= 12, climb.highest > climb.start.seconds else { return }
        let sample = (climb.highest - climb.start.seconds) / Double(climb.commands)
        perCommand = perCommand.map { (2 * $0 + sample) / 3 }
        self.climb = Climb(start: total, highest: total.seconds, commands: 0)
    }

    /// Commands too cheap to show: their cost appears in the total of a later request.
    private mutating func silent(count: Int, total: Double, in exchange: Exchange) {
        if perCommand.map({ $0 > Self.visibleCost }) ?? true {
            // Where resets are not told, a step of nothing may also be a minute that took away as much as was added.
            learn(Self.visibleCost)
        }
        if let silentTotal, silentCommands > 0, total >= silentTotal {
            learn(min((total - silentTotal) / Double(silentCommands), Self.visibleCost))
            silentCommands = 0
            self.silentTotal = total
        } else if silentTotal.map({ total < $0 }) ?? true {
            // A minute lapsed in between: start measuring anew.
            silentCommands = 0
            silentTotal = total
        }
        silentCommands += count
        charge(
            (perCommand ?? Self.visibleCost) * Double(count), sent: exchange.sent, answered: exchange.answered)
        // Its commands show late, which would look like the use of others.
        reconcile(total: total, shown: 0, tellsOthers: false, in: exchange)
    }

    /// Charges a whole request and compares with a total that need not include it.
    mutating func answeredWhole(cost: Double, total: Double?, in exchange: Exchange) {
        charge(cost, sent: exchange.sent, answered: exchange.answered)
        if let total { reconcile(total: total, shown: 0, tellsOthers: false, in: exchange) }
    }

    /// The seconds that a total reported to this request must include at least.
    func surely(in exchange: Exchange) -> Double {
        charges.filter { $0.answered < exchange.sent && $0.sent >= exchange.sure }.reduce(0) { $0 + $1.seconds }
    }

    /// Brings the charges to what the portal reports, where the two contradict each other.
    ///
    /// - Parameters:
    ///   - shown: What this request itself adds to the total.
    ///   - tellsOthers: Whether a difference is to be taken for the use of others.
    private mutating func reconcile(
        total: Double, shown: Double, tellsOthers: Bool = true, in exchange: Exchange
    ) {
        // What the portal does not count any more never comes back.
        if let countedSince = exchange.countedSince { forget(before: countedSince) }
        let believed = used(since: exchange.possible)
        if total > believed {
            compare(surplus: tellsOthers ? total - believed : 0, at: exchange.sent)
            return charge(total - believed, sent: exchange.sent, answered: exchange.answered)
        }
        var excess = surely(in: exchange) + shown - total
        compare(surplus: tellsOthers ? -max(excess, 0) : 0, at: exchange.sent)
        // Older charges were compared before, so the newest are the ones to doubt.
        for index in charges.indices.reversed() where excess > 0 && charges[index].answered < exchange.sent {
            guard charges[index].sent >= exchange.sure else { break }
            let taken = min(excess, charges[index].seconds)
            charges[index].seconds -= taken
            excess -= taken
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

/// A method's running total in the portal's window, as one command's reply tells it.
struct RunningTotal: Sendable, Hashable {
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
    /// A total between which and the next a minute lapsed tells nothing. A request that ends meanwhile adds all its time to
    /// one of the steps. Among several steps the middle one is free of that; of one or two steps no more is believed
    /// than what the others cannot explain.
    private func cost(between totals: [RunningTotal], in exchange: Exchange) -> Double? {
        let steps = zip(totals.dropFirst(), totals).compactMap { $0.step(from: $1) }.sorted()
        guard !steps.isEmpty else { return nil }
        if steps.count >= 3 || exchange.isAlone { return steps[(steps.count - 1) / 2] }
        let others = charges.filter { $0.answered > exchange.sent }.reduce(0) { $0 + $1.seconds }
        return max(min(steps[0], perCommand ?? steps[0]), steps[0] - others)
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

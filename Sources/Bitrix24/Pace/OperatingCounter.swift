// SPDX-License-Identifier: Apache-2.0

/// What is known of one method's operating time in the portal's moving window.
///
/// The portal adds up a request's time under the minute in which the request began and counts the ten newest minutes.
/// Here every request keeps the moment at which it left and counts for the whole window after it: that includes
/// whatever the portal counts, however its minutes lie, and frees as much time in the long run.
struct OperatingCounter: Sendable, Hashable, Codable {
    /// Operating time that was used by requests that left within a second of one another.
    struct Charge: Sendable, Hashable, Codable {
        /// When the first of them left, in seconds since 1970.
        var first: Double
        /// When the last of them left: the charge counts for a whole window from then on.
        var sent: Double
        /// When the last of them was answered: a total includes them surely only if its request left after this.
        var answered: Double
        var seconds: Double
    }

    /// The moments of one answered request, in seconds since 1970.
    struct Exchange: Sendable, Hashable {
        /// When the request left; the portal's window lies by this moment.
        var sent: Double
        var answered: Double
        /// The earliest moment whose requests the portal can still have counted.
        var oldest: Double
        /// The moment from which on the portal has counted, where the reply tells it.
        var countedSince: Double?
        /// Whether no other request with the method was on its way at any time of this one's.
        var isAlone: Bool

        /// Charges since then may be in the total.
        var possible: Double { max(oldest, countedSince ?? oldest) }
        /// Charges since then are surely in the total, if they had been answered before: without the reply's word
        /// the portal's oldest minute may have lapsed already.
        var sure: Double { countedSince.map { $0 + 4 } ?? oldest + 61 }
    }

    /// In the order of leaving.
    private(set) var charges: [Charge] = []
    /// Expected operating seconds of one command; `nil` before anything is known.
    private(set) var perCommand: Double?
    /// The total at which the silent commands since were first counted.
    private var silentTotal: Double?
    private var silentCommands = 0
    /// Seconds per second by which totals rise beyond what we use: others share the account.
    private var othersRate = 0.0
    /// When the request left whose total was compared last.
    private var comparedAt: Double?
    /// When the portal will have forgotten the oldest part of the total, by the last report.
    var reset: Moment?
    /// Until when the portal refuses the method.
    var blockedUntil: Moment?
    /// Refusals since the last success.
    var refusalsInRow = 0
    /// The limit, once a refusal has shown that it is lower than planned.
    var loweredLimit: Double?

    /// A call below this many seconds does not show in the reply to its own request (the portal's source).
    private static let visibleCost = 0.1
    private static let merging = 1.0

    /// The seconds used by requests that left at or after a moment.
    func used(since moment: Double) -> Double {
        var sum = 0.0
        for charge in charges.reversed() {
            guard charge.sent >= moment else { break }
            sum += charge.seconds
        }
        return sum
    }

    /// What others have probably used by a moment since the last total was compared.
    func others(by moment: Double, window: Double) -> Double {
        guard let comparedAt, othersRate > 0 else { return 0 }
        return othersRate * min(max(moment - comparedAt, 0), window)
    }

    /// Takes note of how far a total differed from what was believed, over the time since the last comparison.
    private mutating func compare(surplus: Double, at sent: Double) {
        defer { comparedAt = max(comparedAt ?? sent, sent) }
        // Two requests on their way at once compare twice within a moment, which says nothing about a rate.
        guard let comparedAt else { return }
        let span = max(sent - comparedAt, 1)
        let weight = span / (span + 120)
        // Below zero where estimates were too high; surpluses and corrections must be able to cancel out.
        othersRate += (surplus / span - othersRate) * weight
    }

    /// Forgets what left before a moment.
    mutating func forget(before moment: Double) {
        let count = charges.prefix { $0.sent < moment }.count
        if count > 0 { charges.removeFirst(count) }
    }

    /// Forgets everything that was used.
    mutating func clear() {
        charges = []
        silentCommands = 0
        silentTotal = nil
    }

    /// Books operating time under the moment at which its request left.
    mutating func charge(_ seconds: Double, sent: Double, answered: Double) {
        guard seconds > 0 else { return }
        let place = charges.lastIndex { $0.sent <= sent }.map { $0 + 1 } ?? 0
        if place > 0, place == charges.count, sent - charges[place - 1].first < Self.merging {
            charges[place - 1].sent = sent
            charges[place - 1].answered = max(charges[place - 1].answered, answered)
            charges[place - 1].seconds += seconds
        } else {
            charges.insert(Charge(first: sent, sent: sent, answered: answered, seconds: seconds), at: place)
        }
    }

    /// Follows a dearer command at once and a cheaper one by thirds.
    private mutating func learn(_ sample: Double) {
        guard sample >= 0, sample.isFinite else { return }
        guard let known = perCommand else { return perCommand = sample }
        perCommand = sample > known ? sample : (2 * known + sample) / 3
    }

    /// Charges the commands of an answered request, with the totals that came with it.
    ///
    /// - Parameters:
    ///   - count: The commands that were executed.
    ///   - totals: The method's running totals that the reply contains, in the order of execution.
    ///   - fallback: The cost of all commands together if no total is reported.
    mutating func answered(count: Int, totals: [Double], fallback: Double, in exchange: Exchange) {
        guard count > 0 else { return }
        guard let last = totals.last else {
            learn(fallback / Double(count))
            return charge(fallback, sent: exchange.sent, answered: exchange.answered)
        }
        let cost = cost(between: totals, in: exchange)
        if let cost, cost > 0.001 {
            learn(cost)
            charge(cost * Double(count), sent: exchange.sent, answered: exchange.answered)
            reconcile(total: last, shown: cost * Double(count), in: exchange)
            silentTotal = nil
            silentCommands = 0
        } else if count == 1, perCommand.map({ $0 > Self.visibleCost }) ?? true {
            single(total: last, in: exchange)
        } else {
            silent(count: count, total: last, in: exchange)
        }
    }

    /// The cost of one command by the steps between the totals of one request.
    ///
    /// A request that ends meanwhile adds all its time to one of the steps. Among several steps the middle one is
    /// free of that; of one or two steps no more is believed than what the others cannot explain.
    private func cost(between totals: [Double], in exchange: Exchange) -> Double? {
        let steps = zip(totals.dropFirst(), totals).map { max(0, $0 - $1) }.sorted()
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
        if let known = perCommand { perCommand = min(known, Self.visibleCost) }
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

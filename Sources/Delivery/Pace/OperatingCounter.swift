// SPDX-License-Identifier: Apache-2.0

import Clocks

/// What is known of one method's operating time in the portal's moving window.
///
/// The portal adds up a request's time under the minute in which the request began and counts the ten newest minutes.
/// Here every request keeps the moment at which it left and counts for the whole window after it: that includes
/// whatever the portal counts, however its minutes lie, and frees as much time in the long run.
struct OperatingCounter: Sendable, Hashable, Codable {
    /// Operating time that was used by requests that left close to one another.
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
        /// The part of the window that the portal drops at once.
        var minute: Double
        /// The portal's second, to which what it says of time may be cut.
        var second: Double
        /// How many other requests with the method may have ended on the portal while this one was there.
        var meetings: Int
        /// What those of them are expected to use that are not answered yet.
        var onTheirWay: Double

        var isAlone: Bool { meetings == 0 }

        /// Charges since then may be in the total.
        var possible: Double { max(oldest, countedSince ?? oldest) }
        /// Charges since then are surely in the total, if they had been answered before: without the reply's word
        /// the portal's oldest minute may have lapsed already.
        var sure: Double { countedSince.map { $0 + 4 * second } ?? oldest + minute + second }
    }

    /// A total, and what was answered since.
    struct Climb: Sendable, Hashable, Codable {
        var start: RunningTotal
        /// The highest total since: replies may arrive in another order than the portal gave them.
        var highest: Double
        var commands: Int
    }

    /// Requests that left within so many seconds of one another are kept as one charge.
    private let grain: Double
    /// In the order of leaving.
    var charges: [Charge] = []
    /// Expected operating seconds of one command; `nil` before anything is known.
    var perCommand: Double?
    /// The total at which the silent commands since were first counted.
    var silentTotal: Double?
    var silentCommands = 0
    /// How the total rises over small requests that meet others.
    var climb: Climb?
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
    static let visibleCost = 0.1

    init(grain: Double) {
        self.grain = grain
    }

    /// The same account with nothing in it later than a moment, and no block beyond another.
    func cut(at now: Double, block end: Moment) -> OperatingCounter {
        var counter = self
        for index in charges.indices {
            counter.charges[index].first = min(charges[index].first, now)
            counter.charges[index].sent = min(charges[index].sent, now)
            counter.charges[index].answered = min(charges[index].answered, now)
        }
        counter.comparedAt = comparedAt.map { min($0, now) }
        counter.blockedUntil = blockedUntil.map { min($0, end) }
        // Others may have used the account since; a climb is of one run.
        counter.climb = nil
        return counter
    }

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
    mutating func compare(surplus: Double, at sent: Double) {
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
        if place > 0, place == charges.count, sent - charges[place - 1].first < grain {
            charges[place - 1].sent = sent
            charges[place - 1].answered = max(charges[place - 1].answered, answered)
            charges[place - 1].seconds += seconds
        } else {
            charges.insert(Charge(first: sent, sent: sent, answered: answered, seconds: seconds), at: place)
        }
    }

    /// Follows a dearer command at once and a cheaper one by thirds.
    mutating func learn(_ sample: Double) {
        guard sample >= 0, sample.isFinite else { return }
        guard let known = perCommand else { return perCommand = sample }
        perCommand = sample > known ? sample : (2 * known + sample) / 3
    }
}

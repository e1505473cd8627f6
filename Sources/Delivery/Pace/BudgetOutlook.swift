// SPDX-License-Identifier: Apache-2.0

import Bitrix24
package import Clocks

/// How one operating budget will let many commands through: what is free at once, and the rest as what was used lapses.
struct BudgetOutlook {
    /// Operating seconds of one call.
    private let cost: Double
    /// The seconds that the budget plans with.
    private let limit: Double
    private let window: Double
    private var free: Double
    /// What was used.
    private var lapsing: LapsingUse

    init(cost: Double, limit: Double, window: Double, lapsing: [(at: Double, seconds: Double)]) {
        self.cost = cost
        self.limit = limit
        self.window = window
        self.lapsing = LapsingUse(lapsing)
        free = limit - lapsing.reduce(0) { $0 + $1.seconds }
    }

    /// Sends calls as fast as the budget permits and never faster than `rate` calls a second, until all are sent or the
    /// time is over.
    ///
    /// - Returns: How many calls were sent, and the seconds that they took.
    func sending(_ calls: Double, rate: Double, within end: Double = .infinity) -> (calls: Double, seconds: Double) {
        guard cost > 0 else {
            let sent = min(calls, end * rate)
            return (sent, sent / rate)
        }
        var outlook = self
        var (sent, now) = (0.0, 0.0)
        // Fifty pieces a window are near enough for a forecast.
        let piece = max(limit / 50, cost)
        while sent < calls, now < end {
            var wanted = min(piece, (calls - sent) * cost)
            if outlook.free >= cost { wanted = min(wanted, outlook.free) }
            if outlook.free < wanted * 0.999, let lapsed = outlook.lapsing.popFirst() {
                now = max(now, lapsed.at)
                outlook.free += lapsed.seconds
            } else {
                let seconds = min(wanted / cost / rate, end - now)
                let used = seconds * rate * cost
                outlook.lapsing.append((now + window, used))
                outlook.free -= used
                now += seconds
                sent += used / cost
            }
        }
        return (sent, min(now, end))
    }
}

extension OperatingBudget {
    /// What an unknown portal is assumed to charge: the documents' example of a call, in operating seconds.
    package static let documentedCosts = [RegisterCall.method: 0.22, FinishCall.method: 1.41]

    /// When commands of a method would all be sent, or how many of them within a time.
    ///
    /// - Parameters:
    ///   - count: The commands of the method; each is taken to cost what was learned, or what the documents show.
    ///   - rate: The most commands a second, whatever the budgets permit; above zero.
    ///   - most: What a command costs at most, in operating seconds: the time that it takes; `nil`: not known.
    ///   - end: The time after which nothing is sent any more; `nil`: no end.
    /// - Returns: How many are sent by then, and how long that takes.
    package func forecast(
        _ method: String, count: Int, rate: Double, costingAtMost most: Double? = nil, within end: Duration? = nil,
        at now: Moment
    ) -> (count: Double, duration: Duration) {
        // Of commands that are too cheap to show it is only known that they cost no more than the time they take.
        let learned = learnedCost(of: method).map { min($0, most ?? wallPerCommand[method] ?? $0) }
        let cost = learned ?? Self.documentedCosts[method] ?? Self.unknownCost
        let ofBatch = wallPerCommand[method] == nil ? 0 : batchCost(of: method)
        let results = [(method, cost), (Self.batch, ofBatch)].map { budget, cost in
            let left = budget == method ? count : nil
            return outlook(of: budget, cost: cost, left: left, at: now).sending(
                Double(count), rate: rate, within: end?.inSeconds ?? .infinity)
        }
        return (results.map(\.calls).min() ?? 0, .seconds(results.map(\.seconds).max() ?? 0))
    }

    private func outlook(of budget: String, cost: Double, left: Int?, at now: Moment) -> BudgetOutlook {
        let charges = counters[budget]?.charges ?? []
        let lapsing = charges.map { (at: max(0, $0.sent + window + jitter - now.seconds), seconds: $0.seconds) }
        return BudgetOutlook(
            cost: cost, limit: plan(of: budget, cost: cost, left: left, at: now), window: window + jitter,
            lapsing: lapsing)
    }
}

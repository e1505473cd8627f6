// SPDX-License-Identifier: Apache-2.0

package import CDRConfiguration
package import Clocks

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
        let number: Int
    }

    /// The name under which the batches themselves are counted.
    package static let batch = "batch"

    struct Flight: Sendable, Hashable {
        var counts: [String: Int]
        var sent: Double
        var expected: [String: Double]
        /// How many other requests that use a budget ended since this one left.
        var endings: [String: Int] = [:]
        /// When the portal began with the request, on its own clock.
        var started: Double?
    }

    let limit: Double
    let window: Double
    private let without: Set<PaceRule>
    var counters: [String: OperatingCounter] = [:]
    /// Seconds of a request per command, by method.
    var wallPerCommand: [String: Double] = [:]
    /// The part of a request's time that is charged to `batch`; one half until the portal shows that it is nothing.
    var batchWeight: Double?
    var flights: [Int: Flight] = [:]
    var flightNumber = 0

    static let planned = 0.97
    /// Where the margin alone would cost a window. The portal refuses a command that begins beyond the limit (its source),
    /// and what is counted here was never below the portal's count in the tests by more than a command's cost.
    static let nearest = 0.99
    static let drift = 3.0
    static let halfWeight = 0.5
    /// Operating seconds assumed of a command of which nothing is known: more than any documented one.
    static let unknownCost = 2.0
    static let unknownWall = 2.5

    /// The part of the window under which the portal adds up: a minute of ten.
    var minute: Double { window / 10 }
    /// A portal's second: its clock is told in whole ones. Shorter where a test lets all durations shrink together.
    var second: Double { window / 600 }
    /// A small batch that spares a longer wait is no trickle: the portal would let ten requests through meanwhile.
    var shortWait: Double { window / 120 }
    /// Added to the window: by how much the ways of two requests to the portal may differ.
    var jitter: Double { min(0.5, window / 1200) }
    /// How long the portal refuses a method at most, by its source: 300 s of a window of 600.
    var ban: Double { window / 2 }

    /// A budget of which nothing is used and nothing is known.
    ///
    /// - Parameters:
    ///   - limit: How much operating time the portal grants in a window.
    ///   - window: The length of a window.
    ///   - without: Rules that are left out.
    package init(limit: Limit = .auto, window: Duration = .seconds(600), without: Set<PaceRule> = []) {
        switch limit {
        case .auto: self.limit = 420
        case .seconds(let seconds): self.limit = max(seconds, 0.001)
        }
        self.window = window.inSeconds
        self.without = without
    }
}

extension OperatingBudget {
    /// How many commands of a method may be sent now in one batch.
    ///
    /// - Parameters:
    ///   - wanted: The most that are wanted, at least 1. Fewer are allowed near the limit, though not a
    ///   trickle: about a hundredth of the limit at a time.
    ///   - left: How many commands of the method are left in all; `nil`: more than can be told.
    package func allowance(method: String, wanted: Int, left: Int? = nil, at now: Moment) -> Allowance {
        var count = max(wanted, 1)
        var wait: (until: Moment, budget: String)?
        for (name, cost) in [(method, cost(of: method)), (Self.batch, batchCost(of: method))] {
            // Whether the last ones fit is told by the method's own budget; `batch` is used by other methods too.
            let plan = plan(of: name, cost: cost, left: name == method ? left : nil, at: now)
            switch room(in: name, cost: cost, wanted: count, plan: plan, at: now) {
            case .now(let fitting): count = min(count, fitting)
            case .wait(let until, let budget):
                if wait.map({ until > $0.until }) ?? true { wait = (until, budget) }
            }
        }
        return wait.map { .wait(until: $0.until, budget: $0.budget) } ?? .now(count)
    }

    /// The expected operating seconds of one command, or `nil` before one was answered.
    package func learnedCost(of method: String) -> Double? { counters[method]?.perCommand }

    /// The seconds of the planning limit that are free at a moment.
    package func free(_ budget: String, at now: Moment) -> Double {
        plannedLimit(of: budget) - used(budget, at: now) - inFlight(budget)
    }

    func cost(of method: String) -> Double {
        max(counters[method]?.perCommand ?? Self.unknownCost, 0.000_1)
    }

    func batchCost(of method: String) -> Double {
        (batchWeight ?? Self.halfWeight) * (wallPerCommand[method] ?? Self.unknownWall)
    }

    func hardLimit(of budget: String) -> Double { min(limit, counters[budget]?.loweredLimit ?? limit) }

    private func plannedLimit(of budget: String) -> Double { hardLimit(of: budget) * Self.planned }

    /// The seconds to plan with in a window.
    ///
    /// The margin costs nothing as long as it only makes each window a little shorter. Where it would push the last few
    /// commands into one more window, the plan goes nearer to the limit, if that is enough to spare the window.
    func plan(of budget: String, cost: Double, left: Int?, at now: Moment) -> Double {
        let hard = hardLimit(of: budget)
        guard let left, cost > 0, !without.contains(.wholeWindows) else { return hard * Self.planned }
        let work = used(budget, at: now) + inFlight(budget) + Double(left) * cost
        func windows(_ part: Double) -> Double { (work / (hard * part)).rounded(.up) }
        return hard * (windows(Self.nearest) < windows(Self.planned) ? Self.nearest : Self.planned)
    }

    func used(_ budget: String, at now: Moment) -> Double {
        counters[budget]?.used(since: now.seconds - window - jitter) ?? 0
    }

    func inFlight(_ budget: String) -> Double {
        flights.values.reduce(0) { $0 + ($1.expected[budget] ?? 0) }
    }

    private func room(in budget: String, cost: Double, wanted: Int, plan: Double, at now: Moment) -> Allowance {
        let counter = counters[budget]
        if let blocked = counter?.blockedUntil, now < blocked { return .wait(until: blocked, budget: budget) }
        guard cost > 0 else { return .now(wanted) }
        // After a refusal one command tries first.
        let wanted = (counter?.refusalsInRow ?? 0) > 0 ? 1 : wanted
        let some = without.contains(.noTrickle) ? 1 : max(1, Int(hardLimit(of: budget) / 100 / cost))
        let quantum = min(wanted, some)
        let used = used(budget, at: now)
        let others = others(in: counter, by: now.seconds)
        let fitting = fitting(in: budget, cost: cost, quantum: quantum, used: used + others, plan: plan)
        if fitting >= quantum { return .now(min(wanted, fitting)) }
        let charges = counter?.charges ?? []
        var rest = used
        for charge in charges where charge.sent >= now.seconds - window - jitter {
            rest -= charge.seconds
            let until = charge.sent + window + jitter + 0.001
            let others = self.others(in: counter, by: until)
            if self.fitting(in: budget, cost: cost, quantum: quantum, used: rest + others, plan: plan) >= quantum {
                // The last of a window, though little, is not left unused, unless others need it meanwhile.
                let rest = self.fitting(in: budget, cost: cost, quantum: quantum, used: used + others, plan: plan)
                let isUseful = until - now.seconds > shortWait && inFlight(budget) == 0
                if rest > 0, isUseful, !without.contains(.lastOfWindow) { return .now(min(wanted, rest)) }
                return .wait(until: Moment(seconds: until), budget: budget)
            }
        }
        // What is on its way fills the budget; its reply will tell more.
        guard inFlight(budget) == 0 else { return .wait(until: now + .seconds(1), budget: budget) }
        // Not even an empty window has room for a command this dear: it goes alone, once the window is empty.
        guard used > 0.000_001, let last = charges.last else { return .now(1) }
        return .wait(until: Moment(seconds: last.sent + window + jitter + 0.001), budget: budget)
    }

    private func others(in counter: OperatingCounter?, by moment: Double) -> Double {
        without.contains(.operatingOfOthers) ? 0 : counter?.others(by: moment, window: window) ?? 0
    }

    private func fitting(in budget: String, cost: Double, quantum: Int, used: Double, plan: Double) -> Int {
        let onItsWay = inFlight(budget)
        let plan = plan - used - onItsWay
        let drift = without.contains(.tripleSafety) ? 1 : Self.drift
        let safe = (hardLimit(of: budget) - used - drift * onItsWay) / drift
        // Half of what is safe leaves room for the next lane: one large batch would make the others wait for its end.
        let half = without.contains(.halfRoom) ? safe : safe / 2
        let shared = max(half, min(safe, cost * Double(quantum)))
        return max(0, Int(min(plan, shared) / cost + 0.000_001))
    }
}

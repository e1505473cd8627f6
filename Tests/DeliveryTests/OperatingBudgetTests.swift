// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CDRConfiguration
import Clocks
import Delivery
import Foundation
import Testing

struct OperatingBudgetTests {
    private static let finish = FinishCall.method

    private func at(_ seconds: Double) -> Moment { Moment(seconds: 1_772_868_000 + seconds) }

    private func commands(_ count: Int) -> [Command] {
        (0..<count).map { Command(key: "f\($0)", method: Self.finish) }
    }

    /// Sends a batch of finishes whose totals rise by a step from a base.
    private func deliver(
        _ count: Int, base: Double?, step: Double, from start: Double, to end: Double, outer: Double? = 0,
        resets: [Double] = [], refusedFrom: Int = .max, in budget: inout OperatingBudget
    ) {
        let commands = commands(count)
        let ticket = budget.sent(commands, at: at(start))
        var outcomes: [String: CommandOutcome] = [:]
        for (index, command) in commands.enumerated() {
            outcomes[command.key] =
                index >= refusedFrom
                ? .failed(PortalError(code: "OPERATION_TIME_LIMIT", text: "", status: 200))
                : .succeeded(
                    CommandReply(
                        result: .null,
                        time: ServerTime(
                            operating: base.map { $0 + Double(index + 1) * step },
                            operatingResetAt: resets.isEmpty ? nil : at(resets[index]).seconds)))
        }
        let reply = BatchReply(
            outcomes: outcomes, elapsed: .seconds(end - start), time: ServerTime(operating: outer))
        budget.answered(ticket, commands: commands, reply: reply, at: at(end))
    }

    private func allowed(_ wanted: Int, _ seconds: Double, _ budget: OperatingBudget) -> Int {
        if case .now(let count) = budget.allowance(method: Self.finish, wanted: wanted, at: at(seconds)) {
            count
        } else {
            0
        }
    }

    @Test func `a small first batch is allowed before anything is known`() {
        let budget = OperatingBudget()
        #expect(allowed(5, 0, budget) == 5)
        #expect(budget.learnedCost(of: Self.finish) == nil)
    }

    @Test func `the cost of a command is learned from the steps between totals`() {
        var budget = OperatingBudget()
        deliver(5, base: 100, step: 1.41, from: 0, to: 12, in: &budget)
        #expect(abs((budget.learnedCost(of: Self.finish) ?? 0) - 1.41) < 0.001)
        // Others had used 100 s before, and it counts against the limit.
        #expect(abs(budget.free(Self.finish, at: at(12)) - (420 * 0.97 - 107.05)) < 0.001)
    }

    @Test func `a minute that lapses between two totals does not make commands look cheap`() {
        var budget = OperatingBudget()
        deliver(5, base: 100, step: 1.41, from: 0, to: 12, in: &budget)
        deliver(2, base: 110, step: -6, from: 20, to: 25, in: &budget)
        #expect(abs((budget.learnedCost(of: Self.finish) ?? 0) - 1.41) < 0.001)
        // What the portal counts by then.
        #expect(abs(budget.free(Self.finish, at: at(25)) - (420 * 0.97 - 98)) < 0.001)
    }

    @Test func `a minute that takes away what a command adds does not make commands look cheap`() {
        var budget = OperatingBudget()
        deliver(5, base: 100, step: 1.41, from: 0, to: 12, resets: [60, 60, 60, 60, 60], in: &budget)
        deliver(2, base: 107.05, step: 0, from: 20, to: 25, resets: [60, 120], in: &budget)
        #expect(abs((budget.learnedCost(of: Self.finish) ?? 0) - 1.41) < 0.001)
        // Less than a command adds is left where the minute had held nearly as much.
        deliver(2, base: 107, step: 0.2, from: 30, to: 35, resets: [120, 180], in: &budget)
        #expect(abs((budget.learnedCost(of: Self.finish) ?? 0) - 1.41) < 0.001)
    }

    @Test func `totals that stand still make commands cheaper little by little where no resets are told`() {
        var budget = OperatingBudget()
        deliver(5, base: 100, step: 1.41, from: 0, to: 12, in: &budget)
        deliver(2, base: 107.05, step: 0, from: 20, to: 25, in: &budget)
        #expect(abs((budget.learnedCost(of: Self.finish) ?? 0) - (2 * 1.41 + 0.1) / 3) < 0.001)
        for round in 1...12 {
            let start = 20 + Double(round) * 10
            deliver(10, base: 107.05, step: 0, from: start, to: start + 5, in: &budget)
        }
        #expect((budget.learnedCost(of: Self.finish) ?? 1) < 0.11)
    }

    @Test func `a first batch between whose totals a minute lapsed counts by its time`() {
        var budget = OperatingBudget()
        deliver(2, base: 3, step: 0, from: 0, to: 5, resets: [60, 120], in: &budget)
        #expect(budget.learnedCost(of: Self.finish) == nil)
        #expect(abs(budget.free(Self.finish, at: at(6)) - (420 * 0.97 - 5)) < 0.001)
    }

    /// Ends a request of finishes with their totals, all of which lapse at one moment.
    private func answer(
        _ ticket: OperatingBudget.Ticket, _ totals: [Double], from start: Double, to end: Double,
        in budget: inout OperatingBudget
    ) {
        let commands = commands(totals.count)
        let outcomes = zip(commands, totals).map { command, total in
            (
                command.key,
                CommandOutcome.succeeded(
                    CommandReply(
                        result: .null, time: ServerTime(operating: total, operatingResetAt: at(600).seconds)))
            )
        }
        let reply = BatchReply(
            outcomes: Dictionary(uniqueKeysWithValues: outcomes), elapsed: .seconds(end - start),
            time: ServerTime(operating: 0))
        budget.answered(ticket, commands: commands, reply: reply, at: at(end))
    }

    @Test func `requests that end meanwhile do not make commands look dear`() {
        var budget = OperatingBudget()
        let long = budget.sent(commands(4), at: at(0))
        // Two others end while the long one is there; a third may have.
        let others = [budget.sent(commands(1), at: at(0)), budget.sent(commands(1), at: at(1))]
        answer(others[0], [2], from: 0, to: 2, in: &budget)
        _ = budget.sent(commands(1), at: at(2))
        answer(others[1], [4], from: 1, to: 4, in: &budget)
        answer(long, [2, 6, 10, 12], from: 0, to: 8, in: &budget)
        #expect(abs((budget.learnedCost(of: Self.finish) ?? 0) - 2) < 0.001)
    }

    @Test(arguments: [5.0, 1.0])
    func `many small requests beside others tell together what a command costs`(believed: Double) {
        var budget = OperatingBudget()
        let first = budget.sent(commands(5), at: at(0))
        answer(first, (1...5).map { Double($0) * believed }, from: 0, to: 10, in: &budget)
        #expect(abs((budget.learnedCost(of: Self.finish) ?? 0) - believed) < 0.001)

        // Three lanes, a command in each, for which steps between totals do not exist.
        var lanes = (0..<3).map { (ticket: budget.sent(commands(1), at: at(Double(11 + $0))), start: Double(11 + $0)) }
        for turn in 0..<150 {
            let (ticket, start) = lanes.removeFirst()
            let end = Double(14 + turn)
            answer(ticket, [5 * believed + 2 * Double(turn + 1)], from: start, to: end, in: &budget)
            lanes.append((budget.sent(commands(1), at: at(end)), end))
        }
        #expect(abs((budget.learnedCost(of: Self.finish) ?? 0) - 2) < 0.1)
    }

    @Test func `commands of a lost request do not make those beside it look dear`() {
        var budget = OperatingBudget()
        let first = budget.sent(commands(5), at: at(0))
        answer(first, [2, 4, 6, 8, 10], from: 0, to: 10, in: &budget)
        // Eight commands are carried out, and their answer is lost, while single ones go on beside them.
        let lost = budget.sent(commands(8), at: at(10))
        var lanes = (0..<2).map { (ticket: budget.sent(commands(1), at: at(Double(11 + $0))), start: Double(11 + $0)) }
        for turn in 0..<30 {
            let (ticket, start) = lanes.removeFirst()
            let end = Double(14 + turn)
            if turn == 6 { budget.lost(lost, at: at(end)) }
            answer(ticket, [10 + (turn >= 6 ? 16 : 0) + 2 * Double(turn + 1)], from: start, to: end, in: &budget)
            lanes.append((budget.sent(commands(1), at: at(end)), end))
        }
        #expect(abs((budget.learnedCost(of: Self.finish) ?? 0) - 2) < 0.001)
    }

    @Test func `what has lapsed takes no room in a forecast, however long it goes on`() {
        var use = LapsingUse([(at: 0, seconds: 1), (at: 1, seconds: 2)])
        for number in 2..<100_000 {
            use.append((at: Double(number), seconds: Double(number + 1)))
            #expect(use.popFirst().map { [$0.at, $0.seconds] } == [Double(number - 2), Double(number - 1)])
            #expect(use.held < 50)
        }
        #expect(use.popFirst()?.at == 99_998 && use.popFirst()?.at == 99_999 && use.popFirst() == nil)
    }

    @Test func `how long many commands take is foreseen`() {
        var budget = OperatingBudget()
        // Nothing is known: 289 finishes at the documented 1.41 s fit at once, and one a second may be sent.
        #expect(abs(budget.forecast(Self.finish, count: 200, rate: 1, at: at(0)).duration / .seconds(1) - 200) < 1)
        deliver(5, base: 0, step: 2, from: 0, to: 10, outer: 0, in: &budget)
        #expect(abs(budget.forecast(Self.finish, count: 100, rate: 1, at: at(10)).duration / .seconds(1) - 100) < 1)
        // 198 fit at once; 202 more after the first 198 have lapsed.
        let later = budget.forecast(Self.finish, count: 400, rate: 1, at: at(10))
        #expect((790...830).contains(later.duration / .seconds(1)), "\(later)")
        // 2,000 commands need 4,000 s: in the long run 407.4 of them in each window of 600.5.
        let long = budget.forecast(Self.finish, count: 2_000, rate: 1, at: at(10)).duration / .seconds(1)
        #expect((5_400...5_800).contains(long), "\(long)")
        // Within 700 s: what fits at once and what lapses by then.
        let count = budget.forecast(Self.finish, count: 2_000, rate: 1, within: .seconds(700), at: at(10)).count
        #expect((280...305).contains(count), "\(count)")
    }

    @Test func `time that was used frees after the window`() {
        var budget = OperatingBudget()
        deliver(5, base: 400, step: 1.41, from: 0, to: 12, in: &budget)
        guard case .wait(let until, let name) = budget.allowance(method: Self.finish, wanted: 5, at: at(13)) else {
            Issue.record("allowed")
            return
        }
        #expect(name == Self.finish)
        #expect(until > at(600) && until < at(602))
        #expect(allowed(5, 599, budget) == 0)
        #expect(allowed(5, 602, budget) == 5)
    }

    @Test func `the last of a window is used unless more is added to it soon`() {
        // Commands of 0.6 s: fewer than seven are a trickle, and 407.4 s are planned.
        var budget = OperatingBudget()
        deliver(20, base: 0, step: 0.6, from: 0, to: 14, in: &budget)
        deliver(655, base: 12, step: 0.6, from: 20, to: 30, in: &budget)
        #expect(allowed(7, 40, budget) == 4)
        #expect(allowed(7, 590, budget) == 4)
        // Twenty more are free within a few seconds.
        #expect(allowed(7, 597, budget) == 0)
        #expect(allowed(7, 601, budget) == 7)
        var patient = OperatingBudget(without: [.lastOfWindow])
        deliver(20, base: 0, step: 0.6, from: 0, to: 14, in: &patient)
        deliver(655, base: 12, step: 0.6, from: 20, to: 30, in: &patient)
        #expect(allowed(7, 40, patient) == 0)
    }

    @Test func `what is on its way counts`() {
        var budget = OperatingBudget()
        deliver(5, base: 300, step: 2, from: 0, to: 10, in: &budget)
        let before = allowed(50, 11, budget)
        let ticket = budget.sent(commands(before), at: at(11))
        #expect(allowed(50, 12, budget) < before)
        budget.notExecuted(ticket)
        #expect(allowed(50, 12, budget) == before)
    }

    @Test func `a lost request counts as used`() {
        var budget = OperatingBudget()
        deliver(5, base: 0, step: 2, from: 0, to: 10, in: &budget)
        let free = budget.free(Self.finish, at: at(11))
        let ticket = budget.sent(commands(10), at: at(11))
        budget.lost(ticket, at: at(71))
        #expect(abs(free - budget.free(Self.finish, at: at(72)) - 20) < 0.001)
    }

    @Test func `commands too cheap to show are learned from later totals`() {
        var budget = OperatingBudget()
        // Each of the fifty costs 0.05 s, which shows in the next request only.
        for round in 0..<20 {
            deliver(
                50, base: 2.5 * Double(round), step: 0, from: Double(round) * 5, to: Double(round) * 5 + 3, in: &budget)
        }
        let cost = budget.learnedCost(of: Self.finish) ?? 0
        #expect(cost > 0.045 && cost < 0.06)
        #expect(abs(407.4 - budget.free(Self.finish, at: at(100)) - 50) < 5)
    }

    @Test func `a portal that reports nothing is paced by the time that commands take`() {
        var budget = OperatingBudget()
        deliver(10, base: nil, step: 0, from: 0, to: 20, outer: nil, in: &budget)
        #expect(budget.learnedCost(of: Self.finish) == 2)
        #expect(abs(budget.free(Self.finish, at: at(21)) - (407.4 - 20)) < 0.001)
        #expect(budget.free(OperatingBudget.batch, at: at(21)) == 420 * 0.97)
    }

    @Test func `a total that falls below what was believed is believed`() {
        var budget = OperatingBudget()
        deliver(5, base: 300, step: 1, from: 0, to: 5, in: &budget)
        deliver(5, base: 0, step: 1, from: 310, to: 315, in: &budget)
        #expect(abs(budget.free(Self.finish, at: at(316)) - (407.4 - 5)) < 0.01)
    }

    @Test func `batches are counted where the portal counts them`() {
        var counted = OperatingBudget()
        deliver(5, base: 0, step: 1, from: 0, to: 20, outer: 390, in: &counted)
        deliver(5, base: 5, step: 1, from: 21, to: 41, outer: 406, in: &counted)
        guard case .wait(_, let name) = counted.allowance(method: Self.finish, wanted: 5, at: at(42)) else {
            Issue.record("allowed")
            return
        }
        #expect(name == OperatingBudget.batch)

        var uncounted = OperatingBudget()
        deliver(5, base: 0, step: 1, from: 0, to: 20, outer: 0, in: &uncounted)
        deliver(5, base: 5, step: 1, from: 21, to: 41, outer: 0, in: &uncounted)
        #expect(uncounted.free(OperatingBudget.batch, at: at(42)) == 420 * 0.97)
    }

    @Test func `a refusal lowers the limit for good and rests the method`() {
        var budget = OperatingBudget()
        deliver(10, base: 290, step: 1, from: 0, to: 10, refusedFrom: 5, in: &budget)
        #expect(allowed(5, 11, budget) == 0)
        #expect(allowed(5, 309, budget) == 0)
        // One command tries first, then batches again, below the lower limit.
        #expect(allowed(5, 700, budget) == 1)
        deliver(1, base: 0, step: 1, from: 700, to: 701, in: &budget)
        #expect(allowed(5, 702, budget) == 5)
        #expect(budget.free(Self.finish, at: at(702)) < 295)
        deliver(5, base: 1, step: 1, from: 702, to: 710, in: &budget)
        #expect(budget.free(Self.finish, at: at(711)) < 295)
    }

    @Test func `a refusal of the batch itself rests everything`() {
        var budget = OperatingBudget()
        let ticket = budget.sent(commands(5), at: at(0))
        budget.refused(ticket, at: at(1))
        guard case .wait(let until, let name) = budget.allowance(method: Self.finish, wanted: 1, at: at(2)) else {
            Issue.record("allowed")
            return
        }
        #expect(name == OperatingBudget.batch)
        #expect(until == at(301))
        #expect(budget.allowance(method: "profile", wanted: 1, at: at(2)) == .wait(until: at(301), budget: "batch"))
    }

    @Test func `a command dearer than the whole limit goes alone`() {
        var budget = OperatingBudget(limit: .seconds(1))
        deliver(2, base: 0, step: 5, from: 0, to: 10, in: &budget)
        #expect(allowed(5, 11, budget) == 0)
        #expect(allowed(5, 700, budget) == 1)
    }

    @Test func `a known limit replaces the cautious one`() {
        #expect(OperatingBudget(limit: .seconds(480)).free(Self.finish, at: at(0)) == 480 * 0.97)
        #expect(OperatingBudget(limit: .auto).free(Self.finish, at: at(0)) == 420 * 0.97)
    }

    @Test func `the state survives the end of a run, with what was on its way`() throws {
        var budget = OperatingBudget()
        deliver(5, base: 200, step: 2, from: 0, to: 10, in: &budget)
        _ = budget.sent(commands(10), at: at(11))
        let data = try JSONEncoder().encode(budget.snapshot(at: at(12)))
        let kept = try JSONDecoder().decode(OperatingBudget.Snapshot.self, from: data)
        let next = OperatingBudget(snapshot: kept, at: at(20))
        #expect(abs(next.free(Self.finish, at: at(20)) - (407.4 - 230)) < 0.001)
        #expect(next.learnedCost(of: Self.finish) == 2)
        // A clock that was set back by a day must not block the method for a day.
        let past = OperatingBudget(snapshot: kept, at: at(-86_400))
        #expect(abs(past.free(Self.finish, at: at(-86_400)) - (407.4 - 230)) < 0.001)
        #expect(past.free(Self.finish, at: at(-86_400 + 601)) == 420 * 0.97)
        let later = OperatingBudget(snapshot: kept, at: at(700))
        #expect(later.free(Self.finish, at: at(700)) == 420 * 0.97)
        #expect(later.learnedCost(of: Self.finish) == 2)
    }
}

// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import Testing

@testable import Delivery

struct PaceSimulationTests {
    struct Regime: Sendable, CustomStringConvertible {
        var name: String
        var register: (operating: Double, wall: Double)
        var finish: (operating: Double, wall: Double)
        var mode: PortalModel.Mode
        /// The best rate that the limits permit, in calls per second.
        var best: Double
        var description: String { name }

        func portal() -> PortalModel {
            let (register, finish) = (register, finish)
            var portal = PortalModel { method, _ in
                let cost = method == FinishCall.method ? finish : register
                return PortalModel.Cost(operating: cost.operating, wall: cost.wall)
            }
            portal.mode = mode
            return portal
        }
    }

    static let regimes: [Regime] = [
        Regime(name: "free", register: (0.001, 0.002), finish: (0.002, 0.004), mode: .window, best: 49),
        Regime(name: "cheap", register: (0.02, 0.03), finish: (0.05, 0.06), mode: .window, best: 420.0 / 600 / 0.05),
        Regime(
            name: "documented", register: (0.22, 1.12), finish: (1.41, 2.30), mode: .window, best: 420.0 / 600 / 1.41),
        Regime(
            name: "documented, batches counted", register: (0.22, 1.12), finish: (1.41, 2.30), mode: .ban,
            best: 420.0 / 600 / 1.71),
        Regime(
            name: "operating", register: (0.11, 0.15), finish: (0.6, 0.7), mode: .window, best: 420.0 / 600 / 0.6),
        Regime(
            name: "operating, batches counted", register: (0.11, 0.15), finish: (0.6, 0.7), mode: .ban,
            best: 420.0 / 600 / 0.6),
        Regime(name: "dear", register: (0.66, 3.36), finish: (4.23, 6.9), mode: .window, best: 420.0 / 600 / 4.23),
        Regime(name: "slow", register: (0.2, 3), finish: (0.3, 5), mode: .window, best: 2.0 / 8),
    ]

    @Test(arguments: regimes, [0.0, 0.15])
    func staysNearTheBestAndIsNeverRefused(_ regime: Regime, slowestWay: Double) {
        let calls = min(20_000, Int(regime.best * 5400))
        var simulation = DeliverySimulation(calls: calls, portal: regime.portal(), slowestWay: slowestWay)
        let result = simulation.run()
        expectUnharmed(result, calls: calls)
        let end = result.seconds
        // Whole windows only, since the portal's window makes the rate swing with its period.
        let windows = ((end - 1300) / 600).rounded(.down) * 600
        let rate = end > 3000 ? result.rate(from: 1200, to: 1200 + windows) : Double(calls) / end
        // At the edge of a budget batches are small, and two lanes lose a little to the way of each.
        #expect(rate >= (slowestWay > 0 ? 0.93 : 0.95) * regime.best, "\(rate / regime.best) of the best")
    }

    private func expectUnharmed(_ result: DeliverySimulation.Result, calls: Int) {
        #expect(result.finished.count == calls)
        #expect(result.portal.operatingRefusals == 0)
        #expect(result.portal.rateRefusals == 0)
        #expect(result.portal.cutRequests == 0)
    }

    @Test func `ten thousand calls at the documented costs go at ninety-five hundredths of the best rate`() {
        var simulation = DeliverySimulation(calls: 10_000, portal: Self.regimes[2].portal())
        let result = simulation.run()
        expectUnharmed(result, calls: 10_000)
        // 14,100 operating seconds: 33 whole windows of 420, and two lanes for the remaining 240.
        let floor = 33 * 600 + 240 / 1.41 * 2.3 / 2
        #expect(floor >= 0.95 * result.seconds, "\(floor / result.seconds) of the best")
    }

    @Test(arguments: [PortalModel.Mode.window, .ban], [1800.0, 2395, 3001, 3650])
    func survivesCostsThatTriple(_ mode: PortalModel.Mode, change: Double) {
        var portal = PortalModel { method, moment in
            let factor = moment < change ? 1.0 : 3.0
            return method == FinishCall.method
                ? .init(operating: 1.41 * factor, wall: 2.3 * factor)
                : .init(operating: 0.22 * factor, wall: 1.12 * factor)
        }
        portal.mode = mode
        var simulation = DeliverySimulation(calls: 1800, portal: portal)
        let result = simulation.run()
        // In the hour after the change; a third of the calls for the same time, in the end.
        if mode == .window, result.seconds > change + 1800 {
            let best = 420 / 600 / (3 * 1.41)
            let share = result.rate(from: change, to: change + 1800) / best
            #expect(share >= 0.9, "\(share) of the best")
        }
        expectUnharmed(result, calls: 1800)
    }

    @Test(arguments: [0.3, 1.0, 1.5])
    func sharesTheRequestsWithAnother(_ others: Double) {
        var portal = Self.regimes[0].portal()
        portal.othersPerSecond = others
        var simulation = DeliverySimulation(calls: 40_000, portal: portal)
        let result = simulation.run()
        let best = (2 - others) * 49 / 2
        #expect(result.finished.count == 40_000)
        // One shows the share, one that it is still so when the estimate has faded; beside much use of others a third.
        #expect(result.portal.rateRefusals <= (others < 1 ? 2 : 3))
        #expect(
            result.rate(from: 120, to: result.seconds) >= 0.95 * best,
            "\(result.rate(from: 120, to: result.seconds) / best) of the best")
    }

    @Test(arguments: [PortalModel.Mode.window, .ban])
    func keepsItsWaysWhenAllTimesAreTenTimesShorter(_ mode: PortalModel.Mode) {
        var portal = PortalModel { method, _ in
            method == FinishCall.method ? .init(operating: 0.141, wall: 0.23) : .init(operating: 0.022, wall: 0.112)
        }
        (portal.mode, portal.minute, portal.smallest, portal.operatingLimit) = (mode, 6, 0.01, 42)
        (portal.requestsPerSecond, portal.overhead) = (20, 0.005)
        var simulation = DeliverySimulation(calls: 2500, portal: portal, limit: .seconds(42))
        let result = simulation.run()
        expectUnharmed(result, calls: 2500)
        let best = mode == .window ? 42 / 60 / 0.141 : 42 / 60 / 0.171
        let share = result.rate(from: 120, to: 420) / best
        #expect(share >= 0.93, "\(share) of the best")
    }

    @Test func `another integration's use of the same method is made room for`() {
        var portal = Self.regimes[2].portal()
        portal.othersOperating = 0.3
        var simulation = DeliverySimulation(calls: 2000, portal: portal)
        let result = simulation.run()
        expectUnharmed(result, calls: 2000)
        let share = result.rate(from: 1200, to: 6000) * 1.41 / (420 / 600 - 0.3)
        #expect(share >= 0.9, "\(share) of the best")
    }

    @Test(arguments: [PortalModel.Mode.window, .ban])
    func aLimitLowerThanPlannedIsHitOnce(_ mode: PortalModel.Mode) {
        var portal = Self.regimes[2].portal()
        portal.mode = mode
        portal.operatingLimit = 300
        var simulation = DeliverySimulation(calls: 1500, portal: portal)
        let result = simulation.run()
        #expect(result.finished.count == 1500)
        #expect(result.portal.cutRequests == 0)
        // The commands of the batch that met the limit, and those of the other lane.
        #expect(result.portal.operatingRefusals <= 20)
    }

    @Test func `a run right after another neither bursts nor starts from nothing`() {
        for regime in Self.regimes.prefix(5) {
            var first = DeliverySimulation(calls: 1200, portal: regime.portal())
            let earlier = first.run()
            var second = DeliverySimulation(calls: 600, portal: earlier.portal, after: earlier)
            let result = second.run()
            expectUnharmed(result, calls: 600)
            #expect(result.sizes[0] > 5)
        }
    }
}

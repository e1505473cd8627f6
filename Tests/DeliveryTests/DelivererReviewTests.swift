// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CDRConfiguration
import CallLifecycle
import CallRecords
import Delivery
import Ledger
import PortalSimulator
import TestSupport
import Testing

/// Ways in which a run could hang, hammer, hold too much or count wrongly.
@Suite struct DelivererReviewTests {
    private func call(
        _ number: Int, _ time: VirtualTime, before age: Int64 = 7_200,
        phone: String = "+12025550101", employee: String? = "101", progress: DeliveryProgress? = nil
    ) -> LedgerCall {
        .sample(
            .sample("pbx:\(number)", start: time.wallSeconds - age, number: phone, employee: employee, talk: 5),
            progress: progress ?? DeliveryProgress(isWhole: true))
    }

    @Test(arguments: [CallState.registering, .registered])
    func `a call under way whose employee is no longer known is held`(_ state: CallState) async throws {
        try await VirtualTime.run { time in
            var scene = try DeliveryScene(time)
            scene.settings.users = UserSettings()
            try scene.store([
                call(1, time, employee: nil, progress: .sample(state))
            ])
            let report = try await scene.deliverer().run()
            #expect(report.end == .finished && report.newlyHeld == ["noEmployee": 1])
            #expect(scene.portal.requests < 10)
            #expect(try scene.state(of: "pbx:1") == .held)
        }
    }

    @Test func `look-alikes of one employee under several extensions are sent one after the other`() async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time) { $0.keepsExternalIDs = false }
            try scene.store([
                call(1, time, before: 900), call(2, time, before: 800, employee: nil),
                call(3, time, before: 700, employee: nil), call(4, time, before: 600),
            ])
            let (reports, _) = try await scene.deliverAll()
            #expect(reports.last?.end == .finished, "\(reports)")
            let rows = try await scene.rows()
            #expect(rows.count == 4 && Set(rows.map(\.start)).count == 4)
        }
    }

    @Test func `an earlier look-alike that came late does not block itself`() async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time) { $0.keepsExternalIDs = false }
            try scene.ledger.remember([.keepsExternalCallIDs: "no"])
            // The run before got as far as the last call's register.
            try scene.store(
                try await scene.registered([call(1, time, before: 600)])
                    + [call(2, time, before: 700, employee: "102"), call(3, time, before: 800)])
            let (reports, _) = try await scene.deliverAll()
            #expect(reports.last?.end == .finished, "\(reports)")
            let rows = try await scene.rows()
            #expect(rows.count == 3 && Set(rows.map(\.start)).count == 3)
        }
    }

    @Test(arguments: [StatisticQuery.method, RegisterCall.method, FinishCall.method], [0, 1])
    func `a method that is blocked for its operating time is left alone`(_ method: String, since start: Int)
        async throws
    {
        try await VirtualTime.run { time in
            let now = Double(time.wallSeconds)
            let scene = try DeliveryScene(time) {
                $0.operatingBans = [method.lowercased(): now + Double(start)..<now + 300]
            }
            try scene.store(DeliveryScene.calls(60, time: time))
            let (reports, _) = try await scene.deliverAll()
            #expect(reports.last?.end == .finished, "\(reports)")
            #expect(reports.allSatisfy { $0.warnings.isEmpty && $0.newlyHeld.isEmpty }, "\(reports)")
            #expect(scene.portal.requests < 40, "\(scene.portal.requests) requests")
            let rows = try await scene.rowsPerCall()
            #expect(rows.count == 60 && rows.values.allSatisfy { $0 == 1 })
        }
    }

    @Test func `a portal that refuses every request for its operating time is not hammered`() async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time)
            let end = time.now + .seconds(300)
            scene.portal.change {
                $0.fault = .operatingLimit
                $0.faultEnds = end
            }
            try scene.store(DeliveryScene.calls(10, time: time))
            let (reports, _) = try await scene.deliverAll()
            #expect(reports.last?.end == .finished, "\(reports)")
            #expect(scene.portal.requests < 15, "\(scene.portal.requests)")
        }
    }

    @Test func `a look-up that is too large for a slow portal is made in smaller lots`() async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time) {
                $0.costs = DeliveryScene.costs(.milliseconds(50), question: .milliseconds(1_500))
            }
            try scene.store(DeliveryScene.calls(2_300, time: time))
            let report = try await scene.deliverer { $0.maximumCalls = 50 }.run()
            #expect(report.delivered == 50, "\(report)")
        }
    }

    @Test func `a budget that is nearly used up is waited for, not watched`() async throws {
        try await VirtualTime.run { time in
            var scene = try DeliveryScene(time) { $0.costs = DeliveryScene.costs(.milliseconds(1_400)) }
            scene.settings.portal.operatingSeconds = 60
            try scene.store(DeliveryScene.calls(120, time: time))
            let (reports, _) = try await scene.deliverAll()
            #expect(reports.last?.end == .finished)
            #expect(try await scene.rowsPerCall().values.allSatisfy { $0 == 1 })
            #expect(time.spins < 10, "\(time.spins)")
        }
    }

    @Test func `only a run that asked in vain counts towards giving up`() async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time)
            let lost = DeliveryProgress(
                stored: .unsettled, portalCallID: "externalCall.gone", lostFinish: true, isNotFound: true,
                registrations: 1)
            try scene.store([call(1, time, progress: lost)])
            _ = await scene.portal.portal.control("{\"secret\":\"changed\"}")
            let refused = try await scene.deliverer().run()
            #expect(refused.end != .finished)
            #expect(try scene.ledger.call(key: "pbx:1")?.progress.unsettledRuns == 0)
            _ = await scene.portal.portal.control("{\"secret\":\"secret\"}")
            _ = try await scene.deliverer().run()
            #expect(try scene.ledger.call(key: "pbx:1")?.progress.unsettledRuns == 1)
            #expect(try scene.state(of: "pbx:1") == .unsettled)
            let last = try await scene.deliverer().run()
            #expect(last.newlyHeld == ["probablyDelivered": 1])
        }
    }

    @Test func `without the right to read an unknown finish is held at once and blocks nobody`() async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time, losses: [3: .after]) { $0.statisticsRights = .none }
            try scene.store([call(1, time), call(2, time, before: 7_000), call(3, time, phone: "+12025550103")])
            let report = try await scene.deliverer().run()
            #expect(report.newlyHeld["unknownOutcome", default: 0] > 0, "\(report)")
            #expect(report.end == .finished)
            let (_, _) = try await scene.deliverAll()
            let rows = try await scene.rowsPerCall()
            #expect(rows.count == 3 && rows.values.allSatisfy { $0 == 1 }, "\(rows)")
        }
    }

    @Test(arguments: [Loss.neverSent, .before, .after])
    func `max-calls counts calls and not attempts`(_ loss: Loss) async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time, losses: [3: loss, 7: loss, 8: loss])
            try scene.store(DeliveryScene.calls(60, time: time))
            let report = try await scene.deliverer { $0.maximumCalls = 20 }.run()
            #expect(report.delivered == 20, "\(report)")
            #expect(report.end == .stopped("the number of calls given by --max-calls is reached"))
            #expect(try await scene.rows().count == 20)
        }
    }

    @Test func `another system's ids that contain our prefix do not make the ledger look behind`() async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time)
            try scene.ledger.remember([.highestStatisticID: "0", .keepsExternalCallIDs: "yes"])
            try await scene.deliverElsewhere(.sample("old-pbx:7", start: time.wallSeconds - 9_000))
            try scene.store(DeliveryScene.calls(5, time: time))
            let (reports, seconds) = try await scene.deliverAll()
            #expect(reports.last?.end == .finished && seconds < 60, "\(seconds)")
        }
    }

    @Test func `a held call whose row shows is delivered, and the ledger is not behind for it`() async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time)
            try scene.ledger.remember([.highestStatisticID: "0", .keepsExternalCallIDs: "yes"])
            let held = call(
                1, time,
                progress: DeliveryProgress(
                    stored: .held, reason: HoldReason.probablyDelivered.rawValue, portalCallID: "externalCall.gone",
                    lostFinish: true, registrations: 1))
            try scene.store([held, call(2, time, before: 7_000)])
            try await scene.deliverElsewhere(held.call)
            let (reports, seconds) = try await scene.deliverAll()
            #expect(reports.last?.end == .finished && seconds < 60, "\(seconds)")
            #expect(try scene.state(of: "pbx:1") == .delivered)
        }
    }
}

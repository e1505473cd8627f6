// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CDRConfiguration
import CallLifecycle
import CallRecords
import Clocks
import Delivery
import Ledger
import PortalSimulator
import TestSupport
import Testing

/// What an earlier process, another ledger or a strange portal has left is asked for before it is sent.
@Suite struct DelivererDistrustTests {
    private func expectEachOnce(_ scene: DeliveryScene, _ count: Int) async throws {
        let rows = try await scene.rowsPerCall()
        #expect(rows.count == count && rows.values.allSatisfy { $0 == 1 }, "\(rows)")
    }

    // MARK: Finishes that this run did not register

    /// A ledger with calls as a copy has them that was made in the middle of a run; since then another ledger has
    /// delivered them under other CALL_IDs.
    private func sceneWithCopy(
        _ time: VirtualTime, _ state: CallState, keepsKeys: Bool, remembers: Bool
    ) async throws -> DeliveryScene {
        let scene = try DeliveryScene(time) { $0.keepsExternalIDs = keepsKeys }
        var calls = try await scene.registered(DeliveryScene.calls(30, time: time))
        for index in calls.indices {
            calls[index].progress = DeliveryProgress(
                stored: state, portalCallID: calls[index].progress.portalCallID, lostFinish: state == .unsettled,
                registrations: 1)
        }
        try scene.store(calls)
        if remembers { try scene.ledger.remember([.keepsExternalCallIDs: keepsKeys ? "yes" : "no"]) }
        time.advance(by: .seconds(2_000))
        for call in calls {
            let user = DeliveryScene.users.employee(of: call.call)
            guard case .user(let id)? = user else {
                try await scene.deliverElsewhere(call.call, user: 4)
                continue
            }
            try await scene.deliverElsewhere(call.call, user: id)
        }
        return scene
    }

    @Test(arguments: [CallState.registered, .finishing, .unsettled], [true, false])
    func `a copy that comes back after another ledger has delivered its calls`(_ state: CallState, _ keepsKeys: Bool)
        async throws
    {
        try await VirtualTime.run { time in
            for remembers in [true, false] {
                let scene = try await sceneWithCopy(time, state, keepsKeys: keepsKeys, remembers: remembers)
                let (reports, _) = try await scene.deliverAll()
                #expect(reports.last?.end == .finished, "\(reports)")
                #expect(reports.reduce(0) { $0 + $1.delivered } == (state == .registered ? 0 : reports[0].delivered))
                try await expectEachOnce(scene, 30)
            }
        }
    }

    @Test func `a call that was registered before is finished without delay by the ledger that was used last`()
        async throws
    {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time)
            try scene.store(try await scene.registered(DeliveryScene.calls(30, time: time)))
            let start = time.now
            let report = try await scene.deliverer { $0.ledgerIsCurrent = true }.run()
            #expect(report.end == .finished && report.delivered == 30)
            #expect(time.now - start < .seconds(20), "\(time.now - start)")
            try await expectEachOnce(scene, 30)
        }
    }

    @Test(arguments: [true, false])
    func `without the right to read, a registered call is finished only if the ledger is proof enough`(
        _ isCurrent: Bool
    ) async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time) { $0.statisticsRights = .none }
            try scene.store(try await scene.registered(DeliveryScene.calls(12, time: time)))
            let report = try await scene.deliverer { $0.ledgerIsCurrent = isCurrent }.run()
            #expect(report.delivered == (isCurrent ? 12 : 0))
            #expect(report.newlyHeld == (isCurrent ? [:] : ["unknownOutcome": 12]))
        }
    }

    // MARK: Unknown errors

    @Test(arguments: [Fault.oddErrorBefore, .oddErrorAfter], [true, false])
    func `a finish that is refused in unknown words is asked for, also after a retry`(_ fault: Fault, _ keepsKeys: Bool)
        async throws
    {
        try await VirtualTime.run { time in
            // The rows of the last request show only after the run has come to its end.
            let scene = try DeliveryScene(time) {
                $0.keepsExternalIDs = keepsKeys
                $0.statisticsDelay = fault == .oddErrorAfter ? 400 : 0
            }
            try scene.store(DeliveryScene.calls(12, time: time))
            scene.portal.change { $0.fault = fault }
            let first = try await scene.deliverer().run()
            #expect(first.newlyRefused == ["refusedByPortal": 12], "\(first)")
            scene.portal.change { $0.fault = nil }
            time.advance(by: .seconds(600))
            var calls = try scene.ledger.trackedCalls(in: .refused, limit: .max)
            for index in calls.indices { #expect(calls[index].decide(.retry) == .changed(.unsettled)) }
            try scene.ledger.save(progressOf: calls)
            let (reports, _) = try await scene.deliverAll()
            #expect(reports.last?.end == .finished, "\(reports)")
            try await expectEachOnce(scene, 12)
        }
    }

    @Test func `a finish that worked and was refused in unknown words needs nobody`() async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time)
            try scene.store(DeliveryScene.calls(12, time: time))
            scene.portal.change { $0.fault = .oddErrorAfter }
            let report = try await scene.deliverer().run()
            #expect(report.end == .finished && report.delivered == 12 && report.newlyRefused.isEmpty, "\(report)")
            try await expectEachOnce(scene, 12)
        }
    }

    // MARK: Requests that go on

    @Test func `a portal whose requests go on for twelve times the cap`() async throws {
        try await VirtualTime.run { time in
            var scene = try DeliveryScene(time, losses: [5: .late, 7: .late]) { $0.requestCap = 0 }
            scene.portal.change { $0.lateSeconds = 720 }
            scene.settings.portal = scene.settings.portal.selfHosted()
            try scene.store(DeliveryScene.calls(60, time: time))
            let (reports, _) = try await scene.deliverAll()
            #expect(reports.last?.end == .finished && reports.reduce(0) { $0 + $1.unknownReplies } == 2, "\(reports)")
            try await expectEachOnce(scene, 60)
        }
    }

    /// Fifty commands of 1.5 s would take 75 s, and the portal ends a request after 60 s.
    @Test func `no request is over the cap of a slow portal`() async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time) { $0.costs = DeliveryScene.costs(.milliseconds(1_500)) }
            try scene.store(DeliveryScene.calls(150, time: time))
            let report = try await scene.deliverer().run()
            #expect(report.end == .finished && report.delivered == 150, "\(report)")
            #expect(try await scene.portal.audit().counter("overCap") == 0)
            try await expectEachOnce(scene, 150)
        }
    }

    @Test func `a reply that comes after the cap shows that the cap is none`() async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time, losses: [6: .late]) {
                $0.requestCap = 0
                $0.costs = DeliveryScene.costs(.seconds(13), question: .milliseconds(50))
            }
            scene.portal.change { $0.lateSeconds = 900 }
            try scene.store(DeliveryScene.calls(20, time: time))
            let (reports, _) = try await scene.deliverAll()
            #expect(reports.first?.warnings.contains { $0.contains("request_cap_seconds") } == true, "\(reports)")
            try await expectEachOnce(scene, 20)
        }
    }

    @Test(arguments: [PortalOptions.StatisticsView.firstValue, .all])
    func `statistics that show a part of the first calls are said to prove nothing`(
        _ view: PortalOptions.StatisticsView
    )
        async throws
    {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time) { $0.statisticsView = view }
            try scene.store(DeliveryScene.calls(12, time: time))
            let report = try await scene.deliverer().run()
            let isPart = report.warnings.contains { $0.contains("only 1 of the first 5 calls") }
            #expect(isPart == (view == .firstValue) && report.delivered == 12, "\(report)")
            #expect(try await scene.rowsPerCall().values.allSatisfy { $0 == 1 })
        }
    }

    // MARK: Loops

    @Test(arguments: [PortalOptions.RegisterAnswer.no, .withoutID, .missing])
    func `a register that is never answered with a CALL_ID is held after three tries`(
        _ answer: PortalOptions.RegisterAnswer
    ) async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time) { $0.registerAnswer = answer }
            try scene.store(DeliveryScene.calls(60, time: time))
            let report = try await scene.deliverer().run()
            guard case .rejected(let reason) = report.end else {
                Issue.record("\(report)")
                return
            }
            #expect(reason.contains("CALL_ID") && report.newlyHeld == ["noCallID": 5], "\(report)")
            let audit = try await scene.portal.audit()
            #expect(audit.counter("registers") + audit.counter("duplicateRegisters") <= 3 * 60)
            #expect(try scene.count(.pending) == 55)
        }
    }

    @Test(arguments: [true, false])
    func `statistics that always fail end the run`(_ isKnown: Bool) async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time)
            try scene.store(DeliveryScene.calls(60, time: time))
            if isKnown { try scene.ledger.remember([.keepsExternalCallIDs: "yes", .highestStatisticID: "1"]) }
            let request = isKnown ? 2 : 1
            scene.portal.change { $0.orders = [request: #"{"statisticsView": "failing"}"#] }
            let start = time.now
            let report = try await scene.deliverer().run()
            guard case .stopped = report.end else {
                Issue.record("\(report)")
                return
            }
            #expect(time.now - start < .seconds(200), "\(time.now - start)")
            #expect(report.requests < 30 && report.delivered == 0)
        }
    }

    @Test(arguments: [true, false])
    func `statistics that always announce a next page end the run`(_ keepsKeys: Bool) async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time) {
                $0.keepsExternalIDs = keepsKeys
                $0.statisticsView = .endless
            }
            try scene.store(DeliveryScene.calls(60, time: time))
            try scene.ledger.remember([.keepsExternalCallIDs: keepsKeys ? "yes" : "no"])
            let report = try await scene.deliverer().run()
            guard case .rejected(let reason) = report.end else {
                Issue.record("\(report)")
                return
            }
            #expect(reason.contains("next page") && report.requests < 10, "\(report)")
        }
    }
}

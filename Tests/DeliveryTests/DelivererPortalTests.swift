// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CDRConfiguration
import CallLifecycle
import CallRecords
import Delivery
import Foundation
import Ledger
import PortalSimulator
import TestSupport
import Testing

/// Portals of every kind, and ledgers that were lost or restored: each call once.
@Suite struct DelivererPortalTests {
    /// Tells in the test's output what a scenario took.
    private func tell(_ name: String, _ scene: DeliveryScene, _ seconds: Double) {
        print("\(name): \(seconds.rounded()) s, \(scene.portal.requests) requests")
    }

    private func expectEachOnce(
        _ scene: DeliveryScene, _ count: Int, _ location: SourceLocation = #_sourceLocation
    ) async throws {
        let rows = try await scene.rowsPerCall()
        #expect(rows.count == count, sourceLocation: location)
        #expect(rows.values.allSatisfy { $0 == 1 }, "\(rows.filter { $0.value > 1 })", sourceLocation: location)
    }

    @Test(arguments: [Loss?.none, .before, .after, .late], [false, true])
    func `a portal that drops EXTERNAL_CALL_ID`(_ loss: Loss?, isRecent: Bool) async throws {
        try await VirtualTime.run { time in
            for request in loss == nil ? [0] : Array(2...14) {
                let losses = loss.map { [request: $0] } ?? [:]
                let scene = try DeliveryScene(time, losses: losses, batch: 20) { $0.keepsExternalIDs = false }
                try scene.store(DeliveryScene.calls(30, endingBefore: isRecent ? 60 : 7_200, time: time))
                let (reports, seconds) = try await scene.deliverAll()
                #expect(reports.last?.end == .finished, "\(reports)")
                try await expectEachOnce(scene, 30)
                #expect(try scene.ledger.fact(.keepsExternalCallIDs) == "no")
                if loss == nil { tell("drops keys, recent \(isRecent)", scene, seconds) }
            }
        }
    }

    @Test(arguments: [Loss?.none, .after])
    func `a portal that knows no filter over EXTERNAL_CALL_ID`(_ loss: Loss?) async throws {
        try await VirtualTime.run { time in
            for request in loss == nil ? [0] : Array(2...10) {
                let losses = loss.map { [request: $0] } ?? [:]
                let scene = try DeliveryScene(time, losses: losses, batch: 20) {
                    $0.keepsExternalIDs = false
                    $0.filtersByExternalID = false
                }
                try scene.store(DeliveryScene.calls(30, time: time))
                let (reports, seconds) = try await scene.deliverAll()
                #expect(reports.last?.end == .finished, "request \(request): \(reports)")
                try await expectEachOnce(scene, 30)
                if loss == nil { tell("knows no filter", scene, seconds) }
            }
        }
    }

    @Test(arguments: [Loss.before, .after, .late, .halfWay])
    func `statistics that lag`(_ loss: Loss) async throws {
        try await VirtualTime.run { time in
            for request in 2...12 {
                let scene = try DeliveryScene(time, losses: [request: loss], batch: 20) { $0.statisticsDelay = 4 }
                try scene.store(DeliveryScene.calls(40, time: time))
                let (reports, seconds) = try await scene.deliverAll()
                #expect(reports.last?.end == .finished, "request \(request): \(reports)")
                try await expectEachOnce(scene, 40)
                if request == 5 { tell("statistics lag, \(loss) at 5", scene, seconds) }
            }
        }
    }

    @Test(arguments: [Loss.before, .after])
    func `no right to read`(_ loss: Loss) async throws {
        try await VirtualTime.run { time in
            for request in 2...8 {
                let scene = try DeliveryScene(time, losses: [request: loss], batch: 20) {
                    $0.statisticsRights = .none
                }
                try scene.store(DeliveryScene.calls(40, time: time))
                let (reports, seconds) = try await scene.deliverAll()
                #expect(reports.last?.end == .finished, "request \(request): \(reports)")
                #expect(reports[0].warnings.contains { $0.contains("cannot read") })
                let rows = try await scene.rowsPerCall()
                #expect(rows.values.allSatisfy { $0 == 1 })
                // What has no row is held, and nothing else is.
                let held = try scene.count(.held)
                #expect(loss == .after ? rows.count == 40 : rows.count + held == 40, "\(rows.count) + \(held)")
                if request == 5 { tell("no right to read, \(loss) at 5", scene, seconds) }
            }
        }
    }

    @Test func `who may see only his own calls has only rows that are there believed`() async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time, losses: [4: .after, 7: .after], batch: 20) {
                $0.statisticsRights = .own
                $0.administrator = 2
            }
            try scene.store(DeliveryScene.calls(40, time: time))
            let (reports, _) = try await scene.deliverAll()
            #expect(reports.last?.end == .finished)
            try await expectEachOnce(scene, 40)
            #expect(try scene.count(.held) > 0)
        }
    }

    @Test(arguments: [nil, 1])
    func `an employee who was dismissed before`(_ substitute: Int?) async throws {
        try await VirtualTime.run { time in
            var scene = try DeliveryScene(time) { $0.users[2].active = false }
            scene.settings.users.substitute = substitute
            let calls = try scene.store(DeliveryScene.calls(40, time: time))
            let own = calls.count { $0.call.employeeExtension == "103" }
            let (reports, seconds) = try await scene.deliverAll()
            #expect(reports.last?.end == .finished)
            #expect(try scene.count(.held) == own)
            try await expectEachOnce(scene, 40 - own)
            #expect(try await scene.rows().allSatisfy { $0.user != 3 })
            tell("dismissed before, substitute \(substitute ?? 0)", scene, seconds)
        }
    }

    @Test(arguments: [nil, 1])
    func `an employee who is dismissed between register and finish`(_ substitute: Int?) async throws {
        try await VirtualTime.run { time in
            var scene = try DeliveryScene(time)
            scene.settings.users.substitute = substitute
            let calls = try scene.store(try await scene.registered(DeliveryScene.calls(40, time: time)))
            let own = calls.count { $0.call.employeeExtension == "103" }
            _ = await scene.portal.portal.control("{\"dismiss\":3}")
            let (reports, seconds) = try await scene.deliverAll()
            #expect(reports.last?.end == .finished)
            #expect(try scene.count(.held) == (substitute == nil ? own : 0))
            try await expectEachOnce(scene, substitute == nil ? 40 - own : 40)
            #expect(try await scene.rows().allSatisfy { $0.user != 3 })
            tell("dismissed at finish, substitute \(substitute ?? 0)", scene, seconds)
        }
    }

    @Test(arguments: [true, false])
    func `look-alikes of the last minutes`(_ keepsKeys: Bool) async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time) { $0.keepsExternalIDs = keepsKeys }
            let calls = DeliveryScene.calls(24, endingBefore: 60, time: time).map(\.call).map { call in
                LedgerCall.sample(
                    .sample(
                        call.key, start: call.start.epochSeconds, employee: call.employeeExtension,
                        talk: call.talk.components.seconds))
            }
            try scene.store(calls)
            let (reports, seconds) = try await scene.deliverAll()
            #expect(reports.last?.end == .finished)
            try await expectEachOnce(scene, 24)
            #expect(try scene.count(.held) == 0)
            tell("look-alikes, keys kept \(keepsKeys)", scene, seconds)
        }
    }

    @Test func `a CALL_ID that the cleaner took is registered once more`() async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time)
            scene.portal.change { $0.ordersByMethod = [FinishCall.method: "{\"clean\":true}"] }
            try scene.store(DeliveryScene.calls(1, endingBefore: 31 * 86_400, time: time))
            let (reports, seconds) = try await scene.deliverAll()
            #expect(reports.last?.end == .finished)
            try await expectEachOnce(scene, 1)
            #expect(try await scene.portal.audit().counter("registers") == 2)
            tell("the cleaner", scene, seconds)
        }
    }

    @Test(arguments: [8, 50])
    func `a ledger that is deleted half-way`(_ batch: Int) async throws {
        try await VirtualTime.run { time in
            for request in [3, 4, 5, 6, 8, 10] {
                var scene = try DeliveryScene(time, batch: batch)
                let calls = DeliveryScene.calls(60, time: time)
                try scene.store(calls)
                // The process is killed while a request is at work, which goes on without it.
                scene.portal.change {
                    $0.losses = [request: .late]
                    $0.mostRequests = request
                }
                _ = try await scene.deliverer().run()
                scene = try DeliveryScene(after: scene, batch: batch)
                try scene.store(calls)
                scene.settings.othersMayWorkUntil = time.now + .seconds(66)
                let (reports, seconds) = try await scene.deliverAll()
                #expect(reports.last?.end == .finished, "\(reports)")
                try await expectEachOnce(scene, 60)
                if request == 5 { tell("deleted half-way, batches of \(batch - 1)", scene, seconds) }
            }
        }
    }

    @Test(arguments: [3, 5, 8, 11])
    func `a ledger that is restored from a copy made half-way`(_ requests: Int) async throws {
        let folder = try TemporaryFolder()
        try await VirtualTime.run { time in
            let path = folder.file("a.sqlite")
            let clock: @Sendable () -> Int64 = { time.wallSeconds }
            let scene = try DeliveryScene(time, batch: 20, ledger: .open(path: path, wallClock: clock))
            try scene.store(DeliveryScene.calls(60, time: time))
            scene.portal.change { $0.mostRequests = requests }
            _ = try await scene.deliverer().run()
            try scene.ledger.close()
            try FileManager.default.copyItem(atPath: path, toPath: folder.file("b.sqlite"))
            let first = try DeliveryScene(after: scene, batch: 20, ledger: .open(path: path, wallClock: clock))
            let (finished, _) = try await first.deliverAll()
            #expect(finished.last?.end == .finished)
            try first.ledger.close()
            let restored = try DeliveryScene(
                after: first, batch: 20, ledger: .open(path: folder.file("b.sqlite"), wallClock: clock))
            let (reports, seconds) = try await restored.deliverAll()
            #expect(reports.last?.end == .finished, "\(reports)")
            try await expectEachOnce(restored, 60)
            #expect(reports.reduce(0) { $0 + $1.delivered } == 0)
            tell("restored from a copy after \(requests) requests", restored, seconds)
            try restored.ledger.close()
        }
    }

    @Test func `--until lets no batch begin that would end later`() async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time) { $0.costs = DeliveryScene.costs(.milliseconds(500)) }
            try scene.store(DeliveryScene.calls(60, time: time))
            let deadline = time.now + .seconds(20)
            let report = try await scene.deliverer { $0.deadline = deadline }.run()
            #expect(time.now <= deadline + .seconds(2), "\(time.now - deadline)")
            guard case .stopped(let reason) = report.end else {
                Issue.record("\(report.end)")
                return
            }
            #expect(reason.contains("--until") && report.delivered > 0)
            let (reports, _) = try await scene.deliverAll()
            #expect(reports.last?.end == .finished)
            try await expectEachOnce(scene, 60)
        }
    }

    @Test func `the portal's answer about another call stops everything`() async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time)
            let calls = try scene.store(DeliveryScene.calls(60, time: time))
            let number = "\"PHONE_NUMBER\":\"\(calls[9].call.phoneNumber)"
            scene.portal.change { $0.rewritesReply = { $0.replacing(number, with: number + "9") } }
            let report = try await scene.deliverer().run()
            guard case .rejected(let reason) = report.end else {
                Issue.record("\(report.end)")
                return
            }
            #expect(reason.contains("pbx:9") && report.newlyHeld == ["answerMismatch": 1])
            #expect(try await scene.rows().count < 60)
        }
    }
}

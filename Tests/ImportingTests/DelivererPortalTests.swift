// SPDX-License-Identifier: Apache-2.0

import CallRecords
import Foundation
import Ledger
import Testing
import VirtualTime

@testable import Importing

/// Portals of every kind, and ledgers that were lost or restored: each call once.
@Suite struct DelivererPortalTests {
    /// Tells in the test's output what a scenario took.
    private func tell(_ name: String, _ scene: DeliveryScene, _ seconds: Double) {
        print("\(name): \(seconds.rounded()) s, \(scene.portal.requests) requests")
    }

    private func expectEachOnce(_ scene: DeliveryScene, _ count: Int, _ location: SourceLocation = #_sourceLocation) {
        let rows = scene.rowsPerKey
        #expect(rows.count == count, sourceLocation: location)
        #expect(rows.values.allSatisfy { $0 == 1 }, "\(rows.filter { $0.value > 1 })", sourceLocation: location)
    }

    @Test(arguments: [FakePortal.Loss?.none, .before, .after, .late], [false, true])
    func `a portal that drops EXTERNAL_CALL_ID`(_ loss: FakePortal.Loss?, isRecent: Bool) async throws {
        try await VirtualTime.run { time in
            for request in loss == nil ? [0] : Array(2...14) {
                let scene = try DeliveryScene(time, .init(keepsKeys: false), batch: 20)
                scene.portal.change { if let loss { $0.losses = [request: loss] } }
                try scene.store(DeliveryScene.calls(30, endingBefore: isRecent ? 60 : 7_200, time: time))
                let (reports, seconds) = try await scene.deliverAll()
                #expect(reports.last?.end == .finished, "\(reports)")
                expectEachOnce(scene, 30)
                #expect(try scene.ledger.fact(.keepsExternalCallIDs) == "no")
                if loss == nil { tell("drops keys, recent \(isRecent)", scene, seconds) }
            }
        }
    }

    @Test(arguments: [FakePortal.Loss?.none, .after])
    func `a portal that knows no filter over EXTERNAL_CALL_ID`(_ loss: FakePortal.Loss?) async throws {
        try await VirtualTime.run { time in
            for request in loss == nil ? [0] : Array(2...10) {
                let scene = try DeliveryScene(time, .init(keepsKeys: false, widensKeyFilter: true), batch: 20)
                scene.portal.change { if let loss { $0.losses = [request: loss] } }
                try scene.store(DeliveryScene.calls(30, time: time))
                let (reports, seconds) = try await scene.deliverAll()
                #expect(reports.last?.end == .finished, "request \(request): \(reports)")
                expectEachOnce(scene, 30)
                if loss == nil { tell("knows no filter", scene, seconds) }
            }
        }
    }

    @Test(arguments: [FakePortal.Loss.before, .after, .late, .halfWay])
    func `statistics that lag`(_ loss: FakePortal.Loss) async throws {
        try await VirtualTime.run { time in
            for request in 2...12 {
                let scene = try DeliveryScene(
                    time, .init(losses: [request: loss], statisticsLag: .seconds(4)), batch: 20)
                try scene.store(DeliveryScene.calls(40, time: time))
                let (reports, seconds) = try await scene.deliverAll()
                #expect(reports.last?.end == .finished, "request \(request): \(reports)")
                expectEachOnce(scene, 40)
                if request == 5 { tell("statistics lag, \(loss) at 5", scene, seconds) }
            }
        }
    }

    @Test(arguments: [FakePortal.Loss.before, .after])
    func `no right to read`(_ loss: FakePortal.Loss) async throws {
        try await VirtualTime.run { time in
            for request in 2...8 {
                let scene = try DeliveryScene(time, .init(losses: [request: loss], right: .none), batch: 20)
                try scene.store(DeliveryScene.calls(40, time: time))
                let (reports, seconds) = try await scene.deliverAll()
                #expect(reports.last?.end == .finished, "request \(request): \(reports)")
                #expect(reports[0].warnings.contains { $0.contains("may not read") })
                let rows = scene.rowsPerKey
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
            let scene = try DeliveryScene(time, .init(losses: [4: .after, 7: .after], right: .own), batch: 20)
            try scene.store(DeliveryScene.calls(40, time: time))
            let (reports, _) = try await scene.deliverAll()
            #expect(reports.last?.end == .finished)
            expectEachOnce(scene, 40)
            #expect(try scene.count(.held) > 0)
        }
    }

    @Test(arguments: [nil, 1], [false, true])
    func `a dismissed employee`(_ substitute: Int?, onlyAtFinish: Bool) async throws {
        try await VirtualTime.run { time in
            var options = FakePortal.Options()
            if onlyAtFinish { options.dismissedAtFinish = [3] } else { options.dismissed = [3] }
            var scene = try DeliveryScene(time, options)
            scene.settings.users.substitute = substitute
            try scene.store(DeliveryScene.calls(40, time: time))
            let own = DeliveryScene.calls(40, time: time).count { $0.call.employeeExtension == "103" }
            let (reports, seconds) = try await scene.deliverAll()
            #expect(reports.last?.end == .finished)
            let isHeld = substitute == nil || !onlyAtFinish
            #expect(try scene.count(.held) == (isHeld ? own : 0))
            expectEachOnce(scene, isHeld ? 40 - own : 40)
            #expect(scene.portal.rows.allSatisfy { $0.user != 3 })
            tell("dismissed, substitute \(substitute ?? 0), at finish \(onlyAtFinish)", scene, seconds)
        }
    }

    @Test(arguments: [true, false])
    func `look-alikes of the last minutes`(_ keepsKeys: Bool) async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time, .init(keepsKeys: keepsKeys))
            let calls = DeliveryScene.calls(24, endingBefore: 60, time: time).map { call in
                var call = call
                call.call.phoneNumber = "+12025550101"
                call.call.type = .incoming
                return call
            }
            try scene.store(calls)
            let (reports, seconds) = try await scene.deliverAll()
            #expect(reports.last?.end == .finished)
            expectEachOnce(scene, 24)
            #expect(try scene.count(.held) == 0)
            tell("look-alikes, keys kept \(keepsKeys)", scene, seconds)
        }
    }

    @Test func `a CALL_ID that the cleaner took is registered once more`() async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time, .init(vanishing: ["externalCall.1"]))
            try scene.store(DeliveryScene.calls(1, endingBefore: 31 * 86_400, time: time))
            let (reports, seconds) = try await scene.deliverAll()
            #expect(reports.last?.end == .finished)
            expectEachOnce(scene, 1)
            #expect(scene.portal.registers == 2)
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
                scene = try next(scene, calls: calls, batch: batch)
                scene.settings.othersMayWorkUntil = time.now + .seconds(66)
                let (reports, seconds) = try await scene.deliverAll()
                #expect(reports.last?.end == .finished, "\(reports)")
                expectEachOnce(scene, 60)
                if request == 5 { tell("deleted half-way, batches of \(batch - 1)", scene, seconds) }
            }
        }
    }

    /// The same portal with a new ledger over the same calls.
    private func next(_ scene: DeliveryScene, calls: [LedgerCall], batch: Int) throws -> DeliveryScene {
        let fresh = try DeliveryScene(scene.time, portal: scene.portal, batch: batch)
        try fresh.store(calls)
        return fresh
    }

    @Test(arguments: [3, 5, 8, 11])
    func `a ledger that is restored from a copy made half-way`(_ requests: Int) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("cdr24-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await VirtualTime.run { time in
            let path = "\(folder)/a.sqlite"
            let clock: @Sendable () -> Int64 = { time.wallSeconds }
            let scene = try DeliveryScene(time, batch: 20, ledger: .open(path: path, wallClock: clock))
            try scene.store(DeliveryScene.calls(60, time: time))
            scene.portal.change { $0.mostRequests = requests }
            _ = try await scene.deliverer().run()
            try scene.ledger.close()
            try FileManager.default.copyItem(atPath: path, toPath: "\(folder)/b.sqlite")
            let portal = scene.portal
            let first = try DeliveryScene(time, portal: portal, batch: 20, ledger: .open(path: path, wallClock: clock))
            let (finished, _) = try await first.deliverAll()
            #expect(finished.last?.end == .finished)
            try first.ledger.close()
            let restored = try DeliveryScene(
                time, portal: first.portal, batch: 20, ledger: .open(path: "\(folder)/b.sqlite", wallClock: clock))
            let (reports, seconds) = try await restored.deliverAll()
            #expect(reports.last?.end == .finished, "\(reports)")
            expectEachOnce(restored, 60)
            #expect(reports.reduce(0) { $0 + $1.delivered } == 0)
            tell("restored from a copy after \(requests) requests", restored, seconds)
            try restored.ledger.close()
        }
    }

    @Test func `--until lets no batch begin that would end later`() async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time, .init(perCommand: .milliseconds(500)))
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
            expectEachOnce(scene, 60)
        }
    }

    @Test func `the portal's answer about another call stops everything`() async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time, .init(wrongAnswers: ["pbx:9"]))
            try scene.store(DeliveryScene.calls(60, time: time))
            let report = try await scene.deliverer().run()
            guard case .rejected(let reason) = report.end else {
                Issue.record("\(report.end)")
                return
            }
            #expect(reason.contains("pbx:9") && report.newlyHeld == ["answerMismatch": 1])
            #expect(scene.portal.rows.count < 60)
        }
    }
}

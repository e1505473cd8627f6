// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CDRConfiguration
import CallRecords
import Delivery
import Foundation
import Ledger
import PortalSimulator
import TestSupport
import Testing

/// Portals that keep no keys: lost ledgers are recognised by what calls are.
@Suite struct DelivererAttributeTests {
    private func expectEachOnce(_ scene: DeliveryScene, _ count: Int, _ note: String = "") async throws {
        let rows = try await scene.rowsPerCall()
        #expect(rows.count == count, "\(note): \(rows.count) rows")
        #expect(rows.values.allSatisfy { $0 == 1 }, "\(note): \(rows.filter { $0.value > 1 })")
    }

    @Test(arguments: [7_200, 60], [Loss?.none, .after, .late])
    func `a ledger that is deleted half-way`(age: Int, loss: Loss?) async throws {
        try await VirtualTime.run { time in
            for request in [2, 3, 4, 5, 6, 8, 10, 12, 13, 14] {
                var scene = try DeliveryScene(time, batch: 8) { $0.keepsExternalIDs = false }
                let calls = DeliveryScene.calls(30, endingBefore: Int64(age), time: time)
                try scene.store(calls)
                scene.portal.change {
                    if let loss { $0.losses = [request: loss] }
                    $0.mostRequests = request
                }
                _ = try await scene.deliverer().run()
                scene = try DeliveryScene(after: scene, batch: 8)
                try scene.store(calls)
                scene.settings.othersMayWorkUntil = time.now + scene.settings.portal.settleAfter
                scene.settings.ledgerMayBeStale = true
                let (reports, _) = try await scene.deliverAll()
                #expect(age < 1_800 || reports.last?.end == .finished, "request \(request): \(reports.map(\.end))")
                // Calls of the last half hour that the lost ledger left unfinished at the portal wait for its end.
                if reports.last?.end != .finished {
                    time.advance(by: .seconds(1_900))
                    let (later, _) = try await scene.deliverAll()
                    #expect(later.last?.end == .finished, "request \(request): \(later.map(\.end))")
                }
                try await expectEachOnce(scene, 30, "request \(request)")
            }
        }
    }

    @Test(arguments: [3, 5, 8, 11])
    func `a ledger that is set back without anything that shows it`(_ requests: Int) async throws {
        let folder = try TemporaryFolder()
        try await VirtualTime.run { time in
            let path = folder.file("a.sqlite")
            let clock: @Sendable () -> Int64 = { time.wallSeconds }
            let scene = try DeliveryScene(time, batch: 20, ledger: .open(path: path, wallClock: clock)) {
                $0.keepsExternalIDs = false
            }
            try scene.store(DeliveryScene.calls(40, time: time))
            scene.portal.change { $0.mostRequests = requests }
            _ = try await scene.deliverer().run()
            try scene.ledger.close()
            try FileManager.default.copyItem(atPath: path, toPath: folder.file("b.sqlite"))
            let first = try DeliveryScene(after: scene, batch: 20, ledger: .open(path: path, wallClock: clock))
            let (finished, _) = try await first.deliverAll()
            #expect(finished.last?.end == .finished)
            try first.ledger.close()
            time.advance(by: .seconds(3_600))
            let restored = try DeliveryScene(
                after: first, batch: 20, ledger: .open(path: folder.file("b.sqlite"), wallClock: clock))
            let (reports, _) = try await restored.deliverAll()
            #expect(reports.last?.end == .finished, "\(reports)")
            #expect(reports.reduce(0) { $0 + $1.delivered } == 0)
            try await expectEachOnce(restored, 40)
            try restored.ledger.close()
        }
    }

    @Test func `an unfinished look-alike of a lost ledger lends its CALL_ID to nobody`() async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time) { $0.keepsExternalIDs = false }
            let calls = [600, 300].enumerated().map { index, age in
                LedgerCall.sample(.sample("pbx:\(index)", start: time.wallSeconds - age))
            }
            // The ledger that is lost had registered the later of the two.
            try await scene.registerElsewhere(calls[1].call)
            time.advance(by: .seconds(70))
            try scene.store(calls)
            try scene.ledger.remember([.keepsExternalCallIDs: "no"])
            let (reports, _) = try await scene.deliverAll()
            guard case .stopped(let reason) = reports.last?.end else {
                Issue.record("\(reports)")
                return
            }
            #expect(reason.contains("half an hour"))
            #expect(try await scene.rows().isEmpty)
            time.advance(by: .seconds(1_800))
            _ = try await scene.deliverAll()
            try await expectEachOnce(scene, 2)
        }
    }
}

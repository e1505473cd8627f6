// SPDX-License-Identifier: Apache-2.0

import CDRConfiguration
import CallRecords
import Clocks
import Delivery
import Foundation
import Ledger
import PortalSimulator
import TestSupport
import Testing

/// Requests that the portal carries out long after the importer lost their answers.
@Suite struct DelivererLateWorkTests {
    @Test(arguments: [(2, true), (3, true), (3, false)])
    func `a ledger that was set back while a request of the killed run is at work`(
        _ request: Int, isDistrusted: Bool
    ) async throws {
        try await VirtualTime.run { time in
            var scene = try DeliveryScene(time)
            let calls = DeliveryScene.calls(4, time: time)
            func fill() throws {
                try scene.store(calls)
                try scene.ledger.remember([.keepsExternalCallIDs: "yes", .highestStatisticID: "0"])
            }
            try fill()
            scene.portal.change {
                $0.losses = [request: .late]
                $0.mostRequests = request
            }
            _ = try await scene.deliverer().run()
            // The copy was made before that run: it knows of nothing that is under way.
            scene = try DeliveryScene(after: scene)
            try fill()
            scene.settings.othersMayWorkUntil = time.now + scene.settings.portal.settleAfter
            scene.settings.ledgerMayBeStale = isDistrusted
            let (reports, _) = try await scene.deliverAll()
            #expect(reports.last?.end == .finished, "\(reports)")
            let rows = try await scene.rowsPerCall()
            #expect(rows.count == 4)
            // Without distrust the finish that is still at work would be joined by a second one.
            #expect(rows.values.allSatisfy { $0 == 1 } == isDistrusted, "\(rows)")
        }
    }

    @Test func `a register that is carried out late does not lend its CALL_ID to the next look-alike`() async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time, losses: [2: .late]) { $0.keepsExternalIDs = false }
            let calls = [600, 300].enumerated().map { index, age in
                LedgerCall.sample(.sample("pbx:\(index)", start: time.wallSeconds - age))
            }
            try scene.store([calls[0]])
            try scene.ledger.remember([.keepsExternalCallIDs: "no", .highestStatisticID: "0"])
            _ = try await scene.deliverer().run()
            time.advance(by: .seconds(70))
            try scene.store([calls[1]])
            let (reports, _) = try await scene.deliverAll()
            #expect(reports.last?.end == .finished, "\(reports)")
            let rows = try await scene.rowsPerCall()
            #expect(rows.count == 2 && rows.values.allSatisfy { $0 == 1 }, "\(rows)")
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import CallRecords
import Foundation
import Ledger
import Testing
import VirtualTime

@testable import Importing

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
                try scene.ledger.remember([.keepsExternalCallIDs: "yes", .highestStatisticID: "100"])
            }
            try fill()
            scene.portal.change {
                $0.losses = [request: .late]
                $0.mostRequests = request
            }
            _ = try await scene.deliverer().run()
            // The copy was made before that run: it knows of nothing that is under way.
            scene = try DeliveryScene(time, portal: scene.portal)
            try fill()
            scene.settings.othersMayWorkUntil = time.now + scene.settings.portal.settleAfter
            scene.settings.mayBeSetBack = isDistrusted
            let (reports, _) = try await scene.deliverAll()
            #expect(reports.last?.end == .finished, "\(reports)")
            #expect(scene.rowsPerKey.count == 4)
            // Without distrust the finish that is still at work would be joined by a second one.
            #expect(scene.rowsPerKey.values.allSatisfy { $0 == 1 } == isDistrusted, "\(scene.rowsPerKey)")
        }
    }

    @Test func `a register that is carried out late does not lend its CALL_ID to the next look-alike`() async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time, .init(losses: [2: .late], keepsKeys: false))
            let calls = [600, 300].enumerated().map { index, age in
                let start = CallTime(epochSeconds: time.wallSeconds - Int64(age))
                return LedgerCall(
                    sourceID: 1,
                    call: Call(
                        key: "pbx:\(index)", type: .incoming, start: start, end: start, phoneNumber: "+12025550101",
                        employeeExtension: "101", talk: .seconds(30), status: .success),
                    state: .pending, legs: [1], fingerprints: [UInt64(index)], runID: 1, runLegs: 1)
            }
            try scene.store([calls[0]])
            try scene.ledger.remember([.keepsExternalCallIDs: "no", .highestStatisticID: "100"])
            _ = try await scene.deliverer().run()
            time.advance(by: .seconds(70))
            try scene.store([calls[1]])
            let (reports, _) = try await scene.deliverAll()
            #expect(reports.last?.end == .finished, "\(reports)")
            #expect(scene.rowsPerKey.count == 2)
            #expect(scene.rowsPerKey.values.allSatisfy { $0 == 1 }, "\(scene.rowsPerKey)")
        }
    }
}

/// What one run leaves in the portal's lock for the next.
@Suite struct PortalLockTests {
    @Test(arguments: [
        (PortalLock.Mark.working, false), (.stopped, false), (.settled, true),
    ])
    func `a run that was killed is distrusted, one that ended is not`(_ mark: PortalLock.Mark, _ hasSettled: Bool)
        throws
    {
        let host = "lock-\(UUID().uuidString).test"
        func isSettled() throws -> Bool? { try PortalLock(host: host, time: .system).formerRun()?.hasSettled }
        #expect(try isSettled() == nil)
        try PortalLock(host: host, time: .system).note(mark)
        #expect(try isSettled() == hasSettled)
        for folder in ["/run/lock", "/tmp"] {
            try? FileManager.default.removeItem(atPath: "\(folder)/cdr24-\(host).lock")
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import CallLifecycle
import CallRecords
import Delivery
import Foundation
import GRDB
import Ledger
import TestSupport
import Testing

/// A ledger that version 0.1.0 has left in the middle of a run is finished by this version, each call once.
///
/// What the ledger holds is described by `EarlierLedgerTests`. Here its calls are moved to the test's time, and those that
/// had a CALL_ID get the one that the test's portal gave them.
@Suite struct EarlierLedgerDeliveryTests {
    private static func restore(_ folder: TemporaryFolder, _ time: VirtualTime) throws {
        let dump = PackageFolder.file("Tests/LedgerTests/Fixtures/ledger_0_1_0.sql")
        let queue = try DatabaseQueue(path: folder.file())
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: try String(contentsOfFile: dump, encoding: .utf8))
            let newest = try #require(try Int64.fetchOne(db, sql: "SELECT max(start) FROM call"))
            let shift = time.wallSeconds - 600 - newest
            try db.execute(sql: "UPDATE call SET start = start + ?1, end_at = end_at + ?1", arguments: [shift])
            // The portal of the run is gone, and with it what was learned about its pace and its rows.
            try db.execute(sql: "DELETE FROM fact WHERE name IN ('pace', 'portalHost', 'firstContact', 'seal')")
        }
        try queue.close()
        // A ledger is only read once it has had every step of the schema.
        try Ledger.open(path: folder.file()).close()
    }

    private static func give(_ callID: String, to row: Int64, _ folder: TemporaryFolder) throws {
        let queue = try DatabaseQueue(path: folder.file())
        try queue.write { db in
            try db.execute(sql: "UPDATE call SET portal_call_id = ? WHERE id = ?", arguments: [callID, row])
        }
        try queue.close()
    }

    @Test(arguments: [true, false])
    func `every call that was on its way arrives once, and the others stay as they are`(
        _ theFinishesHadWorked: Bool
    ) async throws {
        try await VirtualTime.run { time in
            let folder = try TemporaryFolder()
            try Self.restore(folder, time)
            let reader = try #require(try Ledger.openForReading(path: folder.file()))
            let former = try CallState.allCases.map { ($0, try reader.trackedCalls(in: $0, limit: 100)) }
            let delivered = try reader.deliveredKeys(since: .min)
            try reader.close()
            // What the portal of the earlier run held.
            let portal = try DeliveryScene(time)
            for key in delivered {
                let held = try Ledger.openForReading(path: folder.file())
                let call = try #require(try held?.call(key: key)?.call)
                try held?.close()
                try await portal.deliverElsewhere(call)
            }
            for (state, calls) in former where [.registered, .finishing, .unsettled].contains(state) {
                for call in calls {
                    let callID = try await portal.registerElsewhere(call.call)
                    try Self.give(callID, to: call.id, folder)
                    if theFinishesHadWorked, state != .registered {
                        try await portal.finishElsewhere(call.call, callID)
                    }
                }
            }
            let ledger = try Ledger.open(path: folder.file(), wallClock: { time.wallSeconds })
            let scene = try DeliveryScene(after: portal, ledger: ledger)
            let (reports, _) = try await scene.deliverAll()
            #expect(reports.last?.end == .finished, "\(reports)")
            let rows = try await scene.rowsPerCall()
            #expect(rows.values.allSatisfy { $0 == 1 }, "\(rows)")
            for (state, calls) in former {
                for call in calls {
                    let now = try #require(try ledger.trackedCall(key: call.key))
                    switch state {
                    case .pending, .registering, .registered, .finishing, .unsettled:
                        #expect(now.state == .delivered && rows[call.key] == 1, "\(call.key) was \(state)")
                    case .waiting, .held, .refused, .deliveredByOthers:
                        #expect(now == call && rows[call.key] == nil, "\(call.key)")
                    case .delivered:
                        Issue.record("delivered calls are not read for delivery")
                    }
                }
            }
            #expect(rows.count == delivered.count + reports.reduce(0) { $0 + $1.delivered + $1.found })
        }
    }
}

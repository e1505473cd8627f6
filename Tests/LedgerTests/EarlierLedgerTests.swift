// SPDX-License-Identifier: Apache-2.0

import CallLifecycle
import CallRecords
import Foundation
import GRDB
import Ledger
import TestSupport
import Testing

/// A ledger that version 0.1.0 has written is opened, and everything in it is read as it was meant.
///
/// The fixture is that version's ledger as SQL. It was made by real runs against `bitrix24-sim`. A first ledger delivered
/// one call, so that this one found it; the last run was killed while the reply of a finish was lost, a second finish and a
/// register were under way, and other calls waited. Three values were set by hand: the refused call's state and note, and
/// the mark of a lost register on call 12.
@Suite struct EarlierLedgerTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        let dump = PackageFolder.file("Tests/LedgerTests/Fixtures/ledger_0_1_0.sql")
        let queue = try DatabaseQueue(path: folder.file())
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: try String(contentsOfFile: dump, encoding: .utf8))
        }
        try queue.close()
    }

    /// What the rows hold, read without a word of the ledger's own code.
    private func rows() throws -> [Row] {
        let queue = try DatabaseQueue(path: folder.file())
        return try queue.read { db in try Row.fetchAll(db, sql: "SELECT * FROM call ORDER BY id") }
    }

    @Test func `there is a call in every state`() throws {
        let states = try rows().map { try #require(CallState(rawValue: $0["state"])) }
        #expect(
            states == [
                .delivered, .delivered, .delivered, .held, .held, .held, .unsettled, .finishing, .registered,
                .registering, .pending, .pending, .refused, .waiting,
            ])
        // The version that wrote it knew no other integrations.
        #expect(Set(states) == Set(CallState.allCases).subtracting([.deliveredByOthers]))
    }

    @Test func `every field of every call is read, with its legs and without them`() throws {
        let rows = try rows()
        try #require(rows.count == 14)
        let ledger = try Ledger.open(path: folder.file())
        for row in rows {
            let key: String = row["key"]
            let call = try #require(try ledger.call(key: key))
            #expect(call.id == row["id"] && call.sourceID == row["source_id"])
            expect(call.call, is: row)
            expect(call.progress, is: row)
            expect(call.history, is: row)
            #expect(try ledger.trackedCall(key: key) == call.tracked)
        }
    }

    private func expect(_ call: Call, is row: Row) {
        #expect(call.key == row["key"] && call.type.rawValue == row["type"] && call.phoneNumber == row["phone"])
        #expect(call.start.epochSeconds == row["start"] && call.start.offsetSeconds == row["start_offset"])
        #expect(call.end.epochSeconds == row["end_at"] && call.end.offsetSeconds == row["start_offset"])
        #expect(call.employeeExtension == row["extension"] && call.line == row["line"])
        #expect(call.callListID == row["call_list"] && call.talk == .seconds(row["talk"] as Int))
        #expect(call.status.rawValue == row["status"] && call.failedReason == row["failed_reason"])
    }

    private func expect(_ progress: DeliveryProgress, is row: Row) {
        #expect(progress.state.rawValue == row["state"])
        #expect(progress.reason == row["reason"] && progress.note == row["note"])
        #expect(progress.portalCallID == row["portal_call_id"] && progress.statisticID == row["statistic_id"])
        #expect(progress.wasFoundThere == row["found_there"] && progress.lostRegister == row["register_lost"])
        #expect(progress.lostFinish == row["finish_lost"] && progress.isNotFound == row["not_found"])
        #expect(progress.registrations == row["registrations"] && progress.unsettledRuns == row["unsettled_runs"])
    }

    private func expect(_ history: LegHistory, is row: Row) {
        let legs: Data? = row["legs"]
        let fingerprints: Data = row["fingerprints"]
        #expect(history.legs == legs.map { Array($0) } ?? [])
        #expect(history.fingerprints.count * 8 == fingerprints.count)
        for (index, fingerprint) in history.fingerprints.enumerated() {
            let bytes = fingerprints.dropFirst(index * 8).prefix(8)
            #expect(fingerprint == bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) })
        }
        #expect(history.runID == row["run_id"] && history.runLegs == row["run_legs"] && history.isNew == row["is_new"])
    }

    @Test func `legs that may still be joined by others are whole`() throws {
        let ledger = try Ledger.open(path: folder.file())
        let group = try #require(try ledger.call(key: "pbx:1795840737.16"))
        let legs = try #require(Leg.decode(group.history.legs))
        #expect(legs.map(\.fingerprint) == group.history.fingerprints)
        #expect(legs.map(\.key) == ["pbx:1795840737.16", "pbx:1795840737.16"])
        #expect(legs.map(\.aliases) == [[], ["pbx:1795840747.17"]])
        #expect(legs.map(\.employeeExtension) == ["101", "102"] && legs.map(\.isAnswered) == [false, true])
        #expect(legs.map(\.external) == [.number("+12025550181"), .number("+12025550181")])
        #expect(legs.map(\.talk) == [.zero, .seconds(20)])
    }

    @Test func `a call is found by the key that a later leg named`() throws {
        let ledger = try Ledger.open(path: folder.file())
        for (alias, row) in [("pbx:1795704238.4", 3), ("pbx:1795790639.14", 12), ("pbx:1795840747.17", 14)] {
            #expect(try ledger.call(key: alias)?.id == Int64(row))
            #expect(try ledger.trackedCall(key: alias)?.id == Int64(row))
        }
    }

    @Test func `source, file, rejected record, runs and facts are read`() throws {
        let ledger = try Ledger.open(path: folder.file())
        let source = try #require(try ledger.source(keyPrefix: "pbx"))
        #expect(source.id == 1 && source.newestLeg == 1_795_840_772 && source.keyRule.hasPrefix("key 1 restarts=false"))
        let path = "/var/log/asterisk/cdr-csv/Master.csv"
        let file = try #require(try ledger.files(sourceID: 1, path: path).first)
        #expect(file.path == path && file.bytes == 4_475 && file.lines == 18 && file.records == 18)
        #expect(file.tailBytes == 4_475 && file.tailHash.count == 32 && file.tailHash.first == 0x07)
        let reject = try #require(try ledger.rejects(limit: 9).first)
        #expect(reject.reason == "badDate" && reject.line == 8 && reject.byte == 1_764 && reject.field == 10)
        #expect(String(decoding: reject.raw, as: UTF8.self).contains("yesterday") && reject.encoding == "utf-8")
        #expect(try ledger.lastRuns(9).map(\.exitCode) == [nil, 3, 0])
        #expect(try ledger.fact(.portalHost) == "127.0.0.1:18024")
        #expect(try ledger.fact(.identity) == "586C6DA4-1F4D-4CDE-A8B7-7A5422BD3FCB")
        #expect(try ledger.fact(.highestStatisticID) == "3")
    }

    @Test func `a step forward of every call that is on its way can be stored`() throws {
        let ledger = try Ledger.open(path: folder.file())
        var changed: [TrackedCall] = []
        for state in [CallState.pending, .registering, .registered, .finishing, .unsettled] {
            for var call in try ledger.trackedCalls(in: state, limit: 100) {
                _ = try call.apply(.processDied, now: 1_795_842_000)
                changed.append(call)
            }
        }
        try #require(changed.count == 6)
        try ledger.save(progressOf: changed)
        for call in changed { #expect(try ledger.trackedCall(key: call.key) == call) }
        #expect(try ledger.openCounts()[.unsettled] == ["": 3])
        #expect(try ledger.openCounts()[.registering] == nil)
    }
}

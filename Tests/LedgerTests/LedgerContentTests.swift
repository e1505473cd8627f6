// SPDX-License-Identifier: Apache-2.0

import CallRecords
import Foundation
import GRDB
import Ledger
import Testing

/// What the ledger keeps, finds and forgets.
@Suite struct LedgerContentTests {
    private func ledger() throws -> Ledger { try Ledger.scratch(over: nil, wallClock: { 1_790_000_000 }) }

    @Test func `a call comes back as it was stored, whatever its fields`() throws {
        let ledger = try ledger()
        var full = LedgerCall.sample("pbx:1", state: .held)
        full.reason = "keyCollision"
        full.note = "both"
        full.portalCallID = "externalCall.1"
        full.statisticID = 9
        full.wasFoundThere = true
        full.lostRegister = true
        full.lostFinish = true
        full.isNotFound = true
        full.registrations = 2
        full.unsettledRuns = 3
        full.isNew = false
        var bare = LedgerCall.sample("pbx:2", start: -5)
        bare.call.employeeExtension = nil
        bare.call.line = nil
        bare.call.callListID = nil
        bare.call.failedReason = "busy here"
        bare.legs = []
        bare.fingerprints = []
        let ids = try ledger.store([full, bare])
        full.id = ids[0]
        bare.id = ids[1]
        #expect(try ledger.call(key: "pbx:1") == full)
        #expect(try ledger.call(key: "pbx:2") == bare)
        bare.portalCallID = "externalCall.2"
        try ledger.save([bare])
        #expect(try ledger.call(key: "pbx:2") == bare)
    }

    @Test func `a key is taken once, by the call itself or by an alias`() throws {
        let ledger = try ledger()
        let id = try ledger.store([.sample("pbx:1")])[0]
        try ledger.intake { writer in
            #expect(try writer.insertIfNew(.sample("pbx:1")) == nil)
            let second = try writer.insertIfNew(.sample("pbx:2"))
            #expect(second != nil)
            try writer.addAlias("pbx:3", of: id)
            try writer.addAlias("pbx:3", of: second ?? 0)
            #expect(try writer.insertIfNew(.sample("pbx:3")) == nil)
            #expect(try writer.call(key: "pbx:3")?.id == id)
        }
        #expect(try ledger.call(key: "pbx:3")?.call.key == "pbx:1")
    }

    @Test func `a batch of intake is stored whole or not at all`() throws {
        struct Break: Error {}
        let ledger = try ledger()
        _ = try ledger.source(keyPrefix: "pbx", keyRule: "rule")
        #expect(throws: LedgerFault.self) {
            try ledger.intake { writer in
                try writer.insert(.sample("pbx:1"))
                throw Break()
            }
        }
        #expect(try ledger.call(key: "pbx:1") == nil)
    }

    @Test func `only a call of which nothing has left can be deleted`() throws {
        let ledger = try ledger()
        try ledger.store(CallState.allCases.map { .sample("pbx:\($0.rawValue)", state: $0) })
        try ledger.intake { writer in
            for state in CallState.allCases {
                if let call = try writer.call(key: "pbx:\(state.rawValue)") { try writer.delete(call) }
            }
        }
        for state in CallState.allCases {
            let isGone = try ledger.call(key: "pbx:\(state.rawValue)") == nil
            #expect(isGone == state.canGrow, "\(state)")
        }
    }

    @Test func `the same bytes with the same reason are rejected once`() throws {
        let ledger = try ledger()
        let source = try ledger.source(keyPrefix: "pbx", keyRule: "rule")
        let reject = LedgerReject(
            sourceID: source.id, runID: 1, path: "a.csv", record: 2, line: 2, byte: 10, field: nil, reason: "badTime",
            message: "m", raw: [1, 0, 255], encoding: "windows-1251", rawHash: [7])
        var other = reject
        other.reason = "badNumber"
        let isNew = try ledger.intake { writer in
            [try writer.reject(reject), try writer.reject(reject), try writer.reject(other)]
        }
        #expect(isNew == [true, false, true])
    }

    @Test func `calls come in the order of their starts and after a cursor`() throws {
        let ledger = try ledger()
        try ledger.store([
            .sample("pbx:1", start: 30), .sample("pbx:2", start: 10), .sample("pbx:3", start: 20),
            .sample("pbx:4", start: 20), .sample("pbx:5", start: 40), .sample("pbx:6", start: 5, state: .registered),
        ])
        var keys: [String] = []
        var cursor = DeliveryCursor.beginning
        while let call = try ledger.calls(in: .pending, after: cursor, latestStart: 30, limit: 1).first {
            keys.append(call.call.key)
            cursor = DeliveryCursor(after: call)
        }
        #expect(keys == ["pbx:2", "pbx:3", "pbx:4", "pbx:1"])
    }

    @Test func `the owner of a CALL_ID is found, and counts leave out what is delivered`() throws {
        let ledger = try ledger()
        var calls = CallState.allCases.map { LedgerCall.sample("pbx:\($0.rawValue)", state: $0) }
        calls[8].reason = "noEmployee"
        calls[4].portalCallID = "externalCall.0123456789abcdef0123456789abcdef.1772868031"
        let ids = try ledger.store(calls)
        let owners = try ledger.owners(ofPortalCallIDs: [calls[4].portalCallID ?? "", "externalCall.other"])
        #expect(owners == [calls[4].portalCallID ?? "": ids[4]])
        let counts = try ledger.openCounts()
        #expect(counts[.held] == ["noEmployee": 1] && counts[.delivered] == nil && counts.count == 8)
        #expect(try ledger.hasDelivered())
        #expect(try ledger.oldestHeld() == 1_790_000_000)
    }

    @Test func `what was read is forgotten only while nothing has left`() throws {
        var sent = LedgerCall.sample("pbx:1", state: .held)
        sent.reason = "unknownOutcome"
        sent.registrations = 1
        var lost = LedgerCall.sample("pbx:1")
        lost.lostRegister = true
        for call in [sent, lost, .sample("pbx:1", state: .unsettled), .sample("pbx:1", state: .delivered)] {
            let ledger = try ledger()
            try ledger.store([call, .sample("pbx:2")])
            #expect(try ledger.hasDelivered())
            #expect(try !ledger.forgetIntake())
            #expect(try ledger.call(key: "pbx:2") != nil)
        }
        let ledger = try ledger()
        let row = try ledger.store([.sample("pbx:1"), .sample("pbx:2", state: .waiting)])[0]
        try ledger.intake { try $0.addAlias("pbx:9", of: row) }
        #expect(try !ledger.hasDelivered())
        #expect(try ledger.forgetIntake())
        #expect(try ledger.call(key: "pbx:1") == nil)
        #expect(try ledger.call(key: "pbx:9") == nil)
    }

    @Test func `a scratch ledger sees its base and leaves it alone`() throws {
        let folder = try Folder()
        let base = try Ledger.open(path: folder.file())
        try base.store([.sample("pbx:1", state: .delivered), .sample("pbx:2")])
        let kept = try base.source(keyPrefix: "pbx2", keyRule: "old")
        try base.remember([.portalHost: "portal.test"])
        let row = try #require(try base.call(key: "pbx:2")).id
        try base.intake { try $0.addAlias("pbx:9", of: row) }

        let scratch = try Ledger.scratch(over: base)
        #expect(try scratch.source(keyPrefix: "pbx2", keyRule: "new") == kept)
        _ = try scratch.source(keyPrefix: "pbx", keyRule: "rule")
        #expect(try scratch.fact(.portalHost) == "portal.test")
        #expect(try scratch.hasDelivered())
        try scratch.intake { writer in
            #expect(try writer.insertIfNew(.sample("pbx:1")) == nil)
            #expect(try writer.insertIfNew(.sample("pbx:9")) == nil)
            var call = try #require(try writer.call(key: "pbx:2"))
            call.call.talk = .seconds(99)
            try writer.update(call)
            #expect(try writer.insertIfNew(.sample("pbx:3")) != nil)
        }
        try scratch.remember([.portalHost: "other.test"])
        #expect(try base.fact(.portalHost) == "portal.test")
        #expect(try base.call(key: "pbx:3") == nil)
        #expect(try base.call(key: "pbx:2")?.call.talk == .seconds(30))
    }

    @Test func `files, runs, facts and the newest leg are remembered`() throws {
        let ledger = try ledger()
        let source = try ledger.source(keyPrefix: "pbx", keyRule: "rule")
        #expect(try ledger.source(keyPrefix: "pbx", keyRule: "another").keyRule == "rule")
        var file = LedgerFile(
            sourceID: source.id, path: "/a.csv", bytes: 10, lines: 1, records: 1, tailBytes: 10, tailHash: [1])
        file.id = try ledger.intake { try $0.save(file) }
        let other = try ledger.intake { try $0.save(LedgerFile(sourceID: source.id, path: "/b.csv", bytes: 5)) }
        file.bytes = 20
        file.path = "/a.csv.1"
        #expect(try ledger.intake { try $0.save(file) } == file.id)
        #expect(try ledger.files(sourceID: source.id, path: "/a.csv.1").map(\.id) == [file.id, other])
        #expect(try ledger.files(sourceID: source.id, path: "/b.csv").first?.id == other)
        #expect(try ledger.files(sourceID: source.id, path: "/a.csv.1").first == file)

        try ledger.intake { try $0.noteNewestLeg(1_789_999_000, sourceID: source.id) }
        try ledger.intake { try $0.noteNewestLeg(1_789_998_000, sourceID: source.id) }
        #expect(try ledger.newestLeg(sourceID: source.id) == 1_789_999_000)
        // One record from a clock that was wrong does not silence the alarm for good.
        try ledger.intake { try $0.noteNewestLeg(4_000_000_000, sourceID: source.id) }
        #expect(try ledger.newestLeg(sourceID: source.id) == 1_790_000_600)

        let run = try ledger.beginRun()
        #expect(try ledger.lastRuns(1).first?.endedAt == nil)
        try ledger.endRun(run, outcome: "finished", exitCode: 3, summary: "{}")
        #expect(try ledger.lastRuns(5).map(\.exitCode) == [3])
        try ledger.remember([.pace: "x", .keepsExternalCallIDs: "yes"])
        try ledger.remember([.pace: "y"])
        #expect(try ledger.fact(.pace) == "y")
        #expect(try ledger.fact(.keepsExternalCallIDs) == "yes")
        #expect(try ledger.fact(.portalMember) == nil)
    }

    @Test(arguments: [
        "SELECT id FROM call WHERE state = ? AND (start, id) > (0, 0) AND start <= 9 AND state <> 6 ORDER BY start, id",
        "SELECT state, ifnull(reason, ''), count(*) FROM call WHERE state <> 6 GROUP BY 1, 2",
        "SELECT min(changed_at) FROM call WHERE state = 8 AND state <> 6",
    ])
    func `what every run asks goes by the open calls, not by a million delivered ones`(_ sql: String) throws {
        let folder = try Folder()
        try Ledger.open(path: folder.file()).close()
        let plan = try DatabaseQueue(path: folder.file()).read { db in
            try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + sql, arguments: sql.contains("?") ? [1] : []).map {
                $0["detail"] as String
            }
        }
        #expect(plan.contains { $0.contains("call_open") }, "\(plan)")
    }
}

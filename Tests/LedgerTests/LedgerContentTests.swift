// SPDX-License-Identifier: Apache-2.0

import CallLifecycle
import CallRecords
import Foundation
import GRDB
import Ledger
import TestSupport
import Testing

/// What the ledger keeps, finds and forgets.
@Suite struct LedgerContentTests {
    private func ledger() throws -> Ledger { try Ledger.temporary(wallClock: { 1_790_000_000 }) }

    @Test func `a call comes back as it was stored, whatever its fields`() throws {
        let ledger = try ledger()
        var full = LedgerCall.sample(
            "pbx:1",
            progress: DeliveryProgress(
                stored: .held, reason: "keyCollision", note: "both", portalCallID: "externalCall.1", statisticID: 9,
                wasFoundThere: true, lostRegister: true, lostFinish: true, isNotFound: true, registrations: 2,
                unsettledRuns: 3))
        full.history.isNew = false
        var bare = LedgerCall.sample(
            "pbx:2", start: -5, isBare: true, failedReason: "busy here",
            history: LegHistory(legs: [], fingerprints: [], runID: 1, runLegs: 2))
        let ids = try ledger.store([full, bare])
        full.id = ids[0]
        bare.id = ids[1]
        #expect(try ledger.call(key: "pbx:1") == full)
        #expect(try ledger.call(key: "pbx:2") == bare)
        bare.progress = DeliveryProgress(stored: .registered, portalCallID: "externalCall.2")
        try ledger.save([bare])
        #expect(try ledger.call(key: "pbx:2") == bare)
    }

    @Test(arguments: CallState.allCases)
    func `saving a progress changes the progress only, and drops legs once they cannot grow`(
        _ state: CallState
    ) throws {
        let ledger = try ledger()
        var calls = [LedgerCall.sample("pbx:1"), .sample("pbx:2", isBare: true), .sample("pbx:3")]
        for (index, id) in try ledger.store(calls).enumerated() { calls[index].id = id }
        let progress = DeliveryProgress(
            stored: state, reason: "keyCollision", note: "both", portalCallID: "externalCall.1", statisticID: 9,
            wasFoundThere: true, lostRegister: true, lostFinish: true, isNotFound: true, registrations: 2,
            unsettledRuns: 3)
        let changed = calls[..<2].map { TrackedCall(id: $0.id, call: $0.call, progress: progress) }
        try ledger.save(progressOf: changed, facts: [.portalHost: "portal.test"])
        for index in 0..<2 {
            calls[index].progress = progress
            if [.registered, .delivered, .deliveredByOthers].contains(state) { calls[index].history.legs = [] }
        }
        for call in calls { #expect(try ledger.call(key: call.call.key) == call) }
        #expect(try ledger.trackedCall(key: "pbx:1") == changed[0])
        #expect(try ledger.trackedCall(key: "pbx:3") == calls[2].tracked)
        #expect(try ledger.trackedCall(key: "pbx:4") == nil)
        #expect(try ledger.fact(.portalHost) == "portal.test")
    }

    @Test func `the progress of a call that is gone is not saved, nor what came with it`() throws {
        let ledger = try ledger()
        let id = try ledger.store([.sample("pbx:1")])[0]
        let there = TrackedCall.sample(.delivered, id: id, .sample("pbx:1"))
        let gone = TrackedCall.sample(.delivered, id: id + 1, .sample("pbx:2"))
        #expect(throws: LedgerFault.self) {
            try ledger.save(progressOf: [there, gone], facts: [.portalHost: "portal.test"])
        }
        #expect(try ledger.trackedCall(key: "pbx:1")?.state == .pending)
        #expect(try ledger.fact(.portalHost) == nil)
    }

    @Test func `a state that no version has written is named`() throws {
        let folder = try TemporaryFolder()
        let ledger = try Ledger.open(path: folder.file())
        try ledger.store([.sample("pbx:1")])
        try DatabaseQueue(path: folder.file()).write { try $0.execute(sql: "UPDATE call SET state = 77") }
        let fault = LedgerFault.damaged(
            path: folder.file(), reason: "the call in row 1 has an unknown state, type or status: 77")
        #expect(throws: fault) { try ledger.call(key: "pbx:1") }
        #expect(throws: fault) { try ledger.trackedCall(key: "pbx:1") }
    }

    @Test func `a key is taken once, by the call itself or by an alias`() throws {
        let ledger = try ledger()
        let id = try ledger.store([.sample("pbx:1")])[0]
        try ledger.intake { writer in
            #expect(try !writer.insertIfNew(.sample("pbx:1")))
            #expect(try writer.insertIfNew(.sample("pbx:2"), aliases: ["pbx:5"]))
            let (first, second) = (try writer.call(key: "pbx:1"), try writer.call(key: "pbx:5"))
            try writer.addAliases(["pbx:3", "pbx:2"], to: try #require(first))
            try writer.addAliases(["pbx:3"], to: try #require(second))
            #expect(try !writer.insertIfNew(.sample("pbx:3")))
            #expect(try writer.call(key: "pbx:3")?.id == id)
            #expect(try writer.call(key: "pbx:2")?.call.key == "pbx:2", "a key of its own goes before an alias")
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

    @Test func `the same bytes are rejected once, with the newest reason`() throws {
        let ledger = try ledger()
        let source = try ledger.source(keyPrefix: "pbx", keyRule: "rule")
        let reject = LedgerReject(
            sourceID: source.id, runID: 1, path: "a.csv", record: 2, line: 2, byte: 10, field: nil, reason: "badTime",
            message: RejectMessage(expected: "m", found: nil), raw: [1, 0, 255], encoding: "windows-1251")
        var other = reject
        other.reason = "badNumber"
        let isNew = try ledger.intake { writer in
            [try writer.reject(reject), try writer.reject(reject), try writer.reject(other)]
        }
        #expect(isNew == [true, false, false])
        #expect(try ledger.attention().rejects == ["badNumber": 1])
    }

    @Test func `a rejected record is dealt with once: replaced by another, or dismissed by a person`() throws {
        let ledger = try ledger()
        let source = try ledger.source(keyPrefix: "pbx", keyRule: "rule")
        try ledger.intake { writer in
            for number: UInt8 in 1...3 {
                _ = try writer.reject(
                    LedgerReject(
                        sourceID: source.id, runID: 1, path: "a.csv", record: 2, line: 2, byte: Int64(number),
                        field: nil,
                        reason: "badTime", message: RejectMessage(expected: "m", found: nil), raw: [number],
                        encoding: "utf-8"))
            }
        }
        let isReplaced = try ledger.intake { writer in
            #expect(try writer.openRejects(sourceID: source.id, raw: [2]) == [2])
            return [try writer.replaceReject(2, by: "pbx:7"), try writer.replaceReject(2, by: nil)]
        }
        #expect(isReplaced == [true, false])
        try ledger.dismiss(rejectIDs: [2, 3])
        #expect(try ledger.rejects(limit: 9).map(\.id) == [1])
        #expect(try ledger.openRejects(sourceID: source.id, after: 0, limit: 9).map(\.id) == [1])
        #expect(try ledger.openRejects(sourceID: source.id, after: 1, limit: 9).isEmpty)
        #expect(try ledger.rejects(isDismissed: true, limit: 9).map(\.id) == [3])
        #expect(try ledger.attention().rejects == ["badTime": 1] && ledger.attention().dismissedRejects == 1)
        #expect(try ledger.attention(withoutRejects: [1]).rejects.isEmpty)
        try ledger.dismiss(rejectIDs: [2, 3], isWanted: true)
        #expect(try ledger.rejects(limit: 9).map(\.id) == [1, 3])
        // The same bytes are met again: what was decided about them stays.
        try ledger.dismiss(rejectIDs: [1])
        var again = try #require(try ledger.rejects(isDismissed: true, limit: 9).first)
        again.reason = "badNumber"
        #expect(try !ledger.intake { try $0.reject(again) })
        #expect(try ledger.attention().rejects == ["badTime": 1])
    }

    @Test func `a whole file is found by its path and rules, and by its content once its run is over`() throws {
        let ledger = try ledger()
        let source = try ledger.source(keyPrefix: "pbx", keyRule: "rule")
        let stamp = FileStamp(size: 10, modified: 1, changed: 2, inode: 3)
        let file = LedgerWholeFile(
            sourceID: source.id, path: "/a", stamp: stamp, content: [7], rules: "r1", oldest: nil, newest: nil)
        #expect(try !ledger.hasWholeFile(sourceID: source.id, size: nil))
        try ledger.intake { try $0.save(file) }
        #expect(try ledger.stamps(sourceID: source.id, rules: "r1", paths: ["/a"]) == [nil])
        #expect(try ledger.wholeFile(sourceID: source.id, size: 10, content: [7], rules: "r1") == nil)
        try ledger.intake { try $0.settleWholeFiles(sourceID: source.id) }
        #expect(try ledger.stamps(sourceID: source.id, rules: "r1", paths: ["/", "/a", "/b"]) == [nil, stamp, nil])
        #expect(try ledger.stamps(sourceID: source.id, rules: "r2", paths: ["/a"]) == [nil])
        #expect(try ledger.stamps(sourceID: source.id + 1, rules: "r1", paths: ["/a"]) == [nil])
        #expect(try ledger.wholeFile(sourceID: source.id, size: 10, content: [7], rules: "r1") == file)
        #expect(try ledger.wholeFile(sourceID: source.id, size: 10, content: [8], rules: "r1") == nil)
        #expect(try ledger.hasWholeFile(sourceID: source.id, size: 10))
        #expect(try !ledger.hasWholeFile(sourceID: source.id, size: 11))
    }

    @Test func `how a file was read is remembered`() throws {
        let ledger = try ledger()
        let source = try ledger.source(keyPrefix: "pbx", keyRule: "rule")
        var reading = LedgerReading(sourceID: source.id, path: "/a", header: [65, 0], rules: "r1", leftOut: 7)
        #expect(try ledger.reading(sourceID: source.id, path: "/a") == nil)
        try ledger.intake { try $0.save(reading) }
        #expect(try ledger.reading(sourceID: source.id, path: "/a") == reading)
        reading.leftOut = 9
        try ledger.intake { try $0.save(reading) }
        #expect(try ledger.reading(sourceID: source.id, path: "/a")?.leftOut == 9)
        try ledger.forgetReading(of: "/a")
        #expect(try ledger.reading(sourceID: source.id, path: "/a") == nil)
    }

    @Test func `a header that many files have is kept once, as long as one of them is known`() throws {
        let folder = try TemporaryFolder()
        let ledger = try Ledger.open(path: folder.file())
        let source = try ledger.source(keyPrefix: "pbx", keyRule: "rule")
        func headers() throws -> Int? {
            let queue = try DatabaseQueue(path: folder.file())
            return try queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM file_header") }
        }
        let files: [(String, [UInt8])] = [("/a", [65]), ("/b", [65]), ("/c", [66]), ("/d", []), ("/b", [67])]
        for (path, header) in files {
            try ledger.intake { try $0.save(LedgerReading(sourceID: source.id, path: path, header: header)) }
            #expect(try ledger.reading(sourceID: source.id, path: path)?.header == header)
        }
        #expect(try headers() == 4)
        try ledger.forgetReading(of: "/c")
        _ = try ledger.prune(before: 0)
        #expect(try headers() == 3)
        #expect(try ledger.reading(sourceID: source.id, path: "/a")?.header == [65])
        #expect(try ledger.reading(sourceID: source.id, path: "/c") == nil)
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
            let tracked = try ledger.trackedCalls(in: .pending, after: cursor, latestStart: 30, limit: 1)
            #expect(tracked == [call.tracked])
            cursor = DeliveryCursor(after: call)
            #expect(cursor == DeliveryCursor(after: call.tracked))
        }
        #expect(keys == ["pbx:2", "pbx:3", "pbx:4", "pbx:1"])
    }

    @Test func `the owner of a CALL_ID is found, and counts leave out what is delivered`() throws {
        let ledger = try ledger()
        var calls = CallState.allCases.map { LedgerCall.sample("pbx:\($0.rawValue)", state: $0) }
        let callID = "externalCall.0123456789abcdef0123456789abcdef.1772868031"
        calls[8].progress = DeliveryProgress(heldFor: .noEmployee)
        calls[4].progress = DeliveryProgress(stored: .finishing, portalCallID: callID)
        let ids = try ledger.store(calls)
        let owners = try ledger.owners(ofPortalCallIDs: [callID, "externalCall.other"])
        #expect(owners == [callID: ids[4]])
        let counts = try ledger.openCounts()
        #expect(counts[.held] == ["noEmployee": 1] && counts[.delivered] == nil && counts.count == 8)
        #expect(try ledger.hasDelivered())
        let attention = try ledger.attention()
        #expect(attention.held == ["noEmployee": 1] && attention.oldest == 1_790_000_000)
    }

    @Test func `counts are right after each write, whoever writes`() throws {
        let folder = try TemporaryFolder()
        let ledger = try Ledger.open(path: folder.file())
        try ledger.store([.sample("pbx:1"), .sample("pbx:2")])
        #expect(try ledger.openCounts() == [.pending: ["": 2]])
        try ledger.store([.sample("pbx:3", state: .unsettled)])
        #expect(try ledger.openCounts() == [.pending: ["": 2], .unsettled: ["": 1]])
        // What is taken back does not count.
        struct Stop: Error {}
        #expect(throws: (any Error).self) {
            try ledger.intake { transaction in
                _ = try transaction.insert(.sample("pbx:4"))
                throw Stop()
            }
        }
        #expect(try ledger.openCounts() == [.pending: ["": 2], .unsettled: ["": 1]])
        let other = try DatabaseQueue(path: folder.file())
        try other.write { try $0.execute(sql: "UPDATE call SET state = 6 WHERE key = 'pbx:1'") }
        #expect(try ledger.openCounts() == [.pending: ["": 1], .unsettled: ["": 1]])
        try ledger.intake { transaction in
            let call = try #require(try transaction.call(key: "pbx:2"))
            try transaction.delete(call)
        }
        #expect(try ledger.openCounts() == [.unsettled: ["": 1]])
    }

    @Test(arguments: CallState.allCases)
    func `what has left is known by the state of a call, or by its requests`(state: CallState) throws {
        let isUntouched = [.waiting, .pending, .held].contains(state)
        // The portal has refused a call of this source, or others have delivered it: nothing of it is there.
        let isUnknownThere = isUntouched || [.refused, .deliveredByOthers].contains(state)
        let progresses = [
            DeliveryProgress(stored: state), DeliveryProgress(stored: state, registrations: 1),
            DeliveryProgress(stored: state, lostRegister: true),
        ]
        for (number, progress) in progresses.enumerated() {
            let ledger = try ledger()
            let source = try ledger.source(keyPrefix: "pbx", keyRule: "rule")
            try ledger.store([.sample(.sample("pbx:1"), source: source.id, progress: progress)])
            #expect(try ledger.hasDelivered() == (number > 0 || !isUntouched))
            #expect(try ledger.hasDelivered(keyPrefix: "pbx") == (number > 0 || !isUnknownThere))
            #expect(try !ledger.hasDelivered(keyPrefix: "other"))
        }
    }

    @Test func `what was read is forgotten only while nothing has left`() throws {
        let sent = LedgerCall.sample(
            "pbx:1", progress: DeliveryProgress(stored: .held, reason: "unknownOutcome", registrations: 1))
        let lost = LedgerCall.sample("pbx:1", progress: DeliveryProgress(stored: .pending, lostRegister: true))
        for call in [sent, lost, .sample("pbx:1", state: .unsettled), .sample("pbx:1", state: .delivered)] {
            let ledger = try ledger()
            try ledger.store([call, .sample("pbx:2")])
            #expect(try ledger.hasDelivered())
            #expect(try !ledger.forgetIntake())
            #expect(try ledger.call(key: "pbx:2") != nil)
        }
        let ledger = try ledger()
        try ledger.store([.sample("pbx:1"), .sample("pbx:2", state: .waiting)])
        let named = try #require(try ledger.call(key: "pbx:1"))
        try ledger.intake { try $0.addAliases(["pbx:9"], to: named) }
        #expect(try !ledger.hasDelivered())
        #expect(try ledger.forgetIntake())
        #expect(try ledger.call(key: "pbx:1") == nil)
        #expect(try ledger.call(key: "pbx:9") == nil)
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
        let folder = try TemporaryFolder()
        try Ledger.open(path: folder.file()).close()
        let plan = try DatabaseQueue(path: folder.file()).read { db in
            try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + sql, arguments: sql.contains("?") ? [1] : []).map {
                $0["detail"] as String
            }
        }
        #expect(plan.contains { $0.contains("call_open") }, "\(plan)")
    }
}

// SPDX-License-Identifier: Apache-2.0

import Clocks
import ExitCodes
import Foundation
import GRDB
import Ledger
import Reporting
import TestSupport
import Testing

@testable import Delivery
@testable import Importing

/// How a run ends when its ledger fails at the last moment: with 74 and a message, never as if nothing were left.
@Suite struct EndOfRunTests {
    /// Changes a ledger as another process would.
    private static func change(_ path: String, _ sql: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.write { db in try db.execute(sql: sql) }
        try queue.close()
    }

    @Test func `a ledger that becomes unreadable during the last reply`() async throws {
        try await VirtualTime.run { time in
            let scene = try ImportScene(time)
            try scene.write(scene.records(1...3))
            let path = scene.path("cdr24.sqlite")
            let result = try await scene.run(onProgress: { progress in
                guard progress.done == progress.total else { return }
                do {
                    try Self.change(path, "DROP TABLE IF EXISTS call")
                } catch {
                    Issue.record(error)
                }
            })
            #expect(result.status == .inputOutput, "\(result.summary.text)")
            #expect(result.summary.run.exitCode == 74 && result.summary.run.outcome == "failed")
            #expect(result.complaint?.contains(path) == true && result.complaint?.contains("also") == false)
            // What was delivered is said; what is left is not known, and is not called nothing.
            #expect(result.summary.calls.delivered == 3 && !result.summary.calls.ledgerRead)
            #expect(result.summary.text.contains("unknown, the ledger could not be read"), "\(result.summary.text)")
            #expect(!result.summary.metrics(coverage: []).contains("state=\"pending\""))
            var page = ReportPage()
            page.summary = result.summary
            #expect(page.html.contains("unknown, the ledger could not be read"))
        }
    }

    @Test func `an end of the run that cannot be recorded`() async throws {
        try await VirtualTime.run { time in
            let scene = try ImportScene(time)
            let path = scene.path("cdr24.sqlite")
            let access = LedgerAccess(path: path)
            try access.lock().open().close()
            // What a full disk does, at exactly this moment.
            try Self.change(
                path, "CREATE TRIGGER full BEFORE UPDATE ON run BEGIN SELECT RAISE(ABORT, 'no space left'); END")
            try scene.write(scene.records(1...3))
            let result = try await scene.run()
            #expect(result.status == .inputOutput, "\(result.summary.text)")
            #expect(result.complaint?.contains("no space left") == true, "\(result.complaint ?? "")")
            #expect(result.summary.calls.delivered == 3 && result.summary.calls.ledgerRead)
            let run = try access.reading { ledger throws(LedgerFault) in try ledger.lastRuns(1) }.first
            #expect(run?.endedAt == nil)

            try Self.change(path, "DROP TRIGGER full")
            expect(try await scene.run(), read: 0, delivered: 0)
            #expect(try await scene.rowCount() == 3)
        }
    }

    @Test func `a ledger that is cut off cannot be looked through`() async throws {
        try await VirtualTime.run { time in
            let scene = try ImportScene(time)
            try scene.write(scene.records(1...50))
            expect(try await scene.run(), read: 50, delivered: 50)
            let path = scene.path("cdr24.sqlite")
            let ledger = try #require(try LedgerAccess(path: path).openForReading())
            let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
            try file.truncate(atOffset: 4_096)
            try file.close()
            #expect(throws: LedgerFault.self) { try Remainder(ledger) }
        }
    }

    @Test(arguments: [false, true])
    func `a signal before the delivery leaves work`(_ isDryRun: Bool) async throws {
        try await VirtualTime.run { time in
            let scene = try ImportScene(time)
            try scene.write(scene.records(1...3))
            let stop = StopSignal()
            stop.stop()
            let result = try await scene.run(isDryRun: isDryRun, stop: stop)
            #expect(result.status == .workLeft, "\(result.summary.text)")
            #expect(result.complaint?.contains("interrupted by a signal") == true)
            #expect(scene.portal.requests == 0)
            expect(try await scene.run(), read: 3, delivered: 3)
        }
    }
}

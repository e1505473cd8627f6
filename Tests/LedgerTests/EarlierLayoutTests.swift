// SPDX-License-Identifier: Apache-2.0

import CallLifecycle
import Digests
import Foundation
import GRDB
import Migrations
import TestSupport
import Testing

@testable import Ledger

/// A ledger of each earlier layout is read as it is, before the first import converts it.
@Suite struct EarlierLayoutTests {
    /// How many of the first steps each layout has had: from that of version 0.1.0 to the present one.
    private static let layouts = Array(2...Migrations.all.count)

    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Makes the ledger of version 0.1.0 with the first so many steps, in the mode in which an import leaves it.
    private func restore(_ steps: Int, to name: String = "cdr24.sqlite") throws {
        let dump = PackageFolder.file("Tests/LedgerTests/Fixtures/ledger_0_1_0.sql")
        let queue = try DatabaseQueue(path: folder.file(name))
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: try String(contentsOfFile: dump, encoding: .utf8))
            try #require(try Int.fetchOne(db, sql: "SELECT count(*) FROM migration") == 2)
            for step in Migrations.all.prefix(steps).dropFirst(2) {
                try db.execute(sql: step.sql)
                try db.execute(sql: "INSERT INTO migration (name) VALUES (?)", arguments: [step.name])
            }
            try db.execute(sql: "PRAGMA journal_mode = WAL")
        }
        try queue.close()
    }

    /// All tables with their columns and rows, as text.
    private func content(_ ledger: Ledger) throws -> [String] {
        try ledger.read { db in
            let tables = try String.fetchAll(
                db, sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'migration' ORDER BY name")
            return try tables.flatMap { table in
                try Row.fetchAll(db, sql: "SELECT * FROM \"\(table)\"").map { "\(table) \($0.debugDescription)" }
            }
        }
    }

    @Test(arguments: layouts)
    func `what is read is what an import would find, and the file stays as it is`(_ steps: Int) throws {
        try restore(steps)
        try restore(steps, to: "converted.sqlite")
        let before = folder.bytes()
        let reader = try #require(try Ledger.openForReading(path: folder.file()))
        #expect(reader.path == folder.file())
        let converted = try Ledger.open(path: folder.file("converted.sqlite"))
        let content = try content(reader)
        #expect(try content == self.content(converted) && content.count > 20)
        #expect(try reader.trackedCall(key: "pbx:1795840737.16")?.state == .waiting)
        #expect(try reader.rejects(limit: 9).map(\.reason) == ["badDate"])
        #expect(throws: LedgerFault.self) { try reader.remember([.portalHost: "x"]) }
        try reader.close()
        #expect(try folder.bytes() == before && Ledger.exists(path: folder.file()))
        let queue = try DatabaseQueue(path: folder.file())
        #expect(try queue.read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM migration") } == steps)
    }

    @Test func `a run of the version before neither waits for a reader nor is waited for`() throws {
        try restore(2)
        var configuration = Configuration()
        // A reader that holds the file up would be seen at once.
        configuration.busyMode = .immediateError
        let writer = try DatabaseQueue(path: folder.file(), configuration: configuration)
        try writer.write { db in try db.execute(sql: "UPDATE call SET note = 'before' WHERE id = 1") }
        try writer.writeWithoutTransaction { db in
            try db.inTransaction(.immediate) {
                try db.execute(sql: "UPDATE call SET note = 'after' WHERE id = 1")
                let reader = try #require(try Ledger.openForReading(path: folder.file()))
                let notes = try reader.read { db in try String.fetchOne(db, sql: "SELECT note FROM call WHERE id = 1") }
                #expect(notes == "before")
                return .commit
            }
        }
        let reader = try #require(try Ledger.openForReading(path: folder.file()))
        #expect(try reader.read { db in try String.fetchOne(db, sql: "SELECT note FROM call WHERE id = 1") } == "after")
        try writer.write { db in try db.execute(sql: "UPDATE call SET note = 'later' WHERE id = 1") }
    }

    @Test func `headers that were kept with each file are kept once`() throws {
        try restore(9)
        let queue = try DatabaseQueue(path: folder.file())
        try queue.write { db in
            try db.execute(
                sql: """
                    INSERT INTO file_reading (source_id, path, header, rules, left_out)
                    VALUES (1, 'a.csv', x'4100', 'r1', 1), (1, 'b.csv', x'4100', 'r1', 2), (1, 'c.csv', x'', 'r2', 3)
                    """)
        }
        try queue.close()
        let ledger = try Ledger.open(path: folder.file())
        let readings = try ["a.csv", "b.csv", "c.csv"].map { try ledger.reading(sourceID: 1, path: $0) }
        #expect(readings.map { $0?.header } == [[65, 0], [65, 0], []])
        #expect(readings.map { $0?.rules } == ["r1", "r1", "r2"] && readings.map { $0?.leftOut } == [1, 2, 3])
        #expect(try ledger.read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM file_header") } == 2)
    }

    @Test func `rejected records that were kept whole are the same when their parts are kept apart`() throws {
        try restore(10)
        let queue = try DatabaseQueue(path: folder.file())
        let raws = ["open", "dismissed", "pruned", "open, too"]
        try queue.write { db in
            try db.execute(sql: "DELETE FROM reject")
            for (index, raw) in raws.enumerated() {
                try db.execute(
                    sql: """
                        INSERT INTO reject VALUES
                        (?, 1, ?, ?, ?, 7, 8, ?, 'badDate', ?, ?, ?, 'windows-1251', ?, NULL, ?)
                        """,
                    arguments: [
                        index + 5, index < 2 ? 1 : 2, "\(index % 2).csv", index + 1, index == 0 ? nil : index,
                        raw == "pruned" ? "" : "expected a, found b; do \(index)",
                        Data((raw == "pruned" ? "" : raw).utf8), Data(SHA256.hash(raw.utf8)),
                        raw.hasPrefix("open") ? nil : "dismissed", raw.hasPrefix("open") ? nil : 9,
                    ])
            }
        }
        try queue.close()
        let reader = try #require(try Ledger.openForReading(path: folder.file()))
        func reject(_ index: Int) -> LedgerReject {
            LedgerReject(
                id: Int64(index + 5), sourceID: 1, runID: index < 2 ? 1 : 2, path: "\(index % 2).csv",
                record: index + 1,
                line: 7, byte: 8, field: index == 0 ? nil : index, reason: "badDate",
                message: RejectMessage(expected: "", found: index == 2 ? nil : "expected a, found b; do \(index)"),
                raw: index == 2 ? [] : Array(raws[index].utf8), encoding: "windows-1251")
        }
        for ledger in [reader, try Ledger.open(path: folder.file())] {
            #expect(try ledger.rejects(limit: 9) == [reject(3), reject(0)])
            #expect(try ledger.rejects(isDismissed: true, limit: 9) == [reject(2), reject(1)])
            for (index, raw) in (raws + ["new"]).enumerated() {
                var again = reject(0)
                again.raw = Array(raw.utf8)
                #expect(try ledger.snapshot { try $0.knows(again) } == (index < 4), "\(raw)")
            }
        }
    }

    @Test func `a ledger that is larger than what is kept in memory is read whole`() throws {
        try restore(2)
        let queue = try DatabaseQueue(path: folder.file())
        let record = String(repeating: "x", count: 1_000)
        try queue.write { db in
            try db.execute(
                sql: """
                    WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 20000)
                    INSERT INTO reject (source_id, run_id, path, record, line, byte, reason, message, raw, raw_hash)
                    SELECT 1, 1, 'a.csv', n, n, n, 'badNumber', 'x', ?, CAST(n AS BLOB) FROM number
                    """, arguments: [record])
        }
        try queue.close()
        try #require((folder.bytes()?.count ?? 0) > 4 * Ledger.cacheKibibytes * 1_024)
        let reader = try #require(try Ledger.openForReading(path: folder.file()))
        #expect(try reader.rejects(limit: 100_000).count == 20_001)
        #expect(try reader.read { db in try String.fetchOne(db, sql: "PRAGMA integrity_check") } == "ok")
    }
}

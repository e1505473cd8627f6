// SPDX-License-Identifier: Apache-2.0

import CallLifecycle
import Foundation
import GRDB
import Ledger
import Migrations
import TestSupport
import Testing

/// Opening: what is accepted, what is refused, and what is left behind.
@Suite struct LedgerFileTests {
    @Test func `a new ledger is its owner's only, durable, and knows its migrations`() throws {
        let folder = try TemporaryFolder()
        let ledger = try Ledger.open(path: folder.file())
        #expect(try ledger.pragma("synchronous") == 2)
        try ledger.store([.sample("pbx:1")])
        #expect(try folder.mode() == 0o600)
        #expect(try folder.mode("cdr24.sqlite-wal") == 0o600)
        try ledger.close()
        let steps = try DatabaseQueue(path: folder.file()).read { db in
            try String.fetchAll(db, sql: "SELECT name FROM migration ORDER BY name")
        }
        #expect(steps.first == "m0001_ledger")
    }

    @Test func `a commit waits for the disk again when the files are read`() throws {
        let folder = try TemporaryFolder()
        let ledger = try Ledger.open(path: folder.file())
        _ = try ledger.source(keyPrefix: "pbx", keyRule: "rule")
        try ledger.beginReading()
        #expect(try ledger.pragma("synchronous") == 1)
        try ledger.store([.sample("pbx:1")])
        let log = URL(fileURLWithPath: folder.file("cdr24.sqlite-wal"))
        let before = try Data(contentsOf: log)
        try ledger.endReading()
        #expect(try ledger.pragma("synchronous") == 2)
        // SQLite waits for the disk only if the transaction has written something.
        #expect(try Data(contentsOf: log) != before)
        #expect(try ledger.call(key: "pbx:1") != nil)
    }

    @Test func `what was written is there after closing and opening`() throws {
        let folder = try TemporaryFolder()
        let first = try Ledger.open(path: folder.file())
        try first.store([.sample("pbx:1")])
        try first.close()
        let second = try Ledger.open(path: folder.file())
        var expected = LedgerCall.sample("pbx:1")
        expected.id = 1
        #expect(try second.call(key: "pbx:1") == expected)
        #expect(try second.pragma("synchronous") == 2)
    }

    @Test func `rejected records of an older ledger are UTF-8, as they were kept then`() throws {
        let folder = try TemporaryFolder()
        let queue = try DatabaseQueue(path: folder.file())
        try queue.write { db in
            let first = try #require(Migrations.all.first)
            try db.execute(sql: first.sql)
            try db.execute(
                sql: "CREATE TABLE migration (name TEXT NOT NULL PRIMARY KEY, applied_at INTEGER) WITHOUT ROWID")
            try db.execute(sql: "INSERT INTO migration (name) VALUES (?)", arguments: [first.name])
            try db.execute(sql: "INSERT INTO source (id, key_prefix, key_rule) VALUES (1, 'pbx', 'rule')")
            try db.execute(
                sql: """
                    INSERT INTO reject VALUES (1, 1, 4, 'a.csv', 2, 3, 10, NULL, 'badTime', 'a; b', ?, ?)
                    """, arguments: [Data("Анна".utf8), Data([7])])
        }
        try queue.close()
        let stored = LedgerReject(
            id: 1, sourceID: 1, runID: 4, path: "a.csv", record: 2, line: 3, byte: 10, field: nil, reason: "badTime",
            message: RejectMessage(expected: "", found: "a; b"), raw: Array("Анна".utf8), encoding: "utf-8")
        #expect(try Ledger.open(path: folder.file()).rejects(limit: 9) == [stored])
    }

    @Test func `a ledger of a newer program is refused and named`() throws {
        let folder = try TemporaryFolder()
        try Ledger.open(path: folder.file()).close()
        try DatabaseQueue(path: folder.file()).write { db in
            try db.execute(sql: "INSERT INTO migration (name) VALUES ('m9000_future')")
        }
        let fault = LedgerFault.newer(path: folder.file(), migration: "m9000_future")
        #expect(throws: fault) { try Ledger.open(path: folder.file()) }
        #expect(throws: fault) { try Ledger.openForReading(path: folder.file()) }
        #expect(fault.description.contains("newer cdr24 (m9000_future)"))
    }

    @Test func `a file that is no database is refused and left as it is`() throws {
        let folder = try TemporaryFolder()
        let text = Data(String(repeating: "a letter to the accountant\n", count: 100).utf8)
        try text.write(to: URL(fileURLWithPath: folder.file()))
        #expect {
            try Ledger.open(path: folder.file())
        } throws: {
            if case LedgerFault.damaged(path: folder.file(), reason: _) = $0 { true } else { false }
        }
        #expect(folder.bytes() == text)
    }

    @Test func `another program's database is refused and left as it is`() throws {
        let folder = try TemporaryFolder()
        let other = try DatabaseQueue(path: folder.file())
        try other.write { db in try db.execute(sql: "CREATE TABLE bookmark (url TEXT)") }
        try other.close()
        let before = folder.bytes()
        #expect(throws: LedgerFault.damaged(path: folder.file(), reason: "it is an SQLite file of another program")) {
            try Ledger.open(path: folder.file())
        }
        #expect(throws: LedgerFault.damaged(path: folder.file(), reason: "it is not a ledger of cdr24")) {
            try Ledger.openForReading(path: folder.file())
        }
        #expect(folder.bytes() == before)
    }

    @Test func `a damaged ledger is refused`() throws {
        let folder = try TemporaryFolder()
        let ledger = try Ledger.open(path: folder.file())
        try ledger.store((0..<500).map { .sample("pbx:\($0)") })
        try ledger.close()
        var bytes = try #require(folder.bytes())
        for index in 100..<bytes.count { bytes[index] = 0xA5 }
        try bytes.write(to: URL(fileURLWithPath: folder.file()))
        #expect {
            try Ledger.open(path: folder.file())
        } throws: {
            if case LedgerFault.damaged = $0 { true } else { false }
        }
    }

    @Test func `a folder that is not there is said`() throws {
        let folder = try TemporaryFolder()
        #expect {
            try Ledger.open(path: folder.file("no/such/folder.sqlite"))
        } throws: {
            if case LedgerFault.cannotOpen(_, let reason) = $0 { reason.contains("No such file") } else { false }
        }
        #expect(try Ledger.openForReading(path: folder.file("absent.sqlite")) == nil)
    }

    @Test func `reading beside a writer sees what is committed and writes nothing`() throws {
        let folder = try TemporaryFolder()
        let writer = try Ledger.open(path: folder.file())
        try writer.store([.sample("pbx:1")])
        let reader = try #require(try Ledger.openForReading(path: folder.file()))
        #expect(try reader.call(key: "pbx:1") != nil)
        #expect(throws: LedgerFault.self) { try reader.remember([.portalHost: "x"]) }
        try writer.store([.sample("pbx:2")])
        #expect(try reader.call(key: "pbx:2") != nil)
    }

    @Test(arguments: [0, 1, 100, 5_000])
    func `reserving room leaves room in the files and nothing else`(_ count: Int) throws {
        let folder = try TemporaryFolder()
        let ledger = try Ledger.open(path: folder.file())
        try ledger.store([.sample("pbx:1")])
        let pages = try #require(try ledger.pragma("page_count"))
        let began = ContinuousClock.now
        try ledger.reserveSpace(forCalls: count)
        try ledger.reserveSpace(forCalls: count)
        let took = ContinuousClock.now - began
        let size = try #require(try ledger.pragma("page_size"))
        let free = try #require(try ledger.pragma("freelist_count")) * size
        #expect(free >= count * 200)
        #expect(free <= max(count * 200, min(count * 8_192, 6 << 20)) + 65_536, "\(free)")
        let grown = try #require(try ledger.pragma("page_count")) - pages
        #expect(count > 0 || grown == 0)
        #expect(took < .seconds(5), "\(took)")
        try ledger.close()
        let isLeft = try DatabaseQueue(path: folder.file()).read { try $0.tableExists("reserved_space") }
        #expect(!isLeft)
    }
}

@Suite struct LedgerLogTests {
    @Test(arguments: [1, 10, 40, 400])
    func `the log stays within the room that was taken for it, however often calls are written`(count: Int) throws {
        let folder = try TemporaryFolder()
        let ledger = try Ledger.open(path: folder.file())
        try ledger.store((0..<count).map { LedgerCall.sample("pbx:\($0)") })
        let calls = try ledger.calls(in: .pending, limit: count)
        try #require(calls.count == count)
        try ledger.reserveSpace(forCalls: count)
        func size() throws -> Int {
            let log = try FileManager.default.attributesOfItem(atPath: folder.file() + "-wal")
            return try #require(log[.size] as? Int)
        }
        let taken = try size()
        for round in 0..<2_000 {
            var call = calls[round % count]
            call.progress = DeliveryProgress(stored: .pending, registrations: round)
            try ledger.save([call])
        }
        #expect(try size() <= taken)
    }
}

@Suite struct FileLockTests {
    @Test func `a lock keeps every other descriptor out until it is released`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("cdr24.sqlite.lock")
        do {
            let lock = try FileLock(path: path)
            #expect(throws: LedgerFault.locked(path: path)) { _ = try FileLock(path: path) }
            #expect(try folder.mode("cdr24.sqlite.lock") == 0o600)
            lock.write("one")
            lock.write("2")
            #expect(lock.text() == "2")
        }
        #expect(try await isFree(path))
        #expect(try FileLock(path: path).text() == "2")
    }

    /// Whether a released lock can be taken; a child of another test may hold every descriptor until it has begun.
    private func isFree(_ path: String) async throws -> Bool {
        for _ in 0..<500 {
            do throws(LedgerFault) {
                _ = try FileLock(path: path)
                return true
            } catch {
                guard error == .locked(path: path) else { throw error }
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        return false
    }

    @Test func `a lock is kept from other processes and is not handed to children`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("cdr24.sqlite.lock")
        var sleeper: pid_t = 0
        defer { if sleeper > 0 { kill(sleeper, SIGKILL) } }
        do {
            let lock = try FileLock(path: path)
            // A child that outlives the lock must not keep it; one whose test was killed ends by itself. An hour is more
            // than any machine takes for all tests.
            sleeper = try spawn(["/bin/sleep", "3600"])
            #expect(try await status(of: ["/usr/bin/flock", "-n", path, "true"]) != 0)
            _ = lock.text()
        }
        #expect(try await status(of: ["/usr/bin/flock", "-w", "60", path, "true"]) == 0)
        #expect(waitpid(sleeper, nil, WNOHANG) == 0, "the child still runs")
    }

    /// Starts a program. Foundation's `Process` can miss the end of a child while another one lives.
    private func spawn(_ arguments: [String]) throws -> pid_t {
        var pid: pid_t = 0
        var pointers = arguments.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        let code = posix_spawn(&pid, arguments[0], nil, nil, &pointers, nil)
        guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO) }
        return pid
    }

    /// The exit status of a program, or -1 when it does not end within ninety seconds.
    private func status(of arguments: [String]) async throws -> Int32 {
        let pid = try spawn(arguments)
        for _ in 0..<18_000 {
            var status: Int32 = 0
            if waitpid(pid, &status, WNOHANG) == pid { return (status >> 8) & 0xFF }
            try await Task.sleep(for: .milliseconds(5))
        }
        kill(pid, SIGKILL)
        return -1
    }

    @Test func `a lock is seen to be held among more locks than the kernel tells in one piece`() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("cdr24.sqlite.lock")
        #expect(FileLock.isHeld(path: path) == false)
        var others: [Int32] = []
        defer { for descriptor in others { close(descriptor) } }
        // Newer locks may stand before it or behind it in the kernel's table.
        func lockOthers() throws {
            for _ in 0..<150 {
                let other = open(folder.file("other-\(others.count)"), O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
                try #require(other >= 0 && flock(other, LOCK_EX | LOCK_NB) == 0)
                others.append(other)
            }
        }
        try lockOthers()
        let lock = try FileLock(path: path)
        try lockOthers()
        #expect(FileLock.isHeld(path: path) == true)
        #expect(FileLock.isHeld(path: folder.file("other-0")) == true)
        #expect(FileLock.isHeld(path: folder.file("other-299")) == true)
        _ = lock.text()
    }

    @Test func `a lock file that is a link is refused`() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createSymbolicLink(atPath: folder.file("l"), withDestinationPath: folder.file("x"))
        #expect(throws: LedgerFault.self) { _ = try FileLock(path: folder.file("l")) }
    }
}

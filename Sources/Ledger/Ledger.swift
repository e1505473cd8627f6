// SPDX-License-Identifier: Apache-2.0

import Foundation
internal import GRDB
private import Glibc
private import Migrations

/// The one SQLite file that remembers which calls were read and what became of them.
///
/// All writing goes through one connection in WAL mode with `synchronous = FULL`: when a writing method returns, its
/// change survives a power cut. Only what is read from files does so when ``endReading()`` returns; nothing is sent before.
/// Files are created for their owner only (0600).
package final class Ledger: CallStore {
    /// The path that messages name.
    package let path: String
    let database: DatabaseQueue
    /// What is remembered of rejected records from one transaction to the next.
    let rejectMemory = RejectMemory()
    let openCountsMemory = OpenCountsMemory()
    /// The wall clock in seconds since 1970, for the time stamps that people read.
    let wallClock: @Sendable () -> Int64
    /// Whether the database is a copy for reading: what was written to it would be lost.
    private let isCopy: Bool

    private init(
        path: String, database: DatabaseQueue, isCopy: Bool = false, wallClock: @escaping @Sendable () -> Int64
    ) {
        self.path = path
        self.database = database
        self.isCopy = isCopy
        self.wallClock = wallClock
    }

    /// How much of the file the writing connection keeps in memory.
    package static let cacheKibibytes = 4_096

    /// Opens a ledger for writing; a missing file is created.
    ///
    /// The caller holds the ``FileLock`` of the path.
    ///
    /// - Throws: ``LedgerFault``; `newer` when a later program has been here, `damaged` when it is no ledger.
    package static func open(
        path: String, wallClock: @escaping @Sendable () -> Int64 = Ledger.systemClock
    ) throws(LedgerFault) -> Ledger {
        try createPrivately(path: path)
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        return try translating(path) {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            let ledger = Ledger(path: path, database: queue, wallClock: wallClock)
            try queue.writeWithoutTransaction { db in
                try refuseForeign(db, path: path)
                // Not by GRDB's configuration: its set-up writes before anything of the file can be looked at, and it
                // leaves `synchronous` at NORMAL, with which a power cut can take back a commit.
                guard try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL") == "wal" else {
                    throw LedgerFault.cannotOpen(path: path, reason: "SQLite refuses journal_mode = WAL")
                }
                try setDurability(db, "FULL", level: 2, path: path)
                try db.execute(sql: "PRAGMA cache_size = -\(cacheKibibytes)")
                try migrate(db, path: path)
            }
            return ledger
        }
    }

    /// Opens a ledger that is only looked at.
    ///
    /// A ledger of an earlier version is left as it is, so that the version before can still go on with it: what is read is a
    /// copy of this moment, in temporary files that have no name, with the steps that it has not had.
    ///
    /// - Returns: `nil` when there is no file at the path, or an empty one: an import makes its ledger in it.
    /// - Throws: ``LedgerFault``; `newer` or `damaged` as for ``open(path:wallClock:)``, `diskFull` when there is no room for a
    ///   copy.
    package static func openForReading(
        path: String, wallClock: @escaping @Sendable () -> Int64 = Ledger.systemClock
    ) throws(LedgerFault) -> Ledger? {
        guard let (queue, isComplete) = try reader(path: path) else { return nil }
        guard !isComplete else { return Ledger(path: path, database: queue, wallClock: wallClock) }
        let copy = try upgradedCopy(of: queue, path: path)
        try translating(path) { try queue.close() }
        return Ledger(path: path, database: copy, isCopy: true, wallClock: wallClock)
    }

    /// Whether there is a ledger at a path, of this version or an earlier one.
    ///
    /// - Throws: ``LedgerFault``; `newer` or `damaged` as for ``open(path:wallClock:)``.
    package static func exists(path: String) throws(LedgerFault) -> Bool {
        guard let (queue, _) = try reader(path: path) else { return false }
        try translating(path) { try queue.close() }
        return true
    }

    /// A connection that cannot write, and whether the ledger has had all steps; `nil` as for
    /// ``openForReading(path:wallClock:)``.
    private static func reader(path: String) throws(LedgerFault) -> (DatabaseQueue, isComplete: Bool)? {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw .cannotOpen(path: path, reason: String(cString: strerror(errno)))
        }
        if status.st_size == 0, status.st_mode & S_IFMT == S_IFREG { return nil }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(10)
        return try translating(path) {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            let applied = try queue.read { db in try checkVersion(db, path: path) }
            return (queue, Migrations.all.allSatisfy { applied.contains($0.name) })
        }
    }

    /// A copy that has had all steps.
    private static func upgradedCopy(of queue: DatabaseQueue, path: String) throws(LedgerFault) -> DatabaseQueue {
        try translating(path) {
            let copy = try temporaryDatabase(cacheKibibytes: cacheKibibytes)
            do {
                try queue.backup(to: copy)
                try copy.writeWithoutTransaction { db in try migrate(db, path: path) }
            } catch let error as DatabaseError where error.resultCode == .SQLITE_FULL {
                throw LedgerFault.diskFull(path: temporaryName)
            }
            return copy
        }
    }

    /// What messages call a temporary ledger: where it is, and how to choose another disk.
    package static let temporaryName = "(temporary; TMPDIR names its folder)"

    /// Makes a ledger that lives in memory up to a bound, and beyond it in a file without a name among the system's
    /// temporary files, which is gone when the process ends, however it ends. Nothing in it is durable.
    ///
    /// - Parameter cacheKibibytes: How much of it is kept in memory.
    package static func temporary(
        cacheKibibytes: Int = Ledger.cacheKibibytes, wallClock: @escaping @Sendable () -> Int64 = Ledger.systemClock
    ) throws(LedgerFault) -> Ledger {
        try translating(temporaryName) {
            let queue = try temporaryDatabase(cacheKibibytes: cacheKibibytes)
            try queue.writeWithoutTransaction { db in try migrate(db, path: temporaryName) }
            return Ledger(path: temporaryName, database: queue, wallClock: wallClock)
        }
    }

    private static func temporaryDatabase(cacheKibibytes: Int) throws -> DatabaseQueue {
        // SQLite's name for a database of its own that it deletes itself.
        let queue = try DatabaseQueue(path: "")
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA journal_mode = MEMORY")
            try db.execute(sql: "PRAGMA synchronous = OFF")
            try db.execute(sql: "PRAGMA cache_size = -\(cacheKibibytes)")
        }
        return queue
    }

    /// Seconds since 1970 by the system's clock.
    package static let systemClock: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970) }

    /// Gives back what SQLite keeps of the file in memory; it reads again what it needs.
    package func releaseCache() { database.releaseMemory() }

    /// Checkpoints the WAL and closes the file; the ledger is not used afterwards.
    package func close() throws(LedgerFault) {
        try Self.translating(path) { try database.close() }
    }

    /// Says what a commit waits for.
    ///
    /// - Parameter level: The number by which SQLite tells the setting.
    func setDurability(_ setting: String, level: Int) throws(LedgerFault) {
        try Self.translating(path) {
            try database.writeWithoutTransaction { db in try Self.setDurability(db, setting, level: level, path: path) }
        }
    }

    private static func setDurability(_ db: Database, _ setting: String, level: Int, path: String) throws {
        try db.execute(sql: "PRAGMA synchronous = \(setting)")
        guard try Int.fetchOne(db, sql: "PRAGMA synchronous") == level else {
            throw LedgerFault.cannotOpen(path: path, reason: "SQLite refuses synchronous = \(setting)")
        }
    }

    /// Runs `body` in one transaction that is durable when this returns, but while files are read.
    func write<T>(_ body: (Database) throws -> T) throws(LedgerFault) -> T {
        guard !isCopy else { throw .cannotOpen(path: path, reason: "it was opened for reading") }
        return try Self.translating(path) { try database.write(body) }
    }

    /// Runs `body` on a consistent view of the ledger.
    func read<T>(_ body: (Database) throws -> T) throws(LedgerFault) -> T {
        try Self.translating(path) { try database.read(body) }
    }

    /// The value of a pragma of the writing connection; for the check that commits are durable.
    package func pragma(_ name: String) throws(LedgerFault) -> Int? {
        try Self.translating(path) {
            try database.writeWithoutTransaction { db in try Int.fetchOne(db, sql: "PRAGMA \(name)") }
        }
    }
}

extension Ledger {
    /// SQLite creates a file with the process's umask; call records and numbers are nobody else's business.
    ///
    /// A file that others can read or change is closed to them; its group keeps what it may.
    private static func createPrivately(path: String) throws(LedgerFault) {
        let handle = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard handle >= 0 else {
            throw LedgerFault.cannotOpen(path: path, reason: String(cString: strerror(errno)))
        }
        defer { _ = Glibc.close(handle) }
        var status = stat()
        guard fstat(handle, &status) == 0, status.st_mode & 0o007 != 0 else { return }
        if fchmod(handle, status.st_mode & 0o770) != 0, status.st_mode & 0o002 != 0 {
            throw LedgerFault.cannotOpen(
                path: path, reason: "every user of this machine can change it; its owner should run: chmod 660 \(path)")
        }
    }

    /// Refuses a file in which another program keeps something, before anything of it is changed.
    private static func refuseForeign(_ db: Database, path: String) throws {
        let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        guard try tables == 0 || db.tableExists("migration") else {
            throw LedgerFault.damaged(path: path, reason: "it is an SQLite file of another program")
        }
    }

    /// Applies the steps that the ledger has not had, each in a transaction of its own.
    private static func migrate(_ db: Database, path: String) throws {
        try db.execute(
            sql: """
                CREATE TABLE IF NOT EXISTS migration (
                    name TEXT NOT NULL PRIMARY KEY,
                    applied_at INTEGER NOT NULL DEFAULT (unixepoch())
                ) WITHOUT ROWID
                """)
        let applied = try checkVersion(db, path: path)
        for step in Migrations.all where !applied.contains(step.name) {
            try db.inTransaction {
                try db.execute(sql: step.sql)
                try db.execute(sql: "INSERT INTO migration (name) VALUES (?)", arguments: [step.name])
                return .commit
            }
        }
        try db.inTransaction {
            // A former layout had the hashes in its rows.
            var tail = RejectTail()
            try tail.load(db)
            if tail.isFull { try tail.store(db) }
            return .commit
        }
    }

    /// Refuses a file that a newer program has changed or that is no ledger of ours.
    ///
    /// - Returns: The names of the steps that it has had.
    private static func checkVersion(_ db: Database, path: String) throws -> Set<String> {
        guard try db.tableExists("migration") else {
            throw LedgerFault.damaged(path: path, reason: "it is not a ledger of cdr24")
        }
        let applied = Set(try String.fetchAll(db, sql: "SELECT name FROM migration"))
        let known = Set(Migrations.all.map(\.name))
        if let unknown = applied.subtracting(known).min() {
            throw LedgerFault.newer(path: path, migration: unknown)
        }
        return applied
    }

    /// Turns what SQLite reports into a ``LedgerFault``.
    static func translating<T>(_ path: String, _ body: () throws -> T) throws(LedgerFault) -> T {
        do {
            return try body()
        } catch let fault as LedgerFault {
            if case .damaged(path: "", let reason) = fault { throw .damaged(path: path, reason: reason) }
            throw fault
        } catch let error as DatabaseError {
            let reason = error.message ?? error.resultCode.description
            switch error.resultCode {
            case .SQLITE_FULL: throw .diskFull(path: path)
            case .SQLITE_NOTADB, .SQLITE_CORRUPT: throw .damaged(path: path, reason: reason)
            case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_READONLY: throw .cannotOpen(path: path, reason: reason)
            default: throw .cannotAccess(path: path, reason: reason)
            }
        } catch {
            throw .cannotAccess(path: path, reason: "\(error)")
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

package import CallRecords
import Foundation
internal import GRDB

/// One transaction of intake into a ledger.
package final class LedgerTransaction: IntakeTransaction {
    /// What the ledger holds, with what this transaction has changed.
    package let stored: LedgerSnapshot
    let db: Database
    /// The wall clock in seconds since 1970.
    let now: Int64
    private let pendingInsertion: RowStatement
    private let insertion: RowStatement
    /// Compiled when there are enough calls for it: that takes longer than storing some of them one by one.
    private lazy var groupInsertion = Result { try RowStatement(db, CallTable.insertPendingGroup) }
    private let lastRow: RowStatement
    private let rowByKey: RowStatement
    private let aliasInsertion: RowStatement
    let rejectInsertion: RowStatement
    let rejects: RejectMemory

    init(_ db: Database, now: Int64, rejects: RejectMemory) throws {
        self.db = db
        self.now = now
        self.rejects = rejects
        stored = try LedgerSnapshot(db, rejects: rejects)
        pendingInsertion = try RowStatement(db, CallTable.insertPendingIfNew)
        insertion = try RowStatement(db, CallTable.insertIfNew)
        lastRow = try RowStatement(db, "SELECT max(id) FROM call")
        rowByKey = try RowStatement(db, "SELECT id FROM call WHERE key = ?")
        rejectInsertion = try RowStatement(db, Self.insertReject)
        aliasInsertion = try RowStatement(db, "INSERT OR IGNORE INTO alias VALUES (?, ?)")
    }

    /// The call with a key, found by the key itself or by an alias; `nil` when there is none.
    package func call(key: String) throws -> LedgerCall? { try stored.call(key: key) }

    /// Whether the call with a key, or an alias like it, is known to have all of some legs.
    package func knows(_ legs: [Leg]) throws -> Bool {
        var key = legs[0].key
        return try key.withUTF8 { key in
            try stored.hasLegs(legs.lazy.map(\.fingerprint), key: UnsafeRawBufferPointer(key)) ?? false
        }
    }

    /// Whether the leg of a packed call is known.
    package func knows(_ calls: PackedCalls, _ index: Int) throws -> Bool {
        try calls.withCall(index) { call in
            try stored.hasLegs(CollectionOfOne(calls.fingerprint(index)), key: call.key.utf8) ?? false
        }
    }

    /// Stores a call that is not stored yet, in whatever state, and returns its row.
    ///
    /// - Throws: `SQLITE_CONSTRAINT_UNIQUE` when the key is taken.
    @discardableResult
    package func insert(_ call: LedgerCall) throws -> Int64 {
        let isStored = try PackedCall.with(call) { packed in
            try insertion.run { CallTable.bind(packed, call.progress, row: nil, now: now, to: $0) } > 0
        }
        guard isStored else {
            throw DatabaseError(resultCode: .SQLITE_CONSTRAINT_UNIQUE, message: "the key \(call.call.key) is taken")
        }
        return db.lastInsertedRowID
    }

    /// Stores a call with its aliases unless its key, or an alias like it, is taken; says whether it was stored.
    package func insertIfNew(_ call: LedgerCall, aliases: [String]) throws -> Bool {
        try PackedCall.with(call) { packed in
            guard try !stored.isAlias(packed.key.utf8) else { return false }
            let count = try insertion.run { CallTable.bind(packed, call.progress, row: nil, now: now, to: $0) }
            guard count > 0 else { return false }
            try addAliases(aliases, row: db.lastInsertedRowID)
            return true
        }
    }

    /// Stores a packed call, bound from its bytes, unless its key is taken; says whether it was stored.
    package func insertIfNew(_ calls: PackedCalls, _ index: Int) throws -> Bool {
        try calls.withCall(index) { call in
            guard try !stored.isAlias(call.key.utf8) else { return false }
            guard try pendingInsertion.run({ CallTable.bind(call, now: now, to: $0) }) > 0 else { return false }
            let aliases = calls.aliases(index)
            if !aliases.isEmpty { try addAliases(aliases, row: db.lastInsertedRowID) }
            return true
        }
    }

    /// Stores packed calls without aliases, bound from their bytes, but those whose keys are taken; gives the places of these.
    package func insertNew(_ calls: PackedCalls, _ places: [Int]) throws -> [Int] {
        var known = try aliases(among: places, of: calls)
        var rest = known.isEmpty ? places[...] : places.filter { !known.contains($0) }[...]
        while rest.count >= CallTable.groupSize {
            known += try insertGroup(calls, rest.prefix(CallTable.groupSize))
            rest = rest.dropFirst(CallTable.groupSize)
        }
        for place in rest where try !insertIfNew(calls, place) { known.append(place) }
        return known.sorted()
    }

    /// The places of the calls whose keys are aliases of stored calls.
    private func aliases(among places: [Int], of calls: PackedCalls) throws -> [Int] {
        guard stored.hasAliases else { return [] }
        return try calls.withAll { all in try places.filter { try stored.isAlias(all[$0].key.utf8) } }
    }

    /// Stores as many calls as a group has, and gives the places of those whose keys are taken.
    private func insertGroup(_ calls: PackedCalls, _ places: ArraySlice<Int>) throws -> [Int] {
        let statement = try groupInsertion.get()
        let last = try lastRow.first({ _ in }, read: { $0[0].integer }) ?? 0
        return try calls.withAll { all in
            let stored = try statement.run { slots in
                for (number, place) in places.enumerated() {
                    CallTable.bind(all[place], now: now, to: slots, at: number)
                }
            }
            guard stored < places.count else { return [] }
            // Of the calls with these keys those that were there before have lower rows.
            return try places.filter { place in
                try rowByKey.first({ $0[1].bind(lastingText: all[place].key.utf8) }) { $0[0].integer <= last } ?? true
            }
        }
    }

    /// Does nothing: the pages of the next keys are in SQLite's cache or are not.
    package func expect(_ calls: PackedCalls) {}

    /// Stores what changed of a call that is stored.
    package func update(_ call: LedgerCall) throws {
        let update = try RowStatement(db, CallTable.update)
        try PackedCall.with(call) { packed in
            _ = try update.run { CallTable.bind(packed, call.progress, row: call.id, now: now, to: $0) }
        }
    }

    /// Forgets a call with its aliases, unless anything has left for it.
    package func delete(_ call: LedgerCall) throws {
        let unsent = "SELECT id FROM call WHERE id = ? AND state IN (0, 1)"
        try db.execute(sql: "DELETE FROM alias WHERE call_id = (\(unsent))", arguments: [call.id])
        try db.execute(sql: "DELETE FROM call WHERE id = (\(unsent))", arguments: [call.id])
    }

    /// Remembers that a stored call is also known by other keys; a key that is taken stays with its call.
    package func addAliases(_ keys: [String], to call: LedgerCall) throws { try addAliases(keys, row: call.id) }

    private func addAliases(_ keys: [String], row: Int64) throws {
        for key in keys {
            try aliasInsertion.run { slots in
                slots[1].bind(key)
                slots[2].bind(row)
            }
            stored.hasAliases = true
        }
    }

    /// Stores how far a file was taken in, and returns its row.
    package func save(_ file: LedgerFile) throws -> Int64 {
        try db.execute(
            sql: """
                INSERT INTO source_file (id, source_id, path, bytes, lines, records, tail_bytes, tail_hash, seen_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET path = excluded.path, bytes = excluded.bytes, lines = excluded.lines,
                records = excluded.records, tail_bytes = excluded.tail_bytes, tail_hash = excluded.tail_hash,
                seen_at = excluded.seen_at
                """,
            arguments: [
                file.id == 0 ? nil : file.id, file.sourceID, file.path, file.bytes, file.lines, file.records,
                file.tailBytes, Data(file.tailHash), now,
            ])
        return file.id == 0 ? db.lastInsertedRowID : file.id
    }

    /// How far ahead of the wall clock the newest leg may be: ten minutes.
    private static let clockTolerance: Int64 = 600

    /// Moves the silence alarm's mark of a source forward, at most ten minutes ahead of now.
    package func noteNewestLeg(_ end: Int64, sourceID: Int64) throws {
        // Once for each batch of records.
        let update = try db.cachedStatement(
            sql: "UPDATE source SET newest_leg = max(ifnull(newest_leg, ?1), ?1) WHERE id = ?2")
        try update.execute(arguments: [min(end, now + Self.clockTolerance), sourceID])
    }
}

extension Ledger {
    /// Lets the commits of an intake return before they survive a power cut: the files can be read again.
    ///
    /// They stay in their order: after a power cut the first of them are there, and nothing of the others.
    package func beginReading() throws(LedgerFault) { try setDurability("NORMAL", level: 1) }

    /// Makes all that was committed survive a power cut, and from now on each commit when it returns.
    package func endReading() throws(LedgerFault) {
        try setDurability("FULL", level: 2)
        // A commit waits for all of the log before it, too, but only if it has written something: setting this number, which
        // nobody reads, writes the first page, and an UPDATE with the values that are there writes nothing.
        try writeRemembering { db in
            try rejectMemory.storeTail(db)
            try db.execute(sql: "PRAGMA user_version = 0")
        }
    }

    /// Runs one batch of intake in a transaction: all of it is stored, or nothing.
    package func intake<Result>(
        _ body: (any IntakeTransaction) throws -> Result
    ) throws(LedgerFault) -> Result {
        try transaction { try body($0) }
    }

    /// Runs one batch of intake in a transaction: all of it is stored, or nothing.
    package func transaction<Result>(_ body: (LedgerTransaction) throws -> Result) throws(LedgerFault) -> Result {
        try writeRemembering { db in
            try body(try LedgerTransaction(db, now: wallClock(), rejects: rejectMemory))
        }
    }

    /// Runs `body` in a transaction; what was remembered of one that is taken back would be wrong.
    private func writeRemembering<Result>(_ body: (Database) throws -> Result) throws(LedgerFault) -> Result {
        do throws(LedgerFault) {
            return try write(body)
        } catch {
            rejectMemory.forget()
            throw error
        }
    }

    /// Forgets everything that was read, as long as nothing ever left; says whether it did.
    package func forgetIntake() throws(LedgerFault) -> Bool {
        rejectMemory.forget()
        return try write { db in
            let left = try Bool.fetchOne(db, sql: Self.anythingLeft)
            guard left == false else { return false }
            for table in [
                "dismissed_call", "alias", "call", "reject", "reject_hash", "reject_place", "reject_message",
                "source_file",
                "file_reading", "file_header", "whole_file", "join_mark", "source",
            ] {
                try db.execute(sql: "DELETE FROM \(table)")
            }
            try db.execute(sql: "UPDATE reject_hashed SET last = 0")
            return true
        }
    }
}

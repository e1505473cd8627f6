// SPDX-License-Identifier: Apache-2.0

package import CallRecords
import Foundation
internal import GRDB

/// A record that cannot become a call, with the place where it stands.
package struct LedgerReject: Sendable, Hashable {
    package var sourceID: Int64
    package var runID: Int64
    package var path: String
    /// The record and the line in the file, from 1.
    package var record: Int
    package var line: Int
    /// The offset of the record's first byte in the file, unpacked if it is packed.
    package var byte: Int64
    /// The column, from 1, where it is known.
    package var field: Int?
    /// A stable camel-case word.
    package var reason: String
    /// What was expected and what was found.
    package var message: String
    /// The record as it stands in the file.
    package var raw: [UInt8]
    /// The name of the encoding that ``raw`` is in.
    package var encoding: String
    /// SHA-256 of ``raw``: the same bytes with the same reason are stored once.
    package var rawHash: [UInt8]

    package init(
        sourceID: Int64, runID: Int64, path: String, record: Int, line: Int, byte: Int64, field: Int?, reason: String,
        message: String, raw: [UInt8], encoding: String, rawHash: [UInt8]
    ) {
        self.sourceID = sourceID
        self.runID = runID
        self.path = path
        self.record = record
        self.line = line
        self.byte = byte
        self.field = field
        self.reason = reason
        self.message = message
        self.raw = raw
        self.encoding = encoding
        self.rawHash = rawHash
    }
}

/// Writes one batch of intake inside a transaction of ``Ledger/intake(_:)``.
package struct IntakeWriter {
    let db: Database
    /// The ledger that a scratch ledger looks into for what it does not hold itself.
    let base: Database?
    let pile: CallPile?
    let now: Int64
    private let insertion: CallInsertion
    private let questions: KeyQuestions
    private let baseQuestions: KeyQuestions?

    init(db: Database, base: Database?, pile: CallPile?, now: Int64) throws {
        self.db = db
        self.base = base
        self.pile = pile
        self.now = now
        insertion = try CallInsertion(db, now: now)
        questions = try KeyQuestions(db)
        baseQuestions = try base.map { try KeyQuestions($0) }
    }

    /// The call with a key, found by the key itself or by an alias.
    package func call(key: String) throws -> LedgerCall? {
        if let pile {
            let hash = CallPile.hash(key)
            guard base != nil || pile.mayKnow(hash) else { return nil }
            try store(key, from: pile, hash: hash)
        }
        let select = "SELECT \(LedgerCall.columns) FROM call WHERE key = ?"
        if let row = try Row.fetchOne(try db.cachedStatement(sql: select), arguments: [key]) {
            return try LedgerCall(row: row)
        }
        let viaAlias = "SELECT \(LedgerCall.columns) FROM call WHERE id = (SELECT call_id FROM alias WHERE key = ?)"
        if let row = try Row.fetchOne(try db.cachedStatement(sql: viaAlias), arguments: [key]) {
            return try LedgerCall(row: row)
        }
        guard let base, var inherited = try Ledger.call(key: key, base) else { return nil }
        inherited.id = try insert(inherited)
        return inherited
    }

    /// Whether the call with a key, or an alias like it, is known to have all of some legs.
    ///
    /// - Parameter legs: Legs with one key, at least one.
    package func knows(_ legs: [Leg]) throws -> Bool {
        var key = legs[0].key
        let hash = pile == nil ? 0 : CallPile.hash(key)
        return try key.withUTF8 {
            try knows(UnsafeRawBufferPointer($0), hash: hash, legs.lazy.map(\.fingerprint))
        }
    }

    /// Whether the leg of a packed call is known; see ``knows(_:)``.
    package func knows(_ calls: PackedCalls, _ index: Int) throws -> Bool {
        try calls.withKey(index) { key in
            try knows(key, hash: calls.hash(index), CollectionOfOne(calls.fingerprint(index)))
        }
    }

    private func knows(
        _ key: UnsafeRawBufferPointer, hash: UInt64, _ fingerprints: some Collection<UInt64>
    ) throws -> Bool {
        // What a scratch ledger holds itself is newer than what lies beneath it.
        if pile?.mayKnow(hash) ?? true {
            if let pile { try store(String(decoding: key, as: UTF8.self), from: pile, hash: hash) }
            if let answer = try questions.tells(key, of: fingerprints) { return answer }
        }
        return try baseQuestions?.tells(key, of: fingerprints) ?? false
    }

    /// Stores a call that is not stored yet and returns its row.
    @discardableResult
    package func insert(_ call: LedgerCall) throws -> Int64 {
        pile?.note(CallPile.hash(call.call.key))
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO call (\(LedgerCall.columns), changed_at)
                VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        try statement.execute(arguments: call.arguments + [now])
        return db.lastInsertedRowID
    }

    /// Stores a call of which nothing has left unless its key, or an alias like it, is taken.
    ///
    /// - Parameter willHaveAliases: Whether ``addAlias(_:of:)`` will be asked for the row.
    /// - Returns: The row; `nil` when the key is taken, and then nothing is stored.
    package func insertIfNew(_ call: LedgerCall, willHaveAliases: Bool = false) throws -> Int64? {
        if let baseQuestions, try baseQuestions.isKnown(call.call.key) { return nil }
        if let pile {
            let hash = CallPile.hash(call.call.key)
            let isKnown = try isKnown(call.call.key, to: pile, hash: hash)
            if !isKnown, !willHaveAliases, try pile.put(call, hash: hash) { return Self.pileRow }
            pile.note(hash)
        }
        if try questions.isAlias(call.call.key) { return nil }
        return try insertion.insert(call)
    }

    /// Prepares for calls that will be stored one after the other.
    package func expect(_ calls: PackedCalls) { pile?.expect(calls) }

    /// Stores a packed call unless its key, or an alias like it, is taken; see ``insertIfNew(_:willHaveAliases:)``.
    package func insertIfNew(_ calls: PackedCalls, _ index: Int) throws -> Int64? {
        let willHaveAliases = calls.hasAliases(index)
        if !willHaveAliases, let pile {
            let hash = calls.hash(index)
            if try !pile.mayKnow(hash) && !calls.withKey(index, { try baseQuestions?.isKnown($0) ?? false }) {
                try pile.put(calls, index, hash: hash)
                return Self.pileRow
            }
        }
        return try insertIfNew(calls.call(index), willHaveAliases: willHaveAliases)
    }

    /// What stands for the row of a call that has none yet.
    private static let pileRow: Int64 = 0

    /// Gives the call with a key a row if it is on the pile, and says whether it was.
    @discardableResult
    private func store(_ key: String, from pile: CallPile, hash: UInt64) throws -> Bool {
        guard let piled = try pile.take(key, hash: hash) else { return false }
        _ = try insertion.insert(piled)
        return true
    }

    /// Whether a call has a key, or an alias like it; one on the pile gets a row.
    ///
    /// A pile of millions takes some keys for known that are not. All of them in the database would fill its cache.
    private func isKnown(_ key: String, to pile: CallPile, hash: UInt64) throws -> Bool {
        guard pile.mayKnow(hash) else { return false }
        if try store(key, from: pile, hash: hash) { return true }
        return try questions.isKnown(key)
    }

    /// Stores what changed of a call.
    package func update(_ call: LedgerCall) throws {
        try Ledger.update(call, db, now: now)
    }

    /// Forgets a call of which nothing ever left.
    package func delete(_ call: LedgerCall) throws {
        try db.execute(sql: "DELETE FROM alias WHERE call_id = ?", arguments: [call.id])
        try db.execute(sql: "DELETE FROM call WHERE id = ? AND state IN (0, 1)", arguments: [call.id])
    }

    /// Remembers that a call is also known by another key; a key that is taken stays with its call.
    package func addAlias(_ key: String, of row: Int64) throws {
        pile?.note(CallPile.hash(key))
        try insertion.addAlias(key, of: row)
        questions.hasAliases = true
    }

    /// Stores a record that cannot become a call.
    ///
    /// - Returns: Whether it is new: the same bytes with the same reason are stored once.
    package func reject(_ reject: LedgerReject) throws -> Bool {
        if let base, try Ledger.knows(reject, base) { return false }
        try db.execute(
            sql: """
                INSERT OR IGNORE INTO reject
                (source_id, run_id, path, record, line, byte, field, reason, message, raw, raw_hash, encoding)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                reject.sourceID, reject.runID, reject.path, reject.record, reject.line, reject.byte, reject.field,
                reject.reason, reject.message, Data(reject.raw), Data(reject.rawHash), reject.encoding,
            ])
        return db.changesCount > 0
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

    /// Moves the silence alarm's mark of a source forward, at most ten minutes ahead of now: one record of a clock that
    /// was wrong would silence the alarm for good.
    package func noteNewestLeg(_ end: Int64, sourceID: Int64) throws {
        let end = min(end, now + 600)
        try db.execute(
            sql: "UPDATE source SET newest_leg = max(ifnull(newest_leg, ?1), ?1) WHERE id = ?2",
            arguments: [end, sourceID])
    }
}

extension Ledger {
    /// Runs one batch of intake in a transaction: all of it is stored, or nothing.
    ///
    /// A scratch ledger sees its base as it is when this begins.
    package func intake<T>(_ body: (IntakeWriter) throws -> T) throws(LedgerFault) -> T {
        guard let base else { return try intake(over: nil, body) }
        return try base.read { beneath in try intake(over: beneath, body) }
    }

    private func intake<T>(
        over base: Database?, _ body: (IntakeWriter) throws -> T
    ) throws(LedgerFault) -> T {
        try write { db in try body(try IntakeWriter(db: db, base: base, pile: pile, now: wallClock())) }
    }

    /// The call with a key or alias; see ``IntakeWriter/call(key:)``.
    package func call(key: String) throws(LedgerFault) -> LedgerCall? {
        if pile != nil { return try intake { writer in try writer.call(key: key) } }
        return try read { db in try Self.call(key: key, db) }
    }

    fileprivate static func call(key: String, _ db: Database) throws -> LedgerCall? {
        let select = """
            SELECT \(LedgerCall.columns) FROM call
            WHERE key = ?1 OR id = (SELECT call_id FROM alias WHERE key = ?1)
            """
        return try Row.fetchOne(try db.cachedStatement(sql: select), arguments: [key]).map { try LedgerCall(row: $0) }
    }

    fileprivate static func knows(_ reject: LedgerReject, _ db: Database) throws -> Bool {
        try Bool.fetchOne(
            db,
            sql: "SELECT EXISTS (SELECT 1 FROM reject WHERE source_id = ? AND raw_hash = ? AND reason = ?)",
            arguments: [reject.sourceID, Data(reject.rawHash), reject.reason]) ?? false
    }

    /// Forgets everything that was read, as long as nothing ever left.
    ///
    /// - Returns: Whether it was forgotten; `false` when a call is beyond `pending`.
    package func forgetIntake() throws(LedgerFault) -> Bool {
        try write { db in
            let left = try Bool.fetchOne(db, sql: Self.anythingLeft)
            guard left == false else { return false }
            for table in ["alias", "call", "reject", "source_file", "source"] {
                try db.execute(sql: "DELETE FROM \(table)")
            }
            return true
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import GRDB
private import GRDBSQLite

/// Asks a ledger about keys, one after the other, within one transaction, and makes no calls of the answers.
///
/// A file that is read again brings nothing but known keys. It binds and reads by SQLite's own functions, as
/// ``CallInsertion`` does.
final class KeyQuestions {
    /// Whether any call is known by a second key.
    var hasAliases: Bool
    private let db: Database
    private let stored: Statement
    private let alias: Statement
    private let legs: Statement
    private let legsByAlias: Statement

    init(_ db: Database) throws {
        self.db = db
        hasAliases = try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM alias)") ?? false
        stored = try db.cachedStatement(sql: "SELECT 1 FROM call WHERE key = ?")
        alias = try db.cachedStatement(sql: "SELECT 1 FROM alias WHERE key = ?")
        legs = try db.cachedStatement(sql: "SELECT fingerprints FROM call WHERE key = ?")
        legsByAlias = try db.cachedStatement(
            sql: "SELECT fingerprints FROM call WHERE id = (SELECT call_id FROM alias WHERE key = ?)")
    }

    /// Whether a key, given as UTF-8, is the first one of a call that is stored, or an alias of one.
    func isKnown(_ key: UnsafeRawBufferPointer) throws -> Bool {
        if try answer(stored, key, { _ in true }) ?? false { return true }
        return try isAlias(key)
    }

    /// Whether a key is the first one of a call that is stored, or an alias of one.
    func isKnown(_ key: String) throws -> Bool {
        var key = key
        return try key.withUTF8 { try isKnown(UnsafeRawBufferPointer($0)) }
    }

    /// Whether a key is an alias of a call.
    func isAlias(_ key: String) throws -> Bool {
        guard hasAliases else { return false }
        var key = key
        return try key.withUTF8 { try isAlias(UnsafeRawBufferPointer($0)) }
    }

    private func isAlias(_ key: UnsafeRawBufferPointer) throws -> Bool {
        guard hasAliases else { return false }
        return try answer(alias, key) { _ in true } ?? false
    }

    /// Whether the call with a key, or an alias like it, has legs with all of some fingerprints.
    ///
    /// - Parameter key: The bytes of the key as UTF-8.
    /// - Returns: `nil` when there is no such call.
    func tells(_ key: UnsafeRawBufferPointer, of fingerprints: some Collection<UInt64>) throws -> Bool? {
        if let answer = try tells(legs, key, fingerprints) { return answer }
        return hasAliases ? try tells(legsByAlias, key, fingerprints) : nil
    }

    private func tells(
        _ question: Statement, _ key: UnsafeRawBufferPointer, _ fingerprints: some Collection<UInt64>
    ) throws -> Bool? {
        try answer(question, key) { handle in
            let length = Int(sqlite3_column_bytes(handle, 0))
            let known = UnsafeRawBufferPointer(start: sqlite3_column_blob(handle, 0), count: length)
            return fingerprints.allSatisfy { fingerprint in
                stride(from: 0, to: length - 7, by: 8).contains { place in
                    UInt64(littleEndian: known.loadUnaligned(fromByteOffset: place, as: UInt64.self)) == fingerprint
                }
            }
        }
    }

    /// What `read` makes of the row that answers a question; `nil` without a row.
    private func answer<Answer>(
        _ question: Statement, _ key: UnsafeRawBufferPointer, _ read: (OpaquePointer) -> Answer
    ) throws -> Answer? {
        let handle = question.sqliteStatement
        // The key stays where it is until the bindings are cleared.
        sqlite3_bind_text(handle, 1, key.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(key.count), nil)
        defer {
            sqlite3_reset(handle)
            sqlite3_clear_bindings(handle)
        }
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return read(handle)
        case SQLITE_DONE: return nil
        case let code:
            let message = String(cString: sqlite3_errmsg(db.sqliteConnection))
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
        }
    }
}

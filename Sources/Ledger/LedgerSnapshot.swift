// SPDX-License-Identifier: Apache-2.0

import CallRecords
internal import GRDB

/// What a ledger holds at one moment, asked key by key; it lasts as long as the transaction that it is part of.
///
/// A file that is read again brings nothing but known keys, so that the answers are made without a value for each call.
package final class LedgerSnapshot {
    /// Whether any call is known by a second key.
    var hasAliases: Bool
    let db: Database
    private let byKey: RowStatement
    private let keyByKey: RowStatement
    private let aliasByKey: RowStatement
    private let legsByKey: RowStatement
    private let legsByAlias: RowStatement
    private let rejectMemory: RejectMemory
    /// Finds rejected records; `nil` before one was asked for.
    private var rejectLookup: RejectLookup?

    init(_ db: Database, rejects: RejectMemory) throws {
        self.db = db
        rejectMemory = rejects
        hasAliases = try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM alias)") ?? false
        byKey = try RowStatement(db, CallTable.selectWhole + CallTable.withKey)
        keyByKey = try RowStatement(db, "SELECT 1 FROM call WHERE key = ?")
        aliasByKey = try RowStatement(db, "SELECT 1 FROM alias WHERE key = ?")
        legsByKey = try RowStatement(db, "SELECT fingerprints FROM call WHERE key = ?")
        legsByAlias = try RowStatement(
            db, "SELECT fingerprints FROM call WHERE id = (SELECT call_id FROM alias WHERE key = ?)")
    }

    /// The call with a key, found by the key itself or by an alias; `nil` when there is none.
    package func call(key: String) throws -> LedgerCall? {
        try byKey.first({ $0[1].bind(key) }, read: CallTable.ledgerCall)
    }

    /// Whether a key, given as UTF-8, is the first one of a call or an alias of one.
    package func isKnown(_ key: UnsafeRawBufferPointer) throws -> Bool {
        if try keyByKey.first({ $0[1].bind(lastingText: key) }, read: { _ in true }) != nil { return true }
        return try isAlias(key)
    }

    /// Whether a key, given as UTF-8, is an alias of a call.
    func isAlias(_ key: UnsafeRawBufferPointer) throws -> Bool {
        guard hasAliases else { return false }
        return try aliasByKey.first({ $0[1].bind(lastingText: key) }, read: { _ in true }) != nil
    }

    /// Whether the call with a key, or an alias like it, has legs with all of some fingerprints.
    ///
    /// - Parameter key: The bytes of the key as UTF-8.
    /// - Returns: `nil` when there is no such call.
    package func hasLegs(_ fingerprints: some Collection<UInt64>, key: UnsafeRawBufferPointer) throws -> Bool? {
        if let answer = try has(fingerprints, key, legsByKey) { return answer }
        return hasAliases ? try has(fingerprints, key, legsByAlias) : nil
    }

    /// The rejected records of a source with some bytes, in the order of their rows.
    func rejects(sourceID: Int64, raw: UnsafeRawBufferPointer, hash: Int64) throws -> [RejectLookup.Found] {
        let lookup = try rejectLookup ?? RejectLookup(db, rejectMemory)
        rejectLookup = lookup
        return try lookup.records(sourceID: sourceID, raw: raw, hash: hash)
    }

    private func has(
        _ fingerprints: some Collection<UInt64>, _ key: UnsafeRawBufferPointer, _ legs: RowStatement
    ) throws -> Bool? {
        try legs.first({ $0[1].bind(lastingText: key) }) { row in
            let known = row[0].blob
            return fingerprints.allSatisfy { StoredFingerprints.contains($0, in: known) }
        }
    }
}

extension Ledger {
    /// Runs `body` on what the ledger holds when this begins, whatever another connection writes meanwhile.
    package func snapshot<Result>(_ body: (LedgerSnapshot) throws -> Result) throws(LedgerFault) -> Result {
        try read { db in try body(try LedgerSnapshot(db, rejects: rejectMemory)) }
    }

    /// The call with a key or alias; `nil` when there is none.
    package func call(key: String) throws(LedgerFault) -> LedgerCall? {
        try snapshot { try $0.call(key: key) }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
internal import GRDB

/// Rejected records, and what became of them.
extension Ledger {
    private static let columns = """
        SELECT id, source_id, run_id, path, record, line, byte, field, reason, message, raw, encoding, raw_hash FROM reject
        """

    private static func reject(_ row: Row) -> LedgerReject {
        LedgerReject(
            id: row[0], sourceID: row[1], runID: row[2], path: row[3], record: row[4], line: row[5], byte: row[6],
            field: row[7], reason: row[8], message: row[9], raw: [UInt8](row[10] as Data), encoding: row[11],
            rawHash: [UInt8](row[12] as Data))
    }

    /// The rejected records that nobody has dealt with, newest run first, in the order of the file.
    ///
    /// - Parameters:
    ///   - sourceID: Those of one source; `nil`: of all.
    ///   - isDismissed: Whether those are wanted that somebody has dismissed.
    package func rejects(
        sourceID: Int64? = nil, isDismissed: Bool = false, limit: Int
    ) throws(LedgerFault) -> [LedgerReject] {
        try read { db in
            var arguments: StatementArguments = ["limit": limit]
            if let sourceID { arguments += ["source": sourceID] }
            let state = isDismissed ? "outcome = 'dismissed'" : "outcome IS NULL"
            return try Row.fetchAll(
                db,
                sql: """
                    \(Self.columns) WHERE \(state)\(sourceID == nil ? "" : " AND source_id = :source")
                    ORDER BY run_id DESC, id LIMIT :limit
                    """,
                arguments: arguments
            ).map(Self.reject)
        }
    }

    /// Rejected records of a source that nobody has dealt with, the newest first.
    package func openRejects(sourceID: Int64, limit: Int) throws(LedgerFault) -> [LedgerReject] {
        try read { db in
            try Row.fetchAll(
                db, sql: "\(Self.columns) WHERE source_id = ? AND outcome IS NULL ORDER BY id DESC LIMIT ?",
                arguments: [sourceID, limit]
            ).map(Self.reject)
        }
    }

    /// The rejected records whose place records of a call took.
    package func rejects(replacedBy key: String) throws(LedgerFault) -> [LedgerReject] {
        try read { db in
            try Row.fetchAll(db, sql: "\(Self.columns) WHERE outcome_key = ? ORDER BY id", arguments: [key])
                .map(Self.reject)
        }
    }

    /// Notes that nobody wants some rejected records, or takes that back.
    ///
    /// - Parameter isWanted: Whether it is taken back.
    package func dismiss(rejectIDs: [Int64], isWanted: Bool = false) throws(LedgerFault) {
        try write { db in
            let (from, to) = isWanted ? ("= 'dismissed'", "NULL") : ("IS NULL", "'dismissed'")
            for id in rejectIDs {
                try db.execute(
                    sql: "UPDATE reject SET outcome = \(to), outcome_at = ? WHERE id = ? AND outcome \(from)",
                    arguments: [wallClock(), id])
            }
        }
    }
}

extension LedgerTransaction {
    /// Stores a record that cannot become a call, unless the same bytes are stored; then they have the new reason.
    package func reject(_ reject: LedgerReject) throws -> Bool {
        let hash = Data(reject.rawHash)
        let known = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT id, reason FROM reject WHERE source_id = ? AND raw_hash = ? LIMIT 1"),
            arguments: [reject.sourceID, hash])
        if let known {
            guard known[1] as String != reject.reason else { return false }
            try db.execute(
                sql: "UPDATE OR IGNORE reject SET reason = ?, message = ?, field = ? WHERE id = ?",
                arguments: [reject.reason, reject.message, reject.field, known[0] as Int64])
            return false
        }
        let insertion = try db.cachedStatement(
            sql: """
                INSERT INTO reject
                (source_id, run_id, path, record, line, byte, field, reason, message, raw, raw_hash, encoding)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        try insertion.execute(
            arguments: [
                reject.sourceID, reject.runID, reject.path, reject.record, reject.line, reject.byte, reject.field,
                reject.reason, reject.message, Data(reject.raw), hash, reject.encoding,
            ])
        return true
    }

    /// Notes that another record took the place of a rejected one.
    package func replaceReject(_ id: Int64, by key: String?) throws -> Bool {
        try db.execute(
            sql: """
                UPDATE reject SET outcome = 'replaced', outcome_key = ?, outcome_at = ? WHERE id = ? AND outcome IS NULL
                """, arguments: [key, now, id])
        return db.changesCount > 0
    }

    /// The rows of the rejected records of a source with this SHA-256 that nobody has dealt with.
    package func openRejects(sourceID: Int64, rawHash: [UInt8]) throws -> [Int64] {
        try stored.openRejects(sourceID: sourceID, rawHash: rawHash)
    }
}

extension LedgerSnapshot {
    /// The rows of the rejected records of a source with this SHA-256 that nobody has dealt with.
    package func openRejects(sourceID: Int64, rawHash: [UInt8]) throws -> [Int64] {
        try Int64.fetchAll(
            db.cachedStatement(
                sql: "SELECT id FROM reject WHERE source_id = ? AND raw_hash = ? AND outcome IS NULL"),
            arguments: [sourceID, Data(rawHash)])
    }
}

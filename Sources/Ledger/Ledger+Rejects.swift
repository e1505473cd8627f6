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

    /// Rejected records of a source that nobody has dealt with, the newest first, at most `limit` of those with a higher row
    /// than `after`.
    package func openRejects(sourceID: Int64, after: Int64, limit: Int) throws(LedgerFault) -> [LedgerReject] {
        try read { db in
            try Row.fetchAll(
                db.cachedStatement(
                    sql: "\(Self.columns) WHERE source_id = ? AND id > ? AND outcome IS NULL ORDER BY id DESC LIMIT ?"),
                arguments: [sourceID, after, limit]
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
        let known = try stored.rejects(sourceID: reject.sourceID, rawHash: reject.rawHash)
        guard let first = known.first else {
            try insert(reject)
            return true
        }
        // Older ledgers may have the same bytes more than once.
        guard !known.contains(where: { $0.reason == reject.reason }) else { return false }
        try db.execute(
            sql: "UPDATE reject SET reason = ?, message = ?, field = ? WHERE id = ?",
            arguments: [reject.reason, reject.message, reject.field, first.id])
        return false
    }

    private func insert(_ reject: LedgerReject) throws {
        _ = try reject.raw.withUnsafeBytes { raw in
            try reject.rawHash.withUnsafeBytes { hash in
                try rejectInsertion.run { slots in
                    slots[1].bind(reject.sourceID)
                    slots[2].bind(reject.runID)
                    slots[3].bind(reject.path)
                    slots[4].bind(Int64(reject.record))
                    slots[5].bind(Int64(reject.line))
                    slots[6].bind(reject.byte)
                    if let field = reject.field { slots[7].bind(Int64(field)) } else { slots[7].bindNull() }
                    slots[8].bind(reject.reason)
                    slots[9].bind(reject.message)
                    slots[10].bind(lastingBlob: raw)
                    slots[11].bind(lastingBlob: hash)
                    slots[12].bind(reject.encoding)
                }
            }
        }
    }

    static let insertReject = """
        INSERT INTO reject
        (source_id, run_id, path, record, line, byte, field, reason, message, raw, raw_hash, encoding)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

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
    // SQLite's planner would go through all of a source that nobody has dealt with.
    static let rejectsByHash = """
        SELECT id, reason, outcome FROM reject INDEXED BY reject_hash
        WHERE substr(raw_hash, 1, 4) = substr(?1, 1, 4) AND raw_hash = ?1 AND source_id = ?2
        """

    /// The rejected records of a source with this SHA-256, in the order of their rows.
    func rejects(sourceID: Int64, rawHash: [UInt8]) throws -> [(id: Int64, reason: String, isOpen: Bool)] {
        try rawHash.withUnsafeBytes { hash in
            try rejectsByHash.all(
                {
                    $0[1].bind(lastingBlob: hash)
                    $0[2].bind(sourceID)
                }, read: { ($0[0].integer, $0[1].text, $0[2].isNull) })
        }
    }

    /// Whether a rejected record is stored already, for whatever reason.
    package func knows(_ reject: LedgerReject) throws -> Bool {
        try !rejects(sourceID: reject.sourceID, rawHash: reject.rawHash).isEmpty
    }

    /// The rows of the rejected records of a source with this SHA-256 that nobody has dealt with.
    package func openRejects(sourceID: Int64, rawHash: [UInt8]) throws -> [Int64] {
        try rejects(sourceID: sourceID, rawHash: rawHash).filter(\.isOpen).map(\.id)
    }
}

extension Ledger {
    /// Always: rejected records are known by their SHA-256.
    package func comparesRejects(sourceID: Int64) -> Bool { true }

    /// Whether any rejected record is stored.
    package func hasRejects() throws(LedgerFault) -> Bool {
        try read { db in try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM reject)") ?? false }
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// Rejected records, and what became of them.
extension Ledger {
    private static let columns = """
        SELECT reject.id, reject.source_id, run_id, path, record, line, byte, field, reason, expected, found, hint, raw, encoding
        FROM reject
        CROSS JOIN reject_place ON reject_place.id = place_id
        CROSS JOIN reject_message ON reject_message.id = message_id
        """

    private static func reject(_ row: RowCells) -> LedgerReject {
        let (field, hint) = (row[7].integer, row[11].text)
        let message = RejectMessage(
            expected: row[9].text, found: row[10].isNull ? nil : row[10].text, hint: hint.isEmpty ? nil : hint)
        return LedgerReject(
            id: row[0].integer, sourceID: row[1].integer, runID: row[2].integer, path: row[3].text,
            record: Int(row[4].integer), line: Int(row[5].integer), byte: row[6].integer,
            field: field == 0 ? nil : Int(field), reason: row[8].text, message: message,
            raw: Array(row[12].blob), encoding: row[13].text)
    }

    /// The rejected records that nobody has dealt with, newest run first, in the order of the file.
    ///
    /// - Parameters:
    ///   - sourceID: Those of one source; `nil`: of all.
    ///   - isDismissed: Whether those are wanted that somebody has dismissed.
    package func rejects(
        sourceID: Int64? = nil, isDismissed: Bool = false, limit: Int
    ) throws(LedgerFault) -> [LedgerReject] {
        let state = isDismissed ? "outcome = 'dismissed'" : "outcome IS NULL"
        // What is sorted is in the index, without the records themselves.
        let rows = """
            SELECT reject.id FROM reject INDEXED BY \(isDismissed ? "reject_dealt_with" : "reject_open")
            CROSS JOIN reject_place ON reject_place.id = place_id
            WHERE \(state)\(sourceID == nil ? "" : " AND reject.source_id = ?2")
            ORDER BY run_id DESC, reject.id LIMIT ?1
            """
        return try read { db in
            let one = try RowStatement(db, "\(Self.columns) WHERE reject.id = ?1")
            return try RowStatement(db, rows).all(
                {
                    $0[1].bind(Int64(limit))
                    if let sourceID { $0[2].bind(sourceID) }
                }, read: { $0[0].integer }
            ).compactMap { row in try one.first({ $0[1].bind(row) }, read: Self.reject) }
        }
    }

    /// Rejected records of a source that nobody has dealt with, the newest first, at most `limit` of those with a higher row
    /// than `after`.
    package func openRejects(sourceID: Int64, after: Int64, limit: Int) throws(LedgerFault) -> [LedgerReject] {
        try read { db in
            try RowStatement(
                db,
                """
                \(Self.columns)
                WHERE reject.source_id = ?1 AND reject.id > ?2 AND outcome IS NULL ORDER BY reject.id DESC LIMIT ?3
                """
            ).all(
                {
                    $0[1].bind(sourceID)
                    $0[2].bind(after)
                    $0[3].bind(Int64(limit))
                }, read: Self.reject)
        }
    }

    /// The rejected records whose place records of a call took.
    package func rejects(replacedBy key: String) throws(LedgerFault) -> [LedgerReject] {
        try read { db in
            try RowStatement(db, "\(Self.columns) WHERE outcome_key = ?1 ORDER BY reject.id")
                .all({ $0[1].bind(key) }, read: Self.reject)
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
        try reject.raw.withUnsafeBytes { raw in
            let hash = RejectTail.hash(raw)
            let known = try stored.rejects(sourceID: reject.sourceID, raw: raw, hash: hash)
            guard let first = known.first else {
                try insert(reject, raw: raw, hash: hash)
                return true
            }
            // Older ledgers may have the same bytes more than once.
            guard !known.contains(where: { $0.reason == reject.reason }) else { return false }
            let parts = try rejects.parts(of: reject, db)
            try db.execute(
                sql: "UPDATE reject SET message_id = ?, found = ? WHERE id = ?",
                arguments: [parts.message, parts.found, first.row])
            return false
        }
    }

    private func insert(_ reject: LedgerReject, raw: UnsafeRawBufferPointer, hash: Int64) throws {
        let parts = try rejects.parts(of: reject, db)
        try rejectInsertion.run { slots in
            slots[1].bind(reject.sourceID)
            slots[2].bind(parts.place)
            slots[3].bind(parts.message)
            slots[4].bind(Int64(reject.record))
            slots[5].bind(Int64(reject.line))
            slots[6].bind(reject.byte)
            if let found = parts.found { slots[7].bind(found) } else { slots[7].bindNull() }
            slots[8].bind(lastingBlob: raw)
        }
        try rejects.add(db.lastInsertedRowID, hash: hash, db)
    }

    static let insertReject = """
        INSERT INTO reject (source_id, place_id, message_id, record, line, byte, found, raw) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """

    /// Notes that another record took the place of a rejected one.
    package func replaceReject(_ id: Int64, by key: String?) throws -> Bool {
        try db.execute(
            sql: """
                UPDATE reject SET outcome = 'replaced', outcome_key = ?, outcome_at = ? WHERE id = ? AND outcome IS NULL
                """, arguments: [key, now, id])
        return db.changesCount > 0
    }

    /// The rows of the rejected records of a source with these bytes that nobody has dealt with.
    package func openRejects(sourceID: Int64, raw: [UInt8]) throws -> [Int64] {
        try stored.openRejects(sourceID: sourceID, raw: raw)
    }
}

extension LedgerSnapshot {
    /// Whether a rejected record is stored already, for whatever reason.
    package func knows(_ reject: LedgerReject) throws -> Bool {
        try !rejects(sourceID: reject.sourceID, raw: reject.raw).isEmpty
    }

    /// The rows of the rejected records of a source with these bytes that nobody has dealt with.
    package func openRejects(sourceID: Int64, raw: [UInt8]) throws -> [Int64] {
        try rejects(sourceID: sourceID, raw: raw).filter(\.isOpen).map(\.row)
    }

    private func rejects(sourceID: Int64, raw: [UInt8]) throws -> [RejectLookup.Found] {
        try raw.withUnsafeBytes { try rejects(sourceID: sourceID, raw: $0, hash: RejectTail.hash($0)) }
    }
}

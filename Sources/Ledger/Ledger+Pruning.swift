// SPDX-License-Identifier: Apache-2.0

import Digests
internal import GRDB

/// What pruning has removed from a ledger.
package struct PrunedContent: Sendable, Equatable {
    /// Delivered calls that lost their personal data.
    package var calls = 0
    /// Rejected records that were dealt with and lost their bytes.
    package var rejects = 0

    /// Nothing was removed.
    package init() {}
}

extension Ledger {
    /// Which delivered calls have personal data: a call that was pruned has no number.
    private static let prunable = "state = 6 AND start < ?1 AND (phone <> '' OR extension IS NOT NULL)"
    /// Which rejected records nobody needs any more.
    private static let prunableRejects = """
        outcome IS NOT NULL AND length(raw) > 0
        AND ifnull(
            (SELECT started_at FROM reject_place JOIN run ON run.id = run_id WHERE reject_place.id = place_id), 0
        ) < ?1
        """

    /// How much a pruning would remove; see ``prune(before:)``.
    package func prunable(before moment: Int64) throws(LedgerFault) -> PrunedContent {
        try read { db in
            var content = PrunedContent()
            content.calls =
                try Int.fetchOne(db, sql: "SELECT count(*) FROM call WHERE \(Self.prunable)", arguments: [moment]) ?? 0
            content.rejects =
                try Int.fetchOne(
                    db, sql: "SELECT count(*) FROM reject WHERE \(Self.prunableRejects)", arguments: [moment]) ?? 0
            return content
        }
    }

    /// Removes numbers, extensions, words, requests and answers of delivered calls that began before a moment, and the bytes of rejected
    /// records that were met before it and dealt with.
    ///
    /// Keys, times and fingerprints stay: by them a record that is read again is known, and nothing is sent twice. What is
    /// removed is overwritten in the file.
    ///
    /// - Parameter moment: In seconds since 1970.
    package func prune(before moment: Int64) throws(LedgerFault) -> PrunedContent {
        // A pragma of the connection, which is closed soon: what is deleted is overwritten with zeros.
        _ = try pragma("secure_delete = ON")
        return try write { db in
            var content = PrunedContent()
            // What the portal answered has the number once more.
            try db.execute(
                sql: "DELETE FROM exchange WHERE call_id IN (SELECT id FROM call WHERE \(Self.prunable))",
                arguments: [moment])
            try db.execute(
                sql: """
                    UPDATE call SET phone = '', extension = NULL, line = NULL, failed_reason = NULL, note = NULL, legs = NULL, details = NULL
                    WHERE \(Self.prunable)
                    """, arguments: [moment])
            content.calls = db.changesCount
            content.rejects = try Self.pruneRejects(db, before: moment)
            // Headers that no file has any more, since their files were moved away.
            try db.execute(sql: "DELETE FROM file_header WHERE id NOT IN (SELECT header_id FROM file_reading)")
            return content
        }
    }

    /// Removes the bytes of rejected records and what their messages say of them; by their SHA-256 they are still known.
    private static func pruneRejects(_ db: Database, before moment: Int64) throws -> Int {
        try db.execute(
            sql: """
                INSERT OR IGNORE INTO reject_message (reason, field, expected, hint)
                SELECT reason, field, '', '' FROM reject_message
                """)
        let bytes = try RowStatement(db, "SELECT raw FROM reject WHERE id = ?1")
        let removal = try RowStatement(
            db,
            """
            UPDATE reject SET raw = x'', raw_hash = ?1, found = NULL, message_id = (
                SELECT empty.id FROM reject_message AS own JOIN reject_message AS empty USING (reason, field)
                WHERE own.id = message_id AND empty.expected = '' AND empty.hint = ''
            ) WHERE id = ?2
            """)
        let rows = try RowStatement(db, "SELECT id FROM reject WHERE \(prunableRejects)")
            .all({ $0[1].bind(moment) }, read: { $0[0].integer })
        for row in rows {
            let hash = try bytes.first({ $0[1].bind(row) }, read: { SHA256.hash($0[0].blob) }) ?? []
            try hash.withUnsafeBytes { hash in
                _ = try removal.run {
                    $0[1].bind(lastingBlob: hash)
                    $0[2].bind(row)
                }
            }
        }
        return rows.count
    }

    /// Writes the file anew without the room that is free in it; this needs as much room again on the disk for a moment.
    package func vacuum() throws(LedgerFault) {
        try Self.translating(path) { try database.vacuum() }
    }

    /// How many bytes the ledger takes, without its log.
    package func byteCount() throws(LedgerFault) -> Int {
        try (pragma("page_count") ?? 0) * (pragma("page_size") ?? 0)
    }
}

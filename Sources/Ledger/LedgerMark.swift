// SPDX-License-Identifier: Apache-2.0

package import CallRecords
internal import GRDB

/// What a leg shares with others of its call, remembered for the legs of the next run.
package struct LedgerMark: Sendable, Hashable {
    /// A hash of the text that the legs share; see `JoinMarks`.
    package let mark: UInt64
    /// The leg that had it last.
    package let leg: MarkedLeg
    /// The key of the leg's call.
    package let key: String

    /// A mark as it is stored.
    package init(mark: UInt64, leg: MarkedLeg, key: String) {
        self.mark = mark
        self.leg = leg
        self.key = key
    }
}

extension Ledger {
    /// The marks that earlier runs left for a source.
    package func marks(sourceID: Int64) throws(LedgerFault) -> [LedgerMark] {
        try read { db in
            try Row.fetchAll(
                db, sql: "SELECT \(LedgerMark.columns) FROM join_mark WHERE source_id = ?",
                arguments: [sourceID]
            ).map { row in
                LedgerMark(
                    mark: UInt64(bitPattern: row[0]),
                    leg: MarkedLeg(
                        start: row[2], answer: row[3], end: row[4], client: UInt64(bitPattern: row[5]),
                        talker: UInt64(bitPattern: row[6])), key: row[1])
            }
        }
    }
}

extension LedgerTransaction {
    /// Remembers marks of a source, and forgets those that no leg can share any more.
    package func save(_ marks: [LedgerMark], sourceID: Int64) throws {
        guard let newest = marks.map(\.leg.end).max() else { return }
        let insertion = try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO join_mark (\(LedgerMark.columns), source_id)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """)
        for mark in marks where mark.leg.end > newest - LedgerMark.lifetime {
            try insertion.execute(
                arguments: [
                    Int64(bitPattern: mark.mark), mark.key, mark.leg.start, mark.leg.answer, mark.leg.end,
                    Int64(bitPattern: mark.leg.client), Int64(bitPattern: mark.leg.talker), sourceID,
                ])
        }
        try db.execute(
            sql: "DELETE FROM join_mark WHERE source_id = ? AND ended_at <= ?",
            arguments: [sourceID, newest - LedgerMark.lifetime])
    }
}

extension LedgerMark {
    fileprivate static let columns = "mark, key, started_at, answered_at, ended_at, client, talker"

    /// For how many seconds after the newest leg a mark is kept: no call takes longer than 12 hours.
    static let lifetime: Int64 = 43_200
}

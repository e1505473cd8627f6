// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// One execution of an import, as the ledger remembers it.
package struct LedgerRun: Sendable, Hashable {
    /// The run's number, from 1.
    package var id: Int64
    /// When it began, in seconds since 1970.
    package var startedAt: Int64
    /// When it ended, in seconds since 1970; `nil` for a run that is still going on or was killed.
    package var endedAt: Int64?
    /// How it ended, in words; `nil` as for ``endedAt``.
    package var outcome: String?
    /// Its exit code; `nil` as for ``endedAt``.
    package var exitCode: Int?
}

extension Ledger {
    /// Notes that a run begins and gives it its number.
    package func beginRun() throws(LedgerFault) -> Int64 {
        try write { db in
            try db.execute(sql: "INSERT INTO run (started_at) VALUES (?)", arguments: [wallClock()])
            return db.lastInsertedRowID
        }
    }

    /// Notes how a run ended, with its summary as JSON.
    package func endRun(
        _ id: Int64, outcome: String, exitCode: Int, summary: String
    ) throws(LedgerFault) {
        try write { db in
            try db.execute(
                sql: "UPDATE run SET ended_at = ?, outcome = ?, exit_code = ?, summary = ? WHERE id = ?",
                arguments: [wallClock(), outcome, exitCode, summary, id])
        }
    }

    /// The last runs, newest first.
    package func lastRuns(_ count: Int) throws(LedgerFault) -> [LedgerRun] {
        try read { db in
            try Row.fetchAll(
                db, sql: "SELECT id, started_at, ended_at, outcome, exit_code FROM run ORDER BY id DESC LIMIT ?",
                arguments: [count]
            ).map {
                LedgerRun(id: $0[0], startedAt: $0[1], endedAt: $0[2], outcome: $0[3], exitCode: $0[4])
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
internal import GRDB

extension Ledger {
    /// How many calls were delivered, by this ledger and found there.
    package func deliveredCounts() throws(LedgerFault) -> (delivered: Int, found: Int) {
        try read { db in
            let row = try Row.fetchOne(
                db, sql: "SELECT count(*), ifnull(sum(found_there), 0) FROM call WHERE state = 6")
            guard let row else { return (0, 0) }
            let found = row[1] as Int
            return (row[0] - found, found)
        }
    }

    /// The keys of the delivered calls that began at or after a moment, in seconds since 1970, by start.
    package func deliveredKeys(since start: Int64) throws(LedgerFault) -> [String] {
        try read { db in
            try String.fetchAll(
                db, sql: "SELECT key FROM call WHERE state = 6 AND start >= ? ORDER BY start, id", arguments: [start])
        }
    }

    /// The start of the oldest call that is neither delivered nor refused nor held, in seconds since 1970.
    package func oldestOpen() throws(LedgerFault) -> Int64? {
        try read { db in
            try Int64.fetchOne(db, sql: "SELECT min(start) FROM call WHERE state <> 6 AND state NOT IN (7, 8)")
        }
    }

    /// The rejected records, newest run first, in the order of the file.
    package func rejects(limit: Int) throws(LedgerFault) -> [LedgerReject] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT source_id, run_id, path, record, line, byte, field, reason, message, raw, raw_hash,
                    encoding FROM reject ORDER BY run_id DESC, path, byte LIMIT ?
                    """, arguments: [limit]
            ).map {
                LedgerReject(
                    sourceID: $0[0], runID: $0[1], path: $0[2], record: $0[3], line: $0[4], byte: $0[5], field: $0[6],
                    reason: $0[7], message: $0[8], raw: [UInt8]($0[9] as Data), encoding: $0[11],
                    rawHash: [UInt8]($0[10] as Data))
            }
        }
    }
}

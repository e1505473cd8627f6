// SPDX-License-Identifier: Apache-2.0

import CallLifecycle
internal import GRDB

extension Ledger {
    /// How many calls were delivered, by this ledger and found there.
    package func deliveredCounts() throws(LedgerFault) -> (delivered: Int, found: Int) {
        try read { db in
            // Each by an index: the rows of a million calls take a second to look at.
            func count(_ sql: String) throws -> Int {
                try Int.fetchOne(db, sql: "SELECT count(*) FROM call \(sql)") ?? 0
            }
            let delivered = try count("") - count("WHERE state <> 6")
            let found = try count("WHERE state = 6 AND found_there <> 0")
            return (delivered - found, found)
        }
    }

    /// The keys of the delivered calls that began at or after a moment, in seconds since 1970, by start.
    package func deliveredKeys(since start: Int64) throws(LedgerFault) -> [String] {
        try read { db in
            try String.fetchAll(
                db, sql: "SELECT key FROM call WHERE state = 6 AND start >= ? ORDER BY start, id", arguments: [start])
        }
    }

    /// The start of the oldest call that is still to be delivered, in seconds since 1970.
    ///
    /// - Parameter prefixes: The key prefixes of sources whose calls do not count.
    package func oldestOpen(leavingOut prefixes: Set<String> = []) throws(LedgerFault) -> Int64? {
        let leftOut = try sources().filter { prefixes.contains($0.keyPrefix) }.map { String($0.id) }
        let condition = leftOut.isEmpty ? "" : "AND source_id NOT IN (\(leftOut.joined(separator: ",")))"
        return try read { db in
            // Each state's part of the index begins with its oldest call.
            let states: [CallState] = [.waiting, .pending, .registering, .registered, .finishing, .unsettled]
            return try states.compactMap { state in
                try Int64.fetchOne(
                    db,
                    sql: "SELECT start FROM call WHERE state = ? AND state <> 6 \(condition) ORDER BY start LIMIT 1",
                    arguments: [state.rawValue])
            }.min()
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

package import CallLifecycle
import CallRecords
internal import GRDB

/// How many calls there are, and how old they are.
extension Ledger {
    /// How many calls there are in each state but the two in which they are delivered, by their reasons.
    package func openCounts() throws(LedgerFault) -> [CallState: [String: Int]] {
        try read { db in try openCountsMemory.counts(db, Self.openCounts) }
    }

    private static func openCounts(_ db: Database) throws -> [CallState: [String: Int]] {
        var counts: [CallState: [String: Int]] = [:]
        // Only held and refused calls have reasons; the others are counted without a look at their rows.
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT state, '', count(*) FROM call WHERE state <> 6 AND state < 7 GROUP BY state
                UNION ALL
                SELECT state, ifnull(reason, ''), count(*) FROM call
                WHERE state IN (7, 8) AND state <> 6 GROUP BY state, reason
                """)
        while let row = try rows.next() {
            guard let state = CallState(rawValue: row[0]) else { continue }
            counts[state, default: [:]][row[1], default: 0] += row[2] as Int
        }
        return counts
    }

    /// How many of the calls that nothing was sent for yet belong to each extension.
    ///
    /// - Parameter limit: How many calls are looked at, the oldest first.
    package func extensionsToSend(limit: Int) throws(LedgerFault) -> [String: Int] {
        try read { db in
            // Counted here and not by GROUP BY, which would sort the calls.
            var counts = CountsByBytes<String>()
            let statement = try RowStatement(
                db, "SELECT extension FROM call WHERE state IN (?1, ?2) AND state <> 6 LIMIT ?3")
            try statement.each(
                { slots in
                    slots[1].bind(Int64(CallState.waiting.rawValue))
                    slots[2].bind(Int64(CallState.pending.rawValue))
                    slots[3].bind(Int64(limit))
                }, { row in if let name = row[0].optionalBlob { counts.add(name) } })
            return counts.counts
        }
    }

    /// How many of the calls that may still be registered name each line.
    ///
    /// - Parameter prefixes: The key prefixes of sources whose calls are not counted.
    package func linesToSend(leavingOut prefixes: Set<String> = []) throws(LedgerFault) -> [String: Int] {
        let leftOut = try sources().filter { prefixes.contains($0.keyPrefix) }.map { String($0.id) }
        return try read { db in
            // Counted here and not by GROUP BY, which would sort the calls.
            var counts = CountsByBytes<String>()
            let states: [CallState] = [.waiting, .pending, .registering]
            let statement = try RowStatement(
                db,
                """
                SELECT line FROM call WHERE state IN (?1, ?2, ?3) AND state <> 6 AND line IS NOT NULL
                AND source_id NOT IN (\(leftOut.joined(separator: ",")))
                """)
            try statement.each(
                { slots in
                    for (index, state) in states.enumerated() { slots[index + 1].bind(Int64(state.rawValue)) }
                }, { counts.add($0[0].blob) })
            return counts.counts
        }
    }

    /// How many calls of a source are whole, and nothing was sent for them.
    package func pendingCount(sourceID: Int64) throws(LedgerFault) -> Int {
        try read { db in
            try Int.fetchOne(
                db, sql: "SELECT count(*) FROM call WHERE state = 1 AND state <> 6\(Self.isOf(sourceID, db))") ?? 0
        }
    }

    /// How many calls of a source wait to be sent that another run has read. Rejected records that were read anew, by the
    /// rules of that moment, are of no run.
    package func pendingCount(sourceID: Int64, readBefore runID: Int64) throws(LedgerFault) -> Int {
        try read { db in
            try Int.fetchOne(
                db,
                sql:
                    "SELECT count(*) FROM call WHERE state = 1 AND state <> 6 AND source_id = ? AND run_id NOT IN (0, ?)",
                arguments: [sourceID, runID]) ?? 0
        }
    }

    /// Whether there are calls of a source of which the portal has nothing, those that wait for a person included.
    package func hasUnsent(sourceID: Int64) throws(LedgerFault) -> Bool {
        try read { db in
            try Bool.fetchOne(
                db,
                sql: """
                    SELECT EXISTS (SELECT 1 FROM call WHERE state IN (0, 1, 7, 8) AND state <> 6 AND source_id = ?
                    AND portal_call_id IS NULL AND registrations = 0 AND register_lost = 0)
                    """, arguments: [sourceID]) ?? false
        }
    }

    /// How many calls are whole and neither delivered nor given up.
    package func deliverableCount() throws(LedgerFault) -> Int {
        let states: [CallState] = [.pending, .registering, .registered, .finishing, .unsettled]
        return try openCounts().filter { states.contains($0.key) }.values.reduce(0) { $0 + $1.values.reduce(0, +) }
    }

    /// Whether anything ever left for any call.
    package func hasDelivered() throws(LedgerFault) -> Bool {
        try read { db in try Bool.fetchOne(db, sql: Self.anythingLeft) ?? false }
    }

    /// A held call may have been sent before it was held, and a pending one may have been sent in vain.
    ///
    /// A list of states would be looked up in a table of its own for every call.
    static let anythingLeft = """
        SELECT EXISTS (
            SELECT 1 FROM call WHERE state BETWEEN 2 AND 7 OR state > 8 OR registrations > 0 OR register_lost <> 0)
        """

    /// How many calls of a source that nothing was sent for began before `limit`, with the start of the oldest of them;
    /// both in seconds since 1970.
    package func pendingBefore(_ limit: Int64, sourceID: Int64) throws(LedgerFault) -> (count: Int, oldest: Int64)? {
        try read { db in
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT count(*), min(start) FROM call
                    WHERE state IN (0, 1) AND state <> 6 AND start < ?\(Self.isOf(sourceID, db))
                    """, arguments: [limit])
            return row.flatMap { row in (row[1] as Int64?).map { (count: row[0] as Int, oldest: $0) } }
        }
    }

    /// The condition that a call is of a source; none where there is no other source, so that the index of the open calls is
    /// enough.
    static func isOf(_ sourceID: Int64, _ db: Database) throws -> String {
        let isOnly = try Bool.fetchOne(
            db, sql: "SELECT NOT EXISTS (SELECT 1 FROM source WHERE id <> ?)", arguments: [sourceID])
        return isOnly == true ? "" : " AND source_id = \(sourceID)"
    }
}

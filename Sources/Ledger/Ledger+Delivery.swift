// SPDX-License-Identifier: Apache-2.0

import CallRecords
import Foundation
internal import GRDB

/// A place in the order in which calls are sent: by start, then by row.
package struct DeliveryCursor: Sendable, Hashable {
    var start: Int64
    var id: Int64

    /// Before the first call.
    package static let beginning = DeliveryCursor(start: .min, id: 0)

    /// Just after a call.
    package init(after call: LedgerCall) {
        self.init(start: call.call.start.epochSeconds, id: call.id)
    }

    private init(start: Int64, id: Int64) {
        self.start = start
        self.id = id
    }
}

extension Ledger {
    /// The calls of a state in the order in which they are sent.
    ///
    /// - Parameters:
    ///   - cursor: Only calls after this place.
    ///   - latestStart: Only calls that began by then, in seconds since 1970.
    package func calls(
        in state: CallState, after cursor: DeliveryCursor = .beginning, latestStart: Int64 = .max, limit: Int
    ) throws(LedgerFault) -> [LedgerCall] {
        try read { db in
            // Row by row: a row takes more room than its call.
            let rows = try Row.fetchCursor(
                try db.cachedStatement(
                    sql: """
                        SELECT \(LedgerCall.columns) FROM call
                        WHERE state = ? AND (start, id) > (?, ?) AND start <= ? AND state <> 6
                        ORDER BY start, id LIMIT ?
                        """),
                arguments: [state.rawValue, cursor.start, cursor.id, latestStart, limit])
            var calls: [LedgerCall] = []
            while let row = try rows.next() { calls.append(try LedgerCall(row: row)) }
            return calls
        }
    }

    /// Stores what became of calls, in one durable transaction.
    package func save(_ calls: some Collection<LedgerCall>) throws(LedgerFault) {
        guard !calls.isEmpty else { return }
        try write { db in
            for call in calls { try Self.update(call, db, now: wallClock()) }
        }
    }

    /// Stores what became of calls together with facts that belong to it, in one durable transaction.
    package func save(
        _ calls: some Collection<LedgerCall>, facts: [LedgerFact: String]
    ) throws(LedgerFault) {
        try write { db in
            for call in calls { try Self.update(call, db, now: wallClock()) }
            for (fact, value) in facts {
                try db.execute(
                    sql: "INSERT INTO fact VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                    arguments: [fact.rawValue, value])
            }
        }
    }

    static func update(_ call: LedgerCall, _ db: Database, now: Int64) throws {
        let statement = try db.cachedStatement(
            sql: """
                UPDATE call SET (\(LedgerCall.columns.dropFirst("id, ".count)), changed_at) =
                (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                WHERE id = ?
                """)
        try statement.execute(arguments: call.arguments + [now, call.id])
    }

    /// Which of these CALL_IDs the ledger already holds, and for which call; delivered ones count too, since some portals
    /// give the CALL_ID of a finished call again.
    package func owners(ofPortalCallIDs ids: [String]) throws(LedgerFault) -> [String: Int64] {
        try read { db in
            var owners: [String: Int64] = [:]
            // Without the plus SQLite puts the second equality into the first and then cannot use the index.
            let statement = try db.cachedStatement(
                sql: """
                    SELECT id FROM call WHERE portal_call_id IS NOT NULL
                    AND substr(portal_call_id, 14, 12) = substr(?1, 14, 12) AND +portal_call_id = ?1
                    """)
            for id in ids {
                if let owner = try Int64.fetchOne(statement, arguments: [id]) { owners[id] = owner }
            }
            return owners
        }
    }

    /// Whether the ledger has another call of the same number and type; every call is looked at.
    package func hasLookAlike(of call: LedgerCall) throws(LedgerFault) -> Bool {
        try read { db in
            try Bool.fetchOne(
                db, sql: "SELECT EXISTS (SELECT 1 FROM call WHERE phone = ? AND type = ? AND id <> ?)",
                arguments: [call.call.phoneNumber, call.call.type.rawValue, call.id]) ?? false
        }
    }

    /// How many calls there are in each state but `delivered`.
    package func openCounts() throws(LedgerFault) -> [CallState: [String: Int]] {
        try read { db in
            var counts: [CallState: [String: Int]] = [:]
            // Only held and refused calls have reasons; the others are counted without a look at their rows.
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT state, '', count(*) FROM call WHERE state <> 6 AND state NOT IN (7, 8) GROUP BY state
                    UNION ALL
                    SELECT state, ifnull(reason, ''), count(*) FROM call
                    WHERE state IN (7, 8) AND state <> 6 GROUP BY state, reason
                    """)
            while let row = try rows.next() {
                guard let state = CallState(rawValue: row[0]) else { continue }
                counts[state, default: [:]][row[1], default: 0] += row[2] as Int
            }
            if let pile, pile.count > 0 { counts[.pending, default: [:]]["", default: 0] += pile.count }
            return counts
        }
    }

    /// How many of the calls that nothing was sent for yet belong to each extension.
    ///
    /// - Parameter limit: How many calls are looked at, the oldest first.
    package func extensionsToSend(limit: Int) throws(LedgerFault) -> [String: Int] {
        try read { db in
            var counts: [String: Int] = [:]
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT extension, count(*) FROM (SELECT extension FROM call WHERE state IN (?, ?) AND state <> 6 LIMIT ?)
                    WHERE extension IS NOT NULL GROUP BY extension
                    """, arguments: [CallState.waiting.rawValue, CallState.pending.rawValue, limit])
            while let row = try rows.next() { counts[row[0]] = row[1] }
            // Of a pile those that were read first.
            var left = limit
            try pile?.forEach { call in
                left -= 1
                if let employee = call.call.employeeExtension { counts[employee, default: 0] += 1 }
                return left > 0
            }
            return counts
        }
    }

    /// How many calls are whole and neither delivered nor given up; a scratch ledger adds those of its base.
    package func deliverableCount() throws(LedgerFault) -> Int {
        let states: [CallState] = [.pending, .registering, .registered, .finishing, .unsettled]
        let own = try openCounts().filter { states.contains($0.key) }.values.reduce(0) { $0 + $1.values.reduce(0, +) }
        guard let base else { return own }
        return try own + base.deliverableCount()
    }

    /// Whether anything ever left for any call; a scratch ledger asks its base too.
    package func hasDelivered() throws(LedgerFault) -> Bool {
        if let base, try base.hasDelivered() { return true }
        return try read { db in try Bool.fetchOne(db, sql: Self.anythingLeft) ?? false }
    }

    /// A held call may have been sent before it was held, and a pending one may have been sent in vain.
    static let anythingLeft = """
        SELECT EXISTS (SELECT 1 FROM call WHERE state NOT IN (0, 1, 8) OR registrations > 0 OR register_lost <> 0)
        """

    /// When the oldest held call was held, in seconds since 1970; `nil` when none is.
    package func oldestHeld() throws(LedgerFault) -> Int64? {
        try read { db in try Int64.fetchOne(db, sql: "SELECT min(changed_at) FROM call WHERE state = 8 AND state <> 6")
        }
    }

    /// The start of the oldest call that nothing was sent for, with how many began before `limit`.
    package func pendingBefore(_ limit: Int64, sourceID: Int64) throws(LedgerFault) -> (count: Int, oldest: Int64)? {
        try read { db in
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT count(*), min(start) FROM call WHERE state IN (0, 1) AND state <> 6 AND start < ? AND source_id = ?
                    """, arguments: [limit, sourceID])
            var found = row.flatMap { row in (row[1] as Int64?).map { (count: row[0] as Int, oldest: $0) } }
            try pile?.forEach { call in
                if call.sourceID == sourceID, call.call.start.epochSeconds < limit {
                    found = ((found?.count ?? 0) + 1, min(found?.oldest ?? .max, call.call.start.epochSeconds))
                }
                return true
            }
            return found
        }
    }

    /// Makes sure that the disk has room for recording what will become of the pending calls.
    ///
    /// A finished call needs about 120 bytes more than a pending one, and up to 8 KiB of the log until that is written
    /// back. The room is taken and given back, so that it stays with the files; 10 calls take 80 KiB, 1,000 and more take
    /// 6 MiB and 200 bytes each beyond what the file has free. From then on the log is written back when half of its room
    /// is used, however often calls have to be asked about and sent again.
    ///
    /// - Throws: `LedgerFault.diskFull` when there is not enough.
    package func reserveSpace(forCalls count: Int) throws(LedgerFault) {
        guard count > 0 else { return }
        let free = try (pragma("freelist_count") ?? 0) * (pragma("page_size") ?? 0)
        let log = min(count * 8_192, 6 << 20)
        var bytes = max(log, min(count * 200 - free, 1 << 30))
        _ = try pragma("wal_autocheckpoint = \(max(1, log / 2 / (pragma("page_size") ?? 4_096)))")
        try write { db in
            try db.execute(sql: "DROP TABLE IF EXISTS ballast")
            try db.execute(sql: "CREATE TABLE ballast (bytes BLOB NOT NULL)")
        }
        do throws(LedgerFault) {
            // A transaction of its own for each 4 MiB: the log is written back in between and stays small.
            while bytes > 0 {
                let size = min(bytes, log)
                try write { db in
                    for start in stride(from: 0, to: size, by: 1 << 20) {
                        let blob = min(1 << 20, size - start)
                        try db.execute(sql: "INSERT INTO ballast VALUES (zeroblob(?))", arguments: [blob])
                    }
                }
                bytes -= size
            }
        } catch {
            try? write { db in try db.execute(sql: "DROP TABLE ballast") }
            throw error
        }
        try write { db in try db.execute(sql: "DROP TABLE ballast") }
        _ = try pragma("wal_checkpoint(PASSIVE)")
    }
}

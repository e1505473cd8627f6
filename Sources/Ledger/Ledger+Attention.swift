// SPDX-License-Identifier: Apache-2.0

package import CallLifecycle
internal import GRDB

/// What needs a person: rejected records, and refused and held calls, that nobody has dealt with.
package struct LedgerAttention: Sendable, Equatable {
    /// Reason -> rejected records.
    package var rejects: [String: Int] = [:]
    /// Reason -> calls that the portal refused.
    package var refused: [String: Int] = [:]
    /// Reason -> calls that are held.
    package var held: [String: Int] = [:]
    /// Reason -> path of a file -> rejected records.
    package var rejectFiles: [String: [String: Int]] = [:]
    /// Reason -> extension, or line where there is none -> held calls; only for reasons that are about them.
    package var heldNames: [String: [String: Int]] = [:]
    /// Since when the oldest of them needs a person, in seconds since 1970; `nil` when nothing does.
    package var oldest: Int64?
    /// Rejected records that a person has dismissed.
    package var dismissedRejects = 0
    /// Refused and held calls that a person has dismissed.
    package var dismissedCalls = 0

    /// Nothing needs a person.
    package init() {}

    /// Adds what needs a person in another store.
    package mutating func add(_ other: LedgerAttention) {
        rejects.merge(other.rejects, uniquingKeysWith: +)
        refused.merge(other.refused, uniquingKeysWith: +)
        held.merge(other.held, uniquingKeysWith: +)
        rejectFiles.merge(other.rejectFiles) { $0.merging($1, uniquingKeysWith: +) }
        heldNames.merge(other.heldNames) { $0.merging($1, uniquingKeysWith: +) }
        oldest = [oldest, other.oldest].compactMap(\.self).min()
        dismissedRejects += other.dismissedRejects
        dismissedCalls += other.dismissedCalls
    }
}

extension Ledger {
    /// What needs a person, and nobody has dealt with.
    package func attention() throws(LedgerFault) -> LedgerAttention { try attention(withoutRejects: []) }

    /// What needs a person, but for some rejected records.
    ///
    /// - Parameter replaced: The rows of rejected records that do not count.
    package func attention(withoutRejects replaced: Set<Int64>) throws(LedgerFault) -> LedgerAttention {
        try read { db in
            var found = LedgerAttention()
            try Self.countRejects(db, replaced, &found)
            try Self.countCalls(db, &found)
            try Self.countNames(db, &found)
            return found
        }
    }

    private struct RejectKind: Hashable {
        var place: Int64
        var message: Int64
    }

    private static func countRejects(_ db: Database, _ replaced: Set<Int64>, _ found: inout LedgerAttention) throws {
        var kinds: [RejectKind: Int] = [:]
        var last = (kind: RejectKind(place: 0, message: 0), count: 0)
        // Nearly all records are of the kind of the one before.
        try RowStatement(
            db, "SELECT id, place_id, message_id FROM reject INDEXED BY reject_open WHERE outcome IS NULL"
        ).each({ _ in }) { row in
            if !replaced.isEmpty, replaced.contains(row[0].integer) { return }
            let kind = RejectKind(place: row[1].integer, message: row[2].integer)
            if kind != last.kind {
                kinds[last.kind, default: 0] += last.count
                last = (kind, 0)
            }
            last.count += 1
        }
        kinds[last.kind, default: 0] += last.count
        try count(kinds.filter { $0.value > 0 }, db, &found)
        found.dismissedRejects =
            try Int.fetchOne(db, sql: "SELECT count(*) FROM reject WHERE outcome = 'dismissed'") ?? 0
    }

    private static func count(_ kinds: [RejectKind: Int], _ db: Database, _ found: inout LedgerAttention) throws {
        let places = try RowStatement(
            db, "SELECT path, started_at FROM reject_place LEFT JOIN run ON run.id = run_id WHERE reject_place.id = ?1")
        let reasons = Dictionary(
            uniqueKeysWithValues: try RowStatement(db, "SELECT id, reason FROM reject_message")
                .all({ _ in }, read: { ($0[0].integer, $0[1].text) }))
        for (kind, count) in kinds {
            guard let reason = reasons[kind.message] else { continue }
            found.rejects[reason, default: 0] += count
            try places.each({ $0[1].bind(kind.place) }) { row in
                found.rejectFiles[reason, default: [:]][row[0].text, default: 0] += count
                if !row[1].isNull { found.oldest = min(found.oldest ?? .max, row[1].integer) }
            }
        }
    }

    private static func countCalls(_ db: Database, _ found: inout LedgerAttention) throws {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT state, ifnull(reason, ''), count(*), min(changed_at) FROM call
                WHERE state IN (7, 8) AND state <> 6 AND id NOT IN (SELECT call_id FROM dismissed_call)
                GROUP BY state, reason
                """)
        while let row = try rows.next() {
            let (reason, count) = (row[1] as String, row[2] as Int)
            if row[0] as Int == CallState.refused.rawValue {
                found.refused[reason] = count
            } else {
                found.held[reason] = count
            }
            found.oldest = [found.oldest, row[3] as Int64?].compactMap(\.self).min()
        }
        // CROSS keeps SQLite from looking at every call instead of at those that were dismissed.
        found.dismissedCalls =
            try Int.fetchOne(
                db, sql: "SELECT count(*) FROM dismissed_call CROSS JOIN call ON id = call_id WHERE state IN (7, 8)")
            ?? 0
    }

    /// Counts whom the held calls are about: the extension, and the line where the extension is what is missing.
    private static func countNames(_ db: Database, _ found: inout LedgerAttention) throws {
        let reasons = [HoldReason.noEmployee, .unknownExtension, .userNotActive].map(\.rawValue)
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT reason, ifnull(extension, line), count(*) FROM call
                WHERE state = ? AND state <> 6 AND reason IN (?, ?, ?)
                    AND id NOT IN (SELECT call_id FROM dismissed_call)
                GROUP BY 1, 2
                """, arguments: [CallState.held.rawValue] + StatementArguments(reasons))
        while let row = try rows.next() {
            guard let name = row[1] as String? else { continue }
            found.heldNames[row[0], default: [:]][name] = row[2]
        }
    }

    /// The refused or held calls that nobody has dismissed, in the order of their starts.
    ///
    /// - Parameter isDismissed: Whether those are wanted that somebody has dismissed.
    package func unfinishedCalls(
        in state: CallState, isDismissed: Bool = false, limit: Int
    ) throws(LedgerFault) -> [TrackedCall] {
        try read { db in
            let sql =
                CallTable.selectTracked + """
                     WHERE state = ?1 AND state <> 6 AND id \(isDismissed ? "IN" : "NOT IN") (SELECT call_id FROM dismissed_call)
                    ORDER BY start, id LIMIT ?2
                    """
            return try RowStatement(db, sql).all(
                {
                    $0[1].bind(Int64(state.rawValue))
                    $0[2].bind(Int64(limit))
                }, read: CallTable.trackedCall)
        }
    }

    /// Whether a person has dismissed a call.
    package func isDismissed(callID: Int64) throws(LedgerFault) -> Bool {
        try read { db in
            try Bool.fetchOne(
                db, sql: "SELECT EXISTS (SELECT 1 FROM dismissed_call WHERE call_id = ?)", arguments: [callID]) ?? false
        }
    }

    /// Notes that nobody wants some refused or held calls, or takes that back.
    ///
    /// - Parameter isWanted: Whether it is taken back.
    package func dismiss(callIDs: [Int64], isWanted: Bool = false) throws(LedgerFault) {
        try write { db in
            for id in callIDs {
                if isWanted {
                    try db.execute(sql: "DELETE FROM dismissed_call WHERE call_id = ?", arguments: [id])
                } else {
                    try db.execute(
                        sql: "INSERT OR IGNORE INTO dismissed_call VALUES (?, ?)", arguments: [id, wallClock()])
                }
            }
        }
    }
}

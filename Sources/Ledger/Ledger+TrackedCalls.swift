// SPDX-License-Identifier: Apache-2.0

package import CallLifecycle
import CallRecords

/// What delivery asks and tells the ledger: calls without their legs, and what became of them.
extension Ledger {
    /// The calls of a state in the order in which they are sent; see ``calls(in:after:latestStart:limit:)``.
    package func trackedCalls(
        in state: CallState, after cursor: DeliveryCursor = .beginning, latestStart: Int64 = .max, limit: Int
    ) throws(LedgerFault) -> [TrackedCall] {
        try read { db in
            try RowStatement(db, CallTable.selectTracked + Self.inOrderOfStart).all(
                { cursor.bind(state, latestStart: latestStart, limit: limit, to: $0) }, read: CallTable.trackedCall)
        }
    }

    /// The call with a key or alias; `nil` when there is none.
    package func trackedCall(key: String) throws(LedgerFault) -> TrackedCall? {
        try read { db in
            try RowStatement(db, CallTable.selectTracked + CallTable.withKey).first(
                { $0[1].bind(key) }, read: CallTable.trackedCall)
        }
    }

    /// The call in a row; `nil` when there is none.
    package func trackedCall(row: Int64) throws(LedgerFault) -> TrackedCall? {
        try read { db in
            try RowStatement(db, CallTable.selectTracked + " WHERE id = ?").first(
                { $0[1].bind(row) }, read: CallTable.trackedCall)
        }
    }

    /// The calls whose number ends in some digits, in the order of their starts; every call is looked at.
    package func calls(numberEndingIn digits: String) throws(LedgerFault) -> [TrackedCall] {
        try read { db in
            // An index would cost every import more than it saves those who look for a number.
            try RowStatement(
                db, CallTable.selectTracked + " WHERE substr(phone, ?2) = ?1 ORDER BY start, id"
            ).all(
                {
                    $0[1].bind(digits)
                    $0[2].bind(-Int64(digits.utf8.count))
                }, read: CallTable.trackedCall)
        }
    }

    /// The delivered calls that began last, the newest first.
    ///
    /// Those that were stored last are looked at: there is no index of delivered calls by their starts.
    package func newestDelivered(limit: Int) throws(LedgerFault) -> [TrackedCall] {
        try read { db in
            try RowStatement(db, CallTable.selectTracked + " WHERE state = 6 ORDER BY id DESC LIMIT ?1").all(
                { $0[1].bind(Int64(limit)) }, read: CallTable.trackedCall)
        }
    }

    /// Stores how far calls have come, together with what was asked about them and facts that belong to it, in one durable
    /// transaction.
    ///
    /// Only the columns of their progress are written; the legs of a call that was registered or delivered are dropped.
    ///
    /// - Throws: `LedgerFault.damaged` when a call is not in the ledger any more; then nothing is stored.
    package func save(
        progressOf calls: [TrackedCall], exchanges: [CallExchange] = [], facts: [LedgerFact: String] = [:]
    ) throws(LedgerFault) {
        guard !calls.isEmpty || !exchanges.isEmpty || !facts.isEmpty else { return }
        try write { db in
            let now = wallClock()
            let update = try RowStatement(db, CallTable.updateProgress)
            for call in calls {
                guard try update.run({ CallTable.bind(call, now: now, to: $0) }) == 1 else {
                    throw LedgerFault.damaged(path: path, reason: "the call \(call.key) is not in it any more")
                }
            }
            try Self.store(exchanges, db)
            try Self.remember(facts, db)
        }
    }
}

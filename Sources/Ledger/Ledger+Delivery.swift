// SPDX-License-Identifier: Apache-2.0

package import CallLifecycle
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

    /// Just after a call.
    package init(after call: TrackedCall) {
        self.init(start: call.call.start.epochSeconds, id: call.id)
    }

    private init(start: Int64, id: Int64) {
        self.start = start
        self.id = id
    }

    /// Binds the parameters of ``Ledger/inOrderOfStart``.
    func bind(_ state: CallState, latestStart: Int64, limit: Int, to slots: RowSlots) {
        slots[1].bind(Int64(state.rawValue))
        slots[2].bind(start)
        slots[3].bind(id)
        slots[4].bind(latestStart)
        slots[5].bind(Int64(limit))
    }
}

extension Ledger {
    /// The calls of a state with their legs, in the order in which they are sent.
    ///
    /// - Parameters:
    ///   - cursor: Only calls after this place.
    ///   - latestStart: Only calls that began by then, in seconds since 1970.
    package func calls(
        in state: CallState, after cursor: DeliveryCursor = .beginning, latestStart: Int64 = .max, limit: Int
    ) throws(LedgerFault) -> [LedgerCall] {
        try read { db in
            try RowStatement(db, CallTable.selectWhole + Self.inOrderOfStart).all(
                { cursor.bind(state, latestStart: latestStart, limit: limit, to: $0) }, read: CallTable.ledgerCall)
        }
    }

    /// Which of the calls are asked for, and in which order they are sent; ``DeliveryCursor`` binds the parameters.
    ///
    /// The state is compared twice, for SQLite uses the index of the open calls only where it sees their condition.
    static let inOrderOfStart = """
         WHERE state = ? AND (start, id) > (?, ?) AND start <= ? AND state <> 6 ORDER BY start, id LIMIT ?
        """

    /// Stores what became of calls, in one durable transaction.
    package func save(_ calls: some Collection<LedgerCall>) throws(LedgerFault) {
        guard !calls.isEmpty else { return }
        try transaction { transaction in
            for call in calls { try transaction.update(call) }
        }
    }

    /// Stores what became of calls together with facts that belong to it, in one durable transaction.
    package func save(
        _ calls: some Collection<LedgerCall>, facts: [LedgerFact: String]
    ) throws(LedgerFault) {
        try write { db in
            let transaction = try LedgerTransaction(db, now: wallClock(), rejects: rejectMemory)
            for call in calls { try transaction.update(call) }
            try Self.remember(facts, db)
        }
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
    package func hasLookAlike(of call: TrackedCall) throws(LedgerFault) -> Bool {
        try read { db in
            try Bool.fetchOne(
                db, sql: "SELECT EXISTS (SELECT 1 FROM call WHERE phone = ? AND type = ? AND id <> ?)",
                arguments: [call.phoneNumber, call.call.type.rawValue, call.id]) ?? false
        }
    }
}

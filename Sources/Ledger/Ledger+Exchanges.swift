// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// What was asked about calls, and what was answered.
extension Ledger {
    private static let upsert = """
        INSERT INTO exchange (call_id, sent_at, method, sent, answered_at, outcome, answer)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (call_id, sent_at, method) DO UPDATE SET
        answered_at = excluded.answered_at, outcome = excluded.outcome, answer = excluded.answer
        """

    /// Stores requests about calls; one that is stored already gets its answer.
    static func store(_ exchanges: [CallExchange], _ db: Database) throws {
        guard !exchanges.isEmpty else { return }
        let statement = try RowStatement(db, upsert)
        for exchange in exchanges {
            try statement.run { slots in
                slots[1].bind(exchange.callID)
                slots[2].bind(exchange.sentAt)
                slots[3].bind(Int64(exchange.method.rawValue))
                slots[4].bind(exchange.sent)
                exchange.answeredAt.bind(to: slots[5])
                slots[6].bind(Int64(exchange.outcome.rawValue))
                exchange.answer.bind(to: slots[7])
            }
        }
    }

    /// All requests about a call, in the order in which they left.
    ///
    /// - Throws: `LedgerFault.damaged` when a value is none that any version has written.
    package func exchanges(ofCall id: Int64) throws(LedgerFault) -> [CallExchange] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT sent_at, method, sent, answered_at, outcome, answer FROM exchange
                    WHERE call_id = ? ORDER BY sent_at, method
                    """, arguments: [id]
            ).map { row in
                guard let method = ExchangeMethod(rawValue: row[1]), let outcome = ExchangeOutcome(rawValue: row[4])
                else {
                    throw LedgerFault.damaged(
                        path: "", reason: "a request about the call in row \(id) is of an unknown kind")
                }
                var exchange = CallExchange(callID: id, sentAt: row[0], method: method, sent: row[2])
                exchange.answeredAt = row[3]
                exchange.outcome = outcome
                exchange.answer = row[5]
                return exchange
            }
        }
    }
}

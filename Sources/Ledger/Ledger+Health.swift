// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// What monitoring wants to know of a ledger.
package struct LedgerHealth: Sendable, Equatable {
    /// A source and the end of its newest leg.
    package struct Source: Sendable, Equatable {
        /// Its `key_prefix`.
        package let keyPrefix: String
        /// The end of its newest leg, in seconds since 1970; `nil` before the first one.
        package let newestLeg: Int64?
    }

    /// All sources, by their prefix.
    package let sources: [Source]
    /// When the last run with exit code 0 ended, in seconds since 1970; `nil` where there was none.
    package let lastSuccess: Int64?
    /// The start of the oldest call that is still to be delivered, in seconds since 1970; `nil` where there is none.
    package let oldestPending: Int64?
}

extension Ledger {
    /// What monitoring wants to know.
    ///
    /// - Parameter prefixes: The key prefixes of sources whose calls are not expected to be delivered.
    package func health(leavingOut prefixes: Set<String> = []) throws(LedgerFault) -> LedgerHealth {
        let oldest = try oldestOpen(leavingOut: prefixes)
        return try read { db in
            let sources = try RowStatement(db, "SELECT key_prefix, newest_leg FROM source ORDER BY key_prefix").all(
                { _ in },
                read: { row in
                    LedgerHealth.Source(keyPrefix: row[0].text, newestLeg: row[1].isNull ? nil : row[1].integer)
                })
            let success = try Int64.fetchOne(
                db, sql: "SELECT ended_at FROM run WHERE exit_code = 0 ORDER BY id DESC LIMIT 1")
            return LedgerHealth(sources: sources, lastSuccess: success, oldestPending: oldest)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import CallLifecycle
internal import GRDB
import Synchronization

/// Remembers how many calls there are in each state as long as nobody writes to the ledger.
///
/// A run asks for it half a dozen times. With a million calls that wait, counting them took a tenth of the processor time of
/// their intake.
final class OpenCountsMemory: Sendable {
    typealias Counts = [CallState: [String: Int]]

    /// What changes with each write of this connection, and with each one of others.
    private struct Version: Equatable {
        let ownChanges: Int
        let others: Int

        init(_ db: Database) throws {
            ownChanges = db.totalChangesCount
            others = try Int.fetchOne(db, sql: "PRAGMA data_version") ?? 0
        }
    }

    private let last = Mutex<(version: Version, counts: Counts)?>(nil)

    /// The counts that are remembered, or those that `count` finds.
    ///
    /// It is not for use in a transaction that writes: what it takes back would be remembered.
    func counts(_ db: Database, _ count: (Database) throws -> Counts) throws -> Counts {
        let version = try Version(db)
        if let known = last.withLock({ $0 }), known.version == version { return known.counts }
        let counts = try count(db)
        last.withLock { $0 = (version, counts) }
        return counts
    }
}

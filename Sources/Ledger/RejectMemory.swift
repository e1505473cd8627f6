// SPDX-License-Identifier: Apache-2.0

internal import GRDB
import Synchronization

/// What a connection remembers of the rejected records from one transaction to the next.
final class RejectMemory: Sendable {
    private let state = Mutex((parts: RejectParts(), tail: RejectTail()))

    /// Forgets everything: a transaction was taken back, or others have changed what was remembered.
    func forget() { state.withLock { $0 = (RejectParts(), RejectTail()) } }

    /// The rows of what a rejected record shares with others; they are made where they are missing.
    ///
    /// - Returns: Also what the record's own row has to say of its message.
    func parts(of reject: LedgerReject, _ db: Database) throws -> (place: Int64, message: Int64, found: String?) {
        try state.withLock { state in
            let place = try state.parts.place(of: reject, db)
            let (message, found) = try state.parts.message(of: reject, db)
            return (place, message, found)
        }
    }

    /// Sees what the transaction that has begun sees.
    func loadTail(_ db: Database) throws { try state.withLock { try $0.tail.load(db) } }

    /// Whether the table of hashes may have a hash, and the rows beyond it that have it.
    func rows(_ hash: Int64) -> (mayBeStored: Bool, others: [Int64]) {
        state.withLock { ($0.tail.mayBeStored(hash), $0.tail.rows(hash)) }
    }

    /// Adds the newest row.
    func add(_ row: Int64, hash: Int64, _ db: Database) throws {
        try state.withLock { state in
            state.tail.add(row, hash: hash)
            if state.tail.isFull { try state.tail.store(db) }
        }
    }

    /// Stores the hashes of all rows, but where none was added.
    func storeTail(_ db: Database) throws { try state.withLock { try $0.tail.store(db) } }
}

// SPDX-License-Identifier: Apache-2.0

import FileRights

/// What can go wrong with a ledger.
package enum LedgerFault: Error, Equatable, Sendable {
    /// The file cannot be opened, or its folder cannot be written.
    case cannotOpen(path: String, reason: String)
    /// A commit or a read failed: a full disk, a read-only file system, a device error.
    case cannotAccess(path: String, reason: String)
    /// The disk is full.
    case diskFull(path: String)
    /// The file is not a ledger, or it is damaged.
    case damaged(path: String, reason: String)
    /// The ledger has had a migration that this program does not know.
    case newer(path: String, migration: String)
    /// Another run holds the lock.
    case locked(path: String)
}

extension LedgerFault: CustomStringConvertible {
    /// What is wrong and what to do, as one sentence without a full stop.
    package var description: String {
        switch self {
        case .cannotOpen(let path, let reason):
            "the ledger \(path) cannot be opened: \(reason); "
                + (FileObstacle.writing(path) ?? "check that its folder exists and that this user may write it")
        case .cannotAccess(let path, let reason):
            "the ledger \(path) cannot be read or written: \(reason); check the disk, then run the same command again"
        case .diskFull(let path):
            "the disk that holds the ledger \(path) is full; make room, then run the same command again"
        case .damaged(let path, let reason):
            """
            the ledger \(path) is not usable: \(reason); restore it from a copy, or move it away and run again: \
            a new ledger asks the portal for every call before it sends one
            """
        case .newer(let path, let migration):
            "the ledger \(path) was written by a newer cdr24 (\(migration)); install that version or a later one"
        case .locked(let path):
            "another run holds \(path); let it finish, then run the same command again"
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

package import ExitCodes
import FileRights
package import Ledger

/// The one way to a ledger: for reading without changing it, for writing under its lock.
package struct LedgerAccess: Sendable {
    /// The path of the ledger.
    package let path: String
    let wallClock: @Sendable () -> Int64

    /// - Parameter wallClock: Seconds since 1970, for the time stamps that people read.
    package init(path: String, wallClock: @escaping @Sendable () -> Int64 = Ledger.systemClock) {
        self.path = path
        self.wallClock = wallClock
    }

    /// The lock that keeps other runs away from a ledger, until the value is gone.
    package struct Lock: ~Copyable {
        private let access: LedgerAccess
        private let file: FileLock

        fileprivate init(_ access: LedgerAccess) throws(LedgerFault) {
            self.access = access
            file = try FileLock(path: LedgerAccess.lockPath(of: access.path))
        }

        /// Opens the ledger for writing; a missing file is created.
        ///
        /// - Throws: ``ImportFault``: `input` when it cannot be used, `configuration` when it is of a newer program.
        package borrowing func open() throws(ImportFault) -> Ledger {
            let (path, wallClock) = (access.path, access.wallClock)
            return try ImportFault.translating { () throws(LedgerFault) in
                try Ledger.open(path: path, wallClock: wallClock)
            }
        }
    }

    /// The path of the lock of a ledger: one for all symbolic links that lead to it.
    package static func lockPath(of ledger: String) -> String { RealPath.of(ledger) + ".lock" }

    /// Takes the lock; never waits.
    ///
    /// - Throws: ``ImportFault``: `busy` when another run holds it, `input` when the lock file cannot be created.
    package func lock() throws(ImportFault) -> Lock {
        do throws(LedgerFault) {
            return try Lock(self)
        } catch {
            guard case .cannotOpen(let file, let reason) = error else { throw ImportFault(error) }
            let remedy =
                FileObstacle.writing(file) ?? "check that its folder exists and that this user can write to it"
            throw .input("cannot lock the ledger \(path): \(reason); \(remedy)")
        }
    }

    /// Opens the ledger for reading; others may write to it meanwhile.
    ///
    /// - Returns: `nil` when there is no file.
    /// - Throws: ``ImportFault``: `input` when it cannot be used, `configuration` when it is of a newer program.
    package func openForReading() throws(ImportFault) -> Ledger? {
        try ImportFault.translating { () throws(LedgerFault) in
            try Ledger.openForReading(path: path, wallClock: wallClock)
        }
    }

    /// Opens the ledger for reading, runs `body` on it and closes it.
    ///
    /// - Throws: ``ImportFault``; `input` when there is no file.
    package func reading<T>(_ body: (Ledger) throws(LedgerFault) -> T) throws(ImportFault) -> T {
        try closing(try existing(), body)
    }

    /// Opens the ledger for writing under its lock, runs `body` on it and closes it; no file is created.
    ///
    /// - Throws: ``ImportFault``; `input` when there is no file, `busy` when a run is in progress.
    package func writing<T>(_ body: (Ledger) throws(LedgerFault) -> T) throws(ImportFault) -> T {
        // A mistyped path must not create a ledger.
        let exists = try ImportFault.translating { () throws(LedgerFault) in try Ledger.exists(path: path) }
        guard exists else { throw absence }
        let lock = try lock()
        let result = try closing(try lock.open(), body)
        _ = consume lock
        return result
    }

    private func existing() throws(ImportFault) -> Ledger {
        guard let ledger = try openForReading() else { throw absence }
        return ledger
    }

    private var absence: ImportFault {
        .input("the ledger \(path) does not exist or is empty; check the path, or run: cdr24 import")
    }

    private func closing<T>(
        _ ledger: Ledger, _ body: (Ledger) throws(LedgerFault) -> T
    ) throws(ImportFault) -> T {
        do throws(LedgerFault) {
            let result = try body(ledger)
            try ledger.close()
            return result
        } catch {
            throw ImportFault(error)
        }
    }
}

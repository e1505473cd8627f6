// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// Room on the disk.
extension Ledger {
    /// Makes sure that the disk has room for recording what will become of the pending calls.
    ///
    /// A finished call needs about 400 bytes more than a pending one, with what was answered for it, and up to 8 KiB of
    /// the log until that is written back. The room is taken and given back, so that it stays with the files; 10 calls take 80 KiB, 1,000 and more take
    /// 6 MiB and 500 bytes each beyond what the file has free. From then on the log is written back when half of its room
    /// is used, however often calls have to be asked about and sent again.
    ///
    /// - Throws: `LedgerFault.diskFull` when there is not enough.
    package func reserveSpace(forCalls count: Int) throws(LedgerFault) {
        guard count > 0 else { return }
        let free = try (pragma("freelist_count") ?? 0) * (pragma("page_size") ?? 0)
        let log = min(count * 8_192, 6 << 20)
        var bytes = max(log, min(count * 500 - free, 1 << 30))
        _ = try pragma("wal_autocheckpoint = \(max(1, log / 2 / (pragma("page_size") ?? 4_096)))")
        try write { db in
            // Up to 0.1.0 a process that was killed here left the table under its former name.
            try db.execute(sql: "DROP TABLE IF EXISTS ballast")
            try db.execute(sql: "DROP TABLE IF EXISTS reserved_space")
            try db.execute(sql: "CREATE TABLE reserved_space (bytes BLOB NOT NULL)")
        }
        do throws(LedgerFault) {
            // A transaction of its own for each 4 MiB: the log is written back in between and stays small.
            while bytes > 0 {
                let size = min(bytes, log)
                try write { db in
                    for start in stride(from: 0, to: size, by: 1 << 20) {
                        let blob = min(1 << 20, size - start)
                        try db.execute(sql: "INSERT INTO reserved_space VALUES (zeroblob(?))", arguments: [blob])
                    }
                }
                bytes -= size
            }
        } catch {
            // On a full disk this may fail as well; the next reservation drops what is left.
            try? write { db in try db.execute(sql: "DROP TABLE reserved_space") }
            throw error
        }
        try write { db in try db.execute(sql: "DROP TABLE reserved_space") }
        _ = try pragma("wal_checkpoint(PASSIVE)")
    }
}

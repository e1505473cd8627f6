// SPDX-License-Identifier: Apache-2.0

import CallRecords
internal import GRDB

/// The rejected records at the end of their table whose hashes are not in the table of hashes yet.
///
/// The hashes of records that follow each other are spread over all of that table: one by one they would write it anew in
/// each transaction. Stored together in their order, they write each page once.
struct RejectTail: Sendable {
    private struct Entry: BitwiseCopyable, Sendable {
        var row: Int64
        var hash: UInt32
        /// The entry before it in its chain, or -1.
        var next: Int32
    }

    /// How many hashes are stored together, and how many chains there are; both take less than a megabyte.
    private static let most = 32_768

    private var entries: [Entry] = []
    /// For each end of a hash its newest entry, or -1; empty without entries.
    private var heads: [Int32] = []
    /// The highest row that is in the table of hashes.
    private var stored: Int64 = 0
    /// The highest row of all; `nil` before they were looked at.
    private var newest: Int64?
    /// All hashes in the table; empty as long as few were looked for.
    private var filter = RejectFilter()

    /// The hash of a record's bytes: 31 bits, which SQLite keeps in four bytes.
    static func hash(_ raw: UnsafeRawBufferPointer) -> Int64 { Int64(StableHash.hash(raw) & 0x7FFF_FFFF) }

    /// Whether the hashes should be stored now.
    var isFull: Bool { entries.count >= Self.most }

    /// Reads what the table has by now, unless it is what is known.
    mutating func load(_ db: Database) throws {
        let ends = try RowStatement(db, "SELECT last, ifnull((SELECT max(id) FROM reject), 0) FROM reject_hashed")
            .first({ _ in }, read: { ($0[0].integer, $0[1].integer) })
        guard let ends, ends != (stored, newest ?? -1) else { return }
        self = RejectTail()
        stored = ends.0
        try RowStatement(db, "SELECT id, raw FROM reject WHERE id > ?1 AND raw_hash IS NULL ORDER BY id").each(
            { $0[1].bind(stored) },
            { row in add(row[0].integer, hash: Self.hash(row[1].blob)) })
        newest = ends.1
    }

    /// Adds a row above all others.
    mutating func add(_ row: Int64, hash: Int64) {
        if heads.isEmpty {
            entries.reserveCapacity(Self.most)
            heads = Array(repeating: -1, count: Self.most)
        }
        let chain = Int(hash) % Self.most
        entries.append(Entry(row: row, hash: UInt32(hash), next: heads[chain]))
        heads[chain] = Int32(entries.count - 1)
        newest = row
    }

    /// Whether the table of hashes may have a hash.
    func mayBeStored(_ hash: Int64) -> Bool { filter.isEmpty ? stored > 0 : filter.mayHave(hash) }

    /// The rows with a hash, the newest first.
    func rows(_ hash: Int64) -> [Int64] {
        guard !heads.isEmpty else { return [] }
        var rows: [Int64] = []
        var index = Int(heads[Int(hash) % Self.most])
        while index >= 0 {
            if entries[index].hash == UInt32(hash) { rows.append(entries[index].row) }
            index = Int(entries[index].next)
        }
        return rows
    }

    /// Stores the hashes.
    mutating func store(_ db: Database) throws {
        guard let newest, newest > stored else { return }
        // Whoever has met so many will meet more. To read all hashes takes a tenth of a second for a million.
        if isFull, filter.isEmpty {
            try RowStatement(db, "SELECT hash FROM reject_hash").each({ _ in }, { filter.add($0[0].integer) })
        }
        if isFull || !filter.isEmpty { for entry in entries { filter.add(Int64(entry.hash)) } }
        let insertion = try RowStatement(db, "INSERT OR IGNORE INTO reject_hash VALUES (?1, ?2)")
        // The places are in the order of the rows: small numbers are sorted more quickly than entries.
        var places = entries.indices.map { UInt64(entries[$0].hash) << 32 | UInt64($0) }
        places.sort()
        for place in places {
            let entry = entries[Int(place & 0xFFFF_FFFF)]
            try insertion.run {
                $0[1].bind(Int64(entry.hash))
                $0[2].bind(entry.row)
            }
        }
        try RowStatement(db, "UPDATE reject_hashed SET last = ?1").run { $0[1].bind(newest) }
        let known = filter
        self = RejectTail()
        (stored, self.newest, filter) = (newest, newest, known)
    }
}

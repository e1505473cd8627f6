// SPDX-License-Identifier: Apache-2.0

import Foundation
internal import GRDB

/// A phone system whose files were read, named by its key prefix.
package struct LedgerSource: Sendable, Hashable {
    /// The row.
    package var id: Int64
    /// What the keys of its calls begin with, without the colon.
    package var keyPrefix: String
    /// The fingerprint of the rule that makes its call keys.
    package var keyRule: String
    /// The end of its newest leg in seconds since 1970; `nil` before the first one.
    package var newestLeg: Int64?
}

/// How far a file was taken in.
package struct LedgerFile: Sendable, Hashable {
    /// The row; 0 for a file that is not stored yet.
    package var id: Int64
    /// The row of the file's source.
    package var sourceID: Int64
    /// Where the file was last seen.
    package var path: String
    /// The bytes taken in so far.
    package var bytes: Int64
    /// The line ends in these bytes.
    package var lines: Int
    /// The records in these bytes, a header counted as one.
    package var records: Int
    /// How many bytes before ``bytes`` the hash covers: at most 65,536.
    package var tailBytes: Int
    /// SHA-256 of those bytes.
    package var tailHash: [UInt8]

    /// A file as far as it was taken in; nothing was yet unless said otherwise.
    package init(
        id: Int64 = 0, sourceID: Int64, path: String, bytes: Int64 = 0, lines: Int = 0, records: Int = 0,
        tailBytes: Int = 0, tailHash: [UInt8] = []
    ) {
        self.id = id
        self.sourceID = sourceID
        self.path = path
        self.bytes = bytes
        self.lines = lines
        self.records = records
        self.tailBytes = tailBytes
        self.tailHash = tailHash
    }
}

extension Ledger {
    /// The source with a key prefix, made with `keyRule` if it is new.
    ///
    /// A source that exists is returned as it is: comparing the rules is the caller's business.
    package func source(keyPrefix: String, keyRule: String) throws(LedgerFault) -> LedgerSource {
        if let known = try source(keyPrefix: keyPrefix) { return known }
        return try write { db in
            try db.execute(
                sql: "INSERT INTO source (key_prefix, key_rule) VALUES (?, ?)", arguments: [keyPrefix, keyRule])
            return LedgerSource(id: db.lastInsertedRowID, keyPrefix: keyPrefix, keyRule: keyRule, newestLeg: nil)
        }
    }

    /// Stores a source as another ledger has it, in the same row.
    package func add(_ source: LedgerSource) throws(LedgerFault) {
        try write { db in
            try db.execute(
                sql: "INSERT INTO source (id, key_prefix, key_rule, newest_leg) VALUES (?, ?, ?, ?)",
                arguments: [source.id, source.keyPrefix, source.keyRule, source.newestLeg])
        }
    }

    /// The source with a key prefix; `nil` when there is none.
    package func source(keyPrefix: String) throws(LedgerFault) -> LedgerSource? {
        try read { db in
            try Row.fetchOne(
                db, sql: "SELECT id, key_prefix, key_rule, newest_leg FROM source WHERE key_prefix = ?",
                arguments: [keyPrefix]
            ).map { LedgerSource(id: $0[0], keyPrefix: $0[1], keyRule: $0[2], newestLeg: $0[3]) }
        }
    }

    /// All sources, in the order of their key prefixes.
    package func sources() throws(LedgerFault) -> [LedgerSource] {
        try read { db in
            try Row.fetchAll(
                db.cachedStatement(
                    sql: "SELECT id, key_prefix, key_rule, newest_leg FROM source ORDER BY key_prefix")
            ).map { LedgerSource(id: $0[0], keyPrefix: $0[1], keyRule: $0[2], newestLeg: $0[3]) }
        }
    }

    /// Replaces the rule that makes the keys of a source, of which no call is stored.
    package func change(keyRule: String, sourceID: Int64) throws(LedgerFault) {
        try write { db in
            try db.execute(sql: "UPDATE source SET key_rule = ? WHERE id = ?", arguments: [keyRule, sourceID])
        }
    }

    /// The end of the newest leg of a source, in seconds since 1970; `nil` before the first one.
    package func newestLeg(sourceID: Int64) throws(LedgerFault) -> Int64? {
        try read { db in
            try Int64.fetchOne(db, sql: "SELECT newest_leg FROM source WHERE id = ?", arguments: [sourceID])
        }
    }

    /// Whether any call of the source is stored.
    package func hasCalls(sourceID: Int64) throws(LedgerFault) -> Bool {
        try read { db in
            try Bool.fetchOne(
                db, sql: "SELECT EXISTS (SELECT 1 FROM call WHERE source_id = ?)", arguments: [sourceID]) ?? false
        }
    }

    /// The files of a source that were read before, the one last seen at `path` first, then the newest; at most 100.
    package func files(sourceID: Int64, path: String) throws(LedgerFault) -> [LedgerFile] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT id, source_id, path, bytes, lines, records, tail_bytes, tail_hash FROM source_file
                    WHERE source_id = ? ORDER BY path = ? DESC, seen_at DESC, id DESC LIMIT 100
                    """, arguments: [sourceID, path]
            ).map {
                LedgerFile(
                    id: $0[0], sourceID: $0[1], path: $0[2], bytes: $0[3], lines: $0[4], records: $0[5],
                    tailBytes: $0[6], tailHash: [UInt8]($0[7] as Data))
            }
        }
    }
}

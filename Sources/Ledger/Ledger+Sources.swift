// SPDX-License-Identifier: Apache-2.0

import Foundation
internal import GRDB

/// A phone system whose files were read, named by its key prefix.
package struct LedgerSource: Sendable, Hashable {
    package var id: Int64
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
    package var sourceID: Int64
    /// Where the file was last seen.
    package var path: String
    /// Bytes, lines and records taken in so far.
    package var bytes: Int64
    package var lines: Int
    package var records: Int
    /// How many bytes before ``bytes`` the hash covers: at most 65,536.
    package var tailBytes: Int
    /// SHA-256 of those bytes.
    package var tailHash: [UInt8]

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
        if let known = try findSource(keyPrefix) { return known }
        // In a scratch ledger the row gets the number that it has in the base, so that files and calls still refer to it.
        let inherited = if let base { try base.findSource(keyPrefix) } else { LedgerSource?.none }
        return try write { db in
            try db.execute(
                sql: "INSERT INTO source (id, key_prefix, key_rule, newest_leg) VALUES (?, ?, ?, ?)",
                arguments: [inherited?.id, keyPrefix, inherited?.keyRule ?? keyRule, inherited?.newestLeg])
            return LedgerSource(
                id: db.lastInsertedRowID, keyPrefix: keyPrefix, keyRule: inherited?.keyRule ?? keyRule,
                newestLeg: inherited?.newestLeg)
        }
    }

    private func findSource(_ keyPrefix: String) throws(LedgerFault) -> LedgerSource? {
        try read { db in
            try Row.fetchOne(
                db, sql: "SELECT id, key_prefix, key_rule, newest_leg FROM source WHERE key_prefix = ?",
                arguments: [keyPrefix]
            ).map { LedgerSource(id: $0[0], keyPrefix: $0[1], keyRule: $0[2], newestLeg: $0[3]) }
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
        let own = try read { db in
            try Bool.fetchOne(
                db, sql: "SELECT EXISTS (SELECT 1 FROM call WHERE source_id = ?)", arguments: [sourceID]) ?? false
                || pile?.counts[sourceID, default: 0] ?? 0 > 0
        }
        guard !own, let base else { return own }
        return try base.hasCalls(sourceID: sourceID)
    }

    /// The files of a source that were read before, the one last seen at `path` first, then the newest.
    package func files(sourceID: Int64, path: String) throws(LedgerFault) -> [LedgerFile] {
        let own = try read { db in
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
        guard let base else { return own }
        return try own
            + base.files(sourceID: sourceID, path: path).map { file in
                var copy = file
                copy.id = 0
                return copy
            }
    }
}

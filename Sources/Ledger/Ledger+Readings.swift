// SPDX-License-Identifier: Apache-2.0

import Foundation
internal import GRDB

/// How a file was read last: what its rejected records need to be read again, and under which rules records were left out.
package struct LedgerReading: Sendable, Hashable {
    /// The row of the file's source.
    package var sourceID: Int64
    /// The file as the configuration or the command line named it.
    package var path: String
    /// What stood before the first record, in the file's encoding, without the last line end; empty for most live logs.
    package var header: [UInt8]
    /// The fingerprint of the rules that decided what becomes of a record.
    package var rules: String
    /// Records that were skipped or rejected under these rules.
    package var leftOut: Int

    /// A reading; see the properties.
    package init(sourceID: Int64, path: String, header: [UInt8] = [], rules: String = "", leftOut: Int = 0) {
        self.sourceID = sourceID
        self.path = path
        self.header = header
        self.rules = rules
        self.leftOut = leftOut
    }
}

extension Ledger {
    /// How a file of a source was read last; `nil` when it was not.
    package func reading(sourceID: Int64, path: String) throws(LedgerFault) -> LedgerReading? {
        try read { db in
            try Row.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT header, rules, left_out FROM file_reading JOIN file_header ON file_header.id = header_id
                        WHERE source_id = ? AND path = ?
                        """),
                arguments: [sourceID, path]
            ).map {
                LedgerReading(
                    sourceID: sourceID, path: path, header: [UInt8]($0[0] as Data), rules: $0[1], leftOut: $0[2])
            }
        }
    }
}

extension Ledger {
    /// Forgets how a file was read that nobody will read again.
    package func forgetReading(of path: String) throws(LedgerFault) {
        try write { db in try db.execute(sql: "DELETE FROM file_reading WHERE path = ?", arguments: [path]) }
    }
}

extension LedgerTransaction {
    /// Stores how a file was read.
    package func save(_ reading: LedgerReading) throws {
        let header = Data(reading.header)
        try db.cachedStatement(sql: "INSERT INTO file_header (header) VALUES (?) ON CONFLICT DO NOTHING")
            .execute(arguments: [header])
        try db.cachedStatement(
            sql: """
                INSERT INTO file_reading (source_id, path, header_id, rules, left_out)
                VALUES (?, ?, (SELECT id FROM file_header WHERE header = ?), ?, ?)
                ON CONFLICT DO UPDATE
                SET header_id = excluded.header_id, rules = excluded.rules, left_out = excluded.left_out
                """
        ).execute(arguments: [reading.sourceID, reading.path, header, reading.rules, reading.leftOut])
    }
}

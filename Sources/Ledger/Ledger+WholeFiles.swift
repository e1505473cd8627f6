// SPDX-License-Identifier: Apache-2.0

import Foundation
internal import GRDB

/// How the file system describes a file: as long as this is the same, nobody has written to it.
package struct FileStamp: Sendable, Hashable {
    /// How many bytes the file has.
    package var size: Int64
    /// When it was last written, in nanoseconds since 1970.
    package var modified: Int64
    /// When it, its name or its rights last changed, in nanoseconds since 1970; 0 where that cannot be trusted.
    package var changed: Int64
    /// Its number in the file system.
    package var inode: Int64

    /// A description; see the properties.
    package init(size: Int64, modified: Int64, changed: Int64, inode: Int64) {
        self.size = size
        self.modified = modified
        self.changed = changed
        self.inode = inode
    }
}

/// A file that was read to its end.
package struct LedgerWholeFile: Sendable, Hashable {
    /// The row of the file's source.
    package var sourceID: Int64
    /// Where it was last seen.
    package var path: String
    /// How the file system described it then.
    package var stamp: FileStamp
    /// SHA-256 of all its bytes.
    package var content: [UInt8]
    /// The fingerprint of the rules by which it was read.
    package var rules: String
    /// The start of its first leg, in seconds since 1970; `nil` where it has none.
    package var oldest: Int64?
    /// The end of its last leg, in seconds since 1970; `nil` where it has none.
    package var newest: Int64?

    /// A file; see the properties.
    package init(
        sourceID: Int64, path: String, stamp: FileStamp, content: [UInt8], rules: String, oldest: Int64?, newest: Int64?
    ) {
        self.sourceID = sourceID
        self.path = path
        self.stamp = stamp
        self.content = content
        self.rules = rules
        self.oldest = oldest
        self.newest = newest
    }
}

extension Ledger {
    private static let columns = "source_id, path, size, modified, changed, inode, content, rules, oldest, newest"

    /// Of some paths, the files that were read to their end when they were last seen there, by path.
    package func wholeFiles(
        sourceID: Int64, paths: some Sequence<String>
    ) throws(LedgerFault) -> [String: LedgerWholeFile] {
        try read { db in
            let row = try RowStatement(
                db, "SELECT \(Self.columns) FROM whole_file WHERE source_id = ? AND path = ? AND settled = 1")
            var found: [String: LedgerWholeFile] = [:]
            for path in paths {
                let file = try row.first(
                    {
                        $0[1].bind(sourceID)
                        $0[2].bind(path)
                    }, read: Self.wholeFile)
                if let file { found[path] = file }
            }
            return found
        }
    }

    /// How the file system described files that were read to their end by some rules, when they were last seen at some
    /// paths.
    ///
    /// - Returns: One for each path, in their order; `nil` where no such file was seen.
    package func stamps(
        sourceID: Int64, rules: String, paths: some Collection<String>
    ) throws(LedgerFault) -> [FileStamp?] {
        try read { db in
            let row = try RowStatement(
                db,
                """
                SELECT size, modified, changed, inode FROM whole_file
                WHERE source_id = ? AND path = ? AND rules = ? AND settled = 1
                """)
            var stamps: [FileStamp?] = []
            stamps.reserveCapacity(paths.count)
            for path in paths {
                let stamp = try row.first(
                    {
                        $0[1].bind(sourceID)
                        $0[2].bind(path)
                        $0[3].bind(rules)
                    },
                    read: {
                        FileStamp(
                            size: $0[0].integer, modified: $0[1].integer, changed: $0[2].integer,
                            inode: $0[3].integer)
                    })
                stamps.append(stamp)
            }
            return stamps
        }
    }

    // SQLite's planner knows nothing of how many files there are, and would go through all of the source.
    private static let byContent = "whole_file INDEXED BY whole_file_content"

    /// Whether a file of so many bytes may have been read to its end; `nil` for any file.
    ///
    /// Where this says no, there is none. Files that this run has read count, too: to pass them over would take longer with
    /// each of them.
    package func hasWholeFile(sourceID: Int64, size: Int64?) throws(LedgerFault) -> Bool {
        try read { db in
            try RowStatement(
                db,
                """
                SELECT 1 FROM \(Self.byContent) WHERE source_id = ?\(size == nil ? "" : " AND size = ?") LIMIT 1
                """
            ).first(
                {
                    $0[1].bind(sourceID)
                    if let size { $0[2].bind(size) }
                }, read: { _ in true }) ?? false
        }
    }

    /// A file with a content that was read to its end by some rules, wherever it was then; `nil` when there is none.
    package func wholeFile(
        sourceID: Int64, size: Int64, content: [UInt8], rules: String
    ) throws(LedgerFault) -> LedgerWholeFile? {
        try read { db in
            try Row.fetchOne(
                db,
                sql: """
                    SELECT \(Self.columns) FROM \(Self.byContent)
                    WHERE source_id = ? AND size = ? AND content = ? AND rules = ? AND settled = 1
                    """, arguments: [sourceID, size, Data(content), rules]
            ).map {
                LedgerWholeFile(
                    sourceID: $0[0], path: $0[1],
                    stamp: FileStamp(size: $0[2], modified: $0[3], changed: $0[4], inode: $0[5]),
                    content: [UInt8]($0[6] as Data), rules: $0[7], oldest: $0[8], newest: $0[9])
            }
        }
    }

    /// How many files of a source are known that were read to their end.
    package func wholeFileCount(sourceID: Int64) throws(LedgerFault) -> Int {
        try read { db in
            try Int.fetchOne(db, sql: "SELECT count(*) FROM whole_file WHERE source_id = ?", arguments: [sourceID]) ?? 0
        }
    }

    /// Where the files of a source were last seen that were read to their end.
    package func wholeFilePaths(sourceID: Int64) throws(LedgerFault) -> [String] {
        try read { db in
            try String.fetchAll(
                db, sql: "SELECT path FROM whole_file WHERE source_id = ?", arguments: [sourceID])
        }
    }

    /// Forgets that files at some paths were read to their end.
    package func forgetWholeFiles(sourceID: Int64, paths: [String]) throws(LedgerFault) {
        try write { db in
            for path in paths {
                try db.execute(
                    sql: "DELETE FROM whole_file WHERE source_id = ? AND path = ?", arguments: [sourceID, path])
            }
        }
    }

    private static func wholeFile(_ row: RowCells) throws -> LedgerWholeFile {
        LedgerWholeFile(
            sourceID: row[0].integer, path: row[1].text,
            stamp: FileStamp(
                size: row[2].integer, modified: row[3].integer, changed: row[4].integer, inode: row[5].integer),
            content: [UInt8](row[6].blob), rules: row[7].text, oldest: row[8].isNull ? nil : row[8].integer,
            newest: row[9].isNull ? nil : row[9].integer)
    }
}

extension Ledger {
    /// When the calls of a source began that are not done, in seconds since 1970 and ascending: calls that are neither
    /// delivered, by whomever, nor dismissed by a person.
    package func undoneStarts(sourceID: Int64) throws(LedgerFault) -> [Int64] {
        try read { db in
            try Int64.fetchAll(
                db,
                sql: """
                    SELECT start FROM call WHERE state <> 6 AND state <> 9 AND source_id = ?
                    AND id NOT IN (SELECT call_id FROM dismissed_call) ORDER BY start
                    """, arguments: [sourceID])
        }
    }

    /// The paths of the files of a source that have rejected records which nobody has dealt with.
    package func rejectPaths(sourceID: Int64) throws(LedgerFault) -> Set<String> {
        try read { db in
            Set(
                try String.fetchAll(
                    db,
                    sql: """
                        SELECT path FROM reject_place WHERE id IN (
                            SELECT place_id FROM reject INDEXED BY reject_open WHERE source_id = ? AND outcome IS NULL
                        )
                        """,
                    arguments: [sourceID]))
        }
    }
}

extension LedgerTransaction {
    /// Stores that a file was read to its end.
    package func save(_ file: LedgerWholeFile) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO whole_file
                (source_id, path, size, modified, changed, inode, content, rules, oldest, newest)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET size = excluded.size, modified = excluded.modified,
                changed = excluded.changed, inode = excluded.inode, content = excluded.content, rules = excluded.rules,
                oldest = excluded.oldest, newest = excluded.newest, settled = 0
                """
        ).execute(arguments: [
            file.sourceID, file.path, file.stamp.size, file.stamp.modified, file.stamp.changed, file.stamp.inode,
            Data(file.content), file.rules, file.oldest, file.newest,
        ])
    }

    /// Says that nothing of the files that were stored is undecided any more.
    package func settleWholeFiles(sourceID: Int64) throws {
        try db.execute(
            sql: "UPDATE whole_file SET settled = 1 WHERE source_id = ? AND settled = 0", arguments: [sourceID])
    }

    /// Forgets the files that a run has stored which was killed before it had decided about all their records.
    package func forgetUnsettledFiles(sourceID: Int64) throws {
        try db.execute(sql: "DELETE FROM whole_file WHERE source_id = ? AND settled = 0", arguments: [sourceID])
    }
}

// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// The rows of what rejected records share: the files they stood in, and the words of their messages.
struct RejectParts: Sendable {
    private struct Place: Sendable, Equatable {
        var runID: Int64
        var sourceID: Int64
        var path: String
        var encoding: String
    }

    private struct Words: Sendable, Hashable {
        var reason: String
        var field: Int
        var expected: String
        var hint: String
    }

    /// The file of the record before.
    private var place: (Place, row: Int64)?
    /// The words of records before, the newest first: nearly all records of a file have one of a few messages.
    private var newest: [(words: Words, row: Int64)] = []
    private var known: [Words: Int64] = [:]
    /// Whether there are so many words that new ones are not kept apart any more.
    private var isFull = false

    private static let mostNewest = 4
    /// Formats have a few dozen messages. Whatever leads to more of them, what follows is kept with each record.
    private static let mostWords = 1_000

    /// The row of the file that a record stands in.
    mutating func place(of reject: LedgerReject, _ db: Database) throws -> Int64 {
        let wanted = Place(
            runID: reject.runID, sourceID: reject.sourceID, path: reject.path, encoding: reject.encoding)
        if let place, place.0 == wanted { return place.row }
        let row = try Self.row(
            db, table: "reject_place", columns: ["run_id", "source_id", "path", "encoding"]
        ) { slots in
            slots[1].bind(wanted.runID)
            slots[2].bind(wanted.sourceID)
            slots[3].bind(wanted.path)
            slots[4].bind(wanted.encoding)
        }
        place = (wanted, row)
        return row
    }

    /// The row of the words of a record's message, and what the record's own row has to say.
    mutating func message(of reject: LedgerReject, _ db: Database) throws -> (row: Int64, found: String?) {
        let message = reject.message
        let words = Words(
            reason: reject.reason, field: reject.field ?? 0, expected: message.expected, hint: message.hint ?? "")
        if let row = try row(of: words, db) { return (row, message.found) }
        let plain = Words(reason: words.reason, field: words.field, expected: "", hint: "")
        guard let row = try row(of: plain, db) else { preconditionFailure("plain words are always kept") }
        return (row, message.whole.found)
    }

    /// The row of some words; `nil` where there are too many of them.
    private mutating func row(of words: Words, _ db: Database) throws -> Int64? {
        if let found = newest.first(where: { $0.words == words }) { return found.row }
        let isPlain = words.expected.isEmpty && words.hint.isEmpty
        let row: Int64
        if let found = known[words] {
            row = found
        } else {
            if isFull, !isPlain { return nil }
            let count = try Int64.fetchOne(db, sql: "SELECT count(*) FROM reject_message") ?? 0
            isFull = count >= Self.mostWords
            if isFull, !isPlain { return nil }
            row = try Self.row(
                db, table: "reject_message", columns: ["reason", "field", "expected", "hint"]
            ) { slots in
                slots[1].bind(words.reason)
                slots[2].bind(Int64(words.field))
                slots[3].bind(words.expected)
                slots[4].bind(words.hint)
            }
            known[words] = row
        }
        newest.insert((words, row), at: 0)
        if newest.count > Self.mostNewest { newest.removeLast() }
        return row
    }

    /// The row with some values; it is made if there is none.
    private static func row(
        _ db: Database, table: String, columns: [String], _ bind: (RowSlots) -> Void
    ) throws -> Int64 {
        let names = columns.joined(separator: ", ")
        let values = columns.indices.map { "?\($0 + 1)" }.joined(separator: ", ")
        let search = try RowStatement(db, "SELECT id FROM \(table) WHERE (\(names)) = (\(values))")
        if let row = try search.first(bind, read: { $0[0].integer }) { return row }
        try RowStatement(db, "INSERT INTO \(table) (\(names)) VALUES (\(values))").run(bind)
        return db.lastInsertedRowID
    }
}

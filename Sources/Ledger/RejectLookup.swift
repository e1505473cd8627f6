// SPDX-License-Identifier: Apache-2.0

import Digests
internal import GRDB

/// Finds the rejected records that are stored by their bytes, as one transaction sees them.
struct RejectLookup {
    /// A rejected record that is stored.
    struct Found {
        var row: Int64
        var reason: String
        /// Whether nobody has dealt with it.
        var isOpen: Bool
    }

    private let memory: RejectMemory
    private let byHash: RowStatement
    private let byBytes: RowStatement
    /// Finds those whose bytes were pruned; `nil` where there are none.
    private let pruned: RowStatement?

    private static let columns = """
        SELECT reject.id, reason, outcome IS NULL FROM reject JOIN reject_message ON reject_message.id = message_id
        """

    init(_ db: Database, _ memory: RejectMemory) throws {
        try memory.loadTail(db)
        self.memory = memory
        byHash = try RowStatement(db, "SELECT id FROM reject_hash WHERE hash = ?1")
        byBytes = try RowStatement(
            db, "\(Self.columns) WHERE reject.id = ?1 AND source_id = ?2 AND raw = ?3 AND raw_hash IS NULL")
        let arePruned = try RowStatement(db, "SELECT 1 FROM reject WHERE raw_hash IS NOT NULL LIMIT 1")
            .first({ _ in }, read: { _ in true })
        pruned =
            arePruned == nil
            ? nil
            : try RowStatement(
                db,
                "\(Self.columns) WHERE substr(raw_hash, 1, 4) = substr(?1, 1, 4) AND raw_hash = ?1 AND source_id = ?2")
    }

    /// The rejected records of a source with some bytes, in the order of their rows.
    ///
    /// - Parameter hash: The hash of the bytes, as ``RejectTail`` makes it.
    func records(sourceID: Int64, raw: UnsafeRawBufferPointer, hash: Int64) throws -> [Found] {
        let (mayBeStored, others) = memory.rows(hash)
        let stored = mayBeStored ? try byHash.all({ $0[1].bind(hash) }, read: { $0[0].integer }) : []
        var found: [Found] = []
        for row in stored + others.reversed() {
            found += try byBytes.all(
                {
                    $0[1].bind(row)
                    $0[2].bind(sourceID)
                    $0[3].bind(lastingBlob: raw)
                }, read: Self.found)
        }
        guard let pruned else { return found }
        try SHA256.hash(raw).withUnsafeBytes { hash in
            found += try pruned.all(
                {
                    $0[1].bind(lastingBlob: hash)
                    $0[2].bind(sourceID)
                }, read: Self.found)
        }
        return found.sorted { $0.row < $1.row }
    }

    private static func found(_ row: RowCells) -> Found {
        Found(row: row[0].integer, reason: row[1].text, isOpen: row[2].integer != 0)
    }
}

// SPDX-License-Identifier: Apache-2.0

package import CallLifecycle
internal import GRDB

/// What tells whether another integration has registered the ledger's calls.
extension Ledger {
    /// Calls of a source that wait to be sent: all of them if they are few, else runs of neighbouring calls spread evenly
    /// over the order of their starts, the last calls among them.
    ///
    /// - Parameters:
    ///   - most: The most calls.
    ///   - run: How many calls follow each other, at least 1.
    package func sampleOfPending(
        keyPrefix: String, most: Int, run: Int
    ) throws(LedgerFault) -> [[TrackedCall]] {
        guard let source = try source(keyPrefix: keyPrefix) else { return [] }
        let count = try pendingCount(sourceID: source.id)
        let places = count <= most ? [0..<count] : Self.spread(count, runs: most / run, of: run)
        let rows = try pendingRows(at: places, sourceID: source.id)
        return try read { db in
            let statement = try RowStatement(db, CallTable.selectTracked + " WHERE id = ?1")
            return try rows.filter { !$0.isEmpty }.map { rows in
                try rows.compactMap { row in try statement.first({ $0[1].bind(row) }, read: CallTable.trackedCall) }
            }
        }
    }

    /// The rows of pending calls of a source that have some places in the order of their starts.
    ///
    /// - Parameter places: They follow each other and do not overlap. The rows of all other calls are not kept: there may be
    ///   millions.
    private func pendingRows(at places: [Range<Int>], sourceID: Int64) throws(LedgerFault) -> [[Int64]] {
        try read { db in
            var rows = places.map { _ in [Int64]() }
            var run = 0
            var place = 0
            let statement = try RowStatement(
                db,
                "SELECT id FROM call WHERE state = 1 AND state <> 6\(Self.isOf(sourceID, db)) ORDER BY start, id")
            try statement.each({ _ in }) { row in
                guard run < places.count else { return }
                if places[run].contains(place) { rows[run].append(row[0].integer) }
                place += 1
                while run < places.count, place >= places[run].upperBound { run += 1 }
            }
            return rows
        }
    }

    /// Places of runs in a list, evenly spread from its beginning to its end.
    private static func spread(_ count: Int, runs: Int, of length: Int) -> [Range<Int>] {
        guard runs > 1 else { return [max(0, count - length)..<count] }
        return (0..<runs).map { index in
            let first = (count - length) * index / (runs - 1)
            return first..<(first + length)
        }
    }

    /// Whether anything of a source ever left, or was found at the portal.
    package func hasDelivered(keyPrefix: String) throws(LedgerFault) -> Bool {
        guard let source = try source(keyPrefix: keyPrefix) else { return false }
        return try read { db in
            // A list of states would be looked up in a table of its own for every call.
            try Bool.fetchOne(
                db,
                sql: """
                    SELECT EXISTS (SELECT 1 FROM call WHERE source_id = ? AND
                    (state BETWEEN 2 AND 6 OR state > 9 OR registrations > 0 OR register_lost <> 0))
                    """, arguments: [source.id]) ?? false
        }
    }

    /// The calls that may have a row of the portal that began in a time: those that wait, for legs or to be sent.
    ///
    /// - Parameters:
    ///   - starts: In seconds since 1970, both ends included.
    ///   - numbers: The numbers of the calls.
    package func undeliveredCalls(
        starts: ClosedRange<Int64>, numbers: Set<String>
    ) throws(LedgerFault) -> [TrackedCall] {
        try read { db in
            let statement = try RowStatement(
                db,
                CallTable.selectTracked
                    + " WHERE state = ?1 AND state <> 6 AND start BETWEEN ?2 AND ?3 ORDER BY start, id")
            return try [CallState.waiting, .pending].flatMap { state in
                try statement.all(
                    { slots in
                        slots[1].bind(Int64(state.rawValue))
                        slots[2].bind(starts.lowerBound)
                        slots[3].bind(starts.upperBound)
                    }, read: CallTable.trackedCall
                ).filter { numbers.contains($0.phoneNumber) }
            }
        }
    }
}

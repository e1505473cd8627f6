// SPDX-License-Identifier: Apache-2.0

package import CallLifecycle
package import CallRecords

/// What a report needs of a call.
package struct CallGlance: Sendable {
    /// The `key_prefix` of its source.
    package let source: String
    /// When it began.
    package let start: CallTime
    /// Which way it went.
    package let type: CallType
    /// How it ended.
    package let status: StatusCode
    /// The client's number.
    package let phone: String
    /// The employee's extension; `nil` where none is known.
    package let employeeExtension: String?
    /// The line; `nil` where none is known.
    package let line: String?
    /// Seconds that the parties talked.
    package let talk: Int64
    /// How far the call has come.
    package let state: CallState
}

extension Ledger {
    /// Shows all calls from a moment on, in the order of their start.
    ///
    /// - Parameters:
    ///   - start: In seconds since 1970.
    ///   - body: Is given one call after the other; nothing of them is kept here.
    package func glance(from start: Int64, _ body: (CallGlance) -> Void) throws(LedgerFault) {
        try read { db in
            let sources = try RowStatement(db, "SELECT id, key_prefix FROM source").all(
                { _ in }, read: { ($0[0].integer, $0[1].text) })
            let names = Dictionary(sources, uniquingKeysWith: { first, _ in first })
            let statement = try RowStatement(
                db,
                """
                SELECT source_id, start, start_offset, type, status, phone, extension, line, talk, state
                FROM call WHERE start >= ? ORDER BY start, id
                """)
            try statement.each({ $0[1].bind(start) }) { row in body(try CallGlance(row, names)) }
        }
    }

    /// The summary of the last run that has ended, as JSON; `nil` where none has.
    package func lastSummary() throws(LedgerFault) -> String? {
        try read { db in
            try RowStatement(db, "SELECT summary FROM run WHERE summary IS NOT NULL ORDER BY id DESC LIMIT 1").first(
                { _ in }, read: { $0[0].text })
        }
    }
}

extension CallGlance {
    fileprivate init(_ row: RowCells, _ sources: [Int64: String]) throws {
        source = sources[row[0].integer] ?? ""
        start = CallTime(epochSeconds: row[1].integer, offsetSeconds: Int32(truncatingIfNeeded: row[2].integer))
        do {
            type = try CallType(row[3])
            status = try StatusCode(row[4])
            state = try CallState(row[9])
        } catch let fault as UnknownColumnValue {
            throw LedgerFault.damaged(
                path: "", reason: "a call has an unknown state, type or status: \(fault.value)")
        }
        phone = row[5].text
        employeeExtension = row[6].isNull ? nil : row[6].text
        line = row[7].isNull ? nil : row[7].text
        talk = row[8].integer
    }
}

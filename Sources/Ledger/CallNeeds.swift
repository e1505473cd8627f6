// SPDX-License-Identifier: Apache-2.0

import CallLifecycle
package import CallRecords
internal import GRDB

/// What a call that nothing was sent for yet will ask of the portal.
package struct CallNeeds: Sendable, Hashable {
    /// The call key.
    package var key: String
    /// The employee's extension; `nil` where none took part.
    package var employeeExtension: String?
    /// The day that the phone system's clock showed, in days since 1970-01-01.
    package var localDay: Int64
    /// `LINE_NUMBER`; `nil` for none.
    package var line: String?
    /// `CALL_LIST_ID`; `nil` for none.
    package var callListID: Int?
    /// What else its records tell.
    package var details: CallDetails

    init(
        key: String, employeeExtension: String?, start: Int64, offset: Int32, line: String?, callListID: Int?,
        details: String?
    ) {
        self.key = key
        // They were written from details.
        self.details = details.flatMap { CallDetails(encoded: $0) } ?? .none
        self.employeeExtension = employeeExtension
        localDay = CallTime(epochSeconds: start, offsetSeconds: offset).localDay
        self.line = line
        self.callListID = callListID
    }
}

extension PackedCall {
    /// What the call will ask of the portal.
    package var needs: CallNeeds {
        CallNeeds(
            key: key.string, employeeExtension: employeeExtension?.string, start: start, offset: startOffset,
            line: line?.string, callListID: callListID, details: details?.string)
    }
}

extension Ledger {
    /// Goes through the calls that nothing was sent for yet, in no order.
    package func forEachCallToSend(_ take: (CallNeeds) -> Void) throws(LedgerFault) {
        try read { db in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT key, extension, start, start_offset, line, call_list, details FROM call
                    WHERE state IN (?, ?) AND state <> 6
                    """, arguments: [CallState.waiting.rawValue, CallState.pending.rawValue])
            while let row = try rows.next() {
                take(
                    CallNeeds(
                        key: row[0], employeeExtension: row[1], start: row[2], offset: row[3], line: row[4],
                        callListID: row[5], details: row[6]))
            }
        }
    }
}

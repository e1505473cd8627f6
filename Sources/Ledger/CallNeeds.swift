// SPDX-License-Identifier: Apache-2.0

import CallLifecycle
import CallRecords
internal import GRDB

/// What a call that nothing was sent for yet will ask of the portal.
package struct CallNeeds: Sendable, Hashable {
    /// The employee's extension; `nil` where none took part.
    package var employeeExtension: String?
    /// The day that the phone system's clock showed, in days since 1970-01-01.
    package var localDay: Int64
    /// `LINE_NUMBER`; `nil` for none.
    package var line: String?
    /// `CALL_LIST_ID`; `nil` for none.
    package var callListID: Int?

    init(employeeExtension: String?, start: Int64, offset: Int32, line: String?, callListID: Int?) {
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
            employeeExtension: employeeExtension?.string, start: start, offset: startOffset, line: line?.string,
            callListID: callListID)
    }
}

extension Ledger {
    /// Goes through the calls that nothing was sent for yet, in no order.
    package func forEachCallToSend(_ take: (CallNeeds) -> Void) throws(LedgerFault) {
        try read { db in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT extension, start, start_offset, line, call_list FROM call
                    WHERE state IN (?, ?) AND state <> 6
                    """, arguments: [CallState.waiting.rawValue, CallState.pending.rawValue])
            while let row = try rows.next() {
                take(
                    CallNeeds(
                        employeeExtension: row[0], start: row[1], offset: row[2], line: row[3], callListID: row[4]))
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import CallRecords
import DelimitedText
import Ledger

/// What the rejected records of one file have in common.
///
/// A value of its own: a method of the mapper would copy all of that for each rejected record.
struct RejectForm: Sendable {
    let sourceID: Int64
    let runID: Int64
    let path: String
    let encoding: TextEncoding

    /// A record that cannot become a call.
    ///
    /// - Parameter original: The record's bytes in its file, if that is not UTF-8.
    func reject(
        _ record: borrowing Record, _ rejection: RecordRejection, original: (byte: Int64, bytes: ArraySlice<UInt8>)?
    ) -> LedgerReject {
        let raw = original.map { [UInt8]($0.bytes) } ?? [UInt8](record.raw)
        let message = RejectMessage(expected: rejection.expected, found: rejection.found, hint: rejection.hint)
        return LedgerReject(
            sourceID: sourceID, runID: runID, path: path, record: record.position.record,
            line: record.position.line, byte: original?.byte ?? record.position.byte, field: rejection.column,
            reason: rejection.reason, message: message, raw: raw, encoding: encoding.rawValue)
    }
}

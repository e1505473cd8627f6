// SPDX-License-Identifier: Apache-2.0

import CallRecords
import DelimitedText
import Digests
import Ledger

/// What the rejected records of one file have in common.
///
/// A value of its own: a method of the mapper would copy all of that for each rejected record.
struct RejectForm: Sendable {
    let sourceID: Int64
    let runID: Int64
    let path: String
    let encoding: TextEncoding
    /// Whether they need their SHA-256.
    let isHashed: Bool

    /// A record that cannot become a call.
    ///
    /// - Parameter original: The record's bytes in its file, if that is not UTF-8.
    func reject(
        _ record: borrowing Record, _ rejection: RecordRejection, original: (byte: Int64, bytes: ArraySlice<UInt8>)?
    ) -> LedgerReject {
        let raw = original.map { [UInt8]($0.bytes) } ?? [UInt8](record.raw)
        let message = rejection.message + (rejection.hint.map { "; \($0)" } ?? "")
        return LedgerReject(
            sourceID: sourceID, runID: runID, path: path, record: record.position.record,
            line: record.position.line, byte: original?.byte ?? record.position.byte, field: rejection.column,
            reason: rejection.reason, message: message, raw: raw, encoding: encoding.rawValue,
            rawHash: isHashed ? SHA256.hash(raw) : [])
    }
}

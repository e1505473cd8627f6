// SPDX-License-Identifier: Apache-2.0

import CallRecords
package import Reporting

/// The account of records: every record read is booked exactly once, and booked over when more becomes known.
package struct RecordTally: Sendable {
    /// What became of the records that were read, as the summary shows it.
    package private(set) var records = Summary.Records()
    /// Rejected records whose bytes the ledger had not met before.
    package private(set) var newRejects = 0

    /// Records that were skipped or rejected.
    var leftOut: Int { records.skipped.values.reduce(0, +) + records.rejected.values.reduce(0, +) }

    mutating func read() { records.read += 1 }

    /// Adds another account to this one.
    mutating func add(_ other: RecordTally) {
        records.read += other.records.read
        records.calls += other.records.calls
        records.merged += other.records.merged
        records.waiting += other.records.waiting
        records.late += other.records.late
        records.duplicates += other.records.duplicates
        records.skipped.merge(other.records.skipped, uniquingKeysWith: +)
        records.rejected.merge(other.records.rejected, uniquingKeysWith: +)
        newRejects += other.newRejects
    }

    /// Books a record that was read in part, and is read again when it is whole.
    mutating func waitsForEnd() {
        records.read += 1
        records.waiting += 1
    }

    mutating func rejected(_ reason: String, isNew: Bool) {
        records.rejected[reason, default: 0] += 1
        if isNew { newRejects += 1 }
    }

    mutating func skipped(_ reason: SkipReason, _ count: Int = 1) {
        guard count > 0 else { return }
        records.skipped[reason.rawValue, default: 0] += count
    }

    mutating func duplicates(_ count: Int) { records.duplicates += count }

    mutating func late(_ count: Int) { records.late += count }

    /// Books the legs of a call that is new in this run, or that joined a known one.
    mutating func joined(legs: Int, isNewCall: Bool) {
        if isNewCall {
            records.calls += 1
            records.merged += legs - 1
        } else {
            records.merged += legs
        }
    }

    /// Takes ``joined(legs:isNewCall:)`` back.
    mutating func left(legs: Int, isNewCall: Bool) {
        joined(legs: -legs, isNewCall: false)
        if isNewCall {
            records.calls -= 1
            records.merged += 1
        }
    }

    /// Books legs of a call over to "waiting for more".
    mutating func waits(legs: Int, isNewCall: Bool) {
        left(legs: legs, isNewCall: isNewCall)
        records.waiting += legs
    }
}

// SPDX-License-Identifier: Apache-2.0

import CallRecords
import Ledger

/// What some records of a file have become.
struct MappedBatch: Sendable {
    /// The legs, in the order in which they were met.
    var calls: PackedCalls
    /// What there is of each key, in the order in which the keys were met.
    var keys: [LegsOfKey] = []
    /// The places of legs in ``calls``, those of one key together.
    var members: [Int] = []
    /// What the legs of ``keys`` share with those of other batches, in the order of ``keys``; few formats have any.
    var marked: [Marked] = []
    var rejects: [LedgerReject] = []
    /// Records of the batch that may take the place of rejected ones.
    var replacements: [Replacement] = []
    /// What stands before the first record of the file, without the last line end; empty for all batches but the first.
    var header: [UInt8] = []
    /// The end of the newest leg, in seconds since 1970.
    var newestLeg: Int64?
    /// The start of the oldest leg, in seconds since 1970.
    var oldestLeg: Int64?
    /// Whether the file ends with these records.
    var isLast = false
    /// How far the file was taken in, once it is read to its end.
    var file: LedgerFile?
    /// The account of the records that are no legs, and of all that were read.
    var tally = RecordTally()
    /// What else was noticed.
    var notes = MappingNotes()

    /// A leg that shares something with others.
    struct Marked: BitwiseCopyable, Sendable {
        /// The place of its key in ``MappedBatch/keys``.
        var place: Int
        var leg: MarkedLeg
        var marks: JoinMarks
    }
}

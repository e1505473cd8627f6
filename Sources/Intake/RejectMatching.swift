// SPDX-License-Identifier: Apache-2.0

import CallRecords
import DelimitedText

/// A record that may take the place of a rejected one.
struct Replacement: Sendable {
    /// The bytes of the record, where rejected ones may have the same; else empty.
    var raw: [UInt8] = []
    /// The rows of rejected records that it is like, the most probable first; it takes the place of one of them.
    var rejects: [Int64] = []
    /// Likewise those of the same call. Other records of a call are much like the rejected one, so this one must be new.
    var ofSameCall: [Int64] = []
    /// The key of the call that the record belongs to; `nil` for one that was skipped.
    var key: String?
    /// The fingerprint of the leg that the record is.
    var fingerprint: UInt64?
}

/// Finds the rejected records of a source whose place the records of one file take.
///
/// A record takes the place of a rejected one that has the same bytes (the rules have changed), of one of the same call that
/// is much like it, and of one that is much like it where a file says that it is the same: it stands in the same place of the
/// same file, or the file is a correction.
struct RejectMatching: Sendable {
    private let index: RejectIndex
    private let path: String
    private let isWhole: Bool

    /// How much of a rejected record's fields another one of the same call, or in the same place, must have.
    private static let shareOfSame = 0.5
    /// How much of them a record of a correction must have.
    private static let shareOfCorrection = 0.6

    /// Prepares to read a file.
    ///
    /// - Parameters:
    ///   - index: Rejected records of the source.
    ///   - path: The file that is read.
    ///   - isWhole: Whether it is read from its beginning, so that its records have the numbers that they had.
    init(_ index: RejectIndex, path: String, isWhole: Bool) {
        self.index = index
        self.path = path
        self.isWhole = isWhole
    }

    /// The rejected records whose place a record may take; `nil` for none.
    ///
    /// - Parameters:
    ///   - original: The record's bytes in its file, if that is not UTF-8.
    ///   - leg: What it is; `nil` for a record that was skipped.
    func replacement(by record: borrowing Record, original: ArraySlice<UInt8>?, leg: Leg?) -> Replacement? {
        var found = Replacement(key: leg?.key, fingerprint: leg?.fingerprint)
        let raw = original.map { [UInt8]($0) } ?? [UInt8](record.raw)
        if index.mayHave(hash: raw.withUnsafeBytes { StableHash.hash($0) }) { found.raw = raw }
        let fields = RejectField.all(of: record)
        if let leg { found.ofSameCall = index.ranked(index.ofCall(leg.key), fields, atLeast: Self.shareOfSame) }
        if isWhole {
            let same = index.at(record: record.position.record, of: path)
            found.rejects = index.ranked(same, fields, atLeast: Self.shareOfSame)
        }
        found.rejects += index.ranked(index.like(fields), fields, atLeast: Self.shareOfCorrection)
        return found.raw.isEmpty && found.rejects.isEmpty && found.ofSameCall.isEmpty ? nil : found
    }
}

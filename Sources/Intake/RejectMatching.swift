// SPDX-License-Identifier: Apache-2.0

import CallRecords
import DelimitedText
import Digests
import Ledger

/// A record that may take the place of a rejected one.
struct Replacement: Sendable {
    /// The SHA-256 of the record, where rejected ones may have the same bytes.
    var rawHash: [UInt8] = []
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
    /// A rejected record that nobody has dealt with.
    private struct Candidate: Sendable {
        var id: Int64
        /// The hashes of its fields that are not empty, in their order.
        var fields: [UInt64]
    }

    private let candidates: [Candidate]
    private var byKey: [String: [Int]] = [:]
    private var byRecord: [Int: [Int]] = [:]
    /// Field -> rejected records that it tells from others.
    private var byField: [UInt64: [Int]] = [:]
    /// The first bytes of the hashes of all rejected records; `nil`: there are too many to know.
    private var hashes: Set<UInt64>?

    /// How many rejected records are known one by one; the others are found by their bytes only.
    static let mostCandidates = 20_000
    /// How much of a rejected record's fields another one of the same call, or in the same place, must have.
    private static let shareOfSame = 0.5
    /// How much of them a record of a correction must have.
    private static let shareOfCorrection = 0.6
    /// How many rejected records are kept for a record that is like many.
    private static let mostRanked = 16

    /// Prepares to read a file.
    ///
    /// - Parameters:
    ///   - rejects: Rejected records of the source, at most ``mostCandidates``; at least one.
    ///   - path: The file that is read.
    ///   - isWhole: Whether it is read from its beginning, so that its records have the numbers that they had.
    ///   - isCorrection: Whether its records are corrected ones.
    ///   - mapper: A mapper of the format for each header, that has seen no record.
    init(
        _ rejects: [LedgerReject], path: String, isWhole: Bool, isCorrection: Bool, dialect: Dialect,
        mapper: (LedgerReject) throws -> RecordMapper
    ) rethrows {
        var candidates: [Candidate] = []
        var telling: [[UInt64]] = []
        var keys: [String: [Int]] = [:]
        var mappers: [String: RecordMapper] = [:]
        for (index, reject) in rejects.enumerated() {
            var mapper = try mappers[reject.path] ?? mapper(reject)
            var (fields, key) = ([Field](), String?.none)
            Self.forEachRecord(of: reject, dialect) { record in
                fields = Self.fields(of: record)
                if case .rejected(let rejection) = mapper.map(record) { key = mapper.key(ofRejected: rejection) }
            }
            mappers[reject.path] = mapper
            candidates.append(Candidate(id: reject.id, fields: fields.map(\.hash)))
            // A record that was cut may have no field that tells it apart.
            let marks = fields.filter(\.isTelling)
            telling.append((marks.isEmpty ? fields : marks).map(\.hash))
            if let key { keys[key, default: []].append(index) }
        }
        self.candidates = candidates
        byKey = keys
        if isWhole {
            for (index, reject) in rejects.enumerated() where reject.path == path {
                byRecord[reject.record, default: []].append(index)
            }
        }
        if isCorrection {
            for (index, fields) in telling.enumerated() {
                for field in Set(fields) { byField[field, default: []].append(index) }
            }
        }
        if rejects.count < Self.mostCandidates { hashes = Set(rejects.map { Self.prefix(of: $0.rawHash) }) }
    }

    /// Calls `body` with a rejected record, read anew.
    static func forEachRecord(of reject: LedgerReject, _ dialect: Dialect, _ body: (borrowing Record) -> Void) {
        let bytes = (TextEncoding(rawValue: reject.encoding) ?? .utf8).decoded(reject.raw) ?? reject.raw
        var scanner = RecordScanner(dialect: dialect)
        bytes.withUnsafeBytes { all in scanner.scan(all) { body($0) } }
        scanner.finish { body($0) }
    }

    /// The rejected records whose place a record may take; `nil` for none.
    ///
    /// - Parameters:
    ///   - original: The record's bytes in its file, if that is not UTF-8.
    ///   - leg: What it is; `nil` for a record that was skipped.
    func replacement(by record: borrowing Record, original: ArraySlice<UInt8>?, leg: Leg?) -> Replacement? {
        var found = Replacement(key: leg?.key, fingerprint: leg?.fingerprint)
        let raw = original.map { [UInt8]($0) } ?? [UInt8](record.raw)
        let hash = SHA256.hash(raw)
        if hashes?.contains(Self.prefix(of: hash)) ?? true { found.rawHash = hash }
        let fields = Self.fields(of: record)
        if let leg, let same = byKey[leg.key] { found.ofSameCall = ranked(same, fields, atLeast: Self.shareOfSame) }
        if let same = byRecord[record.position.record] {
            found.rejects = ranked(same, fields, atLeast: Self.shareOfSame)
        }
        if !byField.isEmpty {
            let like = Set(fields.flatMap { byField[$0.hash] ?? [] })
            found.rejects += ranked(like.sorted(), fields, atLeast: Self.shareOfCorrection)
        }
        return found.rawHash.isEmpty && found.rejects.isEmpty && found.ofSameCall.isEmpty ? nil : found
    }

    /// The rejected records that share enough fields with a record, those that share most of them first.
    private func ranked(_ indices: [Int], _ fields: [Field], atLeast share: Double) -> [Int64] {
        let hashes = fields.map(\.hash)
        return indices.compactMap { index -> (id: Int64, share: Double)? in
            let own = candidates[index].fields
            let known = Double(Self.common(own, hashes)) / Double(max(1, min(own.count, hashes.count)))
            return known >= share ? (candidates[index].id, known) : nil
        }.sorted { ($1.share, $0.id) < ($0.share, $1.id) }.prefix(Self.mostRanked).map(\.id)
    }

    /// How many fields two records have in common, in the same order.
    private static func common(_ a: [UInt64], _ b: [UInt64]) -> Int {
        var row = [Int](repeating: 0, count: b.count + 1)
        for field in a {
            var diagonal = 0
            for index in b.indices {
                let above = row[index + 1]
                row[index + 1] = field == b[index] ? diagonal + 1 : max(above, row[index])
                diagonal = above
            }
        }
        return row[b.count]
    }

    private struct Field {
        var hash: UInt64
        /// Whether two records seldom share it: a time, a number or an id.
        var isTelling: Bool
    }

    /// The fields that are not empty, in their order.
    private static func fields(of record: borrowing Record) -> [Field] {
        var fields: [Field] = []
        record.forEachField { bytes in
            guard bytes.contains(where: { $0 > 0x20 }) else { return }
            let digits = bytes.reduce(0) { $0 + ((48...57).contains($1) ? 1 : 0) }
            fields.append(Field(hash: StableHash.hash(UnsafeRawBufferPointer(bytes)), isTelling: digits >= 6))
        }
        return fields
    }

    private static func prefix(of hash: [UInt8]) -> UInt64 {
        hash.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}

// SPDX-License-Identifier: Apache-2.0

import CallRecords
import DelimitedText
import Ledger

/// The rejected records of a source that nobody has dealt with, by what other records are compared with.
///
/// It is made once for all files of a source, since there can be as many files as rejected records.
struct RejectIndex: Sendable {
    /// A rejected record that nobody has dealt with.
    private struct Candidate: Sendable {
        var id: Int64
        /// The hashes of its fields that are not empty, in their order.
        var fields: [UInt64]
    }

    /// The highest row of those that it has; 0 for none.
    private(set) var newest: Int64 = 0
    private let isCorrection: Bool
    private let dialect: Dialect
    private var candidates: [Candidate] = []
    private var byKey: [String: [Int]] = [:]
    /// Path -> number of the record -> rejected records.
    private var byPlace: [String: [Int: [Int]]] = [:]
    /// Field -> rejected records that it tells from others.
    private var byField: [UInt64: [Int]] = [:]
    /// The hashes of the bytes of all rejected records.
    private var hashes: Set<UInt64> = []

    /// How many rejected records are known one by one; the others are found by their bytes only.
    static let mostCandidates = 20_000
    /// How many rejected records are kept for a record that is like many.
    private static let mostRanked = 16

    /// An index without rejected records.
    ///
    /// - Parameters:
    ///   - isCorrection: Whether the records that are compared with it are corrected ones.
    ///   - dialect: How rejected records are read.
    init(isCorrection: Bool, dialect: Dialect) {
        self.isCorrection = isCorrection
        self.dialect = dialect
    }

    /// How many rejected records it has.
    var count: Int { candidates.count }

    /// Adds rejected records.
    ///
    /// - Parameters:
    ///   - rejects: Records that it does not have, in the order in which equally good ones are preferred.
    ///   - header: What stood before the first record of a file, by its path.
    ///   - mapper: A mapper of the format that has seen no record.
    mutating func add(
        _ rejects: [LedgerReject], header: (_ path: String) throws -> [UInt8], mapper: () throws -> RecordMapper
    ) throws {
        var mappers: [[UInt8]: RecordMapper] = [:]
        var headers: [String: [UInt8]] = [:]
        for reject in rejects {
            let header = try headers[reject.path] ?? header(reject.path)
            headers[reject.path] = header
            // Taken out: if two had it, all that it remembers would be copied when it learns something.
            var mapper = try mappers.removeValue(forKey: header) ?? prepared(mapper(), header, reject)
            add(reject, &mapper)
            mappers[header] = consume mapper
        }
    }

    /// A mapper that has seen the header of a rejected record's file.
    private func prepared(_ mapper: RecordMapper, _ header: [UInt8], _ reject: LedgerReject) -> RecordMapper {
        var (mapper, line) = (mapper, reject)
        line.raw = header
        if !header.isEmpty { forEachRecord(of: line) { _ = mapper.map($0) } }
        return mapper
    }

    private mutating func add(_ reject: LedgerReject, _ mapper: inout RecordMapper) {
        let index = candidates.count
        var (fields, key) = ([RejectField](), String?.none)
        forEachRecord(of: reject) { record in
            fields = RejectField.all(of: record)
            if case .rejected(let rejection) = mapper.map(record) { key = mapper.key(ofRejected: rejection) }
        }
        candidates.append(Candidate(id: reject.id, fields: fields.map(\.hash)))
        newest = max(newest, reject.id)
        hashes.insert(reject.raw.withUnsafeBytes { StableHash.hash($0) })
        byPlace[reject.path, default: [:]][reject.record, default: []].append(index)
        if let key { byKey[key, default: []].append(index) }
        guard isCorrection else { return }
        // A record that was cut may have no field that tells it apart.
        let marks = fields.filter(\.isTelling)
        for field in Set((marks.isEmpty ? fields : marks).map(\.hash)) { byField[field, default: []].append(index) }
    }

    /// Calls `body` with a rejected record, read anew.
    private func forEachRecord(of reject: LedgerReject, _ body: (borrowing Record) -> Void) {
        let bytes = (TextEncoding(rawValue: reject.encoding) ?? .utf8).decoded(reject.raw) ?? reject.raw
        var scanner = RecordScanner(dialect: dialect)
        bytes.withUnsafeBytes { all in scanner.scan(all) { body($0) } }
        scanner.finish { body($0) }
    }

    /// Whether a rejected record may have bytes with this hash.
    func mayHave(hash: UInt64) -> Bool { count >= Self.mostCandidates || hashes.contains(hash) }

    /// The rejected records of a call.
    func ofCall(_ key: String) -> [Int] { byKey[key] ?? [] }

    /// The rejected records that stood in a place.
    func at(record: Int, of path: String) -> [Int] { byPlace[path]?[record] ?? [] }

    /// The rejected records that a corrected one may be about.
    func like(_ fields: [RejectField]) -> [Int] {
        byField.isEmpty ? [] : Set(fields.flatMap { byField[$0.hash] ?? [] }).sorted()
    }

    /// The rows of those rejected records that share enough fields with a record, those that share most of them first.
    func ranked(_ indices: [Int], _ fields: [RejectField], atLeast share: Double) -> [Int64] {
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
}

// SPDX-License-Identifier: Apache-2.0

import DelimitedText
import Foundation
import Settings
import Testing

@testable import CallRecords

/// Everything that a file of records gives.
struct MappedFile {
    var records: [MappedRecord] = []
    /// What each leg shares with others of its call.
    var marks: [JoinMarks] = []
    var mapper: RecordMapper
    /// Gives the same, by the rules alone.
    private var rules: RecordMapper
    var folder: CallFolder

    init(mapper: RecordMapper, folder: CallFolder) {
        self.mapper = mapper
        rules = mapper.rememberingNothing()
        self.folder = folder
    }

    mutating func take(_ record: borrowing Record) {
        records.append(mapper.map(record))
        let byRules = rules.map(record)
        if byRules != records[records.count - 1] || rules.joins != mapper.joins {
            Issue.record("what is remembered makes a difference: \(records[records.count - 1]) and \(byRules)")
        }
        guard case .leg(let leg) = records[records.count - 1] else { return }
        marks.append(mapper.joins)
        if Leg.decode(mapper.leg.written) != [leg] { Issue.record("a leg is not written as it is: \(leg)") }
    }

    var legs: [Leg] {
        records.compactMap { if case .leg(let leg) = $0 { leg } else { nil } }
    }

    var rejections: [RecordRejection] {
        records.compactMap { if case .rejected(let rejection) = $0 { rejection } else { nil } }
    }

    var skips: [String] {
        records.compactMap { if case .skipped(let reason) = $0 { reason.rawValue } else { nil } }
    }

    /// The legs with the keys of the calls that they belong to.
    var correctedLegs: [Leg] {
        var legs = legs
        LegGrouping.correctKeys(of: &legs, marks: marks)
        return legs
    }

    /// What the legs of each key are together, by key.
    var folded: [String: FoldedCall] {
        Dictionary(grouping: correctedLegs, by: \.key).mapValues { folder.fold($0) }
    }

    /// The calls in the order of their starts.
    var calls: [Call] {
        folded.values.compactMap { if case .call(let call) = $0 { call } else { nil } }
            .sorted { ($0.start, $0.key) < ($1.start, $1.key) }
    }

    /// How many groups of legs are no call, by reason.
    var skippedCalls: [String: Int] {
        folded.values.reduce(into: [:]) { counts, call in
            if case .skipped(let reason) = call { counts[reason.rawValue, default: 0] += 1 }
        }
    }
}

/// Maps a whole text with a format.
func map(
    _ bytes: [UInt8], format: FormatDefinition, dialect: Dialect? = nil, context: MappingContext = .moscow
) throws -> MappedFile {
    let mapper = try RecordMapper(format: format, context: context)
    var file = MappedFile(mapper: mapper, folder: CallFolder(format: format))
    var scanner = RecordScanner(dialect: dialect ?? format.dialect)
    bytes.withUnsafeBytes { all in
        scanner.scan(all) { file.take($0) }
    }
    scanner.finish { file.take($0) }
    return file
}

func map(_ text: String, preset: String = "asterisk", context: MappingContext = .moscow) throws -> MappedFile {
    try map(Array(text.utf8), format: try FormatDefinition.preset(preset), context: context)
}

extension MappingContext {
    /// A small office in Moscow with one trunk.
    static let moscow = MappingContext(
        timeZone: "Europe/Moscow", region: "RU", internalPattern: #"^\d{2,4}$"#, keyPrefix: "pbx1",
        lines: ["trunk1": "+74950000000"], callLists: ["campaign-7": 7])
}

/// A format written in a test.
func format(_ yaml: String) throws -> FormatDefinition {
    try FormatDefinition(try SettingsNode(yaml: yaml, file: "format.yaml"))
}

/// The fault that `body` throws, if it throws one.
func settingsFault(_ body: () throws -> Void) -> SettingsFault? {
    do {
        try body()
        return nil
    } catch {
        return error as? SettingsFault
    }
}

extension LegView {
    /// The bytes that are kept of the leg.
    fileprivate var written: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: mostBytes) { room, count in
            count = room.baseAddress.map { writeAlone(to: $0).count } ?? 0
        }
    }
}

extension RecordMapper {
    /// Maps a record whose fields are given.
    mutating func map(fields: borrowing some FieldSource & ~Copyable) -> MappedRecord {
        let found = mapFields(fields)
        return value(of: found)
    }
}

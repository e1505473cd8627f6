// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CallRecords

/// What a file of a real phone system must give; the counts were taken by other means.
struct RealFile: Sendable, CustomTestStringConvertible {
    var name: String
    var preset = "asterisk"
    var region = "RU"
    /// Rows that are no records: headers, rows of types.
    var notData = 0
    var legs: Int
    var skipped: [String: Int] = [:]
    var rejected: [String: Int] = [:]
    /// Direction and status code -> number of calls.
    var calls: [String: Int] = [:]
    var noCalls: [String: Int] = [:]
    /// Minutes between the file's clock and UTC, where records carry an instant.
    var offset: Int?

    var testDescription: String { name }
}

private let files = [
    RealFile(name: "asterisk-cdr_csv-18col-good.csv", legs: 5, noCalls: ["internalCall": 1], offset: 0),
    RealFile(name: "asterisk-cdr_csv-18col-testsuite.csv", legs: 2, noCalls: ["hiddenNumber": 2], offset: 0),
    RealFile(name: "asterisk-cdr_csv-truncated-lastline.csv", legs: 0, rejected: ["brokenRecord": 1]),
    // A local number of six digits calls twice, in four and two legs: without a rewrite rule it cannot be spelt.
    RealFile(
        name: "asterisk-cdr_csv-21col-newcdrcolumns.csv", legs: 78, rejected: ["badNumber": 6],
        calls: ["incoming 200": 22, "incoming 304": 12], noCalls: ["internalCall": 1], offset: 0),
    RealFile(
        name: "freepbx13-export-16col-a.csv", preset: "freepbx", region: "PT", notData: 1, legs: 100,
        noCalls: ["internalCall": 100], offset: 60),
    RealFile(
        name: "freepbx17-export-26col-queues.csv", preset: "freepbx", region: "ES", notData: 1, legs: 3965,
        calls: ["incoming 200": 417, "incoming 304": 83], offset: 60),
    RealFile(
        name: "grandstream-ucm63xx-26col-older.csv", preset: "grandstream", region: "UZ", notData: 1, legs: 4639,
        rejected: ["badNumber": 33],
        calls: [
            "incoming 200": 405, "incoming 304": 467, "outgoing 200": 553, "outgoing 304": 858, "outgoing 486": 21,
            "outgoing 503": 8, "outgoing 603-S": 3,
        ], noCalls: ["internalCall": 20], offset: 300),
    RealFile(
        name: "grandstream-ucm6xxx-cdrapi-doc-unquoted.csv", preset: "grandstream", notData: 1, legs: 2,
        noCalls: ["internalCall": 2], offset: -360),
    RealFile(
        name: "freeswitch-mod_cdr_csv-example-docs.csv", preset: "freeswitch", region: "ES", legs: 4,
        rejected: ["badNumber": 1], calls: ["outgoing 603-S": 4]),
    RealFile(
        name: "freeswitch-mod_cdr_csv-example-excel.csv", preset: "freeswitch", region: "CN", legs: 2,
        skipped: ["originated": 8], noCalls: ["internalCall": 2]),
    RealFile(
        name: "cucm15-cdr.csv", preset: "cucm", region: "US", notData: 2, legs: 1, skipped: ["recordingLeg": 2],
        noCalls: ["internalCall": 1]),
    RealFile(name: "cucm15-cmr-not-calls.csv", preset: "cucm", notData: 2, legs: 0, skipped: ["notACall": 2]),
    RealFile(
        name: "cucm-cdr-no-header-typerow-first.csv", preset: "cucm", region: "US", notData: 1, legs: 1,
        calls: ["outgoing 200": 1]),
    RealFile(
        name: "avaya-ipoffice-smdr-synthetic.csv", preset: "avaya_ipoffice", notData: 1, legs: 6,
        calls: ["incoming 200": 1, "incoming 304": 1, "outgoing 200": 1], noCalls: ["internalCall": 3]),
    RealFile(name: "opensips-acc-flatstore-pipe.csv", preset: "opensips", legs: 14, noCalls: ["internalCall": 9]),
    RealFile(
        name: "yeastar-s-cdr-table-DERIVED.csv", preset: "yeastar_s", region: "IL", notData: 1, legs: 206,
        skipped: ["notACall": 5],
        calls: ["incoming 304": 8, "outgoing 200": 12, "outgoing 304": 13], noCalls: ["internalCall": 172], offset: 120
    ),
    RealFile(
        name: "3cx-cdr-file-27col.csv", preset: "threecx", region: "FR", legs: 1402, skipped: ["answeredElsewhere": 2],
        calls: [
            "incoming 200": 319, "incoming 304": 104, "outgoing 200": 461, "outgoing 404": 2, "outgoing 480": 88,
            "outgoing 603-S": 1,
        ], noCalls: ["hiddenNumber": 3, "internalCall": 424], offset: 120),
    RealFile(
        name: "3cx-v20-call-report-export.csv", preset: "threecx_report", region: "US", notData: 2, legs: 50,
        skipped: ["answeredElsewhere": 2], calls: ["incoming 200": 35, "incoming 304": 15]),
]

@Suite struct RealFileTests {
    private func mapped(_ expected: RealFile, _ bytes: [UInt8]) throws -> MappedFile {
        var context = MappingContext.moscow
        context.timeZone = "GMT"
        context.region = expected.region
        context.lines = [:]
        return try map(withoutMark(bytes), format: try .preset(expected.preset), context: context)
    }

    private func withoutMark(_ bytes: [UInt8]) -> [UInt8] {
        bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    }

    private func counted<Element>(_ values: [Element], by key: (Element) -> String) -> [String: Int] {
        values.reduce(into: [:]) { $0[key($1), default: 0] += 1 }
    }

    @Test(arguments: files)
    func everyRecordIsAccountedForAndGivesTheCallsThatPeopleHad(_ expected: RealFile) throws {
        guard let bytes = realSample(expected.name) else { return }
        let file = try mapped(expected, bytes)
        #expect(file.records.filter { $0 == .notData }.count == expected.notData)
        #expect(file.legs.count == expected.legs)
        #expect(counted(file.skips) { $0 } == expected.skipped)
        #expect(counted(file.rejections, by: \.reason) == expected.rejected)
        #expect(counted(file.calls) { "\($0.type) \($0.status.rawValue)" } == expected.calls)
        #expect(file.skippedCalls == expected.noCalls)
        #expect(file.mapper.zoneEvidence.mode?.minutes == expected.offset)
        #expect(
            file.records.count
                == expected.notData + file.legs.count + file.skips.count + file.rejections.count)
    }

    @Test(arguments: files)
    func theOrderOfTheRecordsChangesNothing(_ expected: RealFile) throws {
        guard let bytes = realSample(expected.name) else { return }
        let file = try mapped(expected, bytes)
        var generator = SeededGenerator(seed: 7)
        let backwards = Dictionary(grouping: file.legs.shuffled(using: &generator), by: \.key)
        #expect(backwards.mapValues { file.folder.fold($0) } == file.folded)
    }

    @Test(arguments: files)
    func everyLegSurvivesTheLedger(_ expected: RealFile) throws {
        guard let bytes = realSample(expected.name) else { return }
        let legs = try mapped(expected, bytes).legs
        #expect(legs.map { Leg(encoded: $0.encoded(), key: $0.key) } == legs)
        #expect(Leg.decode(Leg.encode(legs)) == legs)
    }

    @Test func `a queue's agent and talk time are counted once`() throws {
        guard let bytes = realSample("freepbx17-export-26col-queues.csv") else { return }
        var context = MappingContext.moscow
        context.timeZone = "Europe/Madrid"
        context.region = "ES"
        let file = try map(bytes, format: try .preset("freepbx"), context: context)
        let call = try #require(file.calls.first { $0.key == "pbx1:1764347335.951327" })
        #expect(call.talk == .seconds(234))
        #expect(call.employeeExtension == "224")
    }
}

/// A generator whose numbers are the same in every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 33)
    }
}

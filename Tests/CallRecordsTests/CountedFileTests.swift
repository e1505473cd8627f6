// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import CallRecords

/// What a file must give; the counts were taken by other means.
struct CountedFile: Sendable, CustomTestStringConvertible {
    var place = SampleFiles.written
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

private let written = [
    CountedFile(name: "asterisk-cdr_csv-18col-good.csv", legs: 5, noCalls: ["internalCall": 1], offset: 0),
    CountedFile(name: "asterisk-cdr_csv-18col-testsuite.csv", legs: 2, noCalls: ["hiddenNumber": 2], offset: 0),
    CountedFile(name: "asterisk-cdr_csv-truncated-lastline.csv", legs: 0, rejected: ["brokenRecord": 1]),
    // A local number of six digits calls twice, in four and two legs: without a rewrite rule it cannot be spelt.
    CountedFile(
        name: "asterisk-cdr_csv-21col-newcdrcolumns.csv", legs: 78, rejected: ["badNumber": 6],
        calls: ["incoming 200": 22, "incoming 304": 12], noCalls: ["internalCall": 1], offset: 0),
    CountedFile(
        name: "freepbx13-export-16col-a.csv", preset: "freepbx", region: "PT", notData: 1, legs: 100,
        noCalls: ["internalCall": 89], offset: 60),
    CountedFile(
        name: "freepbx17-export-26col-queues.csv", preset: "freepbx", region: "ES", notData: 1, legs: 3965,
        calls: ["incoming 200": 417, "incoming 304": 83], offset: 60),
    CountedFile(
        name: "grandstream-ucm63xx-26col-older.csv", preset: "grandstream", region: "UZ", notData: 1, legs: 4639,
        rejected: ["badNumber": 33],
        calls: [
            "incoming 200": 405, "incoming 304": 467, "outgoing 200": 553, "outgoing 304": 858, "outgoing 486": 21,
            "outgoing 503": 8, "outgoing 603-S": 3,
        ], noCalls: ["internalCall": 20], offset: 300),
    CountedFile(
        name: "grandstream-ucm6xxx-cdrapi-doc-unquoted.csv", preset: "grandstream", notData: 1, legs: 2,
        noCalls: ["internalCall": 2], offset: -360),
    CountedFile(
        name: "freeswitch-mod_cdr_csv-example-docs.csv", preset: "freeswitch", region: "ES", legs: 4,
        rejected: ["badNumber": 1], calls: ["outgoing 603-S": 4]),
    CountedFile(
        name: "freeswitch-mod_cdr_csv-example-excel.csv", preset: "freeswitch", region: "CN", legs: 2,
        skipped: ["originated": 8], noCalls: ["internalCall": 2]),
    CountedFile(
        name: "cucm15-cdr.csv", preset: "cucm", region: "US", notData: 2, legs: 1, skipped: ["recordingLeg": 2],
        noCalls: ["internalCall": 1]),
    CountedFile(name: "cucm15-cmr-not-calls.csv", preset: "cucm", notData: 2, legs: 0, skipped: ["notACall": 2]),
    CountedFile(
        name: "cucm-cdr-no-header-typerow-first.csv", preset: "cucm", region: "US", notData: 1, legs: 1,
        calls: ["outgoing 200": 1]),
    CountedFile(
        name: "avaya-ipoffice-smdr-synthetic.csv", preset: "avaya_ipoffice", notData: 1, legs: 6,
        calls: ["incoming 200": 1, "incoming 304": 1, "outgoing 200": 1], noCalls: ["internalCall": 3]),
    CountedFile(name: "opensips-acc-flatstore-pipe.csv", preset: "opensips", legs: 14, noCalls: ["internalCall": 9]),
    CountedFile(
        // Four calls went to 199, a service of the network, over a trunk.
        name: "yeastar-s-cdr-table-DERIVED.csv", preset: "yeastar_s", region: "IL", notData: 1, legs: 202,
        skipped: ["notACall": 5], rejected: ["badNumber": 4],
        calls: ["incoming 304": 8, "outgoing 200": 12, "outgoing 304": 13], noCalls: ["internalCall": 168], offset: 120
    ),
    CountedFile(
        name: "3cx-cdr-file-27col.csv", preset: "threecx", region: "FR", legs: 1402, skipped: ["answeredElsewhere": 2],
        calls: [
            "incoming 200": 320, "incoming 304": 104, "outgoing 200": 461, "outgoing 404": 2, "outgoing 480": 89,
            "outgoing 603-S": 1,
        ], noCalls: ["hiddenNumber": 3, "internalCall": 422], offset: 120),
    CountedFile(
        name: "3cx-v20-call-report-export.csv", preset: "threecx_report", region: "US", notData: 2, legs: 50,
        // Messages, menus and queues answer most of them; the rows of one call are one call.
        skipped: ["answeredElsewhere": 2], calls: ["incoming 200": 2, "incoming 304": 34]),
]

private let invented = [
    CountedFile(place: .invented, name: "asterisk-18-columns.csv", legs: 5, noCalls: ["internalCall": 1], offset: 0),
    CountedFile(place: .invented, name: "asterisk-console.csv", legs: 2, noCalls: ["hiddenNumber": 2], offset: 0),
    CountedFile(place: .invented, name: "asterisk-cut.csv", legs: 0, rejected: ["brokenRecord": 1]),
    CountedFile(
        place: .invented, name: "asterisk-21-columns.csv", legs: 38, rejected: ["badNumber": 5],
        calls: ["incoming 200": 11, "incoming 304": 6], noCalls: ["internalCall": 2], offset: 0),
    CountedFile(
        // The two halves of a Local channel are one call: three of the rows go with the next ones.
        place: .invented, name: "freepbx-13.csv", preset: "freepbx", region: "PT", notData: 1, legs: 21,
        noCalls: ["internalCall": 18], offset: 60),
    CountedFile(
        place: .invented, name: "freepbx-17-queues.csv", preset: "freepbx", region: "ES", notData: 1, legs: 49,
        calls: ["incoming 200": 4, "incoming 304": 2], offset: 60),
    CountedFile(
        place: .invented, name: "grandstream-ucm63xx.csv", preset: "grandstream", region: "UZ", notData: 1, legs: 30,
        rejected: ["badNumber": 1],
        calls: [
            "incoming 200": 3, "incoming 304": 3, "outgoing 200": 1, "outgoing 304": 1, "outgoing 486": 1,
            "outgoing 503": 1, "outgoing 603-S": 1,
        ], noCalls: ["internalCall": 2], offset: 300),
    CountedFile(
        place: .invented, name: "grandstream-api.csv", preset: "grandstream", notData: 1, legs: 2,
        noCalls: ["internalCall": 2], offset: -360),
    CountedFile(
        place: .invented, name: "freeswitch-example.csv", preset: "freeswitch", region: "ES", legs: 4,
        rejected: ["badNumber": 1], calls: ["outgoing 603-S": 4]),
    CountedFile(
        place: .invented, name: "freeswitch-excel.csv", preset: "freeswitch", region: "CN", legs: 2,
        skipped: ["originated": 5], noCalls: ["internalCall": 2]),
    CountedFile(
        place: .invented, name: "cucm-cdr.csv", preset: "cucm", region: "US", notData: 2, legs: 1,
        skipped: ["recordingLeg": 2], noCalls: ["internalCall": 1]),
    CountedFile(
        place: .invented, name: "cucm-cmr.csv", preset: "cucm", notData: 2, legs: 0, skipped: ["notACall": 2]),
    CountedFile(
        place: .invented, name: "cucm-no-header.csv", preset: "cucm", region: "US", notData: 1, legs: 1,
        calls: ["outgoing 200": 1]),
    CountedFile(
        place: .invented, name: "avaya.csv", preset: "avaya_ipoffice", notData: 1, legs: 6,
        calls: ["incoming 200": 1, "incoming 304": 1, "outgoing 200": 1], noCalls: ["internalCall": 3]),
    CountedFile(
        place: .invented, name: "opensips.csv", preset: "opensips", legs: 14, noCalls: ["internalCall": 9]),
    CountedFile(
        place: .invented, name: "yeastar-s.csv", preset: "yeastar_s", region: "IL", notData: 1, legs: 11,
        skipped: ["notACall": 3], calls: ["incoming 304": 3, "outgoing 200": 2, "outgoing 304": 1],
        noCalls: ["internalCall": 5], offset: 120),
    CountedFile(
        place: .invented, name: "threecx-service.csv", preset: "threecx", region: "FR", legs: 21,
        skipped: ["answeredElsewhere": 1],
        calls: [
            "incoming 200": 3, "incoming 304": 2, "outgoing 200": 4, "outgoing 480": 1, "outgoing 603-S": 1,
        ], noCalls: ["hiddenNumber": 1, "internalCall": 9], offset: 120),
    CountedFile(
        // A message or a menu that answers is nobody: two callers came to an employee, seven to none.
        place: .invented, name: "threecx-report.csv", preset: "threecx_report", region: "US", notData: 2, legs: 12,
        skipped: ["answeredElsewhere": 1], calls: ["incoming 200": 2, "incoming 304": 7]),
]

@Suite struct CountedFileTests {
    private func mapped(_ expected: CountedFile) throws -> MappedFile {
        var context = MappingContext.moscow
        context.timeZone = "GMT"
        context.region = expected.region
        context.lines = [:]
        let bytes = try expected.place.bytes(expected.name)
        return try map(bytes.withoutMark, format: try .preset(expected.preset), context: context)
    }

    private func counted<Element>(_ values: [Element], by key: (Element) -> String) -> [String: Int] {
        values.reduce(into: [:]) { $0[key($1), default: 0] += 1 }
    }

    @Test(arguments: invented)
    func `every record is accounted for and gives the calls that people had`(_ file: CountedFile) throws {
        try expectCalls(of: file)
    }

    @Test(.furtherSamples, arguments: written)
    func `every record of a further sample is accounted for and gives the calls that people had`(
        _ file: CountedFile
    ) throws {
        try expectCalls(of: file)
    }

    private func expectCalls(of expected: CountedFile) throws {
        let file = try mapped(expected)
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

    @Test(.seeded, arguments: invented)
    func `the order of the records changes nothing`(_ file: CountedFile) throws {
        try expectAnyOrder(of: file)
    }

    @Test(.seeded, .furtherSamples, arguments: written)
    func `the order of the records of a further sample changes nothing`(_ file: CountedFile) throws {
        try expectAnyOrder(of: file)
    }

    private func expectAnyOrder(of expected: CountedFile) throws {
        let file = try mapped(expected)
        var generator = SeededRandom()
        let indices = file.legs.indices.shuffled(using: &generator)
        var legs = indices.map { file.legs[$0] }
        LegGrouping.correctKeys(of: &legs, marks: indices.map { file.marks[$0] })
        let backwards = Dictionary(grouping: legs, by: \.key)
        #expect(backwards.mapValues { file.folder.fold($0) } == file.folded)
    }

    @Test(arguments: invented)
    func `every leg survives the ledger`(_ file: CountedFile) throws { try expectCoding(of: file) }

    @Test(.furtherSamples, arguments: written)
    func `every leg of a further sample survives the ledger`(_ file: CountedFile) throws { try expectCoding(of: file) }

    private func expectCoding(of expected: CountedFile) throws {
        let legs = try mapped(expected).legs
        #expect(legs.map { Leg(encoded: $0.encoded(), key: $0.key) } == legs)
        #expect(Leg.decode(Leg.encode(legs)) == legs)
    }
}

// SPDX-License-Identifier: Apache-2.0

import DelimitedText
import Foundation
import TestSupport
import Testing

@testable import CallRecords

/// A file and the format that it must be recognised as; `nil` for a file that holds no calls.
private struct Known: Sendable, CustomTestStringConvertible {
    var place: SampleFiles? = .written
    var name: String
    var preset: String?
    var testDescription: String { name }

    /// The bytes behind a byte order mark.
    func bytes() throws -> [UInt8] { try (place?.bytes(name) ?? sample(name)).withoutMark }

    /// The samples of the project, one for each preset.
    static let samples = FormatDefinition.presetNames.filter { !FormatRecognition.twins.contains($0) }.map {
        Known(place: nil, name: "\($0).csv", preset: $0)
    }

    static let invented = [
        ("asterisk-18-columns", "asterisk"), ("asterisk-21-columns", "asterisk"), ("asterisk-console", "asterisk"),
        ("asterisk-cut", "asterisk"), ("avaya", "avaya_ipoffice"), ("cucm-cdr", "cucm"), ("cucm-cmr", nil),
        ("cucm-no-header", "cucm"), ("freepbx-13", "freepbx"), ("freepbx-17-queues", "freepbx"),
        ("freeswitch-example", "freeswitch"), ("freeswitch-excel", "freeswitch"), ("grandstream-api", "grandstream"),
        ("grandstream-ucm63xx", "grandstream"), ("opensips", "opensips"), ("threecx-report", "threecx_report"),
        ("threecx-service", "threecx"), ("yeastar-s", "yeastar_s"),
    ].map { Known(place: .invented, name: "\($0).csv", preset: $1) }

    static let written = [
        Known(name: "3cx-cdr-file-27col.csv", preset: "threecx"),
        Known(name: "3cx-v20-call-report-export.csv", preset: "threecx_report"),
        Known(name: "asterisk-cdr_csv-18col-good.csv", preset: "asterisk"),
        Known(name: "asterisk-cdr_csv-18col-testsuite.csv", preset: "asterisk"),
        Known(name: "asterisk-cdr_csv-21col-newcdrcolumns.csv", preset: "asterisk"),
        Known(name: "asterisk-cdr_csv-truncated-lastline.csv", preset: "asterisk"),
        Known(name: "avaya-ipoffice-smdr-synthetic.csv", preset: "avaya_ipoffice"),
        Known(name: "cucm-cdr-no-header-typerow-first.csv", preset: "cucm"),
        Known(name: "cucm15-cdr.csv", preset: "cucm"),
        Known(name: "cucm15-cmr-not-calls.csv", preset: nil),
        Known(name: "freepbx13-export-16col-a.csv", preset: "freepbx"),
        Known(name: "freepbx17-export-26col-queues.csv", preset: "freepbx"),
        Known(name: "freeswitch-mod_cdr_csv-example-docs.csv", preset: "freeswitch"),
        Known(name: "freeswitch-mod_cdr_csv-example-excel.csv", preset: "freeswitch"),
        Known(name: "grandstream-ucm63xx-26col-older.csv", preset: "grandstream"),
        Known(name: "grandstream-ucm6xxx-cdrapi-doc-unquoted.csv", preset: "grandstream"),
        Known(name: "opensips-acc-flatstore-pipe.csv", preset: "opensips"),
        Known(name: "yeastar-s-cdr-table-DERIVED.csv", preset: "yeastar_s"),
    ]
}

@Suite struct RecognitionTests {
    private func recognised(_ bytes: [UInt8]) -> FormatRecognition {
        FormatRecognition.recognise(bytes, isWhole: true)
    }

    private func told(_ recognition: FormatRecognition) -> String {
        recognition.candidates.map { "\($0.name) \($0.confidence) \($0.fitting)/\($0.records)" }.joined(separator: ", ")
            + " " + (recognition.otherKind ?? "")
    }

    @Test(arguments: FormatDefinition.presetNames.filter { !FormatRecognition.twins.contains($0) })
    func `every sample is told from every other format`(_ name: String) throws {
        let recognition = recognised(try sample("\(name).csv").withoutMark)
        let best = try #require(recognition.best, "\(told(recognition))")
        #expect(best.name == name, "\(told(recognition))")
        #expect(best.confidence > 0.9, "\(told(recognition))")
        #expect(recognition.rival == nil, "\(told(recognition))")
    }

    @Test func `a dump of the database is taken for the report of the same system`() throws {
        #expect(recognised(try sample("freepbx_database.csv")).best?.name == "freepbx")
    }

    @Test(arguments: ["20m 34s", "1'234", "1\u{2009}234", "1.2E+03", "####", ""])
    func `the names of all columns tell what a file is whose values are written in an odd way`(_ duration: String) {
        let names =
            "calldate;clid;src;dst;dcontext;channel;dstchannel;lastapp;lastdata;duration;billsec;disposition;amaflags;"
            + "accountcode;uniqueid;userfield"
        let record =
            "20/11/26 9h00;;89000000001;101;ext-local;PJSIP/trunk1-00000001;PJSIP/101-00000002;Dial;x;\(duration);"
            + "\(duration);ANSWERED;3;;1795154400.1;"
        let recognition = recognised(Array("\(names)\r\n\(record)\r\n".utf8))
        #expect(recognition.best?.name == "freepbx", "\(told(recognition))")
        #expect(recognition.rival == nil, "\(told(recognition))")
        // Some of these names are those of any table.
        let few = names.replacingOccurrences(of: "dcontext", with: "a").replacingOccurrences(of: "amaflags", with: "b")
        #expect(recognised(Array("\(few)\r\n\(record)\r\n".utf8)).best == nil)
    }

    @Test(arguments: Known.invented)
    fileprivate func `an odd file is recognised or refused`(_ known: Known) throws { try expectRecognition(of: known) }

    @Test(.furtherSamples, arguments: Known.written)
    fileprivate func `a further sample is recognised or refused`(_ known: Known) throws {
        try expectRecognition(of: known)
    }

    private func expectRecognition(of known: Known) throws {
        let recognition = recognised(try known.bytes())
        #expect(recognition.best?.name == known.preset, "\(told(recognition))")
        if known.preset == nil { #expect(recognition.otherKind != nil) }
    }

    @Test(.seeded, arguments: Known.samples + Known.invented)
    fileprivate func `other quotes, another delimiter and half of the rows change nothing`(_ known: Known) throws {
        try expectRecognitionInOtherForms(of: known)
    }

    @Test(.seeded, .furtherSamples, arguments: Known.written)
    fileprivate func `other quotes, another delimiter and half of the rows of a further sample change nothing`(
        _ known: Known
    ) throws {
        try expectRecognitionInOtherForms(of: known)
    }

    private func expectRecognitionInOtherForms(of known: Known) throws {
        let rows = try rows(of: known.bytes(), preset: known.preset ?? "cucm")
        for (seed, delimiter) in [(1, ","), (2, ";"), (3, "\t"), (4, "|"), (5, ",")] as [(Int, String)] {
            var generator = SeededRandom(seed)
            var half = rows.enumerated().filter { $0.offset == 0 || Bool.random(using: &generator) }.map(\.element)
            if half.count < 2, rows.count > 1 { half.append(rows[1]) }
            for isMinimal in [false, true] {
                let lines = half.map { row in
                    row.map { Self.quoted($0, delimiter, isMinimal: isMinimal) }.joined(separator: delimiter)
                }
                let recognition = recognised(Array((lines.joined(separator: "\r\n") + "\r\n").utf8))
                #expect(recognition.best?.name == known.preset, "\(seed) \(isMinimal): \(told(recognition))")
            }
        }
    }

    /// A field in quotes, everywhere or only where it must be.
    private static func quoted(_ field: String, _ delimiter: String, isMinimal: Bool) -> String {
        if isMinimal, !field.contains(where: { $0 == "\"" || String($0) == delimiter || $0.isNewline }) { return field }
        return "\"" + field.replacing("\"", with: "\"\"") + "\""
    }

    /// Whether the rows below a header tell what the file is; those of Grandstream's API are not in the file's order.
    private static func tellsWithoutHeader(_ known: Known) -> Bool {
        let excepted = ["no-header", "cdrapi", "grandstream-api"]
        return known.preset != "fusionpbx" && !excepted.contains { known.name.contains($0) }
    }

    @Test(arguments: (Known.samples + Known.invented).filter(tellsWithoutHeader))
    fileprivate func `a lost header is noticed, and the rest still tells`(_ known: Known) throws {
        try expectRecognitionWithoutHeader(of: known)
    }

    @Test(.furtherSamples, arguments: Known.written.filter(tellsWithoutHeader))
    fileprivate func `a lost header of a further sample is noticed, and the rest still tells`(_ known: Known) throws {
        try expectRecognitionWithoutHeader(of: known)
    }

    private func expectRecognitionWithoutHeader(of known: Known) throws {
        var lines = try known.bytes().split(separator: 0x0A, omittingEmptySubsequences: true)
        if lines.count > 1 { lines.removeFirst() }
        let recognition = recognised(Array(lines.joined(separator: [0x0A])) + [0x0A])
        #expect(recognition.best?.name == known.preset, "\(told(recognition))")
    }

    @Test(arguments: [
        ("", "an empty file"), ("\n\n", "an empty file"),
        ("PK\u{3}\u{4}\u{14}xl/workbook.xml", "a spreadsheet"),
        ("<!DOCTYPE html><html></html>", "a web page"),
        ("{\"calls\": []}", "JSON"),
        ("Agent,Login Time,Logout Time,Pauses\nAnna,09:00:00,17:00:00,3\nBoris,09:00:00,17:00:00,2\n", "agents"),
        ("Queue,Total Calls,Abandoned,Average Wait\nSales,50,3,12\nSupport,51,2,11\n", "sums"),
        ("Device,Jitter,Packets Lost,MOS\nSEP1,2,0,4.1\nSEP2,3,1,4.2\n", "quality"),
        (
            "1795154400|1795154400.1|sales|SIP/101|RINGNOANSWER|1000\n1795154401|1795154400.1|sales|SIP/102|CONNECT|1\n",
            "queue_log"
        ),
        ("\"CHAN_START\",\"1795154400.1\",\"\",\"101\"\n\"HANGUP\",\"1795154401.1\",\"\",\"101\",\"x\",\"y\"\n", "CEL"),
    ])
    func `a file without calls is called by its name`(_ text: String, _ kind: String) {
        let recognition = recognised(Array(text.utf8))
        #expect(recognition.best == nil, "\(told(recognition))")
        #expect(recognition.otherKind?.contains(kind) == true, "\(told(recognition))")
    }

    @Test func `a table of something else is not taken for calls`() {
        let text = "id,name,price\n1,pen,2.50\n2,ink,7.10\n3,pad,1.20\n"
        let recognition = recognised(Array(text.utf8))
        #expect(recognition.best == nil)
        #expect(recognition.otherKind == nil)
    }

    private func rows(of bytes: [UInt8], preset: String) throws -> [[String]] {
        var rows: [[String]] = []
        let dialect = try FormatDefinition.preset(preset).dialect
        bytes.read(dialect, isWhole: true) { record in
            rows.append(record.strings)
            return rows.count < 300
        }
        return rows
    }
}

extension [UInt8] {
    /// The bytes behind a byte order mark.
    var withoutMark: [UInt8] { starts(with: [0xEF, 0xBB, 0xBF]) ? Array(dropFirst(3)) : self }
}

@Suite struct SurveyTests {
    @Test func `the sample shows zone, region, extensions and trunks`() throws {
        let survey = try SampleSurvey(
            try sample("asterisk.csv"), isWhole: true, format: try .preset("asterisk"))
        #expect(survey.zone == .shown(zone: "Europe/Moscow", minutes: 180, records: 17))
        #expect(survey.region?.code == "RU")
        #expect(survey.internalPattern == #"^\d{3}$"#)
        #expect(survey.extensions.keys.sorted() == ["101", "102", "103", "104"])
        #expect(survey.lines["trunk1"] ?? 0 > 0)
    }

    @Test(arguments: [
        ("freepbx-17-queues.csv", "freepbx", "Europe/Madrid", "ES"),
        ("grandstream-ucm63xx.csv", "grandstream", "Asia/Tashkent", "UZ"),
        ("yeastar-s.csv", "yeastar_s", "Asia/Jerusalem", "IL"),
        ("threecx-service.csv", "threecx", "Europe/Paris", "FR"),
        ("asterisk-21-columns.csv", "asterisk", "GMT", "RU"),
    ])
    func `an odd file shows its zone and region`(_ name: String, _ preset: String, _ zone: String, _ region: String)
        throws
    {
        try expectZone(zone, region, of: .invented, name, preset)
    }

    @Test(
        .furtherSamples,
        arguments: [
            ("freepbx17-export-26col-queues.csv", "freepbx", "Europe/Madrid", "ES"),
            ("grandstream-ucm63xx-26col-older.csv", "grandstream", "Asia/Tashkent", "UZ"),
            ("yeastar-s-cdr-table-DERIVED.csv", "yeastar_s", "Asia/Jerusalem", "IL"),
            ("3cx-cdr-file-27col.csv", "threecx", "Europe/Paris", "FR"),
            ("asterisk-cdr_csv-21col-newcdrcolumns.csv", "asterisk", "GMT", "RU"),
        ])
    func `a further sample shows its zone and region`(
        _ name: String, _ preset: String, _ zone: String, _ region: String
    ) throws {
        try expectZone(zone, region, of: .written, name, preset)
    }

    private func expectZone(
        _ zone: String, _ region: String, of place: SampleFiles, _ name: String, _ preset: String
    ) throws {
        let survey = try SampleSurvey(place.bytes(name).withoutMark, isWhole: true, format: try .preset(preset))
        guard case .shown(let shown, _, _) = survey.zone else {
            Issue.record("no zone: \(survey.zone)")
            return
        }
        // Numbers of one region often have the form of another's: then both are named.
        let regions = [survey.region?.code ?? ""] + survey.otherRegions
        #expect(regions.contains(region), "\(regions) \(survey.rejected)")
        if survey.otherRegions.isEmpty { #expect(shown == zone) }
    }
}

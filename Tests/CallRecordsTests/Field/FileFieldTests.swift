// SPDX-License-Identifier: Apache-2.0

import DelimitedText
import Testing

@testable import CallRecords

private let wide = """
    calldate,clid,src,dst,dcontext,channel,dstchannel,lastapp,lastdata,duration,billsec,disposition,amaflags,accountcode,\
    uniqueid,userfield
    """
private let wider =
    wide + ",did,cnum,cnam,outbound_cnum,outbound_cnam,dst_cnam,recordingfile,linkedid,peeraccount,sequence"

private func row(_ number: Int, clid: String = "", account: String = "", more: String = "") -> String {
    "2026-11-20 09:0\(number):00,\(clid),8900000000\(number),101,ext-local,PJSIP/trunk1-\(number),PJSIP/101-2,Dial,\"a,b\","
        + "35,30,ANSWERED,3,\(account),\(1_795_154_400 + number * 60).1,\(more)\n"
}

private func call(_ number: Int) -> String { "incoming +7900000000\(number) 06:0\(number):00 30 101 200" }

private let threeCX =
    "000001A1F82F1E80_1,00:00:42,2026/11/20 06:01:00,2026/11/20 06:01:08,2026/11/20 06:01:50,"
    + "TerminatedByDst,89000000001,Ext.101,10000,101,101,,Ext.101,101,,,,,Chain: 89000000001;Ext.101;,Line,Extension,Extension"

private let freeSwitch =
    "2026-11-20 09:01:00\",\"2026-11-20 09:01:05\",\"2026-11-20 09:01:35\",\"35\",\"30\",\"NORMAL_CLEARING\","
    + "\"0d1f0181-7c1e-4b0a-9c55-5b1f0a2c0181\",\"x\""

private let cases: [FieldCase] = [
    FieldCase(
        what: "a line that names the delimiter", preset: "freepbx",
        text: "sep=;\n" + (wide + "\n" + row(1).replacing("\"a,b\"", with: "a")).replacing(",", with: ";"),
        calls: [call(1)]),
    FieldCase(
        what: "the same with quotes, a carriage return and capitals", preset: "freepbx",
        text: "\"SEP=;\"\r\n" + (wide + "\n" + row(1).replacing("\"a,b\"", with: "a")).replacing(",", with: ";"),
        calls: [call(1)]),
    FieldCase(
        what: "a line that names the delimiter that the format has", preset: "freepbx",
        text: "sep=,\n" + wide + "\n" + row(1), calls: [call(1)]),
    FieldCase(
        what: "a line that names a tab", preset: "freepbx",
        text: "sep=\t\n" + (wide + "\n" + row(1).replacing("\"a,b\"", with: "a")).replacing(",", with: "\t"),
        calls: [call(1)]),
    FieldCase(
        what: "files of two widths that were joined, with the second's byte order mark", preset: "freepbx",
        text: wide + "\n" + row(1) + "\u{FEFF}" + wider + "\n"
            + row(2, more: ",4950000000,89000000002,,,,,,1795154520.1,,3"), calls: [call(1), call(2)]),
    FieldCase(
        what: "the narrower file behind the wider one", preset: "freepbx",
        text: wider + "\n" + row(2, more: ",4950000000,89000000002,,,,,,1795154520.1,,3") + wide + "\n" + row(3),
        calls: [call(2), call(3)]),
    FieldCase(
        what: "MikoPBX: files with other columns that were joined", preset: "mikopbx",
        text: """
            id,start,endtime,src_num,dst_num,linkedid,disposition,is_app,duration,billsec
            1,2026-11-20 09:01:00.000,2026-11-20 09:01:35.000,89000000001,101,mikopbx-1795154460.1,ANSWERED,0,35,30
            start,id,src_num,dst_num,linkedid,disposition,is_app,duration,billsec
            2026-11-20 09:02:00.000,2,89000000002,101,mikopbx-1795154520.1,ANSWERED,0,35,30

            """, calls: [call(1), call(2)]),
    // PHP leaves a quote behind a backslash as it is.
    FieldCase(
        what: "a quote behind a backslash, and a comma", preset: "freepbx",
        text: wide + "\n" + row(1) + row(2, clid: #""""Kot\", Ltd"" <89000000002>""#) + row(3),
        calls: [call(1), call(2), call(3)]),
    FieldCase(
        what: "a field that ends with a backslash", preset: "freepbx",
        text: wide + "\n" + row(1, account: #""Front desk\""#) + row(2), calls: [call(1), call(2)]),
    FieldCase(
        what: "both in one record", preset: "freepbx",
        text: wide + "\n" + row(1, clid: #""""A\", B"" <1>""#, account: #""C:\""#) + row(2), calls: [call(1), call(2)]),
    FieldCase(
        what: "a name with a bare comma gives no call of shifted cells", preset: "freepbx",
        text: wide + "\n" + row(1, clid: "Kot, \"Ivan\"") + row(2), calls: [call(2)], rejected: ["tooManyColumns"]),
    // Names without quotes.
    FieldCase(
        what: "3CX: commas in the names", preset: "threecx",
        text: "Call 1,\(threeCX),89000000001,Kot, Ivan,Kot, Ivan,\r\n", zone: "UTC",
        calls: [
            "incoming +79000000001 06:01:00 42 101 200"
        ]),
    FieldCase(
        what: "3CX: one comma too many", preset: "threecx", text: "Call 1,\(threeCX),89000000001,Kot, I,Kot\r\n",
        zone: "UTC",
        calls: ["incoming +79000000001 06:01:00 42 101 200"]),
    FieldCase(
        what: "3CX: commas in all names, and missed calls of a queue", preset: "threecx",
        text: "Call 1,\(threeCX),A, B,C, D,E, F,2;\r\n", zone: "UTC",
        calls: ["incoming +79000000001 06:01:00 42 101 200"]),
    // Spaces before quotes.
    FieldCase(
        what: "FreeSWITCH: a space behind every comma", preset: "freeswitch",
        text: ("\"Anna, sales\",\"89000000001\",\"101\",\"public\",\"" + freeSwitch + ",\"acc\",\"PCMA\",\"PCMA\"\n")
            .replacing("\",\"", with: "\", \""), calls: [call(1)]),
    FieldCase(
        what: "FreeSWITCH: spaces on both sides of the quotes", preset: "freeswitch",
        text: ("\"Anna, sales\",\"89000000001\",\"101\",\"public\",\"" + freeSwitch + ",\"acc\",\"PCMA\",\"PCMA\"\n")
            .replacing("\",\"", with: "\" , \""), calls: [call(1)]),
    // Line ends.
    FieldCase(
        what: "carriage returns alone", preset: "freepbx",
        text: (wide + "\n" + row(1) + row(2)).replacing("\n", with: "\r"), calls: [call(1), call(2)]),
    FieldCase(
        what: "carriage returns alone in a live log", text: file([.incoming]).replacing("\n", with: "\r"),
        calls: ["incoming +79000000001 06:00:00 30 101 200"]),
    FieldCase(
        what: "a hole of zeros before a record",
        text: String(repeating: "\0", count: 4096) + AsteriskRow.incoming.text
            + AsteriskRow.outgoing.with {
                ($0.at, $0.id) = (60, "2")
            }.text, calls: ["incoming +79000000001 06:00:00 30 101 200", "outgoing +79000000002 06:01:00 30 101 200"]),
]

@Suite struct FileFieldTests {
    @Test(arguments: cases)
    func filesAreReadAsTheyAre(_ field: FieldCase) throws { try field.check() }

    @Test(arguments: cases.filter { $0.preset == "freepbx" || $0.preset == "threecx" })
    func aFileIsRecognisedAllTheSame(_ field: FieldCase) {
        let found = FormatRecognition.recognise(Array(field.text.utf8), isWhole: true)
        #expect(found.best?.name == field.preset)
    }

    @Test(arguments: [1, 2, 3, 7])
    func spacesAroundQuotesDoNotDependOnWhereAFileIsCut(_ length: Int) throws {
        let dialect = Dialect(skipsSpaces: true)
        let text = "a, \"b, c\" ,\" d\"\"e \",  f , \"g\"  \r\n\"h\"\t,\ti\n \"j\" k, l\n"
        let expected = [["a", "b, c", " d\"e ", "  f ", "g"], ["h", "\ti"], ["j\" k", " l"]]
        let rows = records(in: Array(text.utf8), dialect: dialect, sliceLength: length)
        #expect(rows == records(in: Array(text.utf8), dialect: dialect))
        #expect(rows.prefix(2) == expected.prefix(2))
    }

    @Test func `zeros are a hole, and among other bytes those of a binary file`() {
        let hole = Array(repeating: UInt8(0), count: 600) + Array(AsteriskRow.incoming.text.utf8)
        #expect(FormatRecognition.recognise(hole, isWhole: true).otherKind == nil)
        let binary = Array("ab\0c\0\0def".utf8)
        #expect(FormatRecognition.recognise(binary, isWhole: true).otherKind == "a binary file, not a text")
        #expect(FormatRecognition.recognise(Array(repeating: 0, count: 600), isWhole: true).otherKind != nil)
    }

    @Test func `the last record of a log with carriage returns does not wait for a line feed`() {
        var scanner = RecordScanner(dialect: Dialect(lineEnd: .cr))
        var rows: [[String]] = []
        Array("a,b\rc,d\r".utf8).withUnsafeBytes { all in scanner.scan(all) { rows.append($0.strings) } }
        scanner.pause { rows.append($0.strings) }
        #expect(rows == [["a", "b"], ["c", "d"]])
        #expect(scanner.nextRecord.byte == 8)
        var open = RecordScanner(dialect: Dialect(lineEnd: .cr))
        Array("a,b\rc,".utf8).withUnsafeBytes { all in open.scan(all) { _ in } }
        open.pause { _ in }
        #expect(open.nextRecord.byte == 4)
    }
}

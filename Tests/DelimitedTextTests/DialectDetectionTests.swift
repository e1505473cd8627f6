// SPDX-License-Identifier: Apache-2.0

import DelimitedText
import TestSupport
import Testing

/// The beginning of a file and what it should be taken for.
struct Beginning: Sendable, CustomTestStringConvertible {
    var name: String
    var text: String
    var dialect: Dialect
    var fieldCount: Int
    var header: Int?
    var testDescription: String { name }
}

private let beginnings: [Beginning] = [
    Beginning(
        name: "Asterisk",
        text: #"""
            "","+4930231250","100","ext","""Ann"" <101>","SIP/a-1","","Dial","SIP/1,30","2026-01-14 23:51:15",5,"ANSWERED"
            "","+4930231251","100","ext","""Bob"" <102>","SIP/a-2","","Dial","SIP/2;3","2026-01-14 23:52:15",7,"BUSY"
            "","+4930231252","100","ext","""Eve"" <103>","SIP/a-3","","Dial","SIP/4|5","2026-01-14 23:53:15",9,"FAILED"

            """#, dialect: Dialect(), fieldCount: 12, header: nil),
    Beginning(
        name: "a header", text: "calldate,clid,src,dst,duration\n2026-09-04 12:39:26,\"User 10\" <114>,114,113,8\n",
        dialect: Dialect(), fieldCount: 5, header: 1),
    Beginning(
        name: "a header with an empty last name, and CRLF",
        text: "Account Code,Caller Number,Start Time,\r\n,500,2026-07-02 00:49:25,\r\n,501,2026-07-02 00:49:26,\r\n",
        dialect: Dialect(), fieldCount: 4, header: 1),
    Beginning(
        name: "semicolons and decimal commas",
        text: "Дата;Номер;Цена\n02.07.2026;+7 900 000-00-01;1,50\n03.07.2026;+7 900 000-00-02;0,75\n",
        dialect: .semicolon, fieldCount: 3, header: 1),
    Beginning(
        name: "tabs", text: "Time\tFrom\tTo\n10:00\t101\t102, or so\n10:01\t102\t103\n",
        dialect: Dialect(delimiter: 9), fieldCount: 3, header: 1),
    Beginning(
        name: "bars", text: "INVITE|2d|54@0:0:0|200|OK|1436454408\nBYE|2d|54@0:0:0|200|OK|1436454410\n",
        dialect: .pipe, fieldCount: 6, header: nil),
    Beginning(
        name: "carriage returns", text: "time,from,to\r10:00,101,102\r10:01,102,103\r", dialect: .mac, fieldCount: 3,
        header: 1),
    Beginning(
        name: "lines before the header",
        text: "Call report\nof March\n\ntime,from,to,secs\n10:00,101,102,5\n10:01,102,103,6\n10:02,1,2,3\n",
        dialect: Dialect(), fieldCount: 4, header: 3),
    Beginning(
        name: "backslashes", text: "1,Lee\\, Ann,101\n2,Lee\\, Bob,102\n3,Eve,103\n4,\"a\\\",b\",104\n",
        dialect: .backslash,
        fieldCount: 3, header: nil),
    Beginning(
        name: "quotes that mean inches", text: "1;\"a\n2;\"b\n3;\"c\n4;d\n",
        dialect: Dialect(delimiter: 59, quote: nil),
        fieldCount: 2, header: nil),
    Beginning(
        name: "a row of types", text: "INTEGER,INTEGER,STRING\n1,2,a\n1,3,b\n", dialect: Dialect(), fieldCount: 3,
        header: nil),
    Beginning(name: "one line without end", text: "from;to;secs", dialect: .semicolon, fieldCount: 3, header: 1),
    Beginning(name: "nothing", text: "", dialect: Dialect(), fieldCount: 0, header: nil),
]

@Suite struct DialectDetectionTests {
    @Test(arguments: beginnings)
    func `sees what a file is`(_ sample: Beginning) {
        let found = detect(Array(sample.text.utf8))
        #expect(found.dialect == sample.dialect)
        #expect(found.fieldCount == sample.fieldCount)
        #expect(found.headerRecord == sample.header)
    }

    @Test(
        arguments: [
            ("threecx-service.csv", 27, nil), ("threecx-report.csv", 14, 1), ("asterisk-18-columns.csv", 18, nil),
            ("asterisk-21-columns.csv", 21, nil), ("avaya.csv", 18, 1), ("cucm-cdr.csv", 133, 1),
            ("cucm-no-header.csv", 112, nil), ("freepbx-13.csv", 16, 1), ("freepbx-17-queues.csv", 26, 1),
            ("freeswitch-example.csv", 15, nil), ("freeswitch-excel.csv", 15, nil), ("grandstream-ucm63xx.csv", 26, 1),
            ("grandstream-api.csv", 24, 1), ("opensips.csv", 12, nil), ("yeastar-s.csv", 35, 1),
        ] as [(String, Int, Int?)])
    func `sees what odd files are`(name: String, fieldCount: Int, header: Int?) throws {
        try expectDialect(of: .invented, name, fieldCount, header)
    }

    @Test(
        .furtherSamples,
        arguments: [
            ("3cx-cdr-file-27col.csv", 27, nil), ("3cx-v20-call-report-export.csv", 14, 1),
            ("asterisk-cdr_csv-18col-good.csv", 18, nil), ("asterisk-cdr_csv-21col-newcdrcolumns.csv", 21, nil),
            ("avaya-ipoffice-smdr-synthetic.csv", 18, 1), ("cucm15-cdr.csv", 133, 1),
            ("cucm-cdr-no-header-typerow-first.csv", 112, nil), ("freepbx13-export-16col-a.csv", 16, 1),
            ("freepbx17-export-26col-queues.csv", 26, 1), ("freeswitch-mod_cdr_csv-example-docs.csv", 15, nil),
            ("freeswitch-mod_cdr_csv-example-excel.csv", 15, nil), ("grandstream-ucm63xx-26col-older.csv", 26, 1),
            ("grandstream-ucm6xxx-cdrapi-doc-unquoted.csv", 24, 1), ("opensips-acc-flatstore-pipe.csv", 12, nil),
            ("yeastar-s-cdr-table-DERIVED.csv", 35, 1),
        ] as [(String, Int, Int?)])
    func `sees what further samples are`(name: String, fieldCount: Int, header: Int?) throws {
        try expectDialect(of: .written, name, fieldCount, header)
    }

    private func expectDialect(of place: SampleFiles, _ name: String, _ fieldCount: Int, _ header: Int?) throws {
        #expect(try place.bytes(name).withUnsafeBytes { TextEncoding.guess(from: $0) } == .utf8)
        let found = detect(try place.textBytes(name))
        #expect(found.dialect == (name.contains("opensips") ? .pipe : Dialect()))
        #expect(found.fieldCount == fieldCount)
        #expect(found.headerRecord == header)
        // Rows of one width only are certain; a row of sums and unquoted commas are not.
        #expect(found.isCertain || ["v20", "cdrapi", "report", "-api"].contains { name.contains($0) })
    }

    @Test func `text is not taken for a table`() {
        #expect(
            !detect(Array("Dear all,\nthe phones are down.\nBring pen, paper and ink.\nYours, Ann\n".utf8)).isCertain)
        #expect(!detect([]).isCertain)
    }

    @Test(
        arguments: [
            ("номер".utf8.map { $0 }, TextEncoding.utf8),
            ("number".utf8.map { $0 }, .utf8),
            (Array("x,8107924651".utf8) + [0xA5, 0xA5, 0x62], .utf8),
            ([0xC0, 0xED, 0xED, 0xE0, 0x2C, 0xCB, 0xE8], .windows1251),
            ([0x4C, 0xE9, 0x61, 0x2C, 0x4E, 0x6F, 0xEB, 0x6C, 0x2C, 0x5A, 0x6F, 0xE9, 0x2C], .windows1252),
            ("a,b\n1".utf8.flatMap { [$0, 0] }, .utf16LE),
            ("a,b\n1".utf8.flatMap { [0, $0] }, .utf16BE),
            ([], .utf8),
            (Array("имя".utf8.dropLast()), .utf8),
        ] as [([UInt8], TextEncoding)])
    func `guesses the encoding`(bytes: [UInt8], encoding: TextEncoding) {
        #expect(bytes.withUnsafeBytes { TextEncoding.guess(from: $0) } == encoding)
    }

    private func detect(_ bytes: [UInt8]) -> DialectDetection {
        bytes.withUnsafeBytes { DialectDetection.detect(in: $0) }
    }
}

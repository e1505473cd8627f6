// SPDX-License-Identifier: Apache-2.0

import DelimitedText
import TestSupport
import Testing

/// Whole files, as phone systems write them.
@Suite struct WholeFileTests {
    @Test(arguments: SampleFiles.invented.names())
    func `every byte is accounted for, however the file is sliced`(_ name: String) throws {
        try expectEveryByte(of: .invented, name)
    }

    @Test(.furtherSamples, arguments: SampleFiles.written.names())
    func `every byte of a further sample is accounted for, however it is sliced`(_ name: String) throws {
        try expectEveryByte(of: .written, name)
    }

    private func expectEveryByte(of place: SampleFiles, _ name: String) throws {
        let bytes = try place.textBytes(name)
        let dialect = Self.dialect(name)
        let whole = read(bytes, dialect)
        #expect(whole.accountedBytes == Int64(bytes.count))
        #expect(whole.rows.count > 0)
        // The big ones are read at a few lengths only, and their first part at more.
        for sliceLength in [13, 4096, 65_536] {
            #expect(read(bytes, dialect, sliceLength: sliceLength) == whole, "slices of \(sliceLength)")
        }
        let part = Array(bytes.prefix(6000))
        let wholePart = read(part, dialect)
        for sliceLength in [1, 2, 3, 5, 31, 63, 64, 65, 127, 255, 999] {
            #expect(read(part, dialect, sliceLength: sliceLength) == wholePart, "slices of \(sliceLength)")
        }
    }

    private static func dialect(_ name: String) -> Dialect { name.contains("opensips") ? .pipe : Dialect() }

    @Test(arguments: [
        ("threecx-service.csv", 27...27), ("threecx-report.csv", 14...14), ("asterisk-18-columns.csv", 18...18),
        ("asterisk-21-columns.csv", 21...21), ("freepbx-13.csv", 16...16), ("freepbx-17-queues.csv", 26...26),
        ("grandstream-ucm63xx.csv", 26...26), ("yeastar-s.csv", 35...35), ("grandstream-api.csv", 22...24),
        ("opensips.csv", 12...12), ("avaya.csv", 18...18), ("cucm-cdr.csv", 133...133),
        ("cucm-no-header.csv", 112...112),
    ])
    func `records have their number of fields`(name: String, fieldCount: ClosedRange<Int>) throws {
        try expectFields(fieldCount, of: .invented, name)
    }

    @Test(
        .furtherSamples,
        arguments: [
            ("3cx-cdr-file-27col.csv", 27...27), ("asterisk-cdr_csv-18col-good.csv", 18...18),
            ("freepbx13-export-16col-a.csv", 16...16), ("freepbx17-export-26col-queues.csv", 26...26),
            ("grandstream-ucm63xx-26col-older.csv", 26...26), ("yeastar-s-cdr-table-DERIVED.csv", 35...35),
            ("grandstream-ucm6xxx-cdrapi-doc-unquoted.csv", 22...24), ("opensips-acc-flatstore-pipe.csv", 12...12),
            ("avaya-ipoffice-smdr-synthetic.csv", 18...18), ("cucm15-cdr.csv", 133...133),
        ])
    func `records of a further sample have their number of fields`(name: String, fieldCount: ClosedRange<Int>) throws {
        try expectFields(fieldCount, of: .written, name)
    }

    private func expectFields(_ fieldCount: ClosedRange<Int>, of place: SampleFiles, _ name: String) throws {
        let rows = read(try place.textBytes(name), Self.dialect(name)).rows
        #expect(rows.allSatisfy { $0.fault == nil })
        #expect(rows.filter { !fieldCount.contains($0.fields.count) }.map(\.position.line) == [])
    }

    @Test func `a record cut off inside its last field is the only one lost`() throws {
        let short = read(try SampleFiles.invented.bytes("asterisk-cut.csv")).rows
        #expect(short.map(\.fault) == [.unclosedQuote(field: 18, line: 1)])
    }

    @Test(.furtherSamples)
    func `a record of a further sample that is cut off inside its last field is the only one lost`()
        throws
    {
        let short = read(try SampleFiles.written.bytes("asterisk-cdr_csv-truncated-lastline.csv")).rows
        #expect(short.map(\.fault) == [.unclosedQuote(field: 18, line: 1)])
        let long = read(try SampleFiles.written.bytes("asterisk-cdr_csv-21col-newcdrcolumns.csv")).rows
        #expect(long.filter { $0.fault == nil }.allSatisfy { $0.fields.count == 21 })
        #expect(long.filter { $0.fault != nil }.count <= 1)
    }

    @Test(.furtherSamples) func `the folder of further samples is complete`() {
        #expect(SampleFiles.written.names().count >= 18)
        #expect(SampleFiles.suites.names(in: "csv-spectrum/csvs").count >= 12)
        #expect(SampleFiles.suites.names(in: "csv-test-data/csv").count >= 25)
    }
}

extension SampleFiles {
    /// The bytes of a file behind a byte order mark.
    func textBytes(_ name: String) throws -> [UInt8] {
        let bytes = try bytes(name)
        return bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    }
}

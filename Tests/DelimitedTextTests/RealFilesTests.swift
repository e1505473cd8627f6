// SPDX-License-Identifier: Apache-2.0

import DelimitedText
import Testing

/// Files of real phone systems, where they lie beside the package.
@Suite struct RealFilesTests {
    private static let names = SampleFiles.names(in: "real")
    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    @Test(arguments: names)
    func `every byte is accounted for, however the file is sliced`(name: String) throws {
        var bytes = try SampleFiles.bytes("real/\(name)")
        if bytes.starts(with: Self.mark) { bytes.removeFirst(3) }
        let dialect = name.contains("pipe") ? Dialect.pipe : Dialect()
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

    @Test(arguments: [
        ("3cx-cdr-file-27col.csv", 27...27), ("asterisk-cdr_csv-18col-good.csv", 18...18),
        ("freepbx13-export-16col-a.csv", 16...16), ("freepbx17-export-26col-queues.csv", 26...26),
        ("grandstream-ucm63xx-26col-older.csv", 26...26), ("yeastar-s-cdr-table-DERIVED.csv", 35...35),
        ("grandstream-ucm6xxx-cdrapi-doc-unquoted.csv", 22...24), ("opensips-acc-flatstore-pipe.csv", 12...12),
        ("avaya-ipoffice-smdr-synthetic.csv", 18...18), ("cucm15-cdr.csv", 133...133),
    ])
    func `records have their number of fields`(name: String, fieldCount: ClosedRange<Int>) throws {
        guard SampleFiles.areThere else { return }
        var bytes = try SampleFiles.bytes("real/\(name)")
        if bytes.starts(with: Self.mark) { bytes.removeFirst(3) }
        let rows = read(bytes, name.contains("pipe") ? .pipe : Dialect()).rows
        #expect(rows.allSatisfy { $0.fault == nil })
        #expect(rows.filter { !fieldCount.contains($0.fields.count) }.map(\.position.line) == [])
    }

    @Test func `a record cut off inside its last field is the only one lost`() throws {
        guard SampleFiles.areThere else { return }
        let short = read(try SampleFiles.bytes("real/asterisk-cdr_csv-truncated-lastline.csv")).rows
        #expect(short.map(\.fault) == [.unclosedQuote(field: 18, line: 1)])
        let long = read(try SampleFiles.bytes("real/asterisk-cdr_csv-21col-newcdrcolumns.csv")).rows
        #expect(long.filter { $0.fault == nil }.allSatisfy { $0.fields.count == 21 })
        #expect(long.filter { $0.fault != nil }.count <= 1)
    }
}

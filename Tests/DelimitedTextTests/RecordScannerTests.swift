// SPDX-License-Identifier: Apache-2.0

import DelimitedText
import Testing

/// An input and the fields that come out of it.
struct Sample: Sendable, CustomTestStringConvertible {
    var name: String
    var text: String
    var rows: [[String]]
    var dialect = Dialect()
    var testDescription: String { name }
}

private let samples: [Sample] = [
    Sample(name: "nothing", text: "", rows: []),
    Sample(name: "plain", text: "a,b\n1,2\n", rows: [["a", "b"], ["1", "2"]]),
    Sample(name: "no final newline", text: "a,b\n1,2", rows: [["a", "b"], ["1", "2"]]),
    Sample(name: "CRLF", text: "a,b\r\n1,2\r\n", rows: [["a", "b"], ["1", "2"]]),
    Sample(name: "CRLF behind a quote", text: "a,\"b\"\r\n1,\"2\"\r\n", rows: [["a", "b"], ["1", "2"]]),
    Sample(name: "half a line end", text: "a,b\r", rows: [["a", "b"]]),
    Sample(name: "half a line end behind a quote", text: "a,\"b\"\r", rows: [["a", "b"]]),
    Sample(name: "only half a line end", text: "\r", rows: []),
    Sample(
        name: "a carriage return is text", text: "a\rb,c\rd\n1,\"2\r3\"\n", rows: [["a\rb", "c\rd"], ["1", "2\r3"]]),
    Sample(
        name: "lone carriage returns", text: "a,b\r\"1\",2\r\r3,\"4\"\r",
        rows: [["a", "b"], ["1", "2"], ["3", "4"]], dialect: .mac),
    Sample(
        name: "CRLF where CR ends", text: "a,b\r\n\"1\",\"2\"\r\n3,x\ny",
        rows: [["a", "b"], ["1", "2"], ["3", "x\ny"]], dialect: .mac),
    Sample(name: "empty fields", text: ",\n,,\n\"\",\"\"\n", rows: [["", ""], ["", "", ""], ["", ""]]),
    Sample(name: "trailing delimiter at the end", text: "a,b,", rows: [["a", "b", ""]]),
    Sample(name: "one column", text: "a\nb", rows: [["a"], ["b"]]),
    Sample(name: "an empty quoted column", text: "\"\"\n", rows: [[""]]),
    Sample(name: "blank lines", text: "\n\na,b\n\r\n\n1,2\n\n", rows: [["a", "b"], ["1", "2"]]),
    Sample(name: "blank lines kept", text: "\n\na\n\r\n", rows: [[""], [""], ["a"], [""]], dialect: .blank),
    Sample(name: "delimiter in quotes", text: "\"a,b\",c\n", rows: [["a,b", "c"]]),
    Sample(
        name: "doubled quotes", text: "\"a \"\"b\"\" c\",\"\"\"d\"\"\",\"\"\"\"\n",
        rows: [["a \"b\" c", "\"d\"", "\""]]),
    Sample(name: "line end in quotes", text: "x,\"a\nb\"\n1,2\n", rows: [["x", "a\nb"], ["1", "2"]]),
    Sample(name: "CRLF in quotes", text: "x,\"a\r\n\r\nb\"\r\n1,2\r\n", rows: [["x", "a\r\n\r\nb"], ["1", "2"]]),
    Sample(
        name: "line ends and quotes in quotes", text: "x,\"a\n\"\"b\"\"\nc\",y\n1,2,3\n",
        rows: [["x", "a\n\"b\"\nc", "y"], ["1", "2", "3"]]),
    Sample(
        name: "carriage return in quotes where CR ends", text: "x,\"a\rb\"\r1,2\r",
        rows: [["x", "a\rb"], ["1", "2"]], dialect: .mac),
    Sample(name: "spaces before a quote", text: "a, \"b\", c\n", rows: [["a", " \"b\"", " c"]]),
    Sample(name: "quotes inside an unquoted field", text: "a b \"c\" d,x\n", rows: [["a b \"c\" d", "x"]]),
    Sample(
        name: "unquoted field that begins with a quote", text: "1,\"User 10\" <114>,114,\"SIP/113,60,r\",8\n",
        rows: [["1", "\"User 10\" <114>", "114", "SIP/113,60,r", "8"]]),
    Sample(name: "unquoted field with an empty name", text: "1,\"\" <902>,x\n", rows: [["1", "\"\" <902>", "x"]]),
    Sample(
        name: "unquoted field at the end of the line", text: "1,\"Ann\" <101>\r\n2,\"Bob\" <102>",
        rows: [["1", "\"Ann\" <101>"], ["2", "\"Bob\" <102>"]]),
    Sample(
        name: "wrapped without doubling", text: "1,\"\"Ann Lee\" <1115>\",x\n",
        rows: [["1", "\"Ann Lee\" <1115>", "x"]]),
    Sample(
        name: "wrapped, with a delimiter in the name", text: "1,\"\"Lee, Ann\" <1115>\",x\n",
        rows: [["1", "\"Lee, Ann\" <1115>", "x"]]),
    Sample(
        name: "an empty field in a statement", text: "(1,\"\");\n(2,\"\");\r\n3,\"a\"\n",
        rows: [["(1", "\"\");"], ["(2", "\"\");"], ["3", "a"]]),
    Sample(
        name: "an empty field in a statement, at the end", text: "(1,\"\");", rows: [["(1", "\"\");"]]),
    Sample(
        name: "quote inside quotes", text: "1,\"Hey, I missed \" it\",3\n", rows: [["1", "Hey, I missed \" it", "3"]]),
    Sample(
        name: "quote inside quotes, closed at the line end", text: "1,\"a \"b\" c\"\n2,3\n",
        rows: [["1", "a \"b\" c"], ["2", "3"]]),
    Sample(name: "space behind a closing quote", text: "\"a\" ,\"b\"\n", rows: [["\"a\" ", "b"]]),
    Sample(name: "semicolons", text: "a;\"b;c\";d,e\n", rows: [["a", "b;c", "d,e"]], dialect: .semicolon),
    Sample(name: "pipes", text: "INVITE|2d|ae||\n", rows: [["INVITE", "2d", "ae", "", ""]], dialect: .pipe),
    Sample(name: "no quoting", text: "\"a,b\",c\n", rows: [["\"a", "b\"", "c"]], dialect: .unquoted),
    Sample(
        name: "backslashes", text: "a\\,b,\"c\\\"d\",e\\\\,\\f\n", rows: [["a,b", "c\"d", "e\\", "\\f"]],
        dialect: .backslash),
    Sample(name: "backslash at the end of a line", text: "a\\\nb\\", rows: [["a\\"], ["b\\"]], dialect: .backslash),
    Sample(
        name: "doubled quote beside backslashes", text: "\"a\"\"b\\\"c\"\n", rows: [["a\"b\"c"]], dialect: .backslash),
    Sample(
        name: "two quotes in an unquoted field", text: "a\"\"\\,b,c\n", rows: [["a\"\",b", "c"]], dialect: .backslash),
    Sample(name: "no escape", text: "\"a\"\"b\",\"\"\n", rows: [["a\"\"b", ""]], dialect: .unescaped),
    Sample(name: "bytes above 127", text: "имя,\"Анна \"\"Ли\"\"\"\n", rows: [["имя", "Анна \"Ли\""]]),
]

@Suite struct RecordScannerTests {
    @Test(arguments: samples)
    func `reads the same fields however the input is sliced`(_ sample: Sample) {
        let bytes = Array(sample.text.utf8)
        let whole = read(bytes, sample.dialect)
        #expect(whole.rows.map(\.strings) == sample.rows)
        #expect(whole.rows.allSatisfy { $0.fault == nil })
        #expect(whole.accountedBytes == Int64(bytes.count))
        #expect(whole.next.byte == Int64(bytes.count))
        for sliceLength in 1...max(bytes.count, 1) {
            #expect(read(bytes, sample.dialect, sliceLength: sliceLength) == whole, "slices of \(sliceLength)")
        }
    }

    @Test(arguments: samples)
    func `reads the same fields behind a long line`(_ sample: Sample) {
        // The blocks that the scanner looks at then begin anywhere.
        for length in [61, 62, 63, 64, 65, 127, 128, 129] {
            let filler = String(repeating: "x", count: length)
            let lineEnd = sample.dialect.lineEnd == .lf ? "\n" : "\r"
            let bytes = Array((filler + lineEnd + filler).utf8) + [sample.dialect.delimiter] + Array(sample.text.utf8)
            let rows = records(in: bytes, dialect: sample.dialect, sliceLength: length)
            #expect(rows.first == [filler])
            #expect(rows.dropFirst().first?.first == filler)
            #expect(records(in: bytes, dialect: sample.dialect) == rows)
        }
    }

    @Test func `tells where each record stands`() {
        let text = "a,b\n\n\"1\n2\",x\r\n\nlast"
        let reading = read(Array(text.utf8))
        #expect(
            reading.rows.map(\.position) == [
                RecordPosition(record: 1, line: 1, byte: 0), RecordPosition(record: 2, line: 3, byte: 5),
                RecordPosition(record: 3, line: 6, byte: 15),
            ])
        #expect(reading.rows.map(\.byteCount) == [4, 9, 4])
        #expect(reading.rows.map(\.isTerminated) == [true, true, false])
        #expect(reading.rows.map { String(decoding: $0.raw, as: UTF8.self) } == ["a,b", "\"1\n2\",x", "last"])
        #expect(reading.rows[1].offsets == [0, 6])
        #expect(reading.rows[1].wasQuoted == [true, false])
        #expect(reading.blankLines == 2)
        #expect(reading.next == RecordPosition(record: 4, line: 6, byte: 19))
    }

    @Test func `counts on from the position it is given`() {
        var scanner = RecordScanner(dialect: Dialect(), start: RecordPosition(record: 10, line: 12, byte: 500))
        var positions: [RecordPosition] = []
        Array("a\nb\n".utf8).withUnsafeBytes { scanner.scan($0) { positions.append($0.position) } }
        #expect(
            positions == [
                RecordPosition(record: 10, line: 12, byte: 500), RecordPosition(record: 11, line: 13, byte: 502),
            ])
        #expect(scanner.nextRecord == RecordPosition(record: 12, line: 14, byte: 504))
    }

    @Test func `a record without line end waits until there is no more input`() {
        var scanner = RecordScanner(dialect: Dialect())
        var rows: [[String]] = []
        Array("a,b\nc,".utf8).withUnsafeBytes { scanner.scan($0) { rows.append($0.strings) } }
        #expect(rows == [["a", "b"]])
        #expect(scanner.pendingBytes == 2)
        #expect(scanner.nextRecord == RecordPosition(record: 2, line: 2, byte: 4))
    }

    @Test func `fields are counted from both ends`() {
        var scanner = RecordScanner(dialect: Dialect())
        var found: [String?] = []
        Array("a,\"b\",c\n".utf8).withUnsafeBytes {
            scanner.scan($0) { record in found = [-4, -3, -1, 0, 1, 2, 3].map { record.string($0) } }
        }
        #expect(found == [nil, "a", "c", "a", "b", "c", nil])
    }

    @Test func `bytes that are not UTF-8 are kept and shown as replacement characters`() {
        let row = read(Array("x,8107".utf8) + [0xA5, 0x0A]).rows[0]
        #expect(row.fields[1] == Array("8107".utf8) + [0xA5])
        #expect(row.strings[1] == "8107\u{FFFD}")
    }

    /// Looking for the end of the line behind each field took 89 s in a release build, and far more in one with checks.
    @Test(.timeLimit(.minutes(5)))
    func `a long line of fields that begin with two quotes costs no neighbour and little time`() {
        let line = String(repeating: "\"\"a,", count: 250_000) + "\n"
        let rows = read(Array(("1,2\n" + line + "3,4\n").utf8)).rows
        #expect(rows.first?.strings == ["1", "2"] && rows.last?.strings == ["3", "4"])
    }

    @Test func `goes on at the record that could not be used`() throws {
        struct Refused: Error {}
        let bytes = Array("a\nb\nc\n".utf8)
        var scanner = RecordScanner(dialect: Dialect())
        #expect(throws: Refused.self) {
            try bytes.withUnsafeBytes { slice in
                try scanner.scan(slice) { record in
                    if record.string(0) == "b" { throw Refused() }
                }
            }
        }
        #expect(scanner.nextRecord == RecordPosition(record: 2, line: 2, byte: 2))
    }
}

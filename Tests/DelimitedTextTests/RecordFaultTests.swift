// SPDX-License-Identifier: Apache-2.0

import DelimitedText
import Testing

/// An input in which something is wrong: for each record its fields and its fault.
struct Broken: Sendable, CustomTestStringConvertible {
    var name: String
    var text: String
    var rows: [[String]]
    var faults: [RecordFault?]
    var dialect = Dialect()
    var expecting: ClosedRange<Int>?
    var limit = 1 << 20
    var testDescription: String { name }
}

private let broken: [Broken] = [
    Broken(
        name: "open at the end of the input", text: "a,b\n1,\"2", rows: [["a", "b"], ["1", "2"]],
        faults: [nil, .unclosedQuote(field: 2, line: 2)]),
    Broken(
        name: "open before unquoted lines", text: "1,\"a\n2,b\n3,c\n", rows: [["1", "a"], ["2", "b"], ["3", "c"]],
        faults: [.unclosedQuote(field: 2, line: 1), nil, nil]),
    Broken(
        name: "open before quoted lines", text: "\"1\",\"a\n\"2\",\"b\"\n\"3\",\"c\"\n",
        rows: [["1", "a"], ["2", "b"], ["3", "c"]], faults: [.unclosedQuote(field: 2, line: 1), nil, nil]),
    Broken(
        name: "open before a line with a doubled quote", text: "\"1\",\"a\n\"\"\"2\"\"\",\"b\"\n",
        rows: [["1", "a"], ["\"2\"", "b"]], faults: [.unclosedQuote(field: 2, line: 1), nil]),
    Broken(
        name: "two in a row, and at the end", text: "1,\"a\n2,\"b\n3,c\n4,\"d\n",
        rows: [["1", "a"], ["2", "b"], ["3", "c"], ["4", "d"]],
        faults: [
            .unclosedQuote(field: 2, line: 1), .unclosedQuote(field: 2, line: 2), nil,
            .unclosedQuote(field: 2, line: 4),
        ]),
    Broken(
        name: "CRLF, and a trailing blank line", text: "1,\"a\r\n2,b\r\n\r\n", rows: [["1", "a"], ["2", "b"]],
        faults: [.unclosedQuote(field: 2, line: 1), nil]),
    Broken(
        name: "where carriage returns end lines", text: "1,\"a\r2,b\r3,\"c\r\n4,d",
        rows: [["1", "a"], ["2", "b"], ["3", "c"], ["4", "d"]],
        faults: [.unclosedQuote(field: 2, line: 1), nil, .unclosedQuote(field: 2, line: 3), nil], dialect: .mac),
    Broken(
        name: "text with line ends in a line that is odd already", text: "1,x\"y,\"a\n2,b,c\n",
        rows: [["1", "x\"y", "a"], ["2", "b", "c"]], faults: [.unclosedQuote(field: 3, line: 1), nil]),
    Broken(
        name: "closed by a neighbour, caught by the expected number of fields",
        text: "1,\"a,3\n2,b\",x,3\n4,5,6\n", rows: [["1", "a,3"], ["2", "b\"", "x", "3"], ["4", "5", "6"]],
        faults: [.unclosedQuote(field: 2, line: 1), nil, nil], expecting: 3...3),
    Broken(
        name: "closed by a neighbour, caught by the record before",
        text: "7,8,9\n1,\"a,3\n2,b,3\n2,b\",x,3\n4,5,6\n",
        rows: [["7", "8", "9"], ["1", "a,3"], ["2", "b", "3"], ["2", "b\"", "x", "3"], ["4", "5", "6"]],
        faults: [nil, .unclosedQuote(field: 2, line: 2), nil, nil, nil]),
    Broken(
        name: "closed by a neighbour in the same column, caught by the line between",
        text: "1,\"a,3,4,5,6,7,8\n1,2,3,4,5,6,7,8\n1,b\",3,4,5,6,7,8\n",
        rows: [
            ["1", "a,3,4,5,6,7,8"], ["1", "2", "3", "4", "5", "6", "7", "8"],
            ["1", "b\"", "3", "4", "5", "6", "7", "8"],
        ],
        faults: [.unclosedQuote(field: 2, line: 1), nil, nil], expecting: 8...8),
    Broken(
        name: "open for longer than a record may be", text: "1,\"a\n2,b\n3,c\n4,d\n5,\"\"\n",
        rows: [
            ["1", "a"], ["2", "b"], ["3", "c"], ["4", "d"], ["5", ""],
        ],
        faults: [.unclosedQuote(field: 2, line: 1), nil, nil, nil, nil], limit: 10),
    Broken(
        name: "a line longer than a record may be", text: "a\n0123456789,abcdef\nb\n",
        rows: [["a"], ["0123456789"], ["b"]],
        faults: [nil, .tooLong(limit: 10, line: 2), nil], limit: 10),
    Broken(
        name: "an unfinished line longer than a record may be", text: "a\n0123456789,abcdef",
        rows: [["a"], ["0123456789"]],
        faults: [nil, .tooLong(limit: 10, line: 2)], limit: 10),
    Broken(
        name: "too long by one, with CRLF", text: "0123456789\r\n01234567890\r\nb",
        rows: [["0123456789"], ["0123456789"], ["b"]],
        faults: [nil, .tooLong(limit: 10, line: 2), nil], limit: 10),
    Broken(
        name: "too long where carriage returns end lines", text: "01234567890123\r\nb\r01234567890123\rc",
        rows: [["0123456789"], ["b"], ["0123456789"], ["c"]],
        faults: [.tooLong(limit: 10, line: 1), nil, .tooLong(limit: 10, line: 3), nil], dialect: .mac, limit: 10),
    Broken(
        name: "strict: a quote in an unquoted field", text: "1,a \"b\",3\n4,5,6\n",
        rows: [["1", "a \"b\"", "3"], ["4", "5", "6"]],
        faults: [.strayQuote(field: 2, line: 1), nil], dialect: .strict),
    Broken(
        name: "strict: text behind a closing quote", text: "1,\"a\" b,3\n4,5,6\n",
        rows: [["1", "\"a\" b", "3"], ["4", "5", "6"]],
        faults: [.textAfterQuote(field: 2, line: 1), nil], dialect: .strict),
    Broken(
        name: "strict: open before quoted lines", text: "\"1\",\"a\n\"2\",\"b\"\n", rows: [["1", "a"], ["2", "b"]],
        faults: [.unclosedQuote(field: 2, line: 1), nil], dialect: .strict),
]

@Suite struct RecordFaultTests {
    @Test(arguments: broken)
    func `a broken record costs itself and no neighbour, however the input is sliced`(_ sample: Broken) {
        let bytes = Array(sample.text.utf8)
        let whole = read(bytes, sample.dialect, limit: sample.limit, expecting: sample.expecting)
        #expect(whole.rows.map(\.strings) == sample.rows)
        #expect(whole.rows.map(\.fault) == sample.faults)
        #expect(whole.accountedBytes == Int64(bytes.count))
        for sliceLength in 1...bytes.count {
            let sliced = read(
                bytes, sample.dialect, sliceLength: sliceLength, limit: sample.limit, expecting: sample.expecting)
            #expect(sliced == whole, "slices of \(sliceLength)")
        }
    }

    @Test(arguments: [0, 1, 2, 3, 4], [false, true])
    func `one unclosed quote among a hundred records costs one record`(column: Int, isQuoted: Bool) {
        let lines = (1...100).map { number in
            var cells = ["\(number)", "+4930231250\(number % 10)", "note \(number)", "ANSWERED", "17"]
            if isQuoted { cells = cells.map { "\"\($0)\"" } }
            if number == 50 { cells[column] = isQuoted ? String(cells[column].dropLast()) : "\"" + cells[column] }
            return cells.joined(separator: ",") + "\n"
        }
        for sliceLength in [nil, 1, 7, 64, 1000] as [Int?] {
            let reading = read(Array(lines.joined().utf8), sliceLength: sliceLength)
            #expect(reading.rows.map(\.position.line) == Array(1...100))
            #expect(reading.rows.filter { $0.fault == nil && $0.fields.count == 5 }.count == 99)
        }
    }

    @Test func `the bytes of a broken record are kept as they are`() {
        let row = read(Array("1,\"a\"\"b,c\r\n2,3,4\r\n".utf8)).rows[0]
        #expect(row.raw == Array("1,\"a\"\"b,c".utf8))
        #expect(row.fields == [Array("1".utf8), Array("a\"b,c".utf8)])
        #expect(row.byteCount == 11)
        #expect(row.isTerminated)
    }

    @Test func `a text with line ends is no fault, whatever the record before looks like`() {
        let text = "id,note\n1,\"Dear all,\nplease call back, thanks,\nAnn\"\n2,\n"
        let reading = read(Array(text.utf8), expecting: 2...2)
        #expect(reading.rows.map(\.fields.count) == [2, 2, 2])
        #expect(reading.rows.allSatisfy { $0.fault == nil })
    }

    /// What a live log ends with, what is handed over of it, and what waits.
    @Test(arguments: [
        ("1,2,3\n4,5", ["1,2,3"], "4,5"),
        ("1,2,3\n4,\"5", ["1,2,3"], "4,\"5"),
        ("1,2,3\n4,\"5\nand so", ["1,2,3"], "4,\"5\nand so"),
        ("1,2,3\n4,\"5\nand so\n", ["1,2,3"], "4,\"5\nand so\n"),
        ("1,2,3\n4,\"5,6\n7,8,9\n10,1", ["1,2,3", "4,\"5,6", "7,8,9"], "10,1"),
        ("1,2,3\n4,\"5,6\n7,\"8,9\n1,2,3\n", ["1,2,3", "4,\"5,6", "7,\"8,9", "1,2,3"], ""),
        ("1,2,3\n4,\"5,6\n7,8,9", ["1,2,3"], "4,\"5,6\n7,8,9"),
        ("1,2,3\n", ["1,2,3"], ""),
        // At the beginning nothing is known, and one line that could be a record is no proof.
        ("4,\"5,6\n7,8,9\n", [], "4,\"5,6\n7,8,9\n"),
        ("4,\"5,6\n7,8,9\n1,2,3\n", ["4,\"5,6", "7,8,9", "1,2,3"], ""),
        ("4,\"5,6\nand so\non\n", [], "4,\"5,6\nand so\non\n"),
    ])
    func `what a live log may still be writing waits`(text: String, handedOver: [String], waiting: String) {
        let bytes = Array(text.utf8)
        for sliceLength in 1...bytes.count {
            var scanner = RecordScanner(dialect: Dialect())
            var lines: [String] = []
            for start in stride(from: 0, to: bytes.count, by: sliceLength) {
                Array(bytes[start..<min(start + sliceLength, bytes.count)]).withUnsafeBytes {
                    scanner.scan($0) { lines.append(String(decoding: $0.raw, as: UTF8.self)) }
                }
            }
            scanner.pause { lines.append(String(decoding: $0.raw, as: UTF8.self)) }
            #expect(lines == handedOver)
            #expect(scanner.pendingBytes == waiting.utf8.count)
            #expect(bytes[Int(scanner.nextRecord.byte)...].elementsEqual(waiting.utf8))
        }
    }

    @Test func `a record that waited is read when it is complete`() {
        var scanner = RecordScanner(dialect: Dialect())
        var rows: [[String]] = []
        for part in ["1,2\n3,\"a\n", "b\"\n5,", "6\n"] {
            Array(part.utf8).withUnsafeBytes { scanner.scan($0) { rows.append($0.strings) } }
            scanner.pause { rows.append($0.strings) }
        }
        #expect(rows == [["1", "2"], ["3", "a\nb"], ["5", "6"]])
    }

    @Test func `says what is wrong in one sentence`() {
        #expect(
            RecordFault.unclosedQuote(field: 17, line: 42).description
                == "line 42, field 17: the quote opened here is never closed")
        #expect(RecordFault.strayQuote(field: 17, line: 42).field == 17)
        #expect(RecordFault.textAfterQuote(field: 17, line: 42).line == 42)
        #expect(RecordFault.tooLong(limit: 1024, line: 3).field == nil)
        #expect(RecordFault.tooLong(limit: 1024, line: 3).description == "line 3: the record has more than 1024 bytes")
    }

    @Test(arguments: [1, 7, 4_096, 1 << 18])
    func `a record has 10,000 fields at most`(_ slice: Int) {
        let text = Array(
            (String(repeating: ",", count: 9_999) + "\n" + String(repeating: ",", count: 10_000) + "\n1,2\n").utf8)
        var scanner = RecordScanner(dialect: Dialect())
        var found: [(fields: Int, fault: RecordFault?)] = []
        for start in stride(from: 0, to: text.count, by: slice) {
            text[start..<min(text.count, start + slice)].withUnsafeBytes {
                scanner.scan($0) { found.append(($0.fieldCount, $0.fault)) }
            }
        }
        scanner.finish { found.append(($0.fieldCount, $0.fault)) }
        #expect(found.map(\.fields) == [10_000, 10_000, 2])
        #expect(found.map(\.fault) == [nil, .tooManyFields(limit: 10_000, line: 2), nil])
    }
}

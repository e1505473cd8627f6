// SPDX-License-Identifier: Apache-2.0

import DelimitedText
import Foundation
import TestSupport
import Testing

/// Cases of our own for every rule that the public conformance suites cover, and the suites themselves if they are there.
@Suite struct ConformanceTests {
    /// What both suites test, and the JSON of either kind: arrays, or objects named by the first record.
    private static let ours: [(name: String, csv: String, json: String)] = [
        ("nothing but empty lines", "\n\n", "[[\"\"],[\"\"]]"),
        ("an empty line under one column", "col\n\n", "[[\"col\"],[\"\"]]"),
        ("an empty field", "p,q,r\n9,,7", "[[\"p\",\"q\",\"r\"],[\"9\",\"\",\"7\"]]"),
        ("an empty quoted field", "p,q,r\n9,\"\",7", "[[\"p\",\"q\",\"r\"],[\"9\",\"\",\"7\"]]"),
        ("a header and no records", "p,q,r", "[]"),
        ("a header and a record", "p,q,r\n9,8,7", "[{\"p\":\"9\",\"q\":\"8\",\"r\":\"7\"}]"),
        ("a leading space", "p,q\n9, to the left", "[[\"p\",\"q\"],[\"9\",\" to the left\"]]"),
        ("a trailing space", "p,q\nto the right ,8", "[[\"p\",\"q\"],[\"to the right \",\"8\"]]"),
        ("a comma in quotes", "p,q\n\"Hi, you\",8", "[{\"p\":\"Hi, you\",\"q\":\"8\"}]"),
        ("a doubled quote", "p,q\n\"so \"\"good\"\" it is\",8\n", "[{\"p\":\"so \\\"good\\\" it is\",\"q\":\"8\"}]"),
        (
            "a line end in quotes", "p,q\n\"one \ntwo\",8\n6,5\n",
            "[{\"p\":\"one \\ntwo\",\"q\":\"8\"},{\"p\":\"6\",\"q\":\"5\"}]"
        ),
        ("CRLF in quotes", "p,q\r\n\"one\r\ntwo\",8\r\n", "[{\"p\":\"one\\r\\ntwo\",\"q\":\"8\"}]"),
        (
            "quotes and line ends in quotes", "p,q\n1,\"so \n\"\"good\"\" \nit is\"\n3,4\n",
            "[{\"p\":\"1\",\"q\":\"so \\n\\\"good\\\" \\nit is\"},{\"p\":\"3\",\"q\":\"4\"}]"
        ),
        ("JSON in quotes", "p,q\n1,\"{\"\"a\"\": [1.5, 2]}\"\n", "[{\"p\":\"1\",\"q\":\"{\\\"a\\\": [1.5, 2]}\"}]"),
        ("characters above ASCII", "p,q\nʤ,😎", "[[\"p\",\"q\"],[\"ʤ\",\"😎\"]]"),
        ("CRLF, and one at the end", "p,q\r\n1,2\r\n", "[[\"p\",\"q\"],[\"1\",\"2\"]]"),
    ]

    private static let theirs = ["csv-spectrum/csvs", "csv-test-data/csv"].flatMap { folder in
        SampleFiles.suites.names(in: folder).map { "\(folder)/\($0)" }
    }

    @Test(arguments: ours)
    func `gives what the cases of the suites say`(_ sample: (name: String, csv: String, json: String)) throws {
        let json = try JSONSerialization.jsonObject(with: Data(sample.json.utf8))
        try compare(Array(sample.csv.utf8), with: json)
    }

    @Test(.furtherSamples, arguments: theirs.filter { !$0.contains("/bad-") })
    func `gives what the suites say`(path: String) throws {
        let bytes = try SampleFiles.suites.bytes(path)
        // One file of the suite has a quote inside an unquoted field and numbers that differ from its JSON's.
        if path.hasSuffix("location_coordinates.csv") {
            #expect(read(bytes).rows.map(\.fields.count) == [4, 4])
            #expect(read(bytes, .strict).rows.last?.fault == .strayQuote(field: 2, line: 2))
            return
        }
        let expected = path.replacing("/csvs/", with: "/json/").replacing("/csv/", with: "/json/")
            .replacing(".csv", with: ".json")
        try compare(bytes, with: try JSONSerialization.jsonObject(with: Data(try SampleFiles.suites.bytes(expected))))
    }

    @Test(.furtherSamples, arguments: theirs.filter { $0.contains("/bad-") })
    func `accounts for every byte of the suites' broken files`(path: String) throws {
        let bytes = try SampleFiles.suites.bytes(path)
        for dialect in [Dialect(), .strict] {
            let whole = read(bytes, dialect)
            #expect(whole.accountedBytes == Int64(bytes.count))
            for sliceLength in 1...max(bytes.count, 1) {
                #expect(read(bytes, dialect, sliceLength: sliceLength) == whole)
            }
            let isUnclosed = path.contains("missing-quote")
            let isBroken = isUnclosed || path.contains("unescaped")
            #expect(whole.rows.contains { $0.fault != nil } == (dialect.isStrict ? isBroken : isUnclosed))
        }
    }

    /// Compares the rows of strict and of lenient reading, in slices of every length, with what a suite expects.
    private func compare(_ bytes: [UInt8], with json: Any) throws {
        for isStrict in [false, true] {
            let dialect = Dialect(isStrict: isStrict, keepsBlankLines: true)
            let whole = read(bytes, dialect)
            #expect(whole.rows.allSatisfy { $0.fault == nil })
            #expect(whole.accountedBytes == Int64(bytes.count))
            for sliceLength in 1...max(bytes.count, 1) {
                #expect(read(bytes, dialect, sliceLength: sliceLength) == whole)
            }
            let rows = whole.rows.map(\.strings)
            if let expected = json as? [[String]], !expected.isEmpty {
                #expect(rows == expected)
            } else {
                let header = try #require(rows.first)
                let objects = rows.dropFirst().map { row in
                    Dictionary(zip(header, row), uniquingKeysWith: { first, _ in first })
                }
                #expect(objects == (json as? [[String: String]]) ?? [])
            }
        }
    }
}

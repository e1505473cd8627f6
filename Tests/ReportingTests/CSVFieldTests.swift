// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Reporting

/// Lists that people open with a spreadsheet.
@Suite struct CSVFieldTests {
    @Test(arguments: ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\r\n=1"])
    func `a text that others have chosen is no formula`(_ text: String) {
        #expect(CSVField.inert(text) == "'" + text)
    }

    @Test(arguments: ["", "Live connector", "a=1", "'=1", "1-1"]) func `other texts stay as they are`(_ text: String) {
        #expect(CSVField.inert(text) == text)
    }

    @Test(arguments: [
        ("a", "a"), ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""), ("a\"\u{301}", "\"a\"\"\u{301}\""),
        ("a\nb", "\"a\nb\""),
        ("a\rb", "\"a\rb\""), ("a\r\nb", "\"a\r\nb\""),
    ]) func `fields are in quotes where they have to be`(_ field: String, _ quoted: String) {
        #expect(CSVField.quoted(field).unicodeScalars.elementsEqual(quoted.unicodeScalars))
    }

    @Test func `an application cannot put a formula into the list of differences`() {
        var report = AuditReport()
        report.findings = [
            .init(
                .unrecorded, key: nil, start: "2026-03-01T08:00:00Z", number: "+7900***0001", type: 2, statisticsID: 5,
                application: "=HYPERLINK(\"http://example.org\",\"x\")")
        ]
        #expect(report.csv.hasSuffix(",5,\"'=HYPERLINK(\"\"http://example.org\"\",\"\"x\"\")\"\r\n"))
    }
}

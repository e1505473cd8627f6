// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Reporting

@Suite struct SummaryTests {
    private func summary() -> Summary {
        var summary = Summary()
        summary.run = Summary.Run()
        summary.run.id = 7
        summary.run.startedAt = "2026-03-07T01:00:00Z"
        summary.run.endedAt = "2026-03-07T01:02:03Z"
        summary.run.outcome = "completed; some items need attention"
        summary.run.exitCode = 3
        summary.records.read = 1_234
        summary.records.calls = 1_000
        summary.records.merged = 100
        summary.records.duplicates = 100
        summary.records.skipped = ["internalCall": 30]
        summary.records.rejected = ["badDate": 4]
        summary.calls.ledgerRead = true
        summary.calls.delivered = 999
        summary.calls.held = ["noEmployee": 1]
        summary.portal.requests = 42
        summary.files = [Summary.File(path: "a<b>.csv", bytes: 123_456, records: 1_234)]
        summary.warnings = ["the \"clock\" is wrong"]
        return summary
    }

    @Test func `the counts of records add up or say so`() {
        var summary = summary()
        #expect(summary.records.addsUp)
        summary.records.late += 1
        #expect(!summary.records.addsUp)
    }

    @Test func `JSON keeps every value and the fixed key paths`() throws {
        let summary = summary()
        #expect(try Summary(json: summary.json) == summary)
        for key in ["\"schema\" : \"cdr24.summary/1\"", "\"exitCode\" : 3", "\"badDate\" : 4", "\"waitSeconds\" : 0"] {
            #expect(summary.json.contains(key), "\(key)")
        }
    }

    @Test func `the text names what there is and leaves out what there is not`() {
        let text = summary().text
        #expect(text.hasPrefix("cdr24 import: completed; some items need attention\n"))
        #expect(text.contains("  skipped: internalCall                         30\n"))
        #expect(text.contains("Records                                      1,234\n"))
        #expect(text.contains("! the \"clock\" is wrong\n"))
        #expect(!text.contains("late"))
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 120 })
    }

    @Test func `metrics have a help line, a type and escaped labels`() {
        var summary = summary()
        summary.calls.held = ["a\"b": 2]
        let metrics = summary.metrics
        #expect(metrics.contains("# TYPE cdr24_calls_held gauge\ncdr24_calls_held{reason=\"a\\\"b\"} 2\n"))
        #expect(metrics.contains("cdr24_last_run_exit_code 3\n"))
        summary.run.portal = "company.test"
        summary.run.startedAt = "1970-01-01T00:00:10Z"
        summary.run.endedAt = "1970-01-01T00:01:00Z"
        summary.sources = [
            .init(name: "pbx1", newestRecordAt: "1970-01-01T00:00:07Z"), .init(name: "new", newestRecordAt: nil),
        ]
        summary.portal.operatingSeconds = ["batch": 0, "telephony.externalCall.finish": 407.4]
        let labelled = summary.metrics
        #expect(
            labelled.contains(
                "cdr24_portal_operating_seconds{portal=\"company.test\",method=\"telephony.externalCall.finish\"} 407.4\n"
            ))
        #expect(labelled.contains("cdr24_last_run_exit_code{portal=\"company.test\"} 3\n"))
        #expect(labelled.contains("cdr24_last_run_timestamp_seconds{portal=\"company.test\"} 60\n"))
        #expect(labelled.contains("cdr24_last_run_duration_seconds{portal=\"company.test\"} 50\n"))
        #expect(
            labelled.contains(
                "cdr24_source_newest_call_timestamp_seconds{portal=\"company.test\",source=\"pbx1\"} 7\n"))
        #expect(!labelled.contains("source=\"new\"") && !labelled.contains("last_success"))
    }

    @Test func `no count is shown twice under one label`() {
        var summary = summary()
        summary.calls.ledgerRead = true
        for rows in [summary.callRows, summary.recordRows, summary.portalRows] {
            #expect(Set(rows.map(\.label)).count == rows.count, "\(rows.map(\.label))")
        }
    }

    @Test func `a summary of an earlier version can be read`() throws {
        var earlier = try #require(
            try JSONSerialization.jsonObject(with: Data(summary().json.utf8)) as? [String: Any])
        earlier["sources"] = nil
        earlier["estimate"] = nil
        let json = String(decoding: try JSONSerialization.data(withJSONObject: earlier), as: UTF8.self)
        var expected = summary()
        expected.sources = []
        expected.estimate = nil
        #expect(try Summary(json: json) == expected)
        #expect(throws: (any Error).self) { try Summary(json: "[]") }
        #expect(throws: (any Error).self) { try Summary(json: "") }
    }

    @Test(arguments: [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567"), (-1_000, "-1,000")])
    func groupsDigits(_ number: Int, _ text: String) {
        #expect(grouped(number) == text)
    }
}

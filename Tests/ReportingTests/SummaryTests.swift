// SPDX-License-Identifier: Apache-2.0

import Foundation
import Phrases
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
        summary.notes = [.verbatim("the \"clock\" is wrong")]
        summary.attention.held = 1
        summary.attention.rejected = 4
        summary.needs = [
            Need(
                .held, reason: "noEmployee", cause: Phrase("no extension"), names: ["101": 1],
                remedy: Phrase("set users.default")),
            .rejected("badDate", count: 4, files: ["a<b>.csv": 4]),
        ]
        summary.conclude(stopReason: nil, complaint: nil, problems: [])
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

    @Test func `the text begins with the verdict and what needs a person, then come figures`() throws {
        let text = summary().text
        #expect(
            text == """
                cdr24 import: completed; needs attention: 1 held call, 4 rejected records
                  run 7, \(LocalTime.text("2026-03-07T01:00:00Z")) to \(LocalTime.text("2026-03-07T01:02:03Z")) \
                (\(LocalTime.zoneName(at: "2026-03-07T01:00:00Z"))), exit code 3
                Needs attention:
                ! 1 held call (noEmployee): no extension: 101 (1 call)
                    set users.default
                ! 4 rejected records (badDate): the date cannot be read: a<b>.csv (4 records)
                    correct the records: cdr24 failures --csv
                Calls     delivered 999, held 1
                Records   read 1,234, new calls 1,000, further legs of calls 100, duplicates 100, skipped 30, rejected 4
                Files     a<b>.csv: 1,234 records, 123,456 bytes
                Portal    requests 42
                Warnings:
                - the "clock" is wrong

                """)
        #expect(!text.contains("late"))
    }

    @Test func `details are shown on request`() {
        let text = summary().text(in: .english, isVerbose: true)
        #expect(text.contains("  skipped: internalCall                         30\n"))
        #expect(text.contains("Records                                      1,234\n"))
        #expect(text.contains("! 1 held call (noEmployee)") && text.contains("- the \"clock\" is wrong\n"))
    }

    @Test(arguments: [0, 1, 3, 40])
    func `a mail of 30 lines has room for the worst night`(_ many: Int) {
        var summary = summary()
        let needs = (0..<many).map { Need(.held, reason: "r\($0)", count: 9, cause: Phrase("x"), remedy: Phrase("y")) }
        summary.needs += needs
        summary.notes = (0..<many).flatMap { [Phrase("kind a of \($0)"), .verbatim("one of its kind \($0)")] }
        summary.files += (0..<many).map { Summary.File(path: "\($0).csv", bytes: 1, records: 1) }
        let lines = summary.text.split(separator: "\n")
        #expect(lines.count <= 30)
        #expect(many < 40 || lines.contains("- kind a of 0; and 39 more"))
        #expect(many < 40 || lines.contains { $0.hasSuffix(" more: cdr24 failures, cdr24 import --verbose") })
        #expect(many < 40 || lines.last?.hasSuffix(" more: cdr24 import --verbose") == true)
        let all = summary.text(in: .english, isVerbose: true)
        #expect((0..<many).allSatisfy { all.contains("(r\($0))") && all.contains("\n- kind a of \($0)\n") })
    }

    @Test func `of very many files the first are named, and all are counted`() throws {
        var half = ReadFiles()
        for number in 0..<700 { half.add(Summary.File(path: "\(number).csv", bytes: 10, records: 2)) }
        var all = half
        all.add(half)
        all.add(half)
        all.add(Summary.File(path: "last.csv", bytes: 1, records: 1))
        #expect(all.named.count == ReadFiles.mostNamed && half.named.count == 700 && half.further == nil)
        var summary = summary()
        summary.files = all.named
        summary.furtherFiles = all.further
        let text = summary.text(in: .english, isVerbose: true)
        #expect(text.contains("1,101 files not named here: 2,201 records, 11,001 bytes\n"), "\(text.suffix(400))")
        #expect(summary.text.contains("2,101 files, 21,001 bytes\n"))
        let decoded = try JSONDecoder().decode(Summary.self, from: JSONEncoder().encode(summary))
        #expect(decoded.furtherFiles == all.further)
    }

    @Test func `a failure and a stop say first why, and what to do`() {
        var failed = Summary()
        failed.run.exitCode = 78
        failed.conclude(stopReason: nil, complaint: .verbatim("a key is wrong"), problems: [])
        #expect(failed.verdict?.level == .failed && failed.needs[0].cause.english == "a key is wrong")
        #expect(failed.text.hasPrefix("cdr24 import: failed: the configuration is wrong, "))
        #expect(failed.text.contains("! a key is wrong\n    after the correction, run: cdr24 check\n"))
        var stopped = Summary()
        stopped.run.exitCode = 4
        stopped.conclude(stopReason: .verbatim("too late"), complaint: nil, problems: [])
        #expect(stopped.verdict?.level == .incomplete)
        #expect(stopped.text.hasPrefix("cdr24 import: stopped with work left: too late\n"))
        #expect(stopped.text.contains("run the same command again"))
        for code in [0, 3, 4, 64, 69, 74, 75, 78] {
            var summary = Summary()
            summary.run.exitCode = code
            summary.conclude(stopReason: nil, complaint: nil, problems: code == 3 ? [Phrase("empty")] : [])
            #expect((summary.verdict?.level == .ok) == (code == 0))
            #expect(code != 3 || summary.text.contains("needs attention: 1 problem with files\n"))
        }
    }

    @Test func `metrics have a help line, a type and escaped labels`() {
        var summary = summary()
        summary.calls.held = ["a\"b": 2]
        let metrics = summary.metrics(coverage: [])
        #expect(metrics.contains("# TYPE cdr24_calls_held gauge\ncdr24_calls_held{reason=\"a\\\"b\"} 2\n"))
        #expect(metrics.contains("cdr24_last_run_exit_code 3\n"))
        summary.run.portal = "company.test"
        summary.run.startedAt = "1970-01-01T00:00:10Z"
        summary.run.endedAt = "1970-01-01T00:01:00Z"
        summary.sources = [
            .init(name: "pbx1", newestRecordAt: "1970-01-01T00:00:07Z"), .init(name: "new", newestRecordAt: nil),
        ]
        summary.portal.operatingSeconds = ["batch": 0, "telephony.externalCall.finish": 407.4]
        let labelled = summary.metrics(coverage: [])
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
            #expect(Set(rows.map(\.label.english)).count == rows.count, "\(rows.map(\.label.english))")
        }
    }

    @Test func `a summary of an earlier version can be read`() throws {
        var earlier = try #require(
            try JSONSerialization.jsonObject(with: Data(summary().json.utf8)) as? [String: Any])
        earlier["sources"] = nil
        earlier["estimate"] = nil
        for key in ["verdict", "needs", "notes"] { earlier[key] = nil }
        let json = String(decoding: try JSONSerialization.data(withJSONObject: earlier), as: UTF8.self)
        var expected = summary()
        expected.sources = []
        expected.estimate = nil
        expected.verdict = nil
        expected.needs = []
        expected.notes = nil
        #expect(try Summary(json: json) == expected)
        #expect(throws: (any Error).self) { try Summary(json: "[]") }
        #expect(throws: (any Error).self) { try Summary(json: "") }
    }

    @Test(arguments: [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567"), (-1_000, "-1,000")])
    func groupsDigits(_ number: Int, _ text: String) {
        #expect(grouped(number) == text)
    }
}

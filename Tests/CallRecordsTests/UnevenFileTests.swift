// SPDX-License-Identifier: Apache-2.0

import Settings
import Testing

@testable import CallRecords

/// Files that are not quite tables.
@Suite struct UnevenFileTests {
    private func small(_ file: String) throws -> FormatDefinition {
        try format(
            """
            name: small
            file: { header: required, columns: [id, when, from, to, note], \(file) }
            times: { start: { from: when, pattern: "yyyy-MM-dd HH:mm:ss" } }
            call:
              key: id
              direction: { text: incoming }
              external: from
              answered: { note: talked }
              talk: { text: "9" }
              status: { case: [{ when: { answered: "yes" }, text: "200" }, { text: "304" }] }
            """)
    }

    private let text = """
        id,when,from,to,note
        1,2026-11-20 09:00:00,89000000001,101,talked
        2,2026-11-20 09:01:00,89000000002

        """

    @Test func `records that end early are rejected, or read as far as they go`() throws {
        let strict = try map(Array(text.utf8), format: small("short_records: reject"))
        #expect(strict.rejections.map(\.reason) == ["tooFewColumns"])
        let padded = try map(Array(text.utf8), format: small("short_records: pad"))
        #expect(padded.rejections.isEmpty)
        #expect(padded.calls.map(\.status) == [.success, .missed])
        #expect(settingsFault { _ = try small("short_records: guess") }?.message == "expected reject or pad")
        #expect(settingsFault { _ = try small("export_limits: [0]") } != nil)
    }

    @Test func `titles above a report's header and sums below its rows are no records`() throws {
        let report = """
            Call Report
            From: 2026-11-20,To: 2026-11-21

            Call Time,Caller ID,Destination,Trunk,Trunk number,Did,Status,Ringing,Talking,Total Duration
            2026-11-20T09:00:00,89000000001,Anna (101),City,10000,,Answered,0:00:12,0:01:03,0:01:15
            2026-11-20T09:05:10,89000000002,Boris (102),City,10000,,Unanswered,0:00:20,0:00:00,0:00:20
            Totals,,,,,,,0:00:32,0:01:03,0:01:35

            """
        let file = try map(report, preset: "threecx_report")
        #expect(file.rejections.isEmpty)
        #expect(file.calls.map(\.status) == [.success, .missed])
    }

    @Test func `times in the hours of clock changes are counted`() throws {
        // Berlin, 2026-10-25: 02:30 comes at 00:30 and at 01:30 UTC; the ids know which.
        let record = { (id: String, time: String) in
            """
            "","89000000001","101","from-trunk","","SIP/trunk1-1","SIP/101-2","Dial","","\(time)",,"\(time)",9,0,\
            "NO ANSWER","DOCUMENTATION","\(id)",""
            """ + "\n"
        }
        var context = MappingContext.moscow
        context.timeZone = "Europe/Berlin"
        let first = record("1792888200.1", "2026-10-25 02:30:00")
        let second = record("1792891800.2", "2026-10-25 02:30:00")
        let missing = record("1774747800.3", "2026-03-29 02:30:00")
        let file = try map(first + second + missing, context: context)
        #expect(file.calls.map(\.start.epochSeconds) == [1_774_747_800, 1_792_888_200, 1_792_891_800])
        #expect(file.mapper.clockDoubts == ClockDoubts(guessed: 0, told: 2, missing: 1))
        var mapper = file.mapper
        mapper.forgetEvidence()
        #expect(mapper.clockDoubts == ClockDoubts())
        #expect(mapper.zoneEvidence.mode == nil)
        #expect(file.mapper.clockDoubts.remarks.count == 2)
    }
}

// SPDX-License-Identifier: Apache-2.0

import CallReport
import Testing

/// Planted holes are found, and nothing else.
@Suite struct CoverageTests {
    private static func judge(_ calls: [ReportedCall], days: Int) -> SourceCoverage? {
        var counts = CallFigures()
        for call in calls { counts.add(call) }
        let judge = CoverageJudge(counts.coverage, lastDay: LocalDay(OfficeWeek.firstDay + days - 1))
        return judge.sources.first
    }

    private static func day(_ call: ReportedCall) -> Int { call.localStart.day.number - OfficeWeek.firstDay }

    @Test(arguments: 1...10)
    func `planted holes are found, and nothing else`(_ stream: Int) throws {
        var week = OfficeWeek(stream)
        // Day 1 is a Tuesday. A day, two hours, the rest of a day, a line; the last day is not over.
        let calls = week.calls(days: 89, perHour: 16).filter { call in
            switch Self.day(call) {
            case 15: false
            case 30: !(11..<13).contains(call.localStart.hour)
            case 43: call.localStart.hour < 14
            case 50: call.line == "trunk1"
            default: true
            }
        }
        let coverage = try #require(Self.judge(calls, days: 90))
        #expect(coverage.days.count == 90 && coverage.source == "pbx")
        let found = coverage.days.filter { !$0.holes.isEmpty }
        #expect(found.map { $0.day.number - OfficeWeek.firstDay } == [15, 30, 43, 50])
        #expect(found.map(\.state) == [.missing, .partial, .partial, .partial])
        guard case .day(let usually)? = found[0].holes.first else {
            Issue.record("\(found[0])")
            return
        }
        #expect(usually == 160)
        #expect(found[1].holes == [.hours(from: 11, to: 13, usually: 32)])
        #expect(found[2].holes == [.cutAt(hour: 14, usually: 64)])
        guard case .line("trunk2", _)? = found[3].holes.first, found[3].holes.count == 1 else {
            Issue.record("\(found[3])")
            return
        }
    }

    @Test func `quiet Sundays and the first weeks are not reported`() throws {
        var week = OfficeWeek(3)
        let coverage = try #require(Self.judge(week.calls(days: 40, perHour: 16), days: 41))
        for day in coverage.days.dropFirst().dropLast() {
            #expect(day.state == (day.day.weekday < 5 ? .complete : .quiet), "\(day)")
        }
        #expect(coverage.days.first?.state == .unknown && coverage.days.last?.state == .unknown)
        let short = try #require(Self.judge(week.calls(days: 14, perHour: 16), days: 20))
        #expect(short.days.allSatisfy { $0.state == .unknown })
    }

    @Test func `small offices are not alarmed by chance`() throws {
        var week = OfficeWeek(4)
        let coverage = try #require(Self.judge(week.calls(days: 90, perHour: 1), days: 91))
        #expect(coverage.days.allSatisfy { $0.holes.isEmpty })
    }
}

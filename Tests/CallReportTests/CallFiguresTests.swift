// SPDX-License-Identifier: Apache-2.0

import CallReport
import Testing

/// The figures of the report are those of a plain count.
@Suite struct CallFiguresTests {
    @Test func `figures equal a plain count`() throws {
        var week = OfficeWeek(1)
        let calls = week.calls(days: 60, perHour: 12)
        let since = OfficeWeek.moment(day: 21, hour: 0)
        var figures = CallFigures(since: since)
        for call in calls { figures.add(call) }
        let counted = calls.filter { $0.start >= since }
        #expect(counted.count > 3_000)
        #expect(figures.totals.calls == counted.count)
        #expect(figures.totals.talk == counted.reduce(0) { $0 + $1.talk })
        #expect(figures.totals.missed == counted.count { $0.outcome == .missed })
        #expect(figures.totals.notConnected == counted.count { $0.outcome == .notConnected })
        for hour in 0..<24 {
            #expect(figures.byHour[hour].calls == counted.count { $0.localStart.hour == hour })
        }
        for weekday in 0..<7 {
            #expect(figures.byWeekday[weekday].calls == counted.count { $0.localStart.day.weekday == weekday })
        }
        for named in figures.byEmployee {
            #expect(named.totals.calls == counted.count { $0.employee == named.name })
            #expect(named.totals.talk == counted.reduce(0) { $0 + ($1.employee == named.name ? $1.talk : 0) })
        }
        #expect(figures.byEmployee.reduce(0) { $0 + $1.totals.calls } == counted.count)
        #expect(figures.byLine.map(\.name).compactMap(\.self).sorted() == ["trunk1", "trunk2"])
        // Days are those of all calls: what is usual is older than the period.
        for (day, totals) in figures.byDay { #expect(totals.calls == calls.count { $0.localStart.day == day }) }
    }

    @Test func `the newest day is compared with the days before it`() throws {
        var figures = CallFigures()
        #expect(figures.comparison == nil)
        for day in 0...31 {
            for index in 0..<(day == 31 ? 5 : day < 24 ? 2 : 4) {
                figures.add(
                    ReportedCall(
                        source: "pbx", start: OfficeWeek.moment(day: day, hour: 9, second: index), offset: 7_200,
                        direction: .incoming, outcome: .answered, phone: OfficeWeek.phone(1), employee: nil, line: nil,
                        talk: 1, delivery: .delivered))
            }
            if day == 6 { #expect(figures.comparison?.meanOf7 == nil) }
            if day == 7 { #expect(figures.comparison?.meanOf7 == 2 && figures.comparison?.meanOf30 == nil) }
        }
        let comparison = try #require(figures.comparison)
        #expect(comparison.totals.calls == 5 && comparison.day.number == OfficeWeek.firstDay + 31)
        #expect(comparison.meanOf7 == 4)
        #expect(comparison.meanOf30 == Double(7 * 4 + 23 * 2) / 30)
    }
}

// SPDX-License-Identifier: Apache-2.0

import CallReport
import Testing

/// Which missed calls nobody called back.
@Suite struct MissedCallsTests {
    @Test(arguments: 1...5)
    func `never called back equals a plain search`(_ stream: Int) {
        var week = OfficeWeek(stream)
        let calls = week.calls(days: 10, perHour: 20)
        var figures = CallFigures()
        for call in calls { figures.add(call) }
        let missed = calls.indices.filter { calls[$0].outcome == .missed }
        let open = missed.filter { index in
            !calls[(index + 1)...].contains {
                $0.phone == calls[index].phone && $0.direction == .outgoing && $0.outcome == .answered
            }
        }
        #expect(!open.isEmpty && open.count < missed.count)
        #expect(figures.missed.count == missed.count)
        #expect(Set(figures.missed.neverCalledBack.map(\.call)) == Set(open.map { calls[$0] }))
        #expect(figures.missed.calledBack == missed.count - open.count)
        let delays = missed.compactMap { index in
            calls[(index + 1)...].first {
                $0.phone == calls[index].phone && $0.direction == .outgoing && $0.outcome == .answered
            }.map { $0.start - calls[index].start }
        }.sorted()
        #expect(figures.missed.medianDelay == delays[(delays.count - 1) / 2])
        for item in figures.missed.neverCalledBack {
            let later = calls.contains {
                $0.phone == item.call.phone && $0.direction == .incoming && $0.outcome == .answered
                    && $0.start > item.call.start
            }
            #expect(item.gotThrough == later)
        }
    }

    @Test func `a missed call before the period is not counted, and a call without a number neither`() {
        var figures = CallFigures(since: 1_000)
        func missed(_ start: Int64, _ phone: String) -> ReportedCall {
            ReportedCall(
                source: "pbx", start: start, offset: 0, direction: .incoming, outcome: .missed, phone: phone,
                employee: nil, line: nil, talk: 0, delivery: .delivered)
        }
        figures.add(missed(999, OfficeWeek.phone(1)))
        figures.add(missed(1_000, OfficeWeek.phone(2)))
        figures.add(missed(1_001, ""))
        #expect(figures.missed.neverCalledBack.map(\.call.phone) == [OfficeWeek.phone(2)])
        #expect(figures.missed.count == 1 && figures.missed.medianDelay == nil)
    }
}

// SPDX-License-Identifier: Apache-2.0

import CallReport
import TestSupport

/// Makes calls of an office: weekdays from 8 to 18 o'clock, two lines, five employees, some missed calls, some called back.
struct OfficeWeek {
    /// 2026-06-01, a Monday, in days since 1970.
    static let firstDay = 20_605
    /// Two hours east of UTC.
    static let offset: Int32 = 7_200

    private var random: SeededRandom

    init(_ stream: Int) { random = SeededRandom(stream) }

    /// A number that is nobody's.
    static func phone(_ index: Int) -> String { "+1202555" + String(10_000 + index % 10_000).dropFirst() }

    /// The start of an hour by the office's clock, in seconds since 1970.
    static func moment(day: Int, hour: Int, second: Int = 0) -> Int64 {
        Int64((firstDay + day) * 86_400 + hour * 3_600 + second) - Int64(offset)
    }

    /// The calls of some days in the order of their start, `perHour` in each hour of work.
    mutating func calls(days: Int, perHour: Int, clients: Int = 400) -> [ReportedCall] {
        var calls: [ReportedCall] = []
        for day in 0..<days where LocalDay(Self.firstDay + day).weekday < 5 {
            for hour in 8..<18 {
                for _ in 0..<perHour { calls.append(call(day: day, hour: hour, clients: clients)) }
            }
        }
        return calls.sorted { $0.start < $1.start }
    }

    private mutating func call(day: Int, hour: Int, clients: Int) -> ReportedCall {
        let isIncoming = Int.random(in: 0..<10, using: &random) < 6
        let fate = Int.random(in: 0..<10, using: &random)
        let outcome: ReportedCall.Outcome = fate < 6 ? .answered : isIncoming ? .missed : .notConnected
        let second = Int.random(in: 0..<3_600, using: &random)
        return ReportedCall(
            source: "pbx", start: Self.moment(day: day, hour: hour, second: second), offset: Self.offset,
            direction: isIncoming ? .incoming : .outgoing, outcome: outcome,
            phone: Self.phone(Int.random(in: 0..<clients, using: &random)),
            employee: fate == 9 ? nil : "10\(Int.random(in: 1...5, using: &random))",
            line: ["trunk1", "trunk2"].randomElement(using: &random),
            talk: outcome == .answered ? Int64.random(in: 1...600, using: &random) : 0, delivery: .delivered)
    }
}

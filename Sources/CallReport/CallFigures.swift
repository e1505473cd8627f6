// SPDX-License-Identifier: Apache-2.0

/// What the report says of the calls of a period, counted from calls in the order of their start.
package struct CallFigures: Sendable {
    /// A name with its totals, such as an employee's extension or a line.
    package struct Named: Sendable, Equatable {
        /// The extension or the line; `nil` for calls without one.
        package let name: String?
        /// The calls of that name.
        package let totals: CallTotals
    }

    /// All calls of the period.
    package private(set) var totals = CallTotals()
    /// By the hour of the phone system's clock, 0…23.
    package private(set) var byHour = [CallTotals](repeating: CallTotals(), count: 24)
    /// By the day of the week, Monday first.
    package private(set) var byWeekday = [CallTotals](repeating: CallTotals(), count: 7)
    /// Missed calls, and whether somebody called back.
    package private(set) var missed = MissedCalls()
    /// What arrived of which source on which day.
    package private(set) var coverage = CoverageCounts()

    private var days: [LocalDay: CallTotals] = [:]
    private var employees: [String?: CallTotals] = [:]
    private var lines: [String?: CallTotals] = [:]
    private let since: Int64

    /// - Parameter since: The beginning of the period in seconds since 1970; earlier calls count for what is usual only.
    package init(since: Int64 = .min) { self.since = since }

    /// Counts one more call; calls come in the order of their start.
    package mutating func add(_ call: ReportedCall) {
        let local = call.localStart
        coverage.add(call, at: local)
        days[local.day, default: CallTotals()].add(call)
        missed.add(call, counts: call.start >= since)
        guard call.start >= since else { return }
        totals.add(call)
        byHour[local.hour].add(call)
        byWeekday[local.day.weekday].add(call)
        employees[call.employee, default: CallTotals()].add(call)
        lines[call.line, default: CallTotals()].add(call)
    }

    /// The employees, those with most calls first.
    package var byEmployee: [Named] { Self.ranked(employees) }

    /// The lines, those with most calls first.
    package var byLine: [Named] { Self.ranked(lines) }

    /// The days that have calls, also those before the period; in order.
    package var byDay: [(day: LocalDay, totals: CallTotals)] {
        days.sorted { $0.key < $1.key }.map { (day: $0.key, totals: $0.value) }
    }

    /// The totals of a day; zeros where it had no calls.
    package func totals(of day: LocalDay) -> CallTotals { days[day] ?? CallTotals() }

    private static func ranked(_ totals: [String?: CallTotals]) -> [Named] {
        totals.sorted { a, b in
            a.value.calls == b.value.calls
                ? (a.key ?? "\u{10FFFF}") < (b.key ?? "\u{10FFFF}") : a.value.calls > b.value.calls
        }.map { Named(name: $0.key, totals: $0.value) }
    }
}

/// A day beside the days before it.
package struct DayComparison: Sendable, Equatable {
    /// The newest day that has calls.
    package let day: LocalDay
    /// Its totals.
    package let totals: CallTotals
    /// The mean of calls a day over the 7 days before; `nil` where the figures do not go back so far.
    package let meanOf7: Double?
    /// The mean of calls a day over the 30 days before; `nil` likewise.
    package let meanOf30: Double?
}

extension CallFigures {
    /// The newest day beside the 7 and the 30 days before it; `nil` without calls.
    package var comparison: DayComparison? {
        guard let first = days.keys.min(), let newest = days.keys.max(), let totals = days[newest] else { return nil }
        func mean(of count: Int) -> Double? {
            guard newest.number - count >= first.number else { return nil }
            let sum = (1...count).reduce(0) { $0 + self.totals(of: LocalDay(newest.number - $1)).calls }
            return Double(sum) / Double(count)
        }
        return DayComparison(day: newest, totals: totals, meanOf7: mean(of: 7), meanOf30: mean(of: 30))
    }
}

// SPDX-License-Identifier: Apache-2.0

import CallReport

/// A calendar for each source: which days look complete.
extension ReportPage {
    var coverage: String {
        let sources = ledger?.coverage ?? []
        let parts = sources.map { source in
            let days = source.days.filter { day in ledger?.since.map { day.day >= $0 } ?? true }
            return "<h3>\(HTML.escaped(source.source))</h3>\n<div class=\"months\">\n"
                + Self.months(days).joined() + "</div>\n" + Self.holes(days)
        }
        guard parts.contains(where: { !$0.isEmpty }) else { return "" }
        return HTML.section(
            "Coverage",
            HTML.paragraph(
                "A day is compared with the same weekday of the eight weeks before and after. Something is reported as "
                    + "missing where at least \(CoverageJudge.leastExpected) calls were to be expected and none came.")
                + Self.key + parts.joined())
    }

    private static var key: String {
        let states: [CoveredDay.State] = [.complete, .partial, .missing, .quiet, .unknown]
        return "<p class=\"legend\">"
            + states.map { "<span class=\"day \($0.name)\">\($0.mark) \($0.name)</span>" }.joined(separator: " ")
            + "</p>\n"
    }

    private static func months(_ days: [CoveredDay]) -> [String] {
        var months: [(name: String, days: [CoveredDay])] = []
        for day in days {
            let name = String(day.day.text.prefix(7))
            if months.last?.name == name {
                months[months.count - 1].days.append(day)
            } else {
                months.append((name, [day]))
            }
        }
        return months.map { month(name: $0.name, $0.days) }
    }

    private static func month(name: String, _ days: [CoveredDay]) -> String {
        var weeks: [[CoveredDay]] = []
        for day in days {
            if weeks.isEmpty || day.day.weekday == 0 { weeks.append([]) }
            weeks[weeks.count - 1].append(day)
        }
        let heads = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"].map { "<th scope=\"col\">\($0)</th>" }.joined()
        let rows = weeks.map { week in
            let before = String(repeating: "<td></td>", count: week.first?.day.weekday ?? 0)
            let after = String(repeating: "<td></td>", count: 6 - (week.last?.day.weekday ?? 6))
            return "<tr>\(before)\(week.map(cell).joined())\(after)</tr>\n"
        }
        return "<table class=\"month\"><caption>\(name)</caption><thead><tr>\(heads)</tr></thead>\n"
            + "<tbody>\(rows.joined())</tbody></table>\n"
    }

    private static func cell(_ day: CoveredDay) -> String {
        let number = day.day.text.suffix(2)
        return "<td class=\"day \(day.state.name)\" title=\"\(day.day.text): \(counted(day.calls, "call")), "
            + "\(day.state.name)\">\(number)<span aria-hidden=\"true\"> \(day.state.mark)</span>"
            + "<span class=\"hidden\"> \(day.state.name)</span></td>"
    }

    private static func holes(_ days: [CoveredDay]) -> String {
        HTML.table(
            "What is missing", heads: ["Day", "What", "Usually"], texts: [1],
            rows: days.flatMap { day in day.holes.map { [day.day.text, $0.words, counted($0.usually, "call")] } })
    }
}

extension CoveredDay.State {
    fileprivate var name: String {
        switch self {
        case .complete: "complete"
        case .partial: "partial"
        case .missing: "missing"
        case .quiet: "quiet"
        case .unknown: "not judged"
        }
    }

    /// A sign, so that colour is not all that tells.
    fileprivate var mark: String {
        switch self {
        case .complete: "✓"
        case .partial: "◐"
        case .missing: "✕"
        case .quiet: "–"
        case .unknown: "?"
        }
    }
}

extension CoverageHole {
    fileprivate var words: String {
        switch self {
        case .day: "no calls on the whole day: a holiday, or a file that is missing?"
        case .hours(let from, let to, _): "no calls from \(from):00 to \(to):00"
        case .cutAt(let hour, _): "no calls from \(hour):00 on: was the export cut?"
        case .line(let line, _): "no calls on the line \(HTML.escaped(line))"
        }
    }

    fileprivate var usually: Int {
        switch self {
        case .day(let usually), .hours(_, _, let usually), .cutAt(_, let usually), .line(_, let usually): usually
        }
    }
}

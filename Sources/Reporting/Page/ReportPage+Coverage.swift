// SPDX-License-Identifier: Apache-2.0

import CallReport
import Phrases

/// A calendar for each source: which days look complete.
extension ReportPage {
    var coverage: String {
        let sources = ledger?.coverage ?? []
        let parts = sources.map { source in
            let days = source.days.filter { day in ledger?.since.map { day.day >= $0 } ?? true }
            return "<h3>\(HTML.escaped(source.source))</h3>\n<div class=\"months\">\n"
                + months(days).joined() + "</div>\n" + holes(days)
        }
        guard parts.contains(where: { !$0.isEmpty }) else { return "" }
        return HTML.section(
            text(Phrase("Coverage")),
            HTML.paragraph(
                text(
                    Phrase(
                        """
                        A day is compared with the same weekday of the eight weeks before and after. Something is reported \
                        as missing where at least \(Int(CoverageJudge.leastExpected)) calls were to be expected and none came.
                        """))) + key + parts.joined())
    }

    private var key: String {
        let states: [CoveredDay.State] = [.complete, .partial, .missing, .quiet, .unknown]
        return "<p class=\"legend\">"
            + states.map { "<span class=\"day \($0.name)\">\($0.mark) \(HTML.escaped(text($0.label)))</span>" }.joined(
                separator: " ")
            + "</p>\n"
    }

    private func months(_ days: [CoveredDay]) -> [String] {
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

    private func month(name: String, _ days: [CoveredDay]) -> String {
        var weeks: [[CoveredDay]] = []
        for day in days {
            if weeks.isEmpty || day.day.weekday == 0 { weeks.append([]) }
            weeks[weeks.count - 1].append(day)
        }
        let heads = Self.weekdays.map { "<th scope=\"col\">\(HTML.escaped(text($0.short)))</th>" }.joined()
        let rows = weeks.map { week in
            let before = String(repeating: "<td></td>", count: week.first?.day.weekday ?? 0)
            let after = String(repeating: "<td></td>", count: 6 - (week.last?.day.weekday ?? 6))
            return "<tr>\(before)\(week.map(cell).joined())\(after)</tr>\n"
        }
        return "<table class=\"month\"><caption>\(name)</caption><thead><tr>\(heads)</tr></thead>\n"
            + "<tbody>\(rows.joined())</tbody></table>\n"
    }

    private func cell(_ day: CoveredDay) -> String {
        let number = day.day.text.suffix(2)
        let label = HTML.escaped(text(day.state.label))
        let calls = HTML.escaped(text(Phrase("\(day.calls, .call)")))
        return "<td class=\"day \(day.state.name)\" title=\"\(day.day.text): \(calls), \(label)\">\(number)"
            + "<span aria-hidden=\"true\"> \(day.state.mark)</span><span class=\"hidden\"> \(label)</span></td>"
    }

    private func holes(_ days: [CoveredDay]) -> String {
        HTML.table(
            text(Phrase("What is missing")), heads: [Phrase("Day"), Phrase("What"), Phrase("Usually")].map(text),
            texts: [1],
            rows: days.flatMap { day in
                day.holes.map {
                    [day.day.text, HTML.escaped(text($0.words)), HTML.escaped(text(Phrase("\($0.usually, .call)")))]
                }
            })
    }
}

extension CoveredDay.State {
    /// The class of the style, in English.
    fileprivate var name: String {
        switch self {
        case .complete: "complete"
        case .partial: "partial"
        case .missing: "missing"
        case .quiet: "quiet"
        case .unknown: "not judged"
        }
    }

    fileprivate var label: Phrase {
        switch self {
        case .complete: Phrase("complete")
        case .partial: Phrase("partial")
        case .missing: Phrase("missing")
        case .quiet: Phrase("quiet")
        case .unknown: Phrase("not judged")
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
    fileprivate var words: Phrase {
        switch self {
        case .day: Phrase("no calls on the whole day: a holiday, or a file that is missing?")
        case .hours(let from, let to, _): Phrase("no calls from \(from):00 to \(to):00")
        case .cutAt(let hour, _): Phrase("no calls from \(hour):00 on: was the export cut?")
        case .line(let line, _): Phrase("no calls on the line \(line)")
        }
    }

    fileprivate var usually: Int {
        switch self {
        case .day(let usually), .hours(_, _, let usually), .cutAt(_, let usually), .line(_, let usually): usually
        }
    }
}

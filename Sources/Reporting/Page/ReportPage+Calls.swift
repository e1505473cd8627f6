// SPDX-License-Identifier: Apache-2.0

import CallReport

/// How many calls there were, when and whose.
extension ReportPage {
    /// The newest day beside those before it, in a few figures.
    var overview: String {
        guard let ledger, let comparison = ledger.figures.comparison else { return "" }
        let totals = comparison.totals
        func card(_ label: String, _ value: String, _ note: String) -> String {
            "<div class=\"card\"><span class=\"label\">\(HTML.escaped(label))</span>"
                + "<strong>\(HTML.escaped(value))</strong>"
                + (note.isEmpty ? "" : "<span>\(HTML.escaped(note))</span>") + "</div>\n"
        }
        let usual = [
            comparison.meanOf7.map { "7 days before: \(Self.oneDecimal($0)) a day" },
            comparison.meanOf30.map { "30 days before: \(Self.oneDecimal($0)) a day" },
        ].compactMap { $0 }.joined(separator: "; ")
        let cards =
            card("Calls", grouped(totals.calls), usual)
            + card("Answered", grouped(totals.answered), Self.share(totals.answered, of: totals.calls))
            + card("Missed", grouped(totals.missed), Self.share(totals.missed, of: totals.incoming, "incoming calls"))
            + card("Talk time", Self.talkTime(totals.talk), "")
        return HTML.section("Newest day: \(comparison.day.text)", "<div class=\"cards\">\n\(cards)</div>\n")
    }

    var calls: String {
        guard let figures = ledger?.figures, figures.totals.calls > 0 else { return "" }
        let first = ledger?.since ?? LocalDay(.min)
        let days = figures.byDay.filter { $0.day >= first }
        let all = days.first.flatMap { first in days.last.map { (first.day.number, $0.day.number) } }
        let columns = all.map { first, last in (first...last).map { figures.totals(of: LocalDay($0)) } } ?? []
        let period = "\(days.first?.day.text ?? "") to \(days.last?.day.text ?? "")"
        return HTML.section(
            "Calls, \(period)",
            legend
                + ColumnChart(
                    title: "Calls by day", columns: columns,
                    labels: [days.first?.day.text, days.last?.day.text].compactMap { $0 }
                ).html
                + HTML.details(
                    "Figures by day", Self.table("Calls by day", "Day", days.map { ($0.day.text, $0.totals) }))
                + ColumnChart(
                    title: "Calls by hour of the day", columns: figures.byHour,
                    labels: ["0", "6", "12", "18", "24"]
                ).html
                + HTML.details(
                    "Figures by hour",
                    Self.table(
                        "Calls by hour", "Hour", figures.byHour.enumerated().map { ("\($0.offset)", $0.element) }))
                + ColumnChart(
                    title: "Calls by day of the week", columns: figures.byWeekday,
                    labels: Self.weekdays.map { String($0.prefix(2)) }
                ).html
                + HTML.details(
                    "Figures by day of the week",
                    Self.table("Calls by day of the week", "Day", Array(zip(Self.weekdays, figures.byWeekday))))
                + Self.table("Total", "Period", [(period, figures.totals)])
                + Self.named("Calls by employee", "Extension", figures.byEmployee, nobody: "no extension")
                + Self.named("Calls by line", "Line", figures.byLine, nobody: "no line"))
    }

    /// The days of the week, Monday first.
    static var weekdays: [String] { ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] }

    private var legend: String {
        "<p class=\"legend\"><span class=\"answered\">answered</span> <span class=\"missed\">missed</span> "
            + "<span class=\"other\">not connected</span></p>\n"
    }

    /// The most employees and lines that a table lists before the rest is folded away.
    private static let mostNames = 15

    private static func named(
        _ caption: String, _ head: String, _ names: [CallFigures.Named], nobody: String
    ) -> String {
        let rows = names.map { ($0.name ?? nobody, $0.totals) }
        let rest = Array(rows.dropFirst(mostNames))
        return table(caption, head, Array(rows.prefix(mostNames)))
            + (rest.isEmpty
                ? "" : HTML.details("\(grouped(rest.count)) more", table("\(caption), continued", head, rest)))
    }

    private static func table(_ caption: String, _ head: String, _ rows: [(String, CallTotals)]) -> String {
        HTML.table(
            caption,
            heads: [head, "Calls", "Incoming", "Outgoing", "Answered", "Missed", "Not connected", "Talk time"],
            rows: rows.map { name, totals in
                [
                    HTML.escaped(name), grouped(totals.calls), grouped(totals.incoming), grouped(totals.outgoing),
                    grouped(totals.answered), grouped(totals.missed), grouped(totals.notConnected),
                    talkTime(totals.talk),
                ]
            })
    }

    static func oneDecimal(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(grouped(tenths / 10)).\(tenths % 10)"
    }

    private static func share(_ part: Int, of whole: Int, _ noun: String = "calls") -> String {
        whole == 0 ? "" : "\(Int((Double(part) / Double(whole) * 100).rounded())) % of \(grouped(whole)) \(noun)"
    }

    /// How long people talked: `45 s`, `12 min`, `3 h 05 min`, `1,234 h`; hours are what work is counted in.
    static func talkTime(_ seconds: Int64) -> String {
        let minutes = Int(seconds) / 60
        if minutes < 60 { return span(seconds) }
        if minutes >= 1_000 * 60 { return "\(grouped(minutes / 60)) h" }
        return "\(minutes / 60) h \(minutes % 60 < 10 ? "0" : "")\(minutes % 60) min"
    }

    /// A time as people say it: `45 s`, `12 min`, `3 h 05 min`, `4 d 2 h`.
    static func span(_ seconds: Int64) -> String {
        let minutes = Int(seconds) / 60
        if seconds < 60 { return "\(seconds) s" }
        if minutes < 60 { return "\(minutes) min" }
        if minutes < 48 * 60 { return "\(minutes / 60) h \(minutes % 60 < 10 ? "0" : "")\(minutes % 60) min" }
        return "\(grouped(minutes / 1_440)) d \(minutes / 60 % 24) h"
    }
}

// SPDX-License-Identifier: Apache-2.0

import CallReport
import Phrases

/// How many calls there were, when and whose.
extension ReportPage {
    /// The newest day beside those before it, in a few figures.
    var overview: String {
        guard let ledger, let comparison = ledger.figures.comparison else { return "" }
        let totals = comparison.totals
        func card(_ label: Phrase, _ value: String, _ note: String) -> String {
            "<div class=\"card\"><span class=\"label\">\(HTML.escaped(text(label)))</span>"
                + "<strong>\(HTML.escaped(value))</strong>"
                + (note.isEmpty ? "" : "<span>\(HTML.escaped(note))</span>") + "</div>\n"
        }
        let usual = [
            comparison.meanOf7.map { Phrase("7 days before: \(language.decimal($0)) a day") },
            comparison.meanOf30.map { Phrase("30 days before: \(language.decimal($0)) a day") },
        ].compactMap { $0.map(text) }.joined(separator: "; ")
        let cards =
            card(Phrase("Calls"), language.number(totals.calls), usual)
            + card(
                Phrase("Answered"), language.number(totals.answered),
                share(totals.answered, of: totals.calls) { Phrase("\($0) % of \(totals.calls, .ofCall)") })
            + card(
                Phrase("Missed"), language.number(totals.missed),
                share(totals.missed, of: totals.incoming) { Phrase("\($0) % of \(totals.incoming, .ofIncomingCall)") })
            + card(Phrase("Talk time"), talkTime(totals.talk), "")
        return HTML.section(
            text(Phrase("Newest day: \(comparison.day.text)")), "<div class=\"cards\">\n\(cards)</div>\n")
    }

    var calls: String {
        guard let figures = ledger?.figures, figures.totals.calls > 0 else { return "" }
        let first = ledger?.since ?? LocalDay(.min)
        let days = figures.byDay.filter { $0.day >= first }
        let period = "\(days.first?.day.text ?? "") – \(days.last?.day.text ?? "")"
        return HTML.section(
            text(Phrase("Calls, \(period)")),
            legend + byDay(days.map { ($0.day, $0.totals) }, figures) + byHour(figures) + byWeekday(figures)
                + table(Phrase("Total"), Phrase("Period"), [(period, figures.totals)])
                + named(
                    Phrase("Calls by employee"), Phrase("Extension"), figures.byEmployee, nobody: Phrase("no extension")
                )
                + named(Phrase("Calls by line"), Phrase("Line"), figures.byLine, nobody: Phrase("no line")))
    }

    private func byDay(_ days: [(day: LocalDay, totals: CallTotals)], _ figures: CallFigures) -> String {
        let all = days.first.flatMap { first in days.last.map { (first.day.number, $0.day.number) } }
        let columns = all.map { first, last in (first...last).map { figures.totals(of: LocalDay($0)) } } ?? []
        return chart(
            Phrase("Calls by day"), columns, [days.first?.day.text, days.last?.day.text].compactMap { $0 })
            + HTML.details(
                text(Phrase("Figures by day")),
                table(Phrase("Calls by day"), Phrase("Day"), days.map { ($0.day.text, $0.totals) }))
    }

    private func byHour(_ figures: CallFigures) -> String {
        chart(Phrase("Calls by hour of the day"), figures.byHour, ["0", "6", "12", "18", "24"])
            + HTML.details(
                text(Phrase("Figures by hour")),
                table(
                    Phrase("Calls by hour"), Phrase("Hour"),
                    figures.byHour.enumerated().map { ("\($0.offset)", $0.element) }))
    }

    private func byWeekday(_ figures: CallFigures) -> String {
        let names = Self.weekdays.map { text($0.name) }
        return chart(Phrase("Calls by day of the week"), figures.byWeekday, Self.weekdays.map { text($0.short) })
            + HTML.details(
                text(Phrase("Figures by day of the week")),
                table(Phrase("Calls by day of the week"), Phrase("Day"), Array(zip(names, figures.byWeekday))))
    }

    /// The days of the week from Monday on.
    static let weekdays: [(name: Phrase, short: Phrase)] = [
        (Phrase("Monday"), Phrase("Mo")), (Phrase("Tuesday"), Phrase("Tu")), (Phrase("Wednesday"), Phrase("We")),
        (Phrase("Thursday"), Phrase("Th")), (Phrase("Friday"), Phrase("Fr")), (Phrase("Saturday"), Phrase("Sa")),
        (Phrase("Sunday"), Phrase("Su")),
    ]

    private func chart(_ title: Phrase, _ columns: [CallTotals], _ labels: [String]) -> String {
        ColumnChart(title: title, language: language, columns: columns, labels: labels).html
    }

    private var legend: String {
        func part(_ name: String, _ label: Phrase) -> String {
            "<span class=\"\(name)\">\(HTML.escaped(text(label)))</span>"
        }
        return "<p class=\"legend\">\(part("answered", Phrase("answered"))) \(part("missed", Phrase("missed"))) "
            + "\(part("other", Phrase("not connected")))</p>\n"
    }

    /// The most employees and lines that a table lists before the rest is folded away.
    private static let mostNames = 15

    private func named(_ caption: Phrase, _ head: Phrase, _ names: [CallFigures.Named], nobody: Phrase) -> String {
        let rows = names.map { ($0.name ?? text(nobody), $0.totals) }
        let rest = Array(rows.dropFirst(Self.mostNames))
        return table(caption, head, Array(rows.prefix(Self.mostNames)))
            + (rest.isEmpty
                ? ""
                : HTML.details(
                    text(Phrase("\(rest.count) more")), table(Phrase("\(caption), continued"), head, rest)))
    }

    private func table(_ caption: Phrase, _ head: Phrase, _ rows: [(String, CallTotals)]) -> String {
        let heads = [
            head, Phrase("Calls"), Phrase("Incoming"), Phrase("Outgoing"), Phrase("Answered"), Phrase("Missed"),
            Phrase("Not connected"), Phrase("Talk time"),
        ]
        return HTML.table(
            text(caption), heads: heads.map(text),
            rows: rows.map { name, totals in
                [
                    totals.calls, totals.incoming, totals.outgoing, totals.answered, totals.missed,
                    totals.notConnected,
                ].map(language.number).reduce(into: [HTML.escaped(name)]) { $0.append($1) }
                    + [HTML.escaped(talkTime(totals.talk))]
            })
    }

    private func share(_ part: Int, of whole: Int, _ words: (Int) -> Phrase) -> String {
        whole == 0 ? "" : text(words(Int((Double(part) / Double(whole) * 100).rounded())))
    }

    /// How long people talked: `45 s`, `12 min`, `3 h 05 min`, `1,234 h`; hours are what work is counted in.
    func talkTime(_ seconds: Int64) -> String {
        let minutes = Int(seconds) / 60
        if minutes < 60 { return span(seconds) }
        if minutes >= 1_000 * 60 { return text(Phrase("\(minutes / 60) h")) }
        return text(Phrase("\(minutes / 60) h \("\(minutes % 60 < 10 ? "0" : "")\(minutes % 60)") min"))
    }

    /// A time as people say it.
    func span(_ seconds: Int64) -> String { text(.span(seconds)) }
}

extension Noun {
    /// An incoming call, in "12 % of 3 incoming calls".
    static let ofIncomingCall = Noun("incoming call", "incoming calls", context: "of")
    /// A missed call.
    static let missedCall = Noun("missed call", "missed calls")
}

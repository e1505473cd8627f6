// SPDX-License-Identifier: Apache-2.0

import CallReport
import Phrases

/// Missed calls, and those that nobody called back.
extension ReportPage {
    /// How many calls are listed before the rest is folded away.
    private static let firstMissed = 20
    /// The most calls that are listed.
    private static let mostMissed = 100

    var missed: String {
        guard let missed = ledger?.figures.missed, missed.count > 0 else { return "" }
        let open = missed.neverCalledBack
        let back = missed.medianDelay.map {
            Phrase("called back: \(missed.calledBack), half of them within \(span($0))")
        }
        let sentence = Phrase(
            """
            \(missed.count, .missedCall), \(back ?? Phrase("called back: \(missed.calledBack)")); never called back: \
            \(open.count).
            """)
        // The newest first: those can still be called.
        let rows = open.reversed().prefix(Self.mostMissed).map(row)
        let rest = Array(rows.dropFirst(Self.firstMissed))
        let folded =
            open.count > Self.mostMissed
            ? Phrase("the newest \(Self.mostMissed) of \(open.count)") : Phrase("\(rest.count) more")
        return HTML.section(
            text(Phrase("Missed calls")),
            HTML.paragraph(text(sentence))
                + table(Phrase("Calls that nobody called back"), Array(rows.prefix(Self.firstMissed)))
                + (rest.isEmpty
                    ? ""
                    : HTML.details(text(folded), table(Phrase("Further calls that nobody called back"), rest))))
    }

    private func row(_ item: MissedCalls.Open) -> [String] {
        [
            HTML.escaped(shown(item.call.phone)), HTML.escaped(item.call.localStart.text),
            HTML.escaped(span(max(0, now - item.call.start))), HTML.escaped(item.call.employee ?? "-"),
            HTML.escaped(item.call.line ?? "-"), HTML.escaped(text(item.gotThrough ? Phrase("yes") : Phrase("no"))),
        ]
    }

    private func table(_ caption: Phrase, _ rows: [[String]]) -> String {
        let heads = [
            Phrase("Number"), Phrase("When"), Phrase("How long ago"), Phrase("Extension"), Phrase("Line"),
            Phrase("Got through later"),
        ]
        return HTML.table(text(caption), heads: heads.map(text), rows: rows)
    }
}

// SPDX-License-Identifier: Apache-2.0

import CallReport

/// Missed calls, and those that nobody called back.
extension ReportPage {
    /// How many calls are listed before the rest is folded away.
    private static let firstMissed = 20
    /// The most calls that are listed.
    private static let mostMissed = 100

    var missed: String {
        guard let missed = ledger?.figures.missed, missed.count > 0 else { return "" }
        let open = missed.neverCalledBack
        var text = "\(counted(missed.count, "missed call")), \(grouped(missed.calledBack)) called back"
        if let delay = missed.medianDelay { text += ", half of them within \(Self.span(delay))" }
        text += "; \(grouped(open.count)) never called back."
        // The newest first: those can still be called.
        let rows = open.reversed().prefix(Self.mostMissed).map(row)
        let rest = Array(rows.dropFirst(Self.firstMissed))
        let folded =
            open.count > Self.mostMissed
            ? "the newest \(Self.mostMissed) of \(grouped(open.count))" : "\(grouped(rest.count)) more"
        return HTML.section(
            "Missed calls",
            HTML.paragraph(text)
                + Self.table("Calls that nobody called back", Array(rows.prefix(Self.firstMissed)))
                + (rest.isEmpty ? "" : HTML.details(folded, Self.table("Further calls that nobody called back", rest))))
    }

    private func row(_ item: MissedCalls.Open) -> [String] {
        [
            HTML.escaped(shown(item.call.phone)), HTML.escaped(item.call.localStart.text),
            HTML.escaped(Self.span(max(0, now - item.call.start))), HTML.escaped(item.call.employee ?? "-"),
            HTML.escaped(item.call.line ?? "-"), item.gotThrough ? "yes" : "no",
        ]
    }

    private static func table(_ caption: String, _ rows: [[String]]) -> String {
        HTML.table(
            caption, heads: ["Number", "When", "How long ago", "Extension", "Line", "Got through later"], rows: rows)
    }
}

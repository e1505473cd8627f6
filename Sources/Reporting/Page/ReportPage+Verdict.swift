// SPDX-License-Identifier: Apache-2.0

import ExitCodes
import Phrases

/// What comes first: whether it worked, and what needs a person.
extension ReportPage {
    var verdict: String {
        guard let run = summary?.run else {
            return "<header><h1>\(HTML.escaped(capitalised(text(Phrase("no run yet")))))</h1>\n"
                + HTML.paragraph(text(Phrase("Import calls first: cdr24 import"))) + "</header>\n"
        }
        let kind =
            switch run.exitCode {
            case ExitStatus.success.rawValue: "good"
            case ExitStatus.needsAttention.rawValue, ExitStatus.workLeft.rawValue: "attention"
            default: "bad"
            }
        let message = summary?.verdictMessage.text(in: language) ?? ""
        return """
            <header class="\(kind)">
            <h1>\(HTML.escaped(capitalised(message)))</h1>
            \(HTML.paragraph(capitalised(text(summary?.runLine ?? Phrase("no run yet")))))</header>

            """
    }

    private func capitalised(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

    /// What needs a person, grouped by cause, with what to do.
    var attention: String {
        // What the run met, and what the ledger needs now: since the run somebody may have dealt with it.
        let met = (summary?.needs ?? []).filter { [.failed, .stopped, .files].contains($0.kind) }
        let open = ledger?.needs ?? (summary?.needs ?? []).filter { ![.failed, .stopped, .files].contains($0.kind) }
        let rows = (met + open).map { need in
            [HTML.sentence(text(need.line)), HTML.sentence(need.remedy.map(text) ?? "")]
        }
        let table = HTML.table(
            text(Phrase("What needs a person, and what to do")),
            heads: [text(Phrase("Cause")), text(Phrase("What to do"))], texts: [0, 1], rows: rows)
        let notes = summary?.noteLines ?? []
        let lines = notes.prefix(Self.mostWarnings).map { "<li>\(HTML.sentence(text($0)))</li>\n" }.joined()
        let rest = notes.count - Self.mostWarnings
        let more =
            rest > 0 ? "<li>\(HTML.sentence(text(Phrase("and \(rest) more: cdr24 import --verbose"))))</li>\n" : ""
        return HTML.section(text(Phrase("Needs attention")), table)
            + HTML.section(
                text(Phrase("Warnings")),
                lines.isEmpty ? "" : "<ul class=\"warnings\">\n\(lines)\(more)</ul>\n")
    }

    /// The most warnings that the page lists.
    private static let mostWarnings = 30
}

// SPDX-License-Identifier: Apache-2.0

import ExitCodes

/// What comes first: whether it worked, and what needs a person.
extension ReportPage {
    var verdict: String {
        guard let run = summary?.run else {
            return "<header><h1>No run yet</h1>\n"
                + HTML.paragraph("Import calls first: cdr24 import") + "</header>\n"
        }
        let kind =
            switch run.exitCode {
            case ExitStatus.success.rawValue: "good"
            case ExitStatus.needsAttention.rawValue, ExitStatus.workLeft.rawValue: "attention"
            default: "bad"
            }
        let portal = ledger?.status.portal.map { "Portal \($0). " } ?? ""
        return """
            <header class="\(kind)">
            <h1>\(HTML.escaped(capitalised(run.outcome)))</h1>
            \(HTML.paragraph(
                "\(portal)Run \(run.id == 0 ? "" : "\(run.id), ")\(run.startedAt) to \(run.endedAt), exit code "
                + "\(run.exitCode)\(run.dryRun ? "; dry run: nothing was written or sent" : "")."))</header>

            """
    }

    private func capitalised(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

    /// What needs a person, grouped by cause, with what to do.
    var attention: String {
        var rows = (ledger?.open ?? []).map { item in
            [
                HTML.escaped("\(item.state): \(item.reason)"), counted(item.count, "call"), HTML.escaped(item.remedy),
            ]
        }
        for (reason, count) in (ledger?.rejects ?? [:]).sorted(by: { $0.key < $1.key }) {
            rows.append([
                HTML.escaped("rejected: \(reason)"), counted(count, "record"),
                "list them with: cdr24 failures; correct them with: cdr24 failures --csv",
            ])
        }
        let table = HTML.table(
            "What needs a person, and what to do", heads: ["Cause", "How many", "What to do"], texts: [2], rows: rows)
        let warnings = (summary?.run.message.map { [$0] } ?? []) + (summary?.warnings ?? [])
        let lines = warnings.prefix(Self.mostWarnings).map { "<li>\(HTML.escaped($0))</li>\n" }.joined()
        let more =
            warnings.count > Self.mostWarnings
            ? "<li>and \(grouped(warnings.count - Self.mostWarnings)) more: cdr24 status</li>\n" : ""
        return HTML.section(
            "Needs attention", table + (lines.isEmpty ? "" : "<ul class=\"warnings\">\n\(lines)\(more)</ul>\n"))
    }

    /// The most warnings that the page lists.
    private static let mostWarnings = 30
}

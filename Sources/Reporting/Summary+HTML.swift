// SPDX-License-Identifier: Apache-2.0

extension Summary {
    /// The summary as one HTML page that needs no other file.
    package var html: String {
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
        <title>cdr24: \(escaped(run.outcome))</title>
        <style>
        body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #1c2733; }
        h1 { font-size: 1.5rem; margin-bottom: 0; } h2 { font-size: 1.1rem; margin: 1.6rem 0 .3rem; }
        p.when { color: #5b6b7b; margin-top: .2rem; }
        table { border-collapse: collapse; width: 100%; }
        td { border-top: 1px solid #e3e8ee; padding: .3rem .2rem; } td.n { text-align: right; font-variant-numeric: tabular-nums; }
        p.warning { background: #fff6df; border-left: 4px solid #e0a100; padding: .5rem .8rem; }
        .bad td { color: #a3261a; }
        @media (prefers-color-scheme: dark) {
          body { background: #14191f; color: #dfe6ee; } td { border-color: #2b3541; } p.when { color: #93a1b0; }
          p.warning { background: #3a2f10; } .bad td { color: #ff8f82; } }
        </style></head><body>
        <h1>\(escaped(run.outcome))</h1>
        <p class="when">\(escaped(run.startedAt)) to \(escaped(run.endedAt)), exit code \(run.exitCode)\
        \(run.dryRun ? ", dry run" : "")</p>
        \(warnings.map { "<p class=\"warning\">\(escaped($0))</p>" }.joined(separator: "\n"))
        \(table("Calls", callRows))
        \(table("Records", recordRows))
        \(table("Portal", portalRows))
        \(table("Files", files.map { Row("\($0.path)", $0.records) }))
        </body></html>

        """
    }

    private struct Row {
        var label: String
        var count: Int
        var isBad: Bool

        init(_ label: String, _ count: Int, isBad: Bool = false) {
            self.label = label
            self.count = count
            self.isBad = isBad
        }
    }

    private var callRows: [Row] {
        [
            Row("delivered", calls.delivered), Row("found at the portal already", calls.alreadyDelivered),
            Row("waiting for legs", calls.waiting), Row("still to send", calls.pending),
            Row("outcome not known yet", calls.unsettled, isBad: calls.unsettled > 0),
        ] + reasons("refused by the portal", calls.refused) + reasons("held for a person", calls.held)
    }

    private var recordRows: [Row] {
        [
            Row("read", records.read), Row("new calls", records.calls), Row("further legs of calls", records.merged),
            Row("of groups still waiting for legs", records.waiting), Row("late", records.late),
            Row("known already", records.duplicates),
        ] + records.skipped.sorted { $0.key < $1.key }.map { Row("skipped: \($0.key)", $0.value) }
            + reasons("rejected", records.rejected)
    }

    private var portalRows: [Row] {
        [
            Row("requests", portal.requests), Row("commands", portal.commands),
            Row("answers \"too many requests\"", portal.rateLimited),
            Row("answers \"operation time limit\"", portal.operatingLimited),
            Row("lost or unreadable answers", portal.unknownReplies),
        ]
    }

    private func reasons(_ label: String, _ counts: [String: Int]) -> [Row] {
        counts.sorted { $0.key < $1.key }.map { Row("\(label): \($0.key)", $0.value, isBad: true) }
    }

    private func table(_ title: String, _ rows: [Row]) -> String {
        guard !rows.isEmpty else { return "" }
        let body = rows.map { row in
            "<tr\(row.isBad ? " class=\"bad\"" : "")><td>\(escaped(row.label))</td>"
                + "<td class=\"n\">\(grouped(row.count))</td></tr>"
        }
        return "<h2>\(escaped(title))</h2><table>\(body.joined())</table>"
    }

    private func escaped(_ text: String) -> String {
        text.map { character in
            switch character {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            case "\"": "&quot;"
            default: String(character)
            }
        }.joined()
    }
}

// SPDX-License-Identifier: Apache-2.0

extension Summary {
    /// The summary as one HTML page that needs no other file; ends with a line break.
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
        \(ledgerRemark.map { "<p class=\"warning\">\(escaped($0))</p>" } ?? "")
        \(table("Calls", callRows))
        \(table("Records", [Row("read", records.read)] + recordRows))
        \(table("Portal", portalRows))
        \(table("Records by file", files.map { Row($0.path, $0.records) }))
        </body></html>

        """
    }

    private func table(_ title: String, _ rows: [Row]) -> String {
        guard !rows.isEmpty else { return "" }
        let body = rows.map { row in
            "<tr\(row.needsAttention && row.count > 0 ? " class=\"bad\"" : "")><td>\(escaped(row.label))</td>"
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

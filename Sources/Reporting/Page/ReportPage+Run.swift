// SPDX-License-Identifier: Apache-2.0

import Phrases

/// What the run asked of the portal, and what it made of the records.
extension ReportPage {
    var portal: String {
        guard let summary else { return "" }
        let rows = summary.callRows + summary.portalRows
        let estimate =
            summary.estimate.map { HTML.paragraph(text(Phrase("Estimate: \(Phrase.verbatim($0.text))")) + ".") } ?? ""
        let remark = summary.ledgerRemark.map { HTML.paragraph(text($0), class: "warning") } ?? ""
        return HTML.section("The last run", remark + counts("Calls and requests of the run", rows) + estimate)
    }

    var records: String {
        guard let summary, summary.records.read > 0 || !summary.files.isEmpty else { return "" }
        let rows = [Summary.Row(Phrase("read"), summary.records.read)] + summary.recordRows
        return HTML.section(
            "Records",
            counts("Records of the run", rows)
                + HTML.table(
                    "Files of the run", heads: ["File", "Records", "Bytes"], texts: [0],
                    rows: summary.files.map { [HTML.escaped($0.path), grouped($0.records), grouped(Int($0.bytes))] }))
    }

    private func counts(_ caption: String, _ rows: [Summary.Row]) -> String {
        HTML.table(
            caption, heads: ["What", "How many"],
            rows: rows.filter { $0.count != 0 }.map { row in
                let label = HTML.escaped(text(row.label))
                return [
                    row.needsAttention && row.count > 0 ? "<strong class=\"bad\">\(label)</strong>" : label,
                    grouped(row.count),
                ]
            })
    }
}

// SPDX-License-Identifier: Apache-2.0

import Phrases

/// What the run asked of the portal, and what it made of the records.
extension ReportPage {
    var portal: String {
        guard let summary else { return "" }
        let rows = summary.callRows + summary.portalRows
        let estimate =
            summary.estimateOfRest(in: language).map { HTML.paragraph(text(Phrase("Estimate: \($0)")) + ".") } ?? ""
        let remark = summary.ledgerRemark.map { HTML.paragraph(text($0), class: "warning") } ?? ""
        return HTML.section(
            text(Phrase("The last run")), remark + counts(Phrase("Calls and requests of the run"), rows) + estimate)
    }

    var records: String {
        guard let summary, summary.records.read > 0 || !summary.files.isEmpty else { return "" }
        let rows = [Summary.Row(Phrase("read"), summary.records.read)] + summary.recordRows
        return HTML.section(
            text(Phrase("Records")),
            counts(Phrase("Records of the run"), rows)
                + HTML.table(
                    text(Phrase("Files of the run")),
                    heads: [Phrase("File"), Phrase("Records"), Phrase("Bytes")].map(text),
                    texts: [0],
                    rows: fileRows(summary)))
    }

    private func fileRows(_ summary: Summary) -> [[String]] {
        func row(_ name: String, _ records: Int, _ bytes: Int64) -> [String] {
            [HTML.escaped(name), language.number(records), language.number(Int(bytes))]
        }
        return summary.files.map { row($0.path, $0.records, $0.bytes) }
            + [summary.furtherFiles].compactMap(\.self).map {
                row(text(Phrase("\($0.files, .file) not named here")), $0.records, $0.bytes)
            }
    }

    private func counts(_ caption: Phrase, _ rows: [Summary.Row]) -> String {
        HTML.table(
            text(caption), heads: [Phrase("What"), Phrase("How many")].map(text),
            rows: rows.filter { $0.count != 0 }.map { row in
                let label = HTML.escaped(text(row.label))
                return [
                    row.needsAttention && row.count > 0 ? "<strong class=\"bad\">\(label)</strong>" : label,
                    language.number(row.count),
                ]
            })
    }
}

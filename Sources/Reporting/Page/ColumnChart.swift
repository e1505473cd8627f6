// SPDX-License-Identifier: Apache-2.0

import CallReport
import Phrases

/// Columns of answered, missed and other calls, drawn as SVG; the labels beneath are text of the page, so that they keep
/// their size on a phone.
struct ColumnChart {
    /// What the chart shows, for those who do not see it.
    let title: Phrase
    /// The language of the texts.
    let language: Language
    /// One column each, from left to right.
    let columns: [CallTotals]
    /// Labels beneath: one for each column, else spread evenly.
    let labels: [String]

    private static let height = 100

    var html: String {
        guard let most = columns.map(\.calls).max(), most > 0 else { return "" }
        var shapes = ""
        for (index, column) in columns.enumerated() where column.calls > 0 {
            var top = 0.0
            for (name, count) in [
                ("other", column.notConnected), ("missed", column.missed), ("answered", column.answered),
            ] where count > 0 {
                let size = Double(count) / Double(most) * Double(Self.height)
                shapes +=
                    "<rect class=\"\(name)\" x=\"\(index * 10 + 1)\" y=\"\(Self.rounded(Double(Self.height) - top - size))\" "
                    + "width=\"8\" height=\"\(Self.rounded(size))\"/>"
                top += size
            }
        }
        let labels = labels.map { "<span>\(HTML.escaped($0))</span>" }.joined()
        return """
            <figure class="chart">
            <figcaption>\(HTML.escaped(text(Phrase("\(title), at most \(most)"))))</figcaption>
            <svg role="img" aria-label="\(HTML.escaped(text(Phrase("\(title): \(inWords)"))))" viewBox="0 0 \(columns.count * 10) \
            \(Self.height)" preserveAspectRatio="none">\(shapes)</svg>
            <div class="labels\(isLabelledEach ? " each" : "")" aria-hidden="true">\(labels)</div>
            </figure>

            """
    }

    private var isLabelledEach: Bool { labels.count == columns.count }

    private func text(_ phrase: Phrase) -> String { phrase.text(in: language) }

    private var inWords: Phrase {
        let sum = columns.reduce(CallTotals()) { $0.adding($1) }
        return Phrase(
            """
            \(sum.calls, .call), answered: \(sum.answered), missed: \(sum.missed), not connected: \(sum.notConnected); the \
            table beneath has the figures
            """)
    }

    private static func rounded(_ size: Double) -> String { String((size * 100).rounded() / 100) }
}

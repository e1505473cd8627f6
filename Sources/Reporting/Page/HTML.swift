// SPDX-License-Identifier: Apache-2.0

/// Pieces of HTML pages.
enum HTML {
    /// A text with everything replaced that HTML would read as its own.
    static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.append(character)
            }
        }
        return result
    }

    /// A text whose lines may end at spaces, but not within an option or a date: `--csv` is one word.
    static func sentence(_ text: String) -> String {
        text.split(separator: " ", omittingEmptySubsequences: false).map { word in
            let isWhole = word.hasPrefix("--") || word.firstMatch(of: #/^\d{4}-\d{2}-\d{2}/#) != nil
            return isWhole ? "<span class=\"whole\">\(escaped(String(word)))</span>" : escaped(String(word))
        }.joined(separator: " ")
    }

    /// A table with a caption that screen readers announce, scrollable by keyboard where it is wider than the page.
    ///
    /// - Parameters:
    ///   - heads: The column heads, as text; the first column names the row.
    ///   - texts: The columns that hold sentences, from 0; all others hold figures and names, which are not broken.
    ///   - rows: The cells, as HTML.
    static func table(_ caption: String, heads: [String], texts: Set<Int> = [], rows: [[String]]) -> String {
        guard !rows.isEmpty else { return "" }
        func kind(_ index: Int) -> String { texts.contains(index) ? " class=\"text\"" : "" }
        let head = heads.enumerated().map { "<th scope=\"col\"\(kind($0))>\(escaped($1))</th>" }.joined()
        let body = rows.map { row in
            let cells = row.enumerated().map { index, cell in
                index == 0
                    ? "<th scope=\"row\"\(kind(index))>\(cell)</th>" : "<td\(kind(index))>\(cell)</td>"
            }
            return "<tr>\(cells.joined())</tr>\n"
        }
        return """
            <div class="scroll" role="region" aria-label="\(escaped(caption))" tabindex="0"><table>
            <caption>\(escaped(caption))</caption>
            <thead><tr>\(head)</tr></thead>
            <tbody>\(body.joined())</tbody></table></div>

            """
    }

    /// A part of the page under a heading.
    static func section(_ title: String, _ content: String) -> String {
        content.isEmpty ? "" : "<section>\n<h2>\(sentence(title))</h2>\n\(content)</section>\n"
    }

    /// What most readers do not need, behind a line that opens it.
    static func details(_ title: String, _ content: String) -> String {
        content.isEmpty ? "" : "<details><summary>\(escaped(title))</summary>\n\(content)</details>\n"
    }

    static func paragraph(_ text: String, class name: String? = nil) -> String {
        "<p\(name.map { " class=\"\($0)\"" } ?? "")>\(sentence(text))</p>\n"
    }
}

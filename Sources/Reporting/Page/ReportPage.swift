// SPDX-License-Identifier: Apache-2.0

package import CallReport
package import Phrases

/// The report: one HTML page that needs no other file and no network.
package struct ReportPage: Sendable {
    /// What the page says of the ledger's calls.
    package struct LedgerPart: Sendable {
        /// The ledger's state.
        package var status: LedgerStatus
        /// What needs a person now, with what to do.
        package var needs: [Need] = []
        /// The calls of the period.
        package var figures: CallFigures
        /// The days of every source.
        package var coverage: [SourceCoverage] = []
        /// The beginning of the period; `nil`: from the first call on.
        package var since: LocalDay?

        /// What a ledger holds; see the properties.
        package init(status: LedgerStatus, figures: CallFigures) {
            self.status = status
            self.figures = figures
        }
    }

    /// The run that the page is about: the last one; `nil` where there was none.
    package var summary: Summary?
    /// The ledger's calls; `nil` where it could not be read.
    package var ledger: LedgerPart?
    /// When the page was made, as text.
    package var madeAt = ""
    /// The machine's name.
    package var host = ""
    /// The language of the page.
    package var language = Language.english
    /// Whether clients' numbers are shown as they are.
    package var showsNumbers = false
    /// The moment of the report in seconds since 1970, for "how long ago".
    package var now: Int64 = 0

    /// A page about nothing.
    package init() {}

    /// The page; ends with a line break.
    package var html: String {
        """
        <!doctype html>
        <html lang="\(language.rawValue)">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>\(HTML.escaped(title))</title>
        <style>
        \(Self.style)
        </style>
        </head>
        <body>
        <main>
        \(verdict)\(attention)\(overview)\(calls)\(missed)\(coverage)\(portal)\(records)</main>
        <footer>
        \(HTML.paragraph(origin))</footer>
        </body>
        </html>

        """
    }

    /// A phrase in the language of the page.
    func text(_ phrase: Phrase) -> String { phrase.text(in: language) }

    private var title: String {
        let verdict = summary?.verdictMessage ?? Phrase("no run yet")
        return text(ledger?.status.portal.map { Phrase("cdr24 for \($0): \(verdict)") } ?? Phrase("cdr24: \(verdict)"))
    }

    private var origin: String {
        let place = host.isEmpty ? Phrase("this machine") : .verbatim(host)
        let when = Phrase("\(LocalTime.text(madeAt)) (\(LocalTime.zoneName(at: madeAt)))")
        return text(
            ledger.map { Phrase("Made by cdr24 on \(place) at \(when), ledger \($0.status.path).") }
                ?? Phrase("Made by cdr24 on \(place) at \(when)."))
    }

    /// A client's number as this page shows it.
    func shown(_ number: String) -> String { showsNumbers ? number : maskedNumber(number) }
}

// SPDX-License-Identifier: Apache-2.0

extension Summary {
    /// The summary as the page that an administrator reads in the morning; ends with a line break.
    package var text: String {
        var page = Page()
        page.line("cdr24 import: \(run.outcome)")
        if run.dryRun { page.line("Dry run: nothing was written or sent.") }
        page.row(
            "run", "\(run.id == 0 ? "" : "\(run.id), ")\(period), exit code \(run.exitCode)")
        if let until = run.until { page.row("until", LocalTime.text(until)) }
        for file in files.prefix(Self.mostFiles) {
            page.row(
                "file", "\(file.path): \(counted(file.records, "record")), \(counted(Int(file.bytes), "byte"))")
        }
        if files.count > Self.mostFiles {
            page.row("", "and \(counted(files.count - Self.mostFiles, "further file"))")
        }
        if let unchangedFiles {
            page.row("", "\(counted(unchangedFiles, "file")) not read again, unchanged since they were read")
        }
        if let movedFiles, movedFiles > 0 { page.row("", "\(counted(movedFiles, "file")) moved, all calls done") }
        page.heading("Records", records.read)
        page.counts(recordRows)
        page.heading("Calls", nil)
        page.counts(callRows, always: "delivered")
        if let ledgerRemark { page.line("  \(ledgerRemark)") }
        if run.dryRun, let estimate { page.line("Estimate: \(estimate.text)") }
        if portal.requests > 0 {
            page.heading("Portal", nil)
            page.counts(portalRows)
        }
        for warning in warnings { page.line("! \(warning)") }
        for neighbour in neighbours ?? [] { page.lines(neighbour.lines) }
        if neighbours?.isEmpty == false { page.lines(Neighbour.waysOn) }
        if let sentence = attention.sentence { page.line("! \(sentence)") }
        return page.text
    }
}

extension Summary {
    /// How many files the text names.
    private static let mostFiles = 50

    /// From when to when the run lasted, with the zone of the two times.
    var period: String {
        """
        \(LocalTime.text(run.startedAt)) to \(LocalTime.text(run.endedAt)) \
        (\(LocalTime.zoneName(at: run.startedAt)))
        """
    }
}

/// A page of labelled lines with aligned numbers.
private struct Page {
    var text = ""

    mutating func line(_ line: String) { text += line + "\n" }

    mutating func lines(_ lines: [String]) {
        for text in lines { line(text) }
    }

    mutating func row(_ label: String, _ value: String) {
        line("  \(label.padded(to: 5)) \(value)")
    }

    mutating func heading(_ title: String, _ count: Int?) {
        line(count.map { "\(title.padded(to: 38)) \(grouped($0).leftPadded(to: 11))" } ?? title)
    }

    /// The rows that count something; one of them even if it does not.
    mutating func counts(_ rows: [Summary.Row], always label: String? = nil) {
        for row in rows where row.count != 0 || row.label == label {
            line("  \(row.label.padded(to: 36)) \(grouped(row.count).leftPadded(to: 11))")
        }
    }
}

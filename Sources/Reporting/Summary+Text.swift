// SPDX-License-Identifier: Apache-2.0

package import Phrases

extension Summary {
    /// The summary in English as the page that an administrator reads in the morning; ends with a line break.
    package var text: String { text(in: .english) }

    /// The summary as a page that fits a mail: the verdict, what needs a person, figures; ends with a line break.
    package func text(in language: Language) -> String { text(in: language, isVerbose: false) }

    /// The summary as a page.
    ///
    /// - Parameter isVerbose: Whether every need, count, file and warning is listed, on as many lines as that takes.
    package func text(in language: Language, isVerbose: Bool) -> String {
        var page = SummaryPage(language: language)
        page.line(Phrase("cdr24 import: \(verdictMessage)"))
        page.line(Phrase("  \(runLine)"))
        // Why a run stopped is its verdict already.
        let (stopped, open) = (needs.filter { $0.kind == .stopped }, needs.filter { $0.kind != .stopped })
        for remedy in stopped.compactMap(\.remedy) { page.line(Phrase("  \(remedy)")) }
        let figures = !hasBegun ? [] : isVerbose ? tables(language) : brief(language)
        let others = neighbourLines(language)
        let notes = noteLines.count == 0 ? [] : isVerbose ? self.notes ?? warnings.map(Phrase.verbatim) : noteLines
        var left = isVerbose ? Int.max : Self.mostLines - page.count - figures.count - others.count - 5
        page.needs(open, since: attention.since.map { LocalTime.day($0) }, spare: min(notes.count, 3), &left)
        page.add(others)
        page.add(figures)
        page.notes(notes, &left)
        return page.text
    }

    /// How many lines a mail has at most.
    static let mostLines = 30

    /// The verdict; of an earlier version's summary its outcome.
    package var verdictMessage: Phrase { verdict?.message ?? .verbatim(run.outcome) }

    /// Which run it was, for which portal, and when.
    var runLine: Phrase {
        let dry = run.dryRun ? Phrase("dry run: nothing was written or sent") : nil
        let which = run.id == 0 ? nil : Phrase("run \("\(run.id)")")
        let whom = run.portal.map { Phrase("portal \($0)") }
        let when = Phrase(
            """
            \(LocalTime.text(run.startedAt)) to \(LocalTime.text(run.endedAt)) (\(LocalTime.zoneName(at: run.startedAt)))
            """)
        let until = run.until.map { Phrase("until \(LocalTime.text($0))") }
        return Phrase("\([dry, which, whom, when, until, Phrase("exit code \(run.exitCode)")].compactMap(\.self))")
    }

    /// The figures, a line for each kind.
    private func brief(_ language: Language) -> [String] {
        func line(_ title: Phrase, _ text: String) -> String {
            "\(title.text(in: language).padded(to: 9)) \(text)"
        }
        func counts(_ rows: [Row]) -> String {
            rows.filter { $0.count != 0 }.map { "\($0.label.text(in: language)) \(language.number($0.count))" }
                .joined(separator: ", ")
        }
        var lines: [String] = []
        let calls = counts(briefCallRows)
        let remark = ledgerRemark?.text(in: language)
        lines.append(
            line(
                Phrase("Calls"),
                [calls, remark ?? ""].filter { !$0.isEmpty }.joined(separator: ", ").ifEmpty(
                    "\(Phrase("delivered").text(in: language)) 0")))
        if records.read > 0 {
            lines.append(line(Phrase("Records"), counts([Row(Phrase("read"), records.read)] + briefRecordRows)))
        }
        let files = ([fileLine].compactMap(\.self) + otherFiles).map { $0.text(in: language) }
        if !files.isEmpty { lines.append(line(Phrase("Files"), files.joined(separator: ", "))) }
        if portal.requests > 0 { lines.append(line(Phrase("Portal"), counts(portalRows))) }
        if run.dryRun, let estimate = estimatePhrase(in: language) {
            lines.append(line(Phrase("Estimate:"), estimate.text(in: language)))
        }
        return lines
    }

    private var fileLine: Phrase? {
        let bytes = Int(files.reduce(furtherFiles?.bytes ?? 0) { $0 + $1.bytes })
        switch files.count {
        case 0: return nil
        case 1: return Phrase("\(files[0].path): \(files[0].records, .record), \(bytes, .byte)")
        default: return Phrase("\(files.count + (furtherFiles?.files ?? 0), .file), \(bytes, .byte)")
        }
    }

    /// What became of files that were not read, and of those that are done.
    private var otherFiles: [Phrase] {
        var phrases: [Phrase] = []
        if let unchangedFiles {
            phrases.append(Phrase("\(unchangedFiles, .file) not read again, unchanged since they were read"))
        }
        if let movedFiles, movedFiles > 0 { phrases.append(Phrase("\(movedFiles, .file) moved, all calls done")) }
        return phrases
    }

    /// The figures, each on a line of its own.
    private func tables(_ language: Language) -> [String] {
        var table = FigureTable(language: language)
        for file in files {
            table.line(Phrase("file \(file.path): \(file.records, .record), \(Int(file.bytes), .byte)"))
        }
        if let more = furtherFiles {
            table.line(
                Phrase("\(more.files, .file) not named here: \(more.records, .record), \(Int(more.bytes), .byte)"))
        }
        for phrase in otherFiles { table.line(phrase) }
        table.heading(Phrase("Records"), records.read)
        table.counts(recordRows)
        table.heading(Phrase("Calls"), nil)
        table.counts([callRows[0]], keepsZero: true)
        table.counts(Array(callRows.dropFirst()))
        if let ledgerRemark { table.line(Phrase("  \(ledgerRemark)")) }
        if run.dryRun, let estimate = estimatePhrase(in: language) { table.line(Phrase("Estimate: \(estimate)")) }
        if portal.requests > 0 {
            table.heading(Phrase("Portal"), nil)
            table.counts(portalRows)
        }
        return table.lines
    }

    private func neighbourLines(_ language: Language) -> [String] {
        guard let neighbours, !neighbours.isEmpty else { return [] }
        return (neighbours.flatMap(\.lines) + Neighbour.waysOn).map { $0.text(in: language) }
    }
}

extension String {
    fileprivate func ifEmpty(_ other: String) -> String { isEmpty ? other : self }
}

/// The lines of a summary.
private struct SummaryPage {
    let language: Language
    private var lines: [String] = []

    init(language: Language) { self.language = language }

    var text: String { lines.joined(separator: "\n") + "\n" }
    var count: Int { lines.count }

    mutating func line(_ phrase: Phrase) { lines.append(phrase.text(in: language)) }

    mutating func add(_ more: [String]) { lines += more }

    /// What needs a person: as much as there is room for, with two lines for each.
    ///
    /// - Parameters:
    ///   - spare: How many lines are kept for what follows.
    ///   - left: How many lines may still be written.
    mutating func needs(_ needs: [Need], since day: String?, spare: Int, _ left: inout Int) {
        guard !needs.isEmpty else { return }
        let room = left == .max ? needs.count : max(1, (left - spare - 1) / 2)
        line(day.map { Phrase("Needs attention (the oldest since \($0)):") } ?? Phrase("Needs attention:"))
        for need in needs.prefix(room) {
            line(Phrase("! \(need.line)"))
            if let remedy = need.remedy { line(Phrase("    \(remedy)")) }
        }
        if needs.count > room {
            line(Phrase("  and \(needs.count - room) more: cdr24 failures, cdr24 import --verbose"))
        }
        if left != .max { left -= 2 * min(room, needs.count) + 1 }
    }

    mutating func notes(_ notes: [Phrase], _ left: inout Int) {
        guard !notes.isEmpty else { return }
        line(Phrase("Warnings:"))
        let room = max(1, left)
        for note in notes.prefix(room) { line(Phrase("- \(note)")) }
        if notes.count > room { line(Phrase("  and \(notes.count - room) more: cdr24 import --verbose")) }
    }
}

/// Labelled lines with aligned numbers.
private struct FigureTable {
    let language: Language
    private(set) var lines: [String] = []

    init(language: Language) { self.language = language }

    mutating func line(_ phrase: Phrase) { lines.append(phrase.text(in: language)) }

    mutating func heading(_ title: Phrase, _ count: Int?) {
        let title = title.text(in: language)
        lines.append(count.map { "\(title.padded(to: 38)) \(language.number($0).leftPadded(to: 11))" } ?? title)
    }

    /// The rows that count something.
    mutating func counts(_ rows: [Summary.Row], keepsZero: Bool = false) {
        for row in rows where row.count != 0 || keepsZero {
            let label = "\(row.isPart ? "    " : "  ")\(row.label.text(in: language))"
            lines.append("\(label.padded(to: 38)) \(language.number(row.count).leftPadded(to: 11))")
        }
    }
}

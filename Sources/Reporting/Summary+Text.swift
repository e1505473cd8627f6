// SPDX-License-Identifier: Apache-2.0

extension Summary {
    /// The summary as the page that an administrator reads in the morning; ends with a line break.
    package var text: String {
        var page = Page()
        page.line("cdr24 import: \(run.outcome)\(run.dryRun ? " (dry run: nothing was written or sent)" : "")")
        page.row(
            "run", "\(run.id == 0 ? "" : "\(run.id), ")\(run.startedAt) to \(run.endedAt), exit code \(run.exitCode)")
        for file in files {
            page.row("file", "\(file.path): \(grouped(file.records)) records, \(grouped(Int(file.bytes))) bytes")
        }
        writeRecords(to: &page)
        writeCalls(to: &page)
        if run.dryRun, let estimate { page.line("Estimate: \(estimate.text)") }
        if portal.requests > 0 { writePortal(to: &page) }
        for warning in warnings { page.line("! \(warning)") }
        return page.text
    }

    private func writeRecords(to page: inout Page) {
        page.heading("Records", records.read)
        page.count("new calls", records.calls)
        page.count("further legs of calls", records.merged)
        page.count("of groups still waiting for legs", records.waiting)
        page.count("late, after their call was sent", records.late)
        page.count("known already", records.duplicates)
        page.counts("skipped", records.skipped)
        page.counts("rejected", records.rejected)
    }

    private func writeCalls(to page: inout Page) {
        page.heading("Calls", nil)
        page.count("delivered", calls.delivered, always: true)
        page.count("found at the portal already", calls.alreadyDelivered)
        page.count("waiting for legs", calls.waiting)
        page.count(run.dryRun ? "would be sent" : "still to send", calls.pending)
        page.count("outcome not known yet", calls.unsettled)
        page.counts("refused by the portal", calls.refused)
        page.counts("held for a person", calls.held)
    }

    private func writePortal(to page: inout Page) {
        page.heading("Portal", nil)
        page.count("requests", portal.requests)
        page.count("commands", portal.commands)
        page.count("answers \"too many requests\"", portal.rateLimited)
        page.count("answers \"operation time limit\"", portal.operatingLimited)
        page.count("repeated requests", portal.retries)
        page.count("lost or unreadable answers", portal.unknownReplies)
        if portal.waitSeconds >= 1 { page.count("seconds waited for the pace", Int(portal.waitSeconds)) }
    }
}

/// A page of labelled lines with aligned numbers.
private struct Page {
    var text = ""

    mutating func line(_ line: String) { text += line + "\n" }

    mutating func row(_ label: String, _ value: String) {
        line("  \(label.padded(to: 5)) \(value)")
    }

    mutating func heading(_ title: String, _ count: Int?) {
        line(count.map { "\(title.padded(to: 38)) \(grouped($0).leftPadded(to: 11))" } ?? title)
    }

    mutating func count(_ label: String, _ count: Int, always: Bool = false) {
        guard count != 0 || always else { return }
        line("  \(label.padded(to: 36)) \(grouped(count).leftPadded(to: 11))")
    }

    mutating func counts(_ label: String, _ counts: [String: Int]) {
        for (reason, count) in counts.sorted(by: { $0.key < $1.key }) {
            self.count("\(label): \(reason)", count)
        }
    }
}

/// A number with its digits in groups of three.
func grouped(_ number: Int) -> String {
    var digits = String(number.magnitude)
    var end = digits.count
    while end > 3 {
        end -= 3
        digits.insert(",", at: digits.index(digits.startIndex, offsetBy: end))
    }
    return (number < 0 ? "-" : "") + digits
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }

    fileprivate func leftPadded(to width: Int) -> String {
        String(repeating: " ", count: max(0, width - count)) + self
    }
}

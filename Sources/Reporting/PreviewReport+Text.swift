// SPDX-License-Identifier: Apache-2.0

extension PreviewReport {
    /// How many records of a call are shown in full.
    private static let mostRecords = 4

    /// The report for a terminal of 80 columns; ends with a line break.
    package var text: String {
        var page = TerminalPage()
        page.put("\(file): \(format), \(counted(records, "record")), \(counted(callCount, "call"))")
        for note in notes { page.put(note, after: "  ! ") }
        putTable(on: &page)
        for (index, call) in calls.enumerated() { put(call, number: index + 1, on: &page) }
        if callCount > calls.count { page.put("… and \(counted(callCount - calls.count, "more call")) (see --limit)") }
        put("skipped", skipped, skippedCounts, on: &page)
        put("rejected", rejected, rejectedCounts, on: &page)
        return page.text
    }

    /// One line for each call that is shown, so that a wrong direction or employee is seen at once.
    private func putTable(on page: inout TerminalPage) {
        guard calls.count > 1 else { return }
        page.put("")
        page.put(Self.row(["call", "start", "", "phone", "employee", "talk", "status", "rec"]))
        for (index, call) in calls.enumerated() {
            let start = String(call.start.prefix(19)).replacing("T", with: " ")
            let way = call.direction == "outgoing" ? "->" : "<-"
            page.put(
                Self.row([
                    "\(index + 1)", start, way, call.phone, call.employee, "\(call.talkSeconds)", call.status,
                    "\(call.records.count)",
                ]))
        }
    }

    /// The columns of the table: 80 with the spaces between them. What is too long is cut, the numbers stand right.
    private static let widths = [4, 19, 2, 16, 18, 5, 6, 3]

    private static func row(_ cells: [String]) -> String {
        let texts = zip(cells, widths).enumerated().map { index, cell in
            let (text, width) = cell
            let kept = text.count > width ? String(text.prefix(width - 1)) + "…" : text
            let space = String(repeating: " ", count: max(0, width - TerminalPage.columns(kept)))
            return [0, 5, 7].contains(index) ? space + kept : kept + space
        }
        return texts.joined(separator: " ")
    }

    private func put(_ call: Call, number: Int, on page: inout TerminalPage) {
        page.put("")
        page.put("call \(number)  \(call.key)")
        page.put("\(call.start)  \(call.direction)  \(call.phone)", after: "  ")
        var rest = "employee \(call.employee), line \(call.line), \(call.talkSeconds) s, status \(call.status)"
        if !call.failedReason.isEmpty { rest += " (\(call.failedReason))" }
        page.put(rest, after: "  ")
        if !call.folding.isEmpty { page.put(call.folding, after: "  ") }
        for note in call.notes { page.put(note, after: "  ! ") }
        for record in call.records.prefix(Self.mostRecords) { put(record, on: &page) }
        if call.records.count > Self.mostRecords {
            let lines = call.records.dropFirst(Self.mostRecords).map { "\($0.line)" }.joined(separator: ", ")
            page.put("more records at lines \(lines) (use --json to see them)", after: "  ")
        }
        for request in call.requests {
            page.put(request.method, after: "  > ")
            for parameter in request.parameters { page.put("\(parameter.name) = \(parameter.value)", after: "      ") }
        }
    }

    private func put(_ record: Record, on page: inout TerminalPage) {
        page.put("line \(record.line)", after: "  ")
        for field in record.fields {
            let value = field.value.isEmpty ? "-" : field.value
            let columns = field.columns.map { column in
                let place = column.number.map { "\($0) " } ?? ""
                return "\(place)\(column.name ?? "")\(column.name == nil ? "" : " ")\"\(column.text)\""
            }
            var origin = field.branches.joined(separator: ", ")
            if !columns.isEmpty { origin += (origin.isEmpty ? "" : ": ") + columns.joined(separator: "; ") }
            let name = String(field.rule.prefix(10)).padded(to: 10)
            page.put(origin.isEmpty ? value : "\(value)  <- \(origin)", after: "    \(name)")
        }
    }

    private func put(
        _ title: String, _ examples: [LeftOut], _ counts: [String: Int], on page: inout TerminalPage
    ) {
        guard !counts.isEmpty else { return }
        page.put("")
        let sums = counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        page.put("\(title): \(sums)")
        for example in examples {
            let lines = example.lines.prefix(6).map { "\($0)" }.joined(separator: ", ")
            let more = example.lines.count > 6 ? ", …" : ""
            let message = example.message.isEmpty ? "" : ": \(example.message)"
            page.put("line \(lines)\(more)  \(example.reason)\(message)", after: "  ")
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation

extension PreviewReport {
    /// The report as JSON.
    package var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
        }
    }

    /// How many records of a call are shown in full.
    private static let mostRecords = 4

    /// The report for a terminal of 80 columns.
    package var text: String {
        var page = TerminalPage()
        page.put("\(file): \(format), \(records) records, \(callCount) calls")
        for note in notes { page.put(note, after: "  ! ") }
        for (index, call) in calls.enumerated() { put(call, number: index + 1, on: &page) }
        if callCount > calls.count { page.put("… and \(callCount - calls.count) more calls: see --limit") }
        put("skipped", skipped, skippedCounts, on: &page)
        put("rejected", rejected, rejectedCounts, on: &page)
        return page.text
    }

    private func put(_ call: Call, number: Int, on page: inout TerminalPage) {
        page.put("")
        page.put("call \(number)  \(call.key)")
        page.put("\(call.start)  \(call.direction)  \(call.phone)", after: "  ")
        var rest = "employee \(call.employee), line \(call.line), \(call.talkSeconds) s, status \(call.status)"
        if !call.failedReason.isEmpty { rest += " (\(call.failedReason))" }
        page.put(rest, after: "  ")
        for note in call.notes { page.put(note, after: "  ! ") }
        for record in call.records.prefix(Self.mostRecords) { put(record, on: &page) }
        if call.records.count > Self.mostRecords {
            let lines = call.records.dropFirst(Self.mostRecords).map { "\($0.line)" }.joined(separator: ", ")
            page.put("further records: lines \(lines); --json shows them in full", after: "  ")
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
            let name = field.rule.padding(toLength: 10, withPad: " ", startingAt: 0)
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

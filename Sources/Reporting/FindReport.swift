// SPDX-License-Identifier: Apache-2.0

/// Where a client's calls went, for `cdr24 find`.
package struct FindReport: CommandReport, Equatable {
    /// The name and version of this form of report.
    package let schema = "cdr24.find/1"
    /// The number that was looked for, as it was given.
    package let number: String
    /// The only day that was looked at, `yyyy-mm-dd`; `nil`: all.
    package let day: String?
    /// The calls of the ledger, in the order of their starts.
    package var calls: [Call] = []
    /// The records of the files, in their order.
    package var records: [Record] = []
    /// Calls that are not listed.
    package var moreCalls = 0
    /// Records that are not listed.
    package var moreRecords = 0
    /// What was not searched, and why; one sentence each without a full stop.
    package var notes: [String] = []

    /// A report without findings.
    package init(number: String, day: String?) {
        self.number = number
        self.day = day
    }

    /// The calls, the records and what became of each; ends with a line break.
    package var text: String {
        var text = "calls in the ledger: \(grouped(calls.count + moreCalls))\n"
        for call in calls { text += call.text }
        if moreCalls > 0 { text += "  … and \(grouped(moreCalls)) more; choose a day with --day\n" }
        text += "records in the files: \(grouped(records.count + moreRecords))\n"
        for record in records { text += record.text }
        if moreRecords > 0 { text += "  … and \(grouped(moreRecords)) more; choose a day with --day\n" }
        for note in notes { text += "! \(note)\n" }
        if let call = calls.first { text += "one call's whole life: cdr24 show \(call.key)\n" }
        return text
    }
}

extension FindReport {
    /// A call of the ledger.
    package struct Call: Sendable, Equatable, Encodable {
        /// The call key.
        package let key: String
        /// The state's name.
        package let state: String
        /// Why it is held or refused; `nil` otherwise.
        package let reason: String?
        /// The portal's own words, or more about the reason.
        package let note: String?
        /// When it began: ISO 8601, UTC.
        package let start: String
        /// The same by the clock of the phone system, for people.
        package let localStart: String
        /// Incoming, outgoing, and so on.
        package let direction: String
        /// The employee's extension.
        package let employee: String?
        /// The portal's CALL_ID.
        package let portalCallID: String?
        /// The ID of its row in the portal's statistics.
        package let statisticID: Int64?

        /// A call; see the properties.
        package init(
            key: String, state: String, reason: String?, note: String?, start: String, localStart: String,
            direction: String,
            employee: String?, portalCallID: String?, statisticID: Int64?
        ) {
            self.key = key
            self.state = state
            self.reason = reason
            self.note = note
            self.start = start
            self.localStart = localStart
            self.direction = direction
            self.employee = employee
            self.portalCallID = portalCallID
            self.statisticID = statisticID
        }

        private enum CodingKeys: String, CodingKey {
            case key, state, reason, note, start, direction, employee, portalCallID, statisticID
        }

        fileprivate var text: String {
            let cause = [reason, note].compactMap(\.self).joined(separator: ", ")
            return
                "  \(localStart) \(key): \(direction)\(employee.map { ", extension \($0)" } ?? ""), \(stateLabel(state))"
                + (cause.isEmpty ? "" : " (\(cause))") + (statisticID.map { ", portal row \($0)" } ?? "") + "\n"
        }
    }

    /// A record of a file.
    package struct Record: Sendable, Equatable, Encodable {
        /// The file.
        package let path: String
        /// The line on which the record begins, from 1.
        package let line: Int
        /// What became of it: `call` (it is part of one), `late`, `skipped`, `rejected`, or `new` (not imported yet).
        package var fate = "new"
        /// The rule that skipped or rejected it, as a stable camel-case word.
        package var reason: String?
        /// More about the fate: the state of the call, or what was expected and found.
        package var message: String?
        /// The key of its call.
        package var key: String?
        /// When its leg began: ISO 8601, UTC.
        package var start: String?

        /// A record of which nothing is known yet.
        package init(path: String, line: Int) {
            self.path = path
            self.line = line
        }

        fileprivate var text: String {
            let place = "  \(path):\(line): "
            switch fate {
            case "call": return place + "part of \(key ?? "a call"), \(message.map(stateLabel) ?? "")\n"
            case "late": return place + "came after \(key ?? "its call") was delivered, and was not sent\n"
            case "new": return place + "not imported yet; run: cdr24 import\n"
            default:
                return place + "\(fate) (\(reason ?? ""))\(message.map { ": \($0)" } ?? "")\n"
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

/// What needs a person, for `cdr24 failures`.
package struct FailureList: Sendable, Equatable {
    /// Rejected records: in the order of their files, those of the newest run first.
    package var rejects: [Reject] = []
    /// Refused and held calls.
    package var calls: [Call] = []
    /// The rejected records as a file that can be corrected and imported again.
    package var csv: [UInt8] = []
    /// Whether ``csv`` is not what stood in the files, which had several encodings, but UTF-8.
    package var isConverted = false

    /// A list without entries.
    package init() {}

    /// The list as text; ends with a line break, and says so when there is nothing.
    package var text: String {
        if rejects.isEmpty, calls.isEmpty { return "no rejected records, no refused or held calls\n" }
        var text = ""
        for reject in rejects { text += reject.text }
        for call in calls { text += call.text }
        return text
    }
}

extension FailureList {
    /// A record that cannot become a call.
    package struct Reject: Sendable, Equatable {
        /// The file, as the import named it.
        package let path: String
        /// The line of the file on which the record begins, from 1.
        package let line: Int
        /// The offset of the record's first byte in the file, unpacked if it is packed.
        package let byte: Int64
        /// The column at fault, from 1; `nil` where it is not known.
        package let column: Int?
        /// Why, as a stable camel-case word.
        package let reason: String
        /// What was expected and what was found, without a full stop.
        package let message: String
        /// The record as it stands in the file.
        package let raw: [UInt8]
        /// The record as UTF-8.
        package let content: [UInt8]

        /// A rejected record; see the properties.
        package init(
            path: String, line: Int, byte: Int64, column: Int?, reason: String, message: String, raw: [UInt8],
            content: [UInt8]
        ) {
            self.path = path
            self.line = line
            self.byte = byte
            self.column = column
            self.reason = reason
            self.message = message
            self.raw = raw
            self.content = content
        }

        /// The record as two lines of text: where and why, and how it begins.
        package var text: String {
            let place = "byte \(byte)" + (column.map { ", column \($0)" } ?? "")
            return "\(path):\(line): \(reason): \(message) (\(place))\n  \(beginning)\n"
        }

        /// The first 160 characters of the record, without what would disturb a terminal.
        private var beginning: String {
            var text = ""
            let scalars = String(decoding: content.prefix(1000), as: UTF8.self).unicodeScalars
            for scalar in scalars.prefix(160) {
                let isControl = scalar.value < 32 || (127..<160).contains(scalar.value)
                text.unicodeScalars.append(isControl ? "\u{FFFD}" : scalar)
            }
            return text + (scalars.count > 160 ? "…" : "")
        }
    }
}

extension FailureList {
    /// A call of the ledger as a person sees it, mostly one that was refused or is held.
    package struct Call: Sendable, Equatable {
        /// The call key.
        package let key: String
        /// The state's name.
        package let state: String
        /// Why the call is in that state, as a stable camel-case word; empty where the state has no reasons.
        package let reason: String
        /// The portal's own words for a refused call; more about the reason for one that is held.
        package let note: String?
        /// What can be done about it, without a full stop; empty where nothing needs to be done.
        package let remedy: String
        /// When the call began: ISO 8601, UTC.
        package let start: String
        /// The client's number.
        package let phone: String
        /// The employee's extension.
        package let employee: String?

        /// A call; see the properties.
        package init(
            key: String, state: String, reason: String, note: String?, remedy: String, start: String, phone: String,
            employee: String?
        ) {
            self.key = key
            self.state = state
            self.reason = reason
            self.note = note
            self.remedy = remedy
            self.start = start
            self.phone = phone
            self.employee = employee
        }

        /// The call as two or three lines of text.
        package var text: String {
            let words = note.map { state == "refused" ? "the portal replied: \($0)" : $0 }
            let cause = [reason, words ?? ""].filter { !$0.isEmpty }.joined(separator: ", ")
            let employee = employee.map { ", extension \($0)" } ?? ""
            return
                "\(key): \(stateLabel(state))\(cause.isEmpty ? "" : " (\(cause))")\n  \(start), \(phone)\(employee)\n"
                + (remedy.isEmpty ? "" : "  \(remedy)\n")
        }
    }
}

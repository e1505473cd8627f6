// SPDX-License-Identifier: Apache-2.0

/// What needs a person, for `cdr24 failures`.
package struct FailureList: Sendable, Equatable {
    /// A record that cannot become a call.
    package struct Reject: Sendable, Equatable {
        package var path: String
        package var line: Int
        /// The offset of the record's first byte in the file, unpacked if it is packed.
        package var byte: Int64
        /// The column at fault, from 1, where it is known.
        package var column: Int?
        package var reason: String
        package var message: String
        /// The record as it stands in the file.
        package var raw: [UInt8]
        /// The record as UTF-8.
        package var content: [UInt8]

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

    /// A call that was refused or is held.
    package struct Call: Sendable, Equatable {
        package var key: String
        package var state: String
        package var reason: String
        /// The portal's own words for a refused call; more about the reason for one that is held.
        package var note: String?
        package var remedy: String
        package var start: String
        package var phone: String
        package var employee: String?

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

        /// The call as a few lines of text.
        package var text: String {
            let words = note.map { state == "refused" ? ", the portal says \"\($0)\"" : ", \($0)" } ?? ""
            let employee = employee.map { ", extension \($0)" } ?? ""
            return "\(key): \(state) (\(reason)\(words))\n  \(start), \(phone)\(employee)\n  \(remedy)\n"
        }
    }

    package var rejects: [Reject] = []
    package var calls: [Call] = []
    /// The rejected records as a file that can be mended and imported again.
    package var csv: [UInt8] = []
    /// Whether ``csv`` is not what stood in the files, which had several encodings, but UTF-8.
    package var isConverted = false

    package init() {}

    /// The list as text; says so when there is nothing.
    package var text: String {
        if rejects.isEmpty, calls.isEmpty { return "nothing was rejected, refused or held\n" }
        var text = ""
        for reject in rejects { text += reject.text }
        for call in calls { text += call.text }
        return text
    }
}

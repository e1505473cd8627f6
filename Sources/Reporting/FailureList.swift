// SPDX-License-Identifier: Apache-2.0

import ExitCodes
package import Phrases

/// What needs a person, for `cdr24 failures`.
package struct FailureList: CommandReport, Equatable {
    /// The name and version of this form of report.
    package let schema = "cdr24.failures/1"
    /// Rejected records: in the order of their files, those of the newest run first.
    package var rejects: [Reject] = []
    /// Refused and held calls.
    package var calls: [Call] = []
    /// How many there are of everything, listed or not.
    package var attention = Attention()

    /// A list without entries.
    package init() {}

    /// The list in English; ends with a line break.
    package var text: String { text(in: .english) }

    /// The list as text; ends with a line break, and says so when there is nothing.
    package func text(in language: Language) -> String {
        func line(_ phrase: Phrase) -> String { phrase.text(in: language) + "\n" }
        guard !rejects.isEmpty || !calls.isEmpty || attention.isNeeded else {
            return nothing.map(line).joined()
        }
        var text = rejects.map(\.text).joined() + calls.map { $0.text(in: language) }.joined()
        let more = attention.rejected + attention.refused + attention.held - rejects.count - calls.count
        if more > 0 { text += line(Phrase("… and \(more) more; list them with --limit, or as a file with --csv")) }
        return text + advice.map(line).joined()
    }

    private var nothing: [Phrase] {
        let nothing = Phrase("no rejected records, no refused or held calls")
        guard attention.dismissed > 0 else { return [nothing] }
        return [nothing, Phrase("dismissed: \(attention.dismissed); cdr24 failures --dismissed lists them")]
    }

    /// What can be done about rejected records.
    private var advice: [Phrase] {
        guard let source = Set(rejects.map(\.source)).min() else { return [] }
        return [
            Phrase(
                """
                to correct rejected records: cdr24 failures --csv --source \(source) > FILE, correct FILE, then run:
                  cdr24 import --source \(source) FILE
                """),
            Phrase("after a change of the configuration: cdr24 retry"),
            Phrase("to give records or calls up: cdr24 failures --dismiss, with a key, --reason or --source"),
        ]
    }

    /// The refused and held calls as CSV with a header; lines end with a line feed.
    package var callsCSV: String {
        let header = ["key", "state", "reason", "note", "start", "phone", "extension", "remedy"]
        let rows = calls.map {
            [
                $0.key, $0.state, $0.reason, CSVField.inert($0.note ?? ""), $0.start, $0.phone,
                CSVField.inert($0.employee ?? ""),
                $0.remedy?.english ?? "",
            ]
        }
        return ([header] + rows).map { $0.map(CSVField.quoted).joined(separator: ",") + "\n" }.joined()
    }
}

extension FailureList {
    /// A record that cannot become a call.
    package struct Reject: Sendable, Equatable, Encodable {
        /// By what commands call it: `r` and the number of its row.
        package let id: String
        /// The key prefix of its source.
        package let source: String
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
            id: String = "", source: String = "", path: String, line: Int, byte: Int64, column: Int?, reason: String,
            message: String, raw: [UInt8],
            content: [UInt8]
        ) {
            self.id = id
            self.source = source
            self.path = path
            self.line = line
            self.byte = byte
            self.column = column
            self.reason = reason
            self.message = message
            self.raw = raw
            self.content = content
        }

        private enum CodingKeys: String, CodingKey {
            case id, source, path, line, byte, column, reason, message, record
        }

        /// Writes the record as text instead of its bytes.
        package func encode(to encoder: any Encoder) throws {
            var values = encoder.container(keyedBy: CodingKeys.self)
            try values.encode(id, forKey: .id)
            try values.encode(source, forKey: .source)
            try values.encode(path, forKey: .path)
            try values.encode(line, forKey: .line)
            try values.encode(byte, forKey: .byte)
            try values.encodeIfPresent(column, forKey: .column)
            try values.encode(reason, forKey: .reason)
            try values.encode(message, forKey: .message)
            try values.encode(String(decoding: content, as: UTF8.self), forKey: .record)
        }

        /// The record as two lines of text: where and why, and how it begins.
        package var text: String {
            let place = (id.isEmpty ? "" : "\(id), ") + "byte \(byte)" + (column.map { ", column \($0)" } ?? "")
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
    package struct Call: Sendable, Equatable, Encodable {
        /// The call key.
        package let key: String
        /// The state's name.
        package let state: String
        /// Why the call is in that state, as a stable camel-case word; empty where the state has no reasons.
        package let reason: String
        /// The portal's own words for a refused call; more about the reason for one that is held.
        package let note: String?
        /// Why the call is held, without a full stop; `nil` for other states.
        package let cause: Phrase?
        /// What can be done about it, without a full stop; `nil` where nothing needs to be done.
        package let remedy: Phrase?
        /// When the call began: ISO 8601, UTC.
        package let start: String
        /// The same by the clock of the phone system, for people.
        package let localStart: String
        /// The client's number.
        package let phone: String
        /// The employee's extension.
        package let employee: String?

        /// A call; see the properties.
        package init(
            key: String, state: String, reason: String, note: String?, cause: Phrase?, remedy: Phrase?, start: String,
            localStart: String? = nil, phone: String, employee: String?
        ) {
            self.key = key
            self.state = state
            self.reason = reason
            // A ledger of an earlier version may hold the portal's words as they came.
            self.note = note.map { HarmlessText.masked(HarmlessText.printable($0)) }
            self.cause = cause
            self.remedy = remedy
            self.start = start
            self.localStart = localStart ?? start
            self.phone = phone
            self.employee = employee
        }

        private enum CodingKeys: String, CodingKey {
            case key, state, reason, note, cause, remedy, start, phone, employee
        }

        /// Writes cause and remedy in English, the remedy as an empty text where nothing needs to be done.
        package func encode(to encoder: any Encoder) throws {
            var values = encoder.container(keyedBy: CodingKeys.self)
            try values.encode(key, forKey: .key)
            try values.encode(state, forKey: .state)
            try values.encode(reason, forKey: .reason)
            try values.encodeIfPresent(note, forKey: .note)
            try values.encodeIfPresent(cause?.english, forKey: .cause)
            try values.encode(remedy?.english ?? "", forKey: .remedy)
            try values.encode(start, forKey: .start)
            try values.encode(phone, forKey: .phone)
            try values.encodeIfPresent(employee, forKey: .employee)
        }

        /// The call as two to four lines of text.
        package func text(in language: Language) -> String {
            let words = note.map { state == "refused" ? Phrase("the portal replied: \($0)").text(in: language) : $0 }
            let why = [reason, words ?? ""].filter { !$0.isEmpty }.joined(separator: ", ")
            let who = employee.map { Phrase(", extension \($0)").text(in: language) } ?? ""
            var lines = [
                "\(key): \(Phrase.state(state).text(in: language))\(why.isEmpty ? "" : " (\(why))")",
                "  \(localStart), \(phone)\(who)",
            ]
            if let cause { lines.append("  \(cause.text(in: language))") }
            if let remedy { lines.append("  \(remedy.text(in: language))") }
            return lines.joined(separator: "\n") + "\n"
        }
    }
}

extension Phrase {
    /// What people read for the name of a call's state.
    static func state(_ name: String) -> Phrase {
        switch name {
        case "waiting": Phrase("waiting for further legs")
        case "unsettled": Phrase("unconfirmed")
        case "held": Phrase("held")
        case "refused": Phrase("refused")
        case "pending": Phrase("pending")
        case "delivered": Phrase("delivered")
        default: .verbatim(name)
        }
    }
}

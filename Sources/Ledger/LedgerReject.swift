// SPDX-License-Identifier: Apache-2.0

/// A record that cannot become a call, with the place where it stands.
package struct LedgerReject: Sendable, Hashable {
    /// The row; 0 for one that is not stored yet.
    package var id: Int64
    /// The row of its source.
    package var sourceID: Int64
    /// The run that met it first.
    package var runID: Int64
    /// The file as the configuration or the command line named it.
    package var path: String
    /// Which record of the file it is, from 1.
    package var record: Int
    /// The line of the file on which it begins, from 1.
    package var line: Int
    /// The offset of the record's first byte in the file, unpacked if it is packed.
    package var byte: Int64
    /// The column, from 1, where it is known.
    package var field: Int?
    /// A stable camel-case word.
    package var reason: String
    /// What was expected and what was found.
    package var message: RejectMessage
    /// The record as it stands in the file: the same bytes of a source are stored once. Empty once they were pruned.
    package var raw: [UInt8]
    /// The name of the encoding that ``raw`` is in.
    package var encoding: String

    /// A rejected record with all that is known of it.
    package init(
        id: Int64 = 0, sourceID: Int64, runID: Int64, path: String, record: Int, line: Int, byte: Int64, field: Int?,
        reason: String, message: RejectMessage, raw: [UInt8], encoding: String
    ) {
        self.id = id
        self.sourceID = sourceID
        self.runID = runID
        self.path = path
        self.record = record
        self.line = line
        self.byte = byte
        self.field = field
        self.reason = reason
        self.message = message
        self.raw = raw
        self.encoding = encoding
    }
}

/// What is wrong with a rejected record, in parts: all but what was found is the same for very many records.
package struct RejectMessage: Sendable, Hashable {
    /// What was expected; empty where ``found`` says all.
    package var expected: String
    /// What was found; `nil` where ``expected`` says all.
    package var found: String?
    /// What can be done about it; `nil` where nothing can be said.
    package var hint: String?

    /// A message of these parts.
    package init(expected: String, found: String?, hint: String? = nil) {
        self.expected = expected
        self.found = found
        self.hint = hint
    }

    /// The whole message: "EXPECTED, found FOUND; HINT".
    package var text: String {
        var text = expected
        if let found { text += expected.isEmpty ? found : ", found \(found)" }
        if let hint { text += "; \(hint)" }
        return text
    }

    /// The same message in one part.
    var whole: RejectMessage { RejectMessage(expected: "", found: text) }
}

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
    package var message: String
    /// The record as it stands in the file.
    package var raw: [UInt8]
    /// The name of the encoding that ``raw`` is in.
    package var encoding: String
    /// SHA-256 of ``raw``: the same bytes with the same reason are stored once. Empty where nothing is stored.
    package var rawHash: [UInt8]

    /// A rejected record with all that is known of it.
    package init(
        id: Int64 = 0, sourceID: Int64, runID: Int64, path: String, record: Int, line: Int, byte: Int64, field: Int?,
        reason: String,
        message: String, raw: [UInt8], encoding: String, rawHash: [UInt8]
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
        self.rawHash = rawHash
    }
}

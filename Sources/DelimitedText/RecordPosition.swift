// SPDX-License-Identifier: Apache-2.0

/// Where a record stands in its file.
package struct RecordPosition: Sendable, Hashable {
    /// The number of the record, from 1; empty lines are not counted.
    package var record: Int
    /// The line of the record's first byte, from 1; empty lines and lines inside quotes are counted.
    package var line: Int
    /// The offset of the record's first byte in the decoded stream, from 0.
    package var byte: Int64

    /// The beginning of a stream.
    package static let first = RecordPosition(record: 1, line: 1, byte: 0)

    /// Creates a position, for instance one remembered from an earlier run.
    package init(record: Int, line: Int, byte: Int64) {
        self.record = record
        self.line = line
        self.byte = byte
    }
}

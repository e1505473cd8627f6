// SPDX-License-Identifier: Apache-2.0

// Unsafe: the places of records and fields were counted when they were put in, and the arrays are held still
// meanwhile.

/// Records taken out of the slices in which they were found, to be read later or by another thread.
///
/// A record that is read from a batch is in everything like the one that was put in.
package struct RecordBatch: Sendable {
    /// What a record is, with its places in the batch.
    private struct Entry {
        var position: RecordPosition
        var fault: RecordFault?
        var byteCount: Int
        var isTerminated: Bool
        var firstByte: Int
        var firstField: FirstField
        var fieldCount: Int
    }

    /// Where the places of a record's fields begin: what the scanner found is kept as it is.
    private enum FirstField {
        case bounds(Int)
        case ends(Int, origin: Int)
    }

    private var entries: [Entry] = []
    /// The records, each with a line end behind it: the first byte of an empty field is a delimiter or a line end.
    private var bytes: [UInt8] = []
    /// What the records are in their file, if that is not UTF-8: the place of each, and their bytes.
    private var originals: [(byte: Int64, end: Int)] = []
    private var originalBytes: [UInt8] = []
    private var bounds: [FieldBounds] = []
    private var ends: [UInt32] = []
    private let marks: DialectMarks
    /// The bytes of the longest record.
    private var longest = 0

    /// - Parameter dialect: That of the scanner which hands the records over.
    package init(dialect: Dialect) { marks = DialectMarks(dialect) }

    /// How many records there are.
    package var count: Int { entries.count }

    /// How many bytes of records there are, line ends not counted.
    package var heldBytes: Int { bytes.count - entries.count }

    /// How many fields all records have together.
    package var fieldCount: Int { bounds.count + ends.count }

    /// Makes room at once for what is expected.
    package mutating func reserve(records: Int, bytes: Int, fields: Int) {
        entries.reserveCapacity(records)
        self.bytes.reserveCapacity(bytes)
        ends.reserveCapacity(fields)
    }

    /// Copies a record behind those that are there.
    ///
    /// - Parameter original: What the record is in its file; for all records of a batch, or for none.
    package mutating func append(_ record: borrowing Record, original: OriginalRecord? = nil) {
        if let original {
            unsafe originalBytes.append(contentsOf: original.bytes)
            originals.append((original.byte, originalBytes.count))
        }
        let firstField =
            switch record.fields {
            case .bounds: FirstField.bounds(bounds.count)
            case .ends(_, let origin): FirstField.ends(ends.count, origin: origin)
            }
        entries.append(
            Entry(
                position: record.position, fault: record.fault, byteCount: record.byteCount,
                isTerminated: record.isTerminated, firstByte: bytes.count, firstField: firstField,
                fieldCount: record.fieldCount))
        unsafe bytes.append(contentsOf: record.raw)
        bytes.append(UInt8(ascii: "\n"))
        switch record.fields {
        case .bounds(let found):
            unsafe bounds.append(contentsOf: UnsafeBufferPointer(start: found, count: record.fieldCount))
        case .ends(let found, _):
            unsafe ends.append(contentsOf: UnsafeBufferPointer(start: found, count: record.fieldCount))
        }
        longest = max(longest, record.length)
    }

    /// What a record is in its file, with the offset of its first byte there; nil if that is what the record itself says.
    ///
    /// - Parameter index: The place of the record in the order, from 0.
    package func original(_ index: Int) -> (byte: Int64, bytes: ArraySlice<UInt8>)? {
        guard index < originals.count else { return nil }
        let start = index == 0 ? 0 : originals[index - 1].end
        return (originals[index].byte, originalBytes[start..<originals[index].end])
    }

    /// Hands over the records in the order in which they were put in.
    package func forEach(_ body: (borrowing Record) throws -> Void) rethrows {
        let scratch = GrowingBuffer<UInt8>(capacity: longest + 16)
        // Copies of their own, so that no record counts references to the batch.
        let (entries, marks) = (entries, marks)
        try unsafe bytes.withUnsafeBufferPointer { bytes in
            try unsafe bounds.withUnsafeBufferPointer { bounds in
                try unsafe ends.withUnsafeBufferPointer { ends in
                    for (index, entry) in entries.enumerated() {
                        let end = index + 1 < entries.count ? entries[index + 1].firstByte : bytes.count
                        let fields: Record.Fields? =
                            switch entry.firstField {
                            case .bounds(let first): unsafe bounds.baseAddress.map { unsafe .bounds($0 + first) }
                            case .ends(let first, let origin):
                                unsafe ends.baseAddress.map { unsafe .ends($0 + first, origin: origin) }
                            }
                        // A record has a field and a line end at least, so that both are there.
                        guard let fields, let base = bytes.baseAddress else { return }
                        let record = unsafe Record(
                            position: entry.position, fault: entry.fault, byteCount: entry.byteCount,
                            isTerminated: entry.isTerminated,
                            start: base + entry.firstByte, length: end - 1 - entry.firstByte, fields: fields,
                            fieldCount: entry.fieldCount, marks: marks,
                            scratch: scratch.pointer)
                        try body(record)
                    }
                }
            }
        }
    }
}

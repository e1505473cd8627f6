// SPDX-License-Identifier: Apache-2.0

// Unsafe: `taken` is at most the count of the slice, and the carry says how many bytes it has.

/// Finds the records in a stream of bytes that arrives in slices of any length.
///
/// Records that lie inside a slice are handed over without being copied. Only the one that crosses into the next slice is
/// kept, so memory does not grow with the input: it is bounded by `maximumRecordBytes`, a few times over. However the
/// input is sliced, the records are the same.
///
/// A quote that is never closed costs its own line and no other. While the quote is open the lines behind it may well
/// be one field with line ends in it, so they are read as that; but a record of several lines must be in perfect form.
/// At the first quote that does not fit, at the end of the input, beyond `maximumRecordBytes`, or if the record does
/// not have the fields it should have, the scanner goes back: the first line is handed over as a record with
/// ``RecordFault/unclosedQuote(field:line:)`` and reading continues at the second. No byte is read more than a few
/// times because of this: of two lines that open a quote, one closes what the other opened or is seen not to fit.
package struct RecordScanner: ~Copyable {
    /// The dialect being read.
    package let dialect: Dialect
    /// The largest record that is handed over whole, in bytes and without its line end.
    package let maximumRecordBytes: Int
    /// The start of the first record not handed over yet, where a later run may continue.
    ///
    /// Empty lines are passed over as soon as they are seen, so this may stand behind some.
    package internal(set) var nextRecord: RecordPosition
    /// The number of empty lines passed over.
    package private(set) var blankLines = 0
    /// The bytes of the empty lines passed over, line ends included.
    package private(set) var blankBytes: Int64 = 0

    /// The fields of records whose quotes are in order; all others are read by the cursor.
    var wellFormed: WellFormedFieldIndex
    var cursor: RecordCursor
    /// Where fields are put together that have escapes.
    var scratch = GrowingBuffer<UInt8>(capacity: 1024)
    private var carry = Carry()
    /// The bytes of a too long record that were dropped so far, or nil if the record is not too long.
    private var dropped: Int?

    /// How many fields a record is known to have, if the caller knows it; helps to tell text with line ends from an
    /// unclosed quote.
    package var expectedFieldCount: ClosedRange<Int>? {
        get { cursor.expectedFieldCount }
        set { cursor.expectedFieldCount = newValue }
    }

    /// The number of bytes kept of a record that is not over yet.
    ///
    /// More than 0 after the last slice means a record without line end, which ``finish(_:)`` hands over and
    /// ``pause(_:)`` does not.
    package var pendingBytes: Int { carry.count + (dropped ?? 0) }

    /// Creates a scanner for a stream that begins at `start`, which matters only for the positions it reports.
    package init(dialect: Dialect, start: RecordPosition = .first, maximumRecordBytes: Int = 1 << 20) {
        self.dialect = dialect
        self.maximumRecordBytes = min(max(maximumRecordBytes, 1), FieldBounds.maximumLength)
        nextRecord = start
        wellFormed = WellFormedFieldIndex(dialect)
        cursor = RecordCursor(dialect: dialect)
    }

    /// Reads the next slice and hands over the records that are complete.
    ///
    /// If `body` throws, the rest of the slice is lost: go on with a new scanner at ``nextRecord``, which is the record
    /// that `body` threw for.
    package mutating func scan(_ slice: UnsafeRawBufferPointer, _ body: (borrowing Record) throws -> Void) rethrows {
        guard let base = unsafe slice.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
        var taken = try unsafe carry.isEmpty ? 0 : scanCarry(with: base, slice.count, body)
        while taken < slice.count {
            unsafe taken += try scanWellFormed(base + taken, slice.count - taken, body)
            if taken == slice.count { return }
            switch try unsafe scanRecord(base + taken, slice.count - taken, isLast: false, body) {
            case .record(let length):
                taken += length
            case .needsMore:
                unsafe carry.append(base + taken, slice.count - taken)
                return
            case .tooLong:
                unsafe carry.append(base + taken, maximumRecordBytes)
                taken += maximumRecordBytes
                unsafe taken += try scanCarry(with: base + taken, slice.count - taken, body)
            }
        }
    }

    /// Hands over what can be told so far of an input that is still being written, such as a live log.
    ///
    /// The last record stays to be continued from ``nextRecord`` if it has no line end, or if a quote in it is open and
    /// its other lines may belong to it. A quote that has swallowed a whole record is given up on, so that one bad line
    /// does not hold up those behind it.
    package mutating func pause(_ body: (borrowing Record) throws -> Void) rethrows {
        while dropped == nil, !carry.isEmpty, unsafe cursor.hasSwallowedRecords(carry.start, carry.count) {
            unsafe carry.removeFirst(try emitFirstLine(carry.start, carry.count, body))
            while !carry.isEmpty, case .record(let length) = try scanPending(isLast: false, body) {
                carry.removeFirst(length)
            }
        }
        // No line feed may follow for hours: the carriage return is the whole line end until one does.
        while dialect.lineEnd == .cr, dropped == nil, cursor.state != .quoted,
            carry.endsWith(DialectMarks.carriageReturn),
            case .record(let length) = try scanPending(isLast: true, body)
        {
            carry.removeFirst(length)
        }
    }

    /// Hands over what is left once there is no more input: at most one record without line end, and the lines behind a
    /// quote that was not closed.
    package mutating func finish(_ body: (borrowing Record) throws -> Void) rethrows {
        while !carry.isEmpty {
            switch try scanPending(isLast: true, body) {
            case .record(let length): carry.removeFirst(length)
            case .tooLong: continue
            case .needsMore: return
            }
        }
    }
}

extension RecordScanner {
    private enum Outcome {
        case record(length: Int)
        case needsMore
        /// The record's first `maximumRecordBytes` bytes are to be kept and the rest of its line dropped.
        case tooLong
    }

    /// Completes the record at the carry's start with bytes of a new slice, and the records that lie wholly in the carry.
    ///
    /// - Returns: How many bytes of the slice are done with, after which the carry is empty; or all of them.
    private mutating func scanCarry(
        with slice: UnsafePointer<UInt8>, _ count: Int, _ body: (borrowing Record) throws -> Void
    ) rethrows -> Int {
        var taken = 0
        while true {
            switch try scanPending(isLast: false, body) {
            case .record(let length):
                carry.removeFirst(length)
                // From here on everything is in the slice, too.
                if carry.count <= taken {
                    taken -= carry.count
                    carry.removeFirst(carry.count)
                    return taken
                }
            case .tooLong:
                continue
            case .needsMore:
                if taken == count { return count }
                let some = min(count - taken, max(256, carry.count))
                unsafe carry.append(slice + taken, some)
                taken += some
            }
        }
    }

    /// Reads one record in the carry.
    private mutating func scanPending(
        isLast: Bool, _ body: (borrowing Record) throws -> Void
    ) rethrows -> Outcome {
        if dropped != nil { return try scanTooLong(isLast: isLast, body) }
        return try unsafe scanRecord(carry.start, carry.count, isLast: isLast, body)
    }

    /// Reads one record, of which the first `count` bytes are here.
    private mutating func scanRecord(
        _ base: UnsafePointer<UInt8>, _ count: Int, isLast: Bool, _ body: (borrowing Record) throws -> Void
    ) rethrows -> Outcome {
        // Room for a line end, so that whether a record is too long does not depend on where the slice ends.
        let window = min(count, maximumRecordBytes + 2)
        switch unsafe cursor.advance(base, window, isLast: isLast && window == count) {
        case .complete(let contentEnd, let end, let isTerminated) where contentEnd <= maximumRecordBytes:
            try unsafe emit(base, contentEnd: contentEnd, length: end, isTerminated: isTerminated, body)
            return .record(length: end)
        case .needsMore where window < maximumRecordBytes + 2:
            return .needsMore
        case .broken:
            return unsafe .record(length: try emitFirstLine(base, count, body))
        case .complete, .needsMore:
            if cursor.crossedLines > 0 { return unsafe .record(length: try emitFirstLine(base, count, body)) }
            dropped = 0
            return .tooLong
        }
    }

    /// Looks for the end of a too long record behind the bytes of it that are kept.
    private mutating func scanTooLong(
        isLast: Bool, _ body: (borrowing Record) throws -> Void
    ) rethrows -> Outcome {
        let marks = cursor.marks
        let base = unsafe carry.start
        var end = maximumRecordBytes
        while end < carry.count, unsafe base[end] != marks.lineEnd { end += 1 }
        let isFound = end < carry.count
        let needsNext = isFound && !marks.endsWithLineFeed && end + 1 == carry.count && !isLast
        if needsNext || !isFound && !isLast {
            dropped? += end - maximumRecordBytes
            carry.remove(from: maximumRecordBytes, to: end)
            return .needsMore
        }
        if isFound {
            end += 1
            if !marks.endsWithLineFeed, end < carry.count, unsafe base[end] == DialectMarks.lineFeed { end += 1 }
        }
        cursor.reset()
        cursor.store(end: maximumRecordBytes, marks: 0)
        let byteCount = (dropped ?? 0) + end
        let fault = RecordFault.tooLong(limit: maximumRecordBytes, line: nextRecord.line)
        try unsafe emit(
            base, contentEnd: maximumRecordBytes, length: byteCount, isTerminated: isFound, fault: fault, body)
        dropped = nil
        return .record(length: end)
    }

    /// Hands over the first line of a record whose quote is not closed, and returns its length.
    private mutating func emitFirstLine(
        _ base: UnsafePointer<UInt8>, _ count: Int, _ body: (borrowing Record) throws -> Void
    ) rethrows -> Int {
        let marks = cursor.marks
        let line = cursor.firstLine
        let isTerminated = line.end < count
        let contentEnd = unsafe marks.contentEnd(base, from: line.openFieldStart, lineEndAt: line.end)
        var length = line.end + (isTerminated ? 1 : 0)
        if isTerminated, !marks.endsWithLineFeed, length < count, unsafe base[length] == DialectMarks.lineFeed {
            length += 1
        }
        cursor.keepFirstLine(contentEnd: contentEnd)
        let fault = RecordFault.unclosedQuote(field: cursor.fieldCount, line: nextRecord.line)
        try unsafe emit(base, contentEnd: contentEnd, length: length, isTerminated: isTerminated, fault: fault, body)
        return length
    }

    /// The most fields of a record: a header of more would take memory for each name. No phone system writes 200.
    static let mostFields = 10_000

    /// Counts a line that is no record.
    mutating func pass(blankLine length: Int) {
        blankLines += 1
        blankBytes += Int64(length)
    }

    private mutating func emit(
        _ base: UnsafePointer<UInt8>, contentEnd: Int, length: Int, isTerminated: Bool, fault: RecordFault? = nil,
        _ body: (borrowing Record) throws -> Void
    ) rethrows {
        let lines = cursor.crossedLines + (isTerminated ? 1 : 0)
        let isBlank = contentEnd == 0 && fault == nil && !dialect.keepsBlankLines
        if isBlank {
            pass(blankLine: length)
        } else {
            scratch.reserve(contentEnd + 16, keeping: 0)
            var fault = fault ?? cursor.strictFault(line: nextRecord.line)
            if cursor.fieldCount > Self.mostFields {
                fault = .tooManyFields(limit: Self.mostFields, line: nextRecord.line)
            }
            let record = unsafe Record(
                position: nextRecord, fault: fault, byteCount: length,
                isTerminated: isTerminated, start: base, length: contentEnd,
                fields: .bounds(cursor.fields.pointer), fieldCount: min(cursor.fieldCount, Self.mostFields),
                marks: cursor.marks,
                scratch: scratch.pointer)
            cursor.reset()
            try body(record)
            nextRecord.record += 1
        }
        cursor.reset()
        nextRecord.line += lines
        nextRecord.byte += Int64(length)
    }
}

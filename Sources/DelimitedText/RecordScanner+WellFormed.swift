// SPDX-License-Identifier: Apache-2.0

import CByteBlock

// Unsafe: ends lie in the bytes at hand, as the index has found them there.

extension RecordScanner {
    /// Hands over records as long as they lie wholly in these bytes, on one line each, with quotes in order.
    ///
    /// What it hands over is what reading with the cursor would. It stops before the first record that needs the cursor.
    ///
    /// - Returns: How many bytes are done with.
    mutating func scanWellFormed(
        _ base: UnsafePointer<UInt8>, _ count: Int, _ body: (borrowing Record) throws -> Void
    ) rethrows -> Int {
        var start = 0
        wellFormed.begin()
        while unsafe wellFormed.lookOn(base, count, lineStart: start, limit: maximumRecordBytes) {
            for line in 0..<wellFormed.lineCount {
                let fields = wellFormed.fields(ofLine: line)
                let end = wellFormed.position(ofEnd: fields.upperBound - 1)
                let hasReturn = unsafe end > start && base[end - 1] == DialectMarks.carriageReturn
                let contentEnd = end - start - (hasReturn ? 1 : 0)
                if contentEnd > maximumRecordBytes { return start }
                try unsafe emit(base + start, contentEnd, length: end + 1 - start, start, fields, body)
                start = end + 1
            }
        }
        return start
    }

    @inline(__always)
    private mutating func emit(
        _ line: UnsafePointer<UInt8>, _ contentEnd: Int, length: Int, _ origin: Int, _ fields: Range<Int>,
        _ body: (borrowing Record) throws -> Void
    ) rethrows {
        if contentEnd == 0, !dialect.keepsBlankLines {
            pass(blankLine: length)
        } else {
            if contentEnd > 0 { cursor.usualFieldCount = fields.count }
            scratch.reserve(contentEnd + 16, keeping: 0)
            let record = unsafe Record(
                position: nextRecord,
                fault: fields.count > Self.mostFields
                    ? .tooManyFields(limit: Self.mostFields, line: nextRecord.line) : nil,
                byteCount: length, isTerminated: true,
                start: line, length: contentEnd,
                fields: .ends(wellFormed.ends(from: fields.lowerBound), origin: origin),
                fieldCount: min(fields.count, Self.mostFields),
                marks: cursor.marks, scratch: scratch.pointer)
            try body(record)
            nextRecord.record += 1
        }
        nextRecord.line += 1
        nextRecord.byte += Int64(length)
    }
}

// SPDX-License-Identifier: Apache-2.0

import CByteBlock

// Unsafe: the C function is given the count of the bytes, and room for all that it can find in them.

/// Where fields and lines end in bytes whose quotes are in order, found some kilobytes at a time.
@safe struct WellFormedFieldIndex: ~Copyable {
    /// Nil if the dialect does not allow to read like this.
    private let marks: well_formed_marks?
    /// What was found so far: the ends of a line that is not over, then those of the last bytes looked at.
    private var ends = GrowingBuffer<UInt32>(capacity: 1)
    private var lines = GrowingBuffer<UInt32>(capacity: 1)
    private var before = well_formed_before()
    private var index = unsafe well_formed_index()

    /// How many bytes are looked at before the records in them are handed over.
    private static let window = 8192
    /// How many more ends there must be room for.
    private static let slack = Int(WELL_FORMED_BLOCK + WELL_FORMED_SLACK)
    /// The most bytes of a slice that are read like this, so that a position fits beside a mark.
    private static let reach = 1 << 30

    /// It can be used if two quotes are one, nothing else is an escape, no byte has two meanings, and a line end is over
    /// as soon as it is seen.
    init(_ dialect: Dialect) {
        var marks: well_formed_marks?
        if dialect.escape == .doubledQuote, dialect.lineEnd == .lf, let quote = dialect.quote {
            let meanings = [quote, dialect.delimiter, DialectMarks.lineFeed, DialectMarks.carriageReturn]
            if Set(meanings).count == meanings.count {
                marks = well_formed_marks(delimiter: dialect.delimiter, line_end: DialectMarks.lineFeed, quote: quote)
            }
        }
        self.marks = marks
    }

    /// Begins at a record's first byte, which is position 0 from now on.
    mutating func begin() {
        before = well_formed_before(inside: 0, closing: 0, field_end: 1, is_escaped: false)
        unsafe index = unsafe well_formed_index()
        lines.reserve(Self.window + Self.slack, keeping: 0)
        unsafe index.lines = unsafe lines.pointer
    }

    /// Looks at the next bytes and finds the lines that end in them.
    ///
    /// - Parameters:
    ///   - lineStart: Where the line begins whose end was not found before.
    ///   - limit: How long a line may become.
    /// - Returns: False if there is nothing to be found any more: at the end, behind a quote out of order, in a line that
    ///   is too long.
    mutating func lookOn(_ base: UnsafePointer<UInt8>, _ count: Int, lineStart: Int, limit: Int) -> Bool {
        let count = min(count, Self.reach)
        guard let marks, unsafe !index.is_malformed, unsafe count - index.position >= Int(WELL_FORMED_BLOCK),
            unsafe index.position - lineStart <= limit
        else { return false }
        keepOpenLine()
        unsafe well_formed_fields(base, index.position + Self.window, count, marks, &before, &index)
        return true
    }

    /// Moves the ends of the line that is not over to the front and makes room behind them.
    private mutating func keepOpenLine() {
        let first = unsafe index.line_count > 0 ? Int(index.lines[index.line_count - 1]) + 1 : 0
        let kept = unsafe index.end_count - first
        if first > 0 { unsafe ends.pointer.update(from: ends.pointer + first, count: kept) }
        ends.reserve(kept + Self.window + Self.slack, keeping: kept)
        unsafe index.ends = unsafe ends.pointer
        unsafe index.end_count = kept
    }

    /// How many lines end in the bytes last looked at.
    var lineCount: Int { unsafe index.line_count }

    /// The fields of such a line, as indices of ends.
    @inline(__always)
    func fields(ofLine line: Int) -> Range<Int> {
        let first = unsafe line > 0 ? Int(index.lines[line - 1]) + 1 : 0
        return unsafe first..<Int(index.lines[line]) + 1
    }

    /// Where a field ends.
    @inline(__always)
    func position(ofEnd end: Int) -> Int { unsafe Int(index.ends[end] & ~WELL_FORMED_ESCAPED) }

    /// The ends from an index on, valid until more bytes are looked at.
    func ends(from first: Int) -> UnsafePointer<UInt32> { unsafe UnsafePointer(index.ends + first) }
}

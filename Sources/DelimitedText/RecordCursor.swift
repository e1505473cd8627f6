// SPDX-License-Identifier: Apache-2.0

// Unsafe: the room of the fields grows before one is stored.

/// One record on its way to being complete: where its fields are so far, and where to read on.
///
/// All offsets count from the record's first byte, so that the bytes may move between two steps.
struct RecordCursor: ~Copyable {
    enum State {
        /// Before the first byte of a field.
        case fieldStart
        case unquoted
        case quoted
        /// Behind the closing quote of the last field, which is stored already; a line end follows.
        case closed
    }

    enum Step {
        /// All bytes are read and the record is not over, or a byte cannot be judged without the next ones.
        case needsMore
        /// The record is over: its content, then its line end.
        case complete(contentEnd: Int, end: Int, isTerminated: Bool)
        /// A quote was not closed in a believable way: only the first line is this record. See `firstLine`.
        case broken
    }

    /// Why the inner loop stopped.
    enum Halt {
        case endOfBytes
        case lineEnd
        case lineEndInQuotes
        case quote
        case backslash
        /// At the beginning of a field whose quote may come behind spaces.
        case space
    }

    let marks: DialectMarks
    /// How many fields a record is known to have, if the caller knows it.
    var expectedFieldCount: ClosedRange<Int>?

    var fields = GrowingBuffer<FieldBounds>(capacity: 256)
    let pad = GrowingBuffer<UInt8>(capacity: ByteBlock.length)

    var state = State.fieldStart
    var position = 0
    var fieldCount = 0
    /// The first byte of the current field's content.
    var fieldStart = 0
    var isEscaped = false

    /// The line ends inside quotes so far.
    var crossedLines = 0
    /// What had been read when the first of them came: all that remains if the record turns out to be broken.
    var firstLine = FirstLine()
    /// Whether a quoted field has a quote that is neither doubled nor closing.
    var isIrregular = false
    /// The start of the field last found to be wrapped in quotes without doubling those inside, or -1.
    var wrappedFieldStart = -1
    /// The first thing strict reading objects to.
    var fault: Fault?
    /// The number of fields of the last record that was whole and on one line, or 0.
    var usualFieldCount = 0

    struct FirstLine {
        var end = 0
        var fieldCount = 0
        var openFieldStart = 0
        var openFieldIsEscaped = false
    }

    enum Fault {
        case strayQuote(field: Int)
        case textAfterQuote(field: Int)
    }

    init(dialect: Dialect) {
        marks = DialectMarks(dialect)
    }

    /// Makes ready for the next record; the fields of the last one stay readable until it is read.
    mutating func reset() {
        state = .fieldStart
        position = 0
        fieldCount = 0
        fieldStart = 0
        isEscaped = false
        crossedLines = 0
        isIrregular = false
        wrappedFieldStart = -1
        fault = nil
    }

    /// Stores a field on the paths that are taken rarely.
    mutating func store(end: Int, marks: UInt32) {
        fields.reserve(fieldCount + 1, keeping: fieldCount)
        unsafe fields.pointer[fieldCount] = FieldBounds(start: fieldStart, end: end, marks: marks)
        fieldCount += 1
    }

    /// The marks of the field being read.
    var fieldMarks: UInt32 {
        (state == .quoted ? FieldBounds.quotedMark : 0) | (isEscaped ? FieldBounds.escapedMark : 0)
    }
}

extension RecordCursor {
    /// Gives up all but the first line: its whole fields, and the rest of it as the last one.
    mutating func keepFirstLine(contentEnd: Int) {
        fieldCount = firstLine.fieldCount
        fieldStart = firstLine.openFieldStart
        isEscaped = firstLine.openFieldIsEscaped
        state = .quoted
        crossedLines = 0
        fault = nil
        store(end: contentEnd, marks: fieldMarks)
    }

    /// What strict reading objects to first.
    func strictFault(line: Int) -> RecordFault? {
        switch fault {
        case .strayQuote(let field): .strayQuote(field: field, line: line)
        case .textAfterQuote(let field): .textAfterQuote(field: field, line: line)
        case nil: nil
        }
    }
}

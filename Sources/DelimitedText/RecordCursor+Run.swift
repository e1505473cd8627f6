// SPDX-License-Identifier: Apache-2.0

// Unsafe: blocks end at `count`, and room for a block's fields is made before they are stored.

extension RecordCursor {
    /// Where the inner loops are. They keep it in registers, so it goes into the cursor only at the end.
    private struct Place {
        var position: Int
        var fieldCount: Int
        var fieldStart: Int
        /// Whether a field has begun.
        var isOpen: Bool
        /// Of the open field: whether it is quoted, and whether it has escapes.
        var isQuoted: Bool
        var isEscaped: Bool

        /// Begins a field at `position` unless one has begun, and goes past its opening quote.
        @inline(__always)
        mutating func open(_ base: UnsafePointer<UInt8>, _ quote: Int) {
            if isOpen { return }
            isOpen = true
            isEscaped = false
            isQuoted = unsafe Int(base[position]) == quote
            if isQuoted { position &+= 1 }
            fieldStart = position
        }

        /// Stores the open field, whose content ends at `end`.
        @inline(__always)
        mutating func store(end: Int, _ fields: UnsafeMutablePointer<FieldBounds>) {
            let marks = (isQuoted ? FieldBounds.quotedMark : 0) | (isEscaped ? FieldBounds.escapedMark : 0)
            unsafe fields[fieldCount] = FieldBounds(start: fieldStart, end: end, marks: marks)
            fieldCount &+= 1
            isOpen = false
        }
    }

    /// Runs over plain fields and well-formed quoted ones until something rarer comes up.
    mutating func run(_ base: UnsafePointer<UInt8>, _ count: Int) -> Halt {
        while state != .closed, position < count {
            if let halt = unsafe runBlock(base, count) { return halt }
        }
        return state == .closed ? .lineEnd : .endOfBytes
    }

    /// Runs over the next block, whatever is in it, until it is over or a byte in it must be judged.
    private mutating func runBlock(_ base: UnsafePointer<UInt8>, _ count: Int) -> Halt? {
        var place = Place(
            position: position, fieldCount: fieldCount, fieldStart: fieldStart, isOpen: state != .fieldStart,
            isQuoted: state == .quoted, isEscaped: isEscaped)
        defer {
            position = place.position
            fieldCount = place.fieldCount
            fieldStart = place.fieldStart
            isEscaped = place.isEscaped
            state = !place.isOpen ? .fieldStart : place.isQuoted ? .quoted : .unquoted
        }
        // Where a quote inside an unquoted field matters: always in strict reading, and once a record spans lines.
        let strayMask = marks.isStrict || crossedLines > 0 ? UInt64.max : 0

        // A block of 64 bytes ends at most 64 fields.
        fields.reserve(fieldCount + ByteBlock.length + 1, keeping: fieldCount)
        let start = position
        let length = min(ByteBlock.length, count &- start)
        let block = unsafe ByteBlock(base + start, count: length, marks: marks, pad: pad.pointer)
        return unsafe Self.run(block, start, length, base, count, marks, strayMask, fields.pointer, &place)
    }

    /// Goes through a block, one byte that matters after the other, until one cannot be judged here.
    @inline(__always)
    private static func run(
        _ block: ByteBlock, _ start: Int, _ length: Int, _ base: UnsafePointer<UInt8>, _ count: Int,
        _ marks: DialectMarks, _ strayMask: UInt64, _ fields: UnsafeMutablePointer<FieldBounds>, _ place: inout Place
    ) -> Halt? {
        let end = start &+ length
        let unquotedMarks = block.delimiters | block.lineEnds | block.quotes & strayMask | block.backslashes
        let quotedMarks = block.quotes | block.backslashes
        while place.position < end {
            if marks.skipsSpaces, !place.isOpen, unsafe marks.isSpace(base[place.position]) { return .space }
            unsafe place.open(base, marks.quote)
            if place.position == end { break }
            let shift = UInt64(truncatingIfNeeded: place.position &- start)
            let found = (place.isQuoted ? quotedMarks : unquotedMarks) &>> shift
            let lineEnds = block.lineEnds &>> shift
            // A line end inside quotes, before the quote that was found?
            if place.isQuoted, lineEnds & (found &- 1) & ~found != 0 { return .lineEndInQuotes }
            if found == 0 {
                place.position = end
                return nil
            }
            place.position &+= found.trailingZeroBitCount
            let byte = unsafe base[place.position]
            if Int(byte) == marks.backslash { return .backslash }
            if place.isQuoted {
                let after = place.position &+ 1
                if after >= count { return .quote }
                if unsafe base[after] == marks.delimiter {
                    unsafe place.store(end: place.position, fields)
                    place.position = after &+ 1
                } else if unsafe Int(base[after]) == marks.doubledQuote {
                    place.isEscaped = true
                    place.position = after &+ 1
                } else {
                    return .quote
                }
            } else if byte == marks.delimiter {
                unsafe place.store(end: place.position, fields)
                place.position &+= 1
            } else {
                return byte == marks.lineEnd ? .lineEnd : .quote
            }
        }
        return nil
    }
}

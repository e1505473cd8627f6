// SPDX-License-Identifier: Apache-2.0

extension RecordCursor {
    /// Runs over plain fields and well-formed quoted ones until something rarer comes up.
    ///
    /// Nearly every byte passes here and nowhere else. The state lives in local variables, which stay in registers,
    /// and goes back into the cursor at the end.
    mutating func run(_ base: UnsafePointer<UInt8>, _ count: Int) -> Halt {
        if state == .closed { return .lineEnd }
        var position = position
        var fieldCount = fieldCount
        var fieldStart = fieldStart
        var isEscaped = isEscaped
        var isOpen = state != .fieldStart
        var isQuoted = state == .quoted
        defer {
            self.position = position
            self.fieldCount = fieldCount
            self.fieldStart = fieldStart
            self.isEscaped = isEscaped
            state = !isOpen ? .fieldStart : isQuoted ? .quoted : .unquoted
        }

        let marks = marks
        let pad = pad.pointer
        // Where a quote inside an unquoted field is of interest: always in strict reading, and once a record spans lines.
        let strayMask = marks.isStrict || crossedLines > 0 ? UInt64.max : 0

        while position < count {
            // A block of 64 bytes ends at most 64 fields.
            fields.reserve(fieldCount + ByteBlock.length + 1, keeping: fieldCount)
            let fields = fields.pointer
            let start = position
            let end = min(start &+ ByteBlock.length, count)
            let block = ByteBlock(base + start, count: end &- start, marks: marks, pad: pad)
            let unquotedMarks = block.delimiters | block.lineEnds | block.quotes & strayMask | block.backslashes
            let quotedMarks = block.quotes | block.backslashes

            while position < end {
                if !isOpen {
                    isOpen = true
                    isEscaped = false
                    isQuoted = Int(base[position]) == marks.quote
                    if isQuoted { position &+= 1 }
                    fieldStart = position
                    if position == end { break }
                }
                let shift = UInt64(truncatingIfNeeded: position &- start)
                if isQuoted {
                    let found = quotedMarks &>> shift
                    let lineEnds = block.lineEnds &>> shift
                    if found == 0 {
                        if lineEnds != 0 { return .lineEndInQuotes }
                        position = end
                        break
                    }
                    // A line end before the quote that was found?
                    if lineEnds & (found &- 1) & ~found != 0 { return .lineEndInQuotes }
                    position &+= found.trailingZeroBitCount
                    if block.backslashes != 0, Int(base[position]) == marks.backslash { return .backslash }
                    let after = position &+ 1
                    if after >= count { return .quote }
                    let next = base[after]
                    if next == marks.delimiter {
                        fields[fieldCount] = FieldBounds(
                            start: fieldStart, end: position,
                            marks: isEscaped ? FieldBounds.quotedMark | FieldBounds.escapedMark : FieldBounds.quotedMark
                        )
                        fieldCount &+= 1
                        position = after &+ 1
                        isOpen = false
                    } else if Int(next) == marks.doubledQuote {
                        isEscaped = true
                        position = after &+ 1
                    } else {
                        return .quote
                    }
                } else {
                    let found = unquotedMarks &>> shift
                    if found == 0 {
                        position = end
                        break
                    }
                    position &+= found.trailingZeroBitCount
                    let byte = base[position]
                    if byte == marks.delimiter {
                        fields[fieldCount] = FieldBounds(
                            start: fieldStart, end: position, marks: isEscaped ? FieldBounds.escapedMark : 0)
                        fieldCount &+= 1
                        position &+= 1
                        isOpen = false
                    } else if byte == marks.lineEnd {
                        return .lineEnd
                    } else {
                        return Int(byte) == marks.backslash ? .backslash : .quote
                    }
                }
            }
        }
        return .endOfBytes
    }
}

// SPDX-License-Identifier: Apache-2.0

// Unsafe: `position` is at most `count`, and what stands behind it is compared with `count` before it is read.

extension RecordCursor {
    /// Reads on in the record's first `count` bytes.
    ///
    /// Call it with at least one byte, again with more bytes after ``Step/needsMore``, and with `isLast` when there will
    /// never be more; then it does not answer that it needs more.
    mutating func advance(_ base: UnsafePointer<UInt8>, _ count: Int, isLast: Bool) -> Step {
        while true {
            let step: Step? =
                switch unsafe run(base, count) {
                case .endOfBytes: unsafe isLast ? endOfInput(base, count) : .needsMore
                case .lineEnd: unsafe endOfLine(base, count, isLast: isLast)
                case .lineEndInQuotes: unsafe crossLineEnd(base, count, isLast: isLast)
                case .quote: unsafe state == .quoted ? judgeQuote(base, count, isLast: isLast) : judgeStrayQuote()
                case .backslash: unsafe judgeBackslash(base, count, isLast: isLast)
                case .space: unsafe judgeSpace(base, count, isLast: isLast)
                }
            guard let step else { continue }
            guard case .complete(let contentEnd, _, _) = step else { return step }
            if crossedLines == 0 {
                if fault == nil, contentEnd > 0 { usualFieldCount = fieldCount }
            } else if unsafe !isBelievable(base, contentEnd) {
                return .broken
            }
            return step
        }
    }

    /// The record's line end is at `position`.
    private mutating func endOfLine(_ base: UnsafePointer<UInt8>, _ count: Int, isLast: Bool) -> Step? {
        let end = position
        var next = end + 1
        if !marks.endsWithLineFeed {
            if next == count, !isLast { return .needsMore }
            if next < count, unsafe base[next] == DialectMarks.lineFeed { next += 1 }
        }
        if state == .unquoted {
            unsafe store(end: marks.contentEnd(base, from: fieldStart, lineEndAt: end), marks: fieldMarks)
        }
        let contentEnd = unsafe marks.contentEnd(base, from: fieldStart, lineEndAt: end)
        return .complete(contentEnd: contentEnd, end: next, isTerminated: true)
    }

    /// There are no more bytes, and no line end.
    private mutating func endOfInput(_ base: UnsafePointer<UInt8>, _ count: Int) -> Step? {
        var contentEnd = count
        switch state {
        case .fieldStart:
            fieldStart = count
            store(end: count, marks: 0)
        case .unquoted:
            // A lone carriage return here is the first half of a line end.
            contentEnd = unsafe marks.contentEnd(base, from: fieldStart, lineEndAt: count)
            store(end: contentEnd, marks: fieldMarks)
        case .closed:
            contentEnd = unsafe marks.contentEnd(base, from: fieldStart, lineEndAt: count)
        case .quoted:
            if crossedLines == 0 { rememberFirstLine(end: count) }
            return .broken
        }
        return .complete(contentEnd: contentEnd, end: count, isTerminated: false)
    }

    /// Inside quotes, a line ends at or behind `position`.
    private mutating func crossLineEnd(_ base: UnsafePointer<UInt8>, _ count: Int, isLast: Bool) -> Step? {
        var end = position
        while unsafe base[end] != marks.lineEnd { end += 1 }
        position = end
        if crossedLines == 0 {
            // If this line turns out to be all of the record, it must be known whether a line feed follows.
            if !marks.endsWithLineFeed, end + 1 == count, !isLast { return .needsMore }
            rememberFirstLine(end: end)
            if unsafe isIrregular || hasQuotesInUnquotedFields(base) { return .broken }
        }
        crossedLines += 1
        position = end + 1
        return nil
    }

    private mutating func rememberFirstLine(end: Int) {
        firstLine = FirstLine(
            end: end, fieldCount: fieldCount, openFieldStart: fieldStart, openFieldIsEscaped: isEscaped)
    }

    /// Inside quotes, the quote at `position` is not followed by a delimiter or a second quote.
    private mutating func judgeQuote(_ base: UnsafePointer<UInt8>, _ count: Int, isLast: Bool) -> Step? {
        let after = position + 1
        if after >= count {
            return unsafe isLast ? close(lineEndAt: after, base, count, isLast: true) : .needsMore
        }
        if unsafe base[after] == marks.lineEnd { return unsafe close(lineEndAt: after, base, count, isLast: isLast) }
        if marks.endsWithLineFeed, unsafe base[after] == DialectMarks.carriageReturn {
            if after + 1 >= count, !isLast { return .needsMore }
            if unsafe after + 1 >= count || base[after + 1] == DialectMarks.lineFeed {
                return unsafe close(lineEndAt: after + 1, base, count, isLast: isLast)
            }
        }
        if marks.skipsSpaces, unsafe marks.isSpace(base[after]) {
            switch unsafe closeBeforeSpaces(base, count, isLast: isLast) {
            case .done(let step): return step
            case .text: break
            }
        }
        return unsafe judgeTextAfterQuote(base, count, isLast: isLast)
    }

    /// A field begins with spaces: with a quote behind them it is a quoted one.
    private mutating func judgeSpace(_ base: UnsafePointer<UInt8>, _ count: Int, isLast: Bool) -> Step? {
        var next = position
        while next < count, unsafe marks.isSpace(base[next]) { next += 1 }
        if next == count, !isLast { return .needsMore }
        let isQuoted = unsafe next < count && Int(base[next]) == marks.quote
        fieldStart = isQuoted ? next + 1 : position
        position = isQuoted ? next + 1 : next
        isEscaped = false
        state = isQuoted ? .quoted : .unquoted
        return nil
    }

    private enum Closing {
        case done(Step?)
        case text
    }

    /// The quote at `position` is followed by spaces: it closes the field if a delimiter or a line end comes behind them.
    private mutating func closeBeforeSpaces(
        _ base: UnsafePointer<UInt8>, _ count: Int, isLast: Bool
    ) -> Closing {
        var next = position + 1
        while next < count, unsafe marks.isSpace(base[next]) { next += 1 }
        if next == count {
            return unsafe .done(isLast ? close(lineEndAt: next, base, count, isLast: true) : .needsMore)
        }
        if unsafe base[next] == marks.delimiter {
            store(end: position, marks: fieldMarks)
            state = .fieldStart
            position = next + 1
            return .done(nil)
        }
        if unsafe base[next] == marks.lineEnd {
            return unsafe .done(close(lineEndAt: next, base, count, isLast: isLast))
        }
        guard marks.endsWithLineFeed, unsafe base[next] == DialectMarks.carriageReturn else { return .text }
        if next + 1 == count, !isLast { return .done(.needsMore) }
        guard unsafe next + 1 == count || base[next + 1] == DialectMarks.lineFeed else { return .text }
        return unsafe .done(close(lineEndAt: next + 1, base, count, isLast: isLast))
    }

    /// The quote at `position` closes the last field of the record.
    private mutating func close(
        lineEndAt end: Int, _ base: UnsafePointer<UInt8>, _ count: Int, isLast: Bool
    ) -> Step? {
        store(end: position, marks: fieldMarks)
        state = .closed
        position = end
        return unsafe end < count ? endOfLine(base, count, isLast: isLast) : endOfInput(base, count)
    }

    /// A quote inside quotes is followed by text.
    ///
    /// It is text itself, and there are two ways that come about in real files. Either the writer put quotes around the
    /// field and did not double those inside (`"Ann "Lee" Ltd"`): the field ends at a quote before a delimiter. Or the
    /// writer put no quotes around it and the field happens to begin with one (`"Ann" <101>`): it ends at the first
    /// delimiter. It is the second if no delimiter has come yet and the next one does not follow a quote.
    private mutating func judgeTextAfterQuote(
        _ base: UnsafePointer<UInt8>, _ count: Int, isLast: Bool
    ) -> Step? {
        if crossedLines > 0 { return .broken }
        if marks.isStrict {
            fault = fault ?? .textAfterQuote(field: fieldCount + 1)
        } else if wrappedFieldStart != fieldStart {
            var end = fieldStart
            while end < count, unsafe base[end] != marks.delimiter, unsafe base[end] != marks.lineEnd { end += 1 }
            if end == count, !isLast { return .needsMore }
            let last = unsafe marks.contentEnd(base, from: fieldStart, lineEndAt: end) - 1
            // Two quotes and text begin a wrapped field whose text begins with a quote; an empty name is followed by a space.
            // A last field that no quote closes is not wrapped: `"");` is an empty field in a statement.
            let isLastField = unsafe end == count || base[end] == marks.lineEnd
            let beginsTwice = unsafe position == fieldStart && base[position + 1] != UInt8(ascii: " ") && !isLastField
            if unsafe end < position || Int(base[last]) == marks.quote || beginsTwice { wrappedFieldStart = fieldStart }
        }
        if wrappedFieldStart == fieldStart {
            isIrregular = true
        } else {
            state = .unquoted
            fieldStart -= 1
        }
        position += 1
        return nil
    }

    /// A quote stands in an unquoted field, where it matters.
    private mutating func judgeStrayQuote() -> Step? {
        if crossedLines > 0 { return .broken }
        fault = fault ?? .strayQuote(field: fieldCount + 1)
        position += 1
        return nil
    }

    private mutating func judgeBackslash(_ base: UnsafePointer<UInt8>, _ count: Int, isLast: Bool) -> Step? {
        let after = position + 1
        if after >= count, !isLast { return .needsMore }
        if after < count, unsafe marks.isEscapable(base[after]) {
            isEscaped = true
            position = after + 1
        } else {
            position = after
        }
        return nil
    }
}

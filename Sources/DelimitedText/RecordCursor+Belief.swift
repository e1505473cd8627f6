// SPDX-License-Identifier: Apache-2.0

// Unsafe: places lie before `contentEnd`, or before `count`, which are those of the bytes at hand.

extension RecordCursor {
    /// From how many fields on a line that fits by itself is taken for a record rather than for text with commas.
    private static let tellingFieldCount = 8

    /// Whether a well-formed record of several lines is one, and not an unclosed quote that swallowed its neighbours.
    ///
    /// A quote that stays open until another line closes it gives a record in perfect form. What gives it away is the
    /// number of fields: it differs from what the caller expects; or it differs from the record before while one of the
    /// swallowed lines, read alone, has that number; or it fits by chance while a line in the middle fits as well.
    func isBelievable(_ base: UnsafePointer<UInt8>, _ contentEnd: Int) -> Bool {
        if let expectedFieldCount, !expectedFieldCount.contains(fieldCount) { return false }
        let usual = expectedFieldCount ?? usualFieldCount...usualFieldCount
        let fits = usual.contains(fieldCount)
        if usual.lowerBound < (fits ? Self.tellingFieldCount : 2) { return true }

        return unsafe !hasLine(base, contentEnd, with: usual, isLastIncluded: !fits)
    }

    /// Whether the quote that is still open has swallowed whole lines that are records by themselves, as far as can be
    /// told before it is closed.
    ///
    /// Where no number of fields is known yet, two lines that agree on one tell it.
    func hasSwallowedRecords(_ base: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        guard state == .quoted, crossedLines > 0 else { return false }
        let usual = expectedFieldCount ?? usualFieldCount...usualFieldCount
        if usual.lowerBound > 1 { return unsafe hasLine(base, count, with: usual, isLastIncluded: false) }
        var seen: Int?
        return unsafe hasLine(base, count, isLastIncluded: false) { alone in
            defer { seen = alone }
            return alone > 2 && alone == seen
        }
    }

    /// Whether a line behind the first has one of these numbers of fields if it is read alone.
    private func hasLine(
        _ base: UnsafePointer<UInt8>, _ contentEnd: Int, with usual: ClosedRange<Int>, isLastIncluded: Bool
    ) -> Bool {
        unsafe hasLine(base, contentEnd, isLastIncluded: isLastIncluded) { usual.contains($0) }
    }

    private func hasLine(
        _ base: UnsafePointer<UInt8>, _ contentEnd: Int, isLastIncluded: Bool, where fits: (Int) -> Bool
    ) -> Bool {
        var start = firstLine.end + 1
        while start < contentEnd {
            var end = start
            while end < contentEnd, unsafe base[end] != marks.lineEnd { end += 1 }
            if end == contentEnd, !isLastIncluded { return false }
            let lineEnd = unsafe marks.contentEnd(base, from: start, lineEndAt: end)
            if let alone = unsafe fieldCountOfLine(base, start, lineEnd), fits(alone) { return true }
            start = end + 1
        }
        return false
    }

    /// The number of fields of a line read alone, or nil if its quotes are not well-formed.
    private func fieldCountOfLine(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int? {
        var count = 1
        var position = start
        while position < end {
            if unsafe Int(base[position]) == marks.quote {
                guard let closing = unsafe closingQuote(base, position + 1, end) else { return nil }
                position = closing + 1
                guard unsafe position == end || base[position] == marks.delimiter else { return nil }
            }
            while position < end, unsafe base[position] != marks.delimiter {
                if unsafe Int(base[position]) == marks.quote { return nil }
                position += 1
            }
            if position < end { count += 1 }
            position += 1
        }
        return count
    }

    private func closingQuote(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int? {
        var position = start
        while position < end {
            if unsafe Int(base[position]) == marks.backslash {
                position += 2
            } else if unsafe Int(base[position]) != marks.quote {
                position += 1
            } else if position + 1 < end, unsafe Int(base[position + 1]) == marks.doubledQuote {
                position += 2
            } else {
                return position
            }
        }
        return nil
    }

    /// Whether any field so far that is not quoted has a quote in it.
    func hasQuotesInUnquotedFields(_ base: UnsafePointer<UInt8>) -> Bool {
        for index in 0..<fieldCount {
            let field = unsafe fields.pointer[index]
            if field.isQuoted { continue }
            let start = Int(field.start)
            for offset in start..<start + field.length where unsafe Int(base[offset]) == marks.quote { return true }
        }
        return false
    }
}

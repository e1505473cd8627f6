// SPDX-License-Identifier: Apache-2.0

// Unsafe: fields are copied out of the record through their bounds.

extension Record {
    /// Whether the record only tells a spreadsheet how fields are separated: `sep=;`.
    package var isSeparatorLine: Bool {
        guard length <= 7, fieldCount <= 2 else { return false }
        return unsafe Dialect.separator(announcedBy: raw) != nil
    }

    /// Whether a quote stands inside a field that does not begin with one, or behind a backslash.
    package var hasStrayQuotes: Bool {
        guard quote >= 0 else { return false }
        for index in 0..<fieldCount {
            guard let bounds = bounds(index) else { continue }
            let content = unsafe content(bounds)
            for place in content.indices where unsafe Int(content[place]) == quote {
                if unsafe !bounds.isQuoted || place > 0 && content[place - 1] == Self.backslashByte { return true }
            }
            // The backslash before the quote that closes the field.
            if bounds.isQuoted, unsafe content.last == Self.backslashByte { return true }
        }
        return false
    }

    private static let backslashByte = UInt8(ascii: "\\")
    /// With more doubtful quotes than that nobody can tell.
    private static let mostDoubts = 8

    /// The fields of the record as PHP writes them: a quote behind a backslash is text and is not doubled.
    ///
    /// Such a quote before a delimiter may still be the end of a field whose text ends with a backslash. The record is read
    /// in all ways; one of them alone must give a number of fields that is expected.
    ///
    /// - Returns: Nil if there is no such quote, or if none or several of the ways fit.
    package func fields(withBackslashQuotes expected: ClosedRange<Int>) -> [[UInt8]]? {
        guard quote >= 0, backslash < 0 else { return nil }
        let bytes = unsafe Array(raw)
        var reading = PHPReading(bytes: bytes, quote: UInt8(quote), delimiter: delimiter)
        let doubts = reading.read(closing: 0)
        guard reading.hasBackslashQuotes, doubts <= Self.mostDoubts else { return nil }
        var found: [[UInt8]]?
        for closing in 0..<(1 << UInt64(doubts)) {
            guard reading.read(closing: closing) >= 0, reading.isClosed, expected.contains(reading.fields.count) else {
                continue
            }
            if found != nil, found != reading.fields { return nil }
            found = reading.fields
        }
        return found
    }
}

/// One way to read a record that PHP has written.
private struct PHPReading {
    let bytes: [UInt8]
    let quote: UInt8
    let delimiter: UInt8
    private(set) var fields: [[UInt8]] = []
    /// Whether no quote was left open.
    private(set) var isClosed = true
    private(set) var hasBackslashQuotes = false

    init(bytes: [UInt8], quote: UInt8, delimiter: UInt8) {
        self.bytes = bytes
        self.quote = quote
        self.delimiter = delimiter
    }

    /// Reads the record.
    ///
    /// - Parameter closing: A bit for each doubtful quote that is to end its field.
    /// - Returns: How many doubtful quotes there were.
    mutating func read(closing: Int) -> Int {
        fields = []
        isClosed = true
        var doubts = 0
        var field: [UInt8] = []
        var isQuoted = false
        var place = 0
        var isAtStart = true
        while place < bytes.count {
            let byte = bytes[place]
            if isAtStart, byte == quote {
                (isQuoted, isAtStart) = (true, false)
            } else if isQuoted, byte == UInt8(ascii: "\\"), place + 1 < bytes.count, bytes[place + 1] == quote {
                hasBackslashQuotes = true
                field.append(byte)
                place += 1
                let endsHere = isEnd(place + 1)
                if endsHere, closing >> doubts & 1 == 1 { isQuoted = false } else { field.append(quote) }
                if endsHere { doubts += 1 }
            } else if isQuoted, byte == quote {
                if place + 1 < bytes.count, bytes[place + 1] == quote {
                    field.append(quote)
                    place += 1
                } else if isEnd(place + 1) {
                    isQuoted = false
                } else {
                    field.append(quote)
                }
            } else if !isQuoted, byte == delimiter {
                fields.append(field)
                field = []
                isAtStart = true
                place += 1
                continue
            } else {
                field.append(byte)
                isAtStart = false
            }
            place += 1
        }
        fields.append(field)
        isClosed = !isQuoted
        return doubts
    }

    private func isEnd(_ place: Int) -> Bool { place >= bytes.count || bytes[place] == delimiter }
}

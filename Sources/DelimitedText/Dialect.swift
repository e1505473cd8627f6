// SPDX-License-Identifier: Apache-2.0

// Unsafe: the head of a file is looked at through its bounds while its owner keeps it.

/// How a file separates fields and records.
///
/// The default is what most phone systems write: commas, double quotes doubled inside quotes, one record a line. It is
/// lenient, because real files are not RFC 4180; ``isStrict`` asks for exactly that form.
package struct Dialect: Sendable, Hashable {
    /// How a quote, or a delimiter, stands for itself inside a field.
    package enum Escape: Sendable, Hashable {
        /// Two quotes inside a quoted field are one.
        case doubledQuote
        /// A backslash before a delimiter, a quote or a backslash is dropped and that byte is text, in any field.
        /// Before any other byte the backslash is text itself. A doubled quote is understood too, unless strict.
        case backslash
        /// Nothing is an escape.
        case none
    }

    /// What ends a record.
    package enum LineEnd: Sendable, Hashable {
        /// A line feed, with or without a carriage return before it. A carriage return elsewhere is text.
        case lf
        /// A carriage return, with or without a line feed after it. A line feed elsewhere is text.
        case cr
    }

    /// The byte between two fields.
    package var delimiter: UInt8
    /// The byte around a field that may contain delimiters and line ends, or nil if the file knows no quoting.
    package var quote: UInt8?
    /// How a quote stands for itself.
    package var escape: Escape
    /// What ends a record.
    package var lineEnd: LineEnd
    /// Whether a quote in an unquoted field and text after a closing quote are faults.
    ///
    /// Lenient reading keeps such quotes as text and counts them as no fault.
    package var isStrict: Bool
    /// Whether an empty line is a record of one empty field, as RFC 4180 has it, rather than nothing.
    package var keepsBlankLines: Bool

    /// Whether spaces around the quotes of a field are no part of it, so that a quote behind a space opens the field.
    package var skipsSpaces: Bool

    /// Creates a dialect; every part left out is as most phone systems write it.
    package init(
        delimiter: UInt8 = UInt8(ascii: ","), quote: UInt8? = UInt8(ascii: "\""), escape: Escape = .doubledQuote,
        lineEnd: LineEnd = .lf, isStrict: Bool = false, keepsBlankLines: Bool = false,
        skipsSpaces: Bool = false
    ) {
        self.delimiter = delimiter
        self.quote = quote
        self.escape = escape
        self.lineEnd = lineEnd
        self.isStrict = isStrict
        self.keepsBlankLines = keepsBlankLines
        self.skipsSpaces = skipsSpaces
    }
}

extension Dialect {
    /// The delimiter that a line such as `sep=;` announces; nil for any other line.
    ///
    /// Spreadsheets write and understand it as the first line of a file.
    static func separator(announcedBy line: UnsafeRawBufferPointer) -> UInt8? {
        var line = unsafe line[...]
        let quote = UInt8(ascii: "\"")
        if unsafe line.first == quote, unsafe line.count > 6 { unsafe line = unsafe line.dropFirst() }
        guard unsafe line.count >= 5, unsafe zip(line, "sep=".utf8).allSatisfy({ $0 | 0x20 == $1 | 0x20 }) else {
            return nil
        }
        let byte = unsafe line[line.startIndex + 4]
        let rest = unsafe line.dropFirst(5)
        guard unsafe rest.isEmpty || rest.elementsEqual([quote]), byte < 0x80, byte != quote,
            byte >= 0x20 || byte == 0x09
        else {
            return nil
        }
        return byte
    }

    /// The dialect in which a file is read whose beginning says how it is written.
    ///
    /// A first line `sep=;` names the delimiter. Where lines should end with line feeds and the beginning has none but many
    /// carriage returns, those end the lines.
    ///
    /// - Parameter head: The decoded beginning of the file, without a byte order mark.
    package func adapted(to head: UnsafeRawBufferPointer) -> Dialect {
        var dialect = self
        let sample = unsafe UnsafeRawBufferPointer(rebasing: head.prefix(DialectDetection.sampleLength))
        if lineEnd == .lf, !isStrict, unsafe DialectDetection.lineEnd(of: sample) == .cr { dialect.lineEnd = .cr }
        let end = unsafe sample.firstIndex { $0 == DialectMarks.lineFeed || $0 == DialectMarks.carriageReturn }
        let line = unsafe UnsafeRawBufferPointer(rebasing: sample[..<(end ?? min(sample.count, 8))])
        if line.count <= 7, let delimiter = unsafe Self.separator(announcedBy: line), delimiter != quote {
            dialect.delimiter = delimiter
        }
        return dialect
    }
}

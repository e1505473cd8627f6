// SPDX-License-Identifier: Apache-2.0

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

    /// Creates a dialect; every part left out is as most phone systems write it.
    package init(
        delimiter: UInt8 = UInt8(ascii: ","), quote: UInt8? = UInt8(ascii: "\""), escape: Escape = .doubledQuote,
        lineEnd: LineEnd = .lf, isStrict: Bool = false, keepsBlankLines: Bool = false
    ) {
        self.delimiter = delimiter
        self.quote = quote
        self.escape = escape
        self.lineEnd = lineEnd
        self.isStrict = isStrict
        self.keepsBlankLines = keepsBlankLines
    }
}

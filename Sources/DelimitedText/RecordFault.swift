// SPDX-License-Identifier: Apache-2.0

/// What is wrong with the form of a record.
///
/// Fields count from 1, and so do lines, from the beginning of the file.
package enum RecordFault: Error, Hashable, Sendable {
    /// The quote that opens this field is not closed in any way that gives a record.
    case unclosedQuote(field: Int, line: Int)
    /// A field that does not begin with a quote contains one. Found by strict reading only.
    case strayQuote(field: Int, line: Int)
    /// Something other than a delimiter or a line end follows a closing quote. Found by strict reading only.
    case textAfterQuote(field: Int, line: Int)
    /// The line has more bytes than are kept for one record; the record holds the first `limit` of them.
    case tooLong(limit: Int, line: Int)
    /// The record has more fields than are kept for one; it holds the first `limit` of them.
    case tooManyFields(limit: Int, line: Int)
}

extension RecordFault {
    /// The line where it is, from 1.
    package var line: Int {
        switch self {
        case .unclosedQuote(_, let line), .strayQuote(_, let line), .textAfterQuote(_, let line), .tooLong(_, let line),
            .tooManyFields(_, let line):
            line
        }
    }

    /// The field that is wrong, from 1, or nil if it is the record as a whole.
    package var field: Int? {
        switch self {
        case .unclosedQuote(let field, _), .strayQuote(let field, _), .textAfterQuote(let field, _): field
        case .tooLong, .tooManyFields: nil
        }
    }
}

extension RecordFault: CustomStringConvertible {
    /// What is wrong, with its line and field, as one sentence.
    package var description: String {
        switch self {
        case .unclosedQuote(let field, let line):
            "line \(line), field \(field): the quote opened here is never closed"
        case .strayQuote(let field, let line):
            "line \(line), field \(field): a quote stands inside a field that does not begin with one"
        case .textAfterQuote(let field, let line):
            "line \(line), field \(field): expected a delimiter or the end of the line after the closing quote"
        case .tooLong(let limit, let line):
            "line \(line): the record has more than \(limit) bytes"
        case .tooManyFields(let limit, let line):
            "line \(line): the record has more than \(limit) fields"
        }
    }
}

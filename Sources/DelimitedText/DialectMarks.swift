// SPDX-License-Identifier: Apache-2.0

// Unsafe: `end` is the place of a line end, so that the byte before it is there if it is behind `start`.

/// A dialect in the form that the inner loops compare bytes with.
///
/// What a dialect does not have is -1, which no byte equals, so that the loops need no second question.
struct DialectMarks {
    let delimiter: UInt8
    let lineEnd: UInt8
    let quote: Int
    /// The quote where two of them stand for one.
    let doubledQuote: Int
    let backslash: Int
    let isStrict: Bool
    let skipsSpaces: Bool

    static let carriageReturn = UInt8(ascii: "\r")
    static let lineFeed = UInt8(ascii: "\n")

    init(_ dialect: Dialect) {
        delimiter = dialect.delimiter
        lineEnd = dialect.lineEnd == .lf ? Self.lineFeed : Self.carriageReturn
        quote = dialect.quote.map(Int.init) ?? -1
        backslash = dialect.escape == .backslash ? Int(UInt8(ascii: "\\")) : -1
        isStrict = dialect.isStrict
        skipsSpaces = dialect.skipsSpaces && dialect.quote != nil
        let doubles =
            switch dialect.escape {
            case .doubledQuote: true
            case .backslash: !dialect.isStrict
            case .none: false
            }
        doubledQuote = doubles ? quote : -1
    }

    /// Whether the byte is a space or a tab that separates nothing.
    func isSpace(_ byte: UInt8) -> Bool { (byte == 0x20 || byte == 0x09) && byte != delimiter }

    var endsWithLineFeed: Bool { lineEnd == Self.lineFeed }

    /// Whether a backslash before this byte makes it text.
    func isEscapable(_ byte: UInt8) -> Bool {
        byte == delimiter || Int(byte) == quote || Int(byte) == backslash
    }

    /// Where the content of a line ends whose line end stands at `end`, and which has no content before `start`.
    func contentEnd(_ base: UnsafePointer<UInt8>, from start: Int, lineEndAt end: Int) -> Int {
        unsafe endsWithLineFeed && end > start && base[end - 1] == Self.carriageReturn ? end - 1 : end
    }
}

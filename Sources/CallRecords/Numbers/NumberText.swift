// SPDX-License-Identifier: Apache-2.0

/// Takes the wrapping off a number: SIP and `tel:` addresses, names, separators, what was dialled after it.
enum NumberText {
    /// What people and machines put between digits.
    static func isSeparator(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x20, 0x09, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "("), UInt8(ascii: ")"),
            UInt8(ascii: "/"), UInt8(ascii: "~"):
            true
        default: false
        }
    }

    /// From how many digits on a mark behind them begins what was dialled once the call was answered.
    static let leastDialled = 7

    /// Whether what follows was dialled once the call was answered: pauses, waits, an extension, a tone.
    static func beginsPostDial(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "#"), UInt8(ascii: "*"): true
        default: [UInt8(ascii: "w"), UInt8(ascii: "p"), UInt8(ascii: "x")].contains(byte.asciiLowercased)
        }
    }

    /// The words before an extension of the other side.
    private static let extensionWords = [
        "ext", "доб", "вн", "wew", "poste", "durchwahl", "dw", "int", "anexo", "ramal",
    ]

    /// The same text with digits, plus signs, dashes and spaces of ASCII, and without invisible characters.
    ///
    /// Digits of all scripts count; texts pasted from other programs bring them, and marks of the writing direction.
    static func plain(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 && $0 >= 0x20 }) { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if let replacement = plain(scalar) { result.append(replacement) }
        }
        return String(result)
    }

    /// `nil` for a character that cannot be seen.
    private static func plain(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        if scalar.isASCII, scalar.value >= 0x20 { return scalar }
        let properties = scalar.properties
        switch properties.generalCategory {
        case .decimalNumber:
            return properties.numericValue.map { Unicode.Scalar(0x30 + UInt8($0)) }
        case .spaceSeparator, .lineSeparator, .paragraphSeparator: return " "
        case .dashPunctuation: return "-"
        case .format: return nil
        case .control: return scalar.value == 9 || scalar.value == 10 || scalar.value == 13 ? " " : scalar
        default: return other[scalar] ?? scalar
        }
    }

    /// Signs that look like those between digits: minus, the full-width forms, dots in the middle, primes.
    private static let other: [Unicode.Scalar: Unicode.Scalar] = [
        "\u{2212}": "-", "\u{FF0B}": "+", "\u{FE62}": "+", "\u{207A}": "+", "\u{FF08}": "(", "\u{FF09}": ")",
        "\u{FF0E}": ".", "\u{00B7}": ".", "\u{2022}": ".", "\u{2219}": ".", "\u{22C5}": ".", "\u{FF0F}": "/",
        "\u{2044}": "/", "\u{2215}": "/", "\u{FF0C}": ",", "\u{FF1B}": ";", "\u{FF03}": "#", "\u{FF0A}": "*",
        "\u{2019}": "'", "\u{FF0D}": "-",
    ]

    /// The user part of an address.
    ///
    /// | text | result |
    /// |---|---|
    /// | `sip:+74950000000@pbx.example;user=phone` | `+74950000000` |
    /// | `"Anna" <sip:101@10.0.0.1>` | `101` |
    /// | `tel:%2B74950000000` | `+74950000000` |
    /// | `'+74950000000` | `+74950000000` |
    /// | `="+74950000000"` | `+74950000000` |
    /// | `=+74950000000` | `+74950000000` |
    /// | `+74950000000,,404#` | `+74950000000` |
    /// | `74950000000.0` | `74950000000` |
    static func unwrapped(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0.isASCIIDigit || $0 == UInt8(ascii: "+") }) { return text }
        var rest = Substring(text)
        if let open = rest.lastIndex(of: "<"), let close = rest[open...].firstIndex(of: ">") {
            rest = rest[rest.index(after: open)..<close]
        }
        for scheme in ["sip:", "sips:", "tel:", "SIP:", "SIPS:", "TEL:"] where rest.hasPrefix(scheme) {
            rest = rest.dropFirst(scheme.count)
        }
        if let end = rest.firstIndex(where: { $0 == "@" || $0 == ";" }) { rest = rest[..<end] }
        if rest.hasPrefix("%2B") || rest.hasPrefix("%2b") { rest = "+" + rest.dropFirst(3) }
        // Spreadsheets take an apostrophe or ="…" for what is no quantity, and put = before what has a plus.
        if rest.hasPrefix("=\""), rest.hasSuffix("\""), rest.count > 3 { rest = rest.dropFirst(2).dropLast() }
        if let first = rest.first, "='".contains(first) { rest = rest.dropFirst() }
        return withoutPostDial(withoutDecimals(String(rest).trimming()))
    }

    /// Drops what was dialled once the call was answered, and the hash that ends dialling.
    private static func withoutPostDial(_ text: String) -> String {
        var digits = 0
        var place = text.utf8.startIndex
        let bytes = text.utf8
        while place < bytes.endIndex {
            let byte = bytes[place]
            if byte.isASCIIDigit {
                digits += 1
            } else if digits >= leastDialled, beginsPostDial(byte) || beginsExtension(text[place...]) {
                return String(text[..<place]).trimming()
            } else if byte == UInt8(ascii: "#"), digits > 0, bytes.index(after: place) == bytes.endIndex {
                return String(text[..<place])
            } else if byte != UInt8(ascii: "+"), !isSeparator(byte) {
                return text
            }
            place = bytes.index(after: place)
        }
        return text
    }

    private static func beginsExtension(_ rest: Substring) -> Bool {
        guard let first = rest.first, first.isLetter else { return false }
        let word = rest.prefix { $0.isLetter }.lowercased()
        return extensionWords.contains { word.hasPrefix($0) } && rest.contains { $0.isNumber }
    }

    /// Programs that take a number for a quantity write it with a fraction of zeros.
    private static func withoutDecimals(_ text: String) -> String {
        guard let point = text.firstIndex(where: { $0 == "." || $0 == "," }) else { return text }
        let fraction = text[text.index(after: point)...]
        let whole = text[..<point].drop { $0 == "+" }
        guard (1...2).contains(fraction.count), fraction.allSatisfy({ $0 == "0" }), whole.count >= leastDialled,
            whole.utf8.allSatisfy(\.isASCIIDigit)
        else { return text }
        return String(text[..<point])
    }

    /// Whether a spreadsheet has rounded the number: `7,91600E+10`.
    static func isScientific(_ text: String) -> Bool {
        guard let mark = text.utf8.firstIndex(where: { $0 == UInt8(ascii: "E") || $0 == UInt8(ascii: "e") }) else {
            return false
        }
        let mantissa = text[..<mark]
        let exponent = text[text.index(after: mark)...].drop { $0 == "+" }
        return !exponent.isEmpty && exponent.count <= 2 && exponent.utf8.allSatisfy(\.isASCIIDigit)
            && !mantissa.isEmpty
            && mantissa.utf8.allSatisfy { $0.isASCIIDigit || [0x2B, 0x2C, 0x2D, 0x2E].contains($0) }
    }

    /// The number as it would be dialled: digits with or without a `+` before them; `nil` when there is anything else.
    static func dialled(_ text: String) -> String? {
        var result: [UInt8] = []
        for byte in text.utf8 {
            if byte.isASCIIDigit {
                result.append(byte)
            } else if byte == UInt8(ascii: "+"), result.isEmpty {
                result.append(byte)
            } else if !isSeparator(byte) {
                return nil
            }
        }
        return result.count > (result.first == UInt8(ascii: "+") ? 1 : 0)
            ? String(decoding: result, as: UTF8.self) : nil
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Takes the wrapping off a number: SIP and `tel:` addresses, names, separators.
enum NumberText {
    /// What people and machines put between digits; the no-break space is two bytes, of which both count.
    static func isSeparator(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x20, 0x09, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "("), UInt8(ascii: ")"),
            UInt8(ascii: "/"), UInt8(ascii: "~"), 0xC2, 0xA0:
            true
        default: false
        }
    }

    /// The user part of an address.
    ///
    /// | text | result |
    /// |---|---|
    /// | `sip:+74950000000@pbx.example;user=phone` | `+74950000000` |
    /// | `"Anna" <sip:101@10.0.0.1>` | `101` |
    /// | `tel:%2B74950000000` | `+74950000000` |
    /// | `'+74950000000` | `+74950000000` |
    static func unwrapped(_ text: String) -> String {
        var rest = Substring(text)
        if let open = rest.lastIndex(of: "<"), let close = rest[open...].firstIndex(of: ">") {
            rest = rest[rest.index(after: open)..<close]
        }
        for scheme in ["sip:", "sips:", "tel:", "SIP:", "SIPS:", "TEL:"] where rest.hasPrefix(scheme) {
            rest = rest.dropFirst(scheme.count)
        }
        if let end = rest.firstIndex(where: { $0 == "@" || $0 == ";" }) { rest = rest[..<end] }
        if rest.hasPrefix("%2B") || rest.hasPrefix("%2b") { rest = "+" + rest.dropFirst(3) }
        // Spreadsheets put an apostrophe before what they must not take for a number.
        if rest.hasPrefix("'") { rest = rest.dropFirst() }
        return String(rest).trimming()
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

// SPDX-License-Identifier: Apache-2.0

/// Percent-encoding as a command of a batch needs it.
enum PercentEncoding {
    /// Encodes every byte of the UTF-8 text except letters, digits and `-_.~`.
    ///
    /// | text | encoded |
    /// |---|---|
    /// | `+12025550100` | `%2B12025550100` |
    /// | `a b&c#d` | `a%20b%26c%23d` |
    /// | `é` | `%C3%A9` |
    static func encode(_ text: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + 16)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default:
                bytes.append(UInt8(ascii: "%"))
                bytes.append(digits[Int(byte >> 4)])
                bytes.append(digits[Int(byte & 15)])
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let digits = Array("0123456789ABCDEF".utf8)
}

/// References of the form `$result[key][FIELD]`, which the portal replaces inside the commands of a batch.
enum BatchReference {
    private static let roots = ["result", "error", "total", "next", "time"].map { Array($0.utf8) }

    /// Removes each dollar sign that the portal would take for the start of a reference; other dollar signs stay.
    ///
    /// The portal looks for references after decoding and knows no escape, so text from a call record must not
    /// contain one. Bytes are compared and not letters, since the portal knows nothing of combining accents.
    static func defused(_ text: String) -> String {
        let dollar = UInt8(ascii: "$")
        guard text.utf8.contains(dollar) else { return text }
        let parts = text.utf8.split(separator: dollar, omittingEmptySubsequences: false).map(Array.init)
        // From the end, because taking one dollar sign away may bring the one before it next to the word.
        var result = parts[parts.count - 1]
        for part in parts.dropLast().reversed() {
            let word = result.prefix(6).map { $0 | 0x20 }
            result = part + (roots.contains { word.starts(with: $0) } ? [] : [dollar]) + result
        }
        return String(decoding: result, as: UTF8.self)
    }
}

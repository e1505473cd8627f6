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
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let digits = Array("0123456789ABCDEF".utf8)
}

/// References of the form `$result[key][FIELD]`, which the portal replaces inside the commands of a batch.
enum BatchReference {
    private static let roots = ["result", "error", "total", "next", "time"]

    /// Removes each dollar sign that the portal would take for the start of a reference; other dollar signs stay.
    ///
    /// The portal looks for references after decoding and knows no escape, so text from a call record must not
    /// contain one.
    static func defused(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "$")) else { return text }
        var result = ""
        var rest = Substring(text)
        while let dollar = rest.firstIndex(of: "$") {
            let after = rest[rest.index(after: dollar)...]
            let word = after.prefix(6).lowercased()
            let isReference = roots.contains { word.hasPrefix($0) }
            result += rest[..<dollar] + (isReference ? "" : "$")
            rest = after
        }
        return result + rest
    }
}

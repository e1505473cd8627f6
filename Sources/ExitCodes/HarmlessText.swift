// SPDX-License-Identifier: Apache-2.0

/// What is done to texts that come from outside (the portal, a gateway, a command line) before a person reads them.
package enum HarmlessText {
    /// The most characters of a text from outside that are kept.
    package static let longest = 300

    /// The text without what a terminal or a log would take for a command.
    ///
    /// White space that is not a blank, line ends included, becomes a blank; every other control character, and those that
    /// turn the direction of writing, become U+FFFD.
    package static func printable(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F || $0 == 0xC2 || $0 == 0xE2 }) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x09, 0x0A, 0x0D, 0x85, 0x2028, 0x2029: result.append(" ")
            case 0..<0x20, 0x7F..<0xA0, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: result.append("\u{FFFD}")
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    /// The text with an ellipsis in place of what stands where the address of a webhook has its secret:
    /// `/rest/USER_ID/SECRET`, also as part of a percent-encoded address or of JSON.
    package static func masked(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var place = 0
        while let secret = nextSecret(bytes, from: place) {
            result += bytes[place..<secret.lowerBound]
            result += "…".utf8
            place = secret.upperBound
        }
        return place == 0 ? text : String(decoding: result + bytes[place...], as: UTF8.self)
    }

    /// A text of the portal as it may be shown and stored: printable, masked and no longer than ``longest`` characters.
    package static func fromOutside(_ text: String) -> String {
        let clean = masked(printable(text))
        // A character can have any number of scalars; their number is what takes room.
        guard clean.unicodeScalars.count > longest else { return clean }
        return String(clean.unicodeScalars.prefix(longest)) + "…"
    }

    // MARK: Addresses of webhooks

    private static let folder = Array("rest".utf8)

    private static func nextSecret(_ bytes: [UInt8], from start: Int) -> Range<Int>? {
        var place = start
        while place + folder.count < bytes.count {
            defer { place += 1 }
            guard bytes[place] | 0x20 == folder[0],
                bytes[place..<(place + folder.count)].lazy.map({ $0 | 0x20 }).elementsEqual(folder),
                let user = slash(bytes, at: place + folder.count)
            else { continue }
            var end = user
            while end < bytes.count, bytes[end].isDigit { end += 1 }
            guard end > user, let secret = slash(bytes, at: end) else { continue }
            end = secret
            while end < bytes.count, bytes[end].isOfSecret { end += 1 }
            if end > secret { return secret..<end }
        }
        return nil
    }

    /// Where the text goes on behind a slash, however it is written.
    private static func slash(_ bytes: [UInt8], at place: Int) -> Int? {
        for form in ["/", "\\/", "%2F", "%2f", "%252F", "&#x2F;", "&#47;"] where bytes[place...].starts(with: form.utf8)
        {
            return place + form.utf8.count
        }
        return nil
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

    fileprivate var isOfSecret: Bool {
        isDigit || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) || self == UInt8(ascii: "_")
            || self == UInt8(ascii: "-")
    }
}

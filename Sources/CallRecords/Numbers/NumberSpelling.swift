// SPDX-License-Identifier: Apache-2.0

/// How other programs spell a client's number: the portal keeps whatever it was given, so that one number has many texts.
package struct NumberSpelling: Sendable {
    private let dialling: Dialling
    private let countryCode: String?
    /// What is dialled before a number of the region.
    private let trunkPrefix: String

    /// The countries whose trunk prefix is 8; most others have 0, which harms nobody where it is none.
    private static let eightDialling: Set<String> = ["RU", "KZ", "BY", "TM"]

    /// The most texts that ``spellings(of:)`` has.
    package static let most = 4

    /// - Parameter region: The region whose national numbers are read, two capitals; `nil`: none are.
    package init(region: String?) {
        dialling = Dialling(region: region)
        countryCode = dialling.countryCode.map(String.init)
        trunkPrefix = Self.eightDialling.contains(region ?? "") ? "8" : "0"
    }

    /// The number in E.164, or the text itself where it is no number that can be dialled.
    package func e164(_ text: String) -> String {
        if text.utf8.first == UInt8(ascii: "+") { return text }
        switch dialling.read(text) {
        case .number(let number): return number
        case .short(let digits): return digits
        case .impossible: break
        }
        // A number of another country without its plus.
        if text.utf8.count >= 8, case .number(let number) = dialling.read("+" + text) { return number }
        return text
    }

    /// The texts under which a portal may keep a number, the number itself first; at most ``most``.
    ///
    /// - Parameter number: E.164 with `+`; anything else has one spelling.
    package func spellings(of number: String) -> [String] {
        guard number.utf8.first == UInt8(ascii: "+") else { return [number] }
        let digits = String(number.dropFirst())
        guard let countryCode, digits.hasPrefix(countryCode) else { return [number, digits, "00" + digits] }
        let national = String(digits.dropFirst(countryCode.count))
        return [number, digits, trunkPrefix + national, national]
    }
}

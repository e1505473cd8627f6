// SPDX-License-Identifier: Apache-2.0

/// A language that reports for people are written in; logs and JSON are English.
package enum Language: String, Sendable, Hashable, CaseIterable {
    /// The language of the source text.
    case english = "en"
    /// Translated by the catalogue `ru.po`.
    case russian = "ru"

    /// The language of a POSIX environment: that of the first of `LC_ALL`, `LC_MESSAGES` and `LANG` that is not empty.
    ///
    /// English where none is set, for other languages, and for a locale whose encoding is not UTF-8.
    package init(environment: [String: String]) {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        let parts = locale.split(separator: "@")[...].first?.split(separator: ".") ?? []
        let name = parts.first?.split(separator: "_").first.map { $0.lowercased() } ?? ""
        let encoding = parts.count > 1 ? parts[1].lowercased().filter { $0 != "-" } : "utf8"
        self = encoding == "utf8" ? Language(rawValue: name) ?? .english : .english
    }

    /// What translates English texts; `nil` for English.
    package var catalogue: Catalogue? {
        switch self {
        case .english: nil
        case .russian: Catalogue.russian
        }
    }

    /// Which form of a noun goes with a number, from 0, in the order of the catalogue's `msgstr[n]`.
    ///
    /// Source: the plural rules of Unicode CLDR, which are those of gettext.
    package func pluralForm(of count: Int) -> Int {
        let number = count.magnitude
        switch self {
        case .english: return number == 1 ? 0 : 1
        case .russian:
            let (tens, ones) = (number / 10 % 10, number % 10)
            if ones == 1, tens != 1 { return 0 }
            return (2...4).contains(ones) && tens != 1 ? 1 : 2
        }
    }

    /// A whole number with its digits in groups of three: `1,234,567`, in Russian with no-break spaces.
    package func number(_ number: Int) -> String {
        let separator: Character = self == .russian ? "\u{A0}" : ","
        var digits = String(number.magnitude)
        var end = digits.count
        while end > 3 {
            end -= 3
            digits.insert(separator, at: digits.index(digits.startIndex, offsetBy: end))
        }
        return (number < 0 ? "-" : "") + digits
    }

    /// A number with one decimal: `1,234.5`, in Russian with a decimal comma.
    package func decimal(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        let sign = tenths < 0 ? "-" : ""
        let whole = number(Int((tenths / 10).magnitude))
        return "\(sign)\(whole)\(self == .russian ? "," : ".")\(tenths.magnitude % 10)"
    }
}

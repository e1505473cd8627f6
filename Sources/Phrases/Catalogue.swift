// SPDX-License-Identifier: Apache-2.0

/// The translations of a language, read from a catalogue of GNU gettext (`.po`).
package struct Catalogue: Sendable, Equatable {
    /// A line of the catalogue that cannot be understood.
    package struct Fault: Error, Equatable, CustomStringConvertible {
        /// The line, from 1.
        package let line: Int
        /// What is wrong with it.
        package let message: String

        /// The line and what is wrong with it.
        package var description: String { "line \(line): \(message)" }
    }

    /// An entry: what is translated, and its translations.
    package struct Entry: Sendable, Hashable {
        /// `msgctxt`; empty for none.
        package var context = ""
        /// `msgid`: the English template, or the singular of a noun.
        package var id = ""
        /// `msgid_plural`; `nil` for a phrase.
        package var plural: String?
        /// `msgstr`, or `msgstr[0]`, `msgstr[1]` …
        package var translations: [String] = []

        /// An entry without translations.
        package init() {}
    }

    /// The entries in the order of the file, without the header.
    package let entries: [Entry]
    private let sentences: [String: String]
    private let nouns: [Noun: [String]]

    /// Reads a catalogue.
    ///
    /// - Parameter text: The text of a `.po` file: comments, `msgctxt`, `msgid`, `msgid_plural`, `msgstr`, `msgstr[n]` and
    ///   strings that go on in the next line.
    package init(po text: String) throws(Fault) {
        var reader = CatalogueReader()
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            try reader.take(line, number: index + 1)
        }
        reader.finish()
        entries = reader.entries.filter { !$0.id.isEmpty }
        var sentences: [String: String] = [:]
        var nouns: [Noun: [String]] = [:]
        for entry in entries where entry.translations.allSatisfy({ !$0.isEmpty }) {
            if let plural = entry.plural {
                nouns[Noun(entry.id, plural, context: entry.context)] = entry.translations
            } else {
                sentences[entry.id] = entry.translations.first
            }
        }
        self.sentences = sentences
        self.nouns = nouns
    }

    /// The translation of a template; `nil` where there is none.
    package func sentence(_ template: String) -> String? { sentences[template] }

    /// The forms of a noun; `nil` where there are none.
    package func forms(of noun: Noun) -> [String]? { nouns[noun] }

    /// The Russian catalogue, which is compiled into the program.
    package static let russian = embedded(PackageResources.ru_po)

    private static func embedded(_ bytes: [UInt8]) -> Catalogue {
        do throws(Fault) {
            return try Catalogue(po: String(decoding: bytes, as: UTF8.self))
        } catch {
            preconditionFailure("the catalogue is part of the program and read by its tests: \(error)")
        }
    }
}

/// Reads a `.po` file line by line.
private struct CatalogueReader {
    private(set) var entries: [Catalogue.Entry] = []
    private var entry = Catalogue.Entry()
    private var keyword = ""

    mutating func take(_ line: Substring, number: Int) throws(Catalogue.Fault) {
        let line = line.drop { $0 == " " }
        if line.isEmpty || line.first == "#" { return }
        guard let quote = line.firstIndex(of: "\"") else {
            throw Catalogue.Fault(line: number, message: "expected a string between quotes")
        }
        let word = line[..<quote].filter { $0 != " " }
        let text = try Self.string(line[quote...], number)
        if word.isEmpty { return try add(text, number) }
        if word == "msgctxt" || word == "msgid" && keyword != "msgctxt" { finish() }
        keyword = word
        if word.hasPrefix("msgstr") { entry.translations.append("") }
        try add(text, number)
    }

    /// The entry is over.
    mutating func finish() {
        if !keyword.isEmpty { entries.append(entry) }
        entry = Catalogue.Entry()
        keyword = ""
    }

    private mutating func add(_ text: String, _ number: Int) throws(Catalogue.Fault) {
        switch keyword {
        case "msgctxt": entry.context += text
        case "msgid": entry.id += text
        case "msgid_plural": entry.plural = (entry.plural ?? "") + text
        case let word where word.hasPrefix("msgstr") && !entry.translations.isEmpty:
            entry.translations[entry.translations.count - 1] += text
        default: throw Catalogue.Fault(line: number, message: "\(keyword) is not a keyword of a catalogue")
        }
    }

    private static func string(_ quoted: Substring, _ number: Int) throws(Catalogue.Fault) -> String {
        guard quoted.count > 1, quoted.last == "\"" else {
            throw Catalogue.Fault(line: number, message: "the string has no closing quote")
        }
        var text = ""
        var isEscaped = false
        for character in quoted.dropFirst().dropLast() {
            if isEscaped {
                text.append(character == "n" ? "\n" : character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else {
                text.append(character)
            }
        }
        return text
    }
}

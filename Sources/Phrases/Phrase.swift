// SPDX-License-Identifier: Apache-2.0

/// A text for people that knows its parts, so that it can be written in several languages.
///
/// `Phrase("\(path) has no records")` keeps the template `{1} has no records`, by which a catalogue finds the
/// translation, and the value. A test compares the literals of the source text with the catalogues.
package struct Phrase: Sendable, Hashable {
    /// A value in a phrase.
    package indirect enum Value: Sendable, Hashable {
        /// A name, a path or another text that is the same in every language.
        case text(String)
        /// A whole number.
        case number(Int)
        /// A number of things.
        case counted(Int, Noun)
        /// A phrase within the phrase.
        case phrase(Phrase)
        /// Phrases one after the other, with commas between them.
        case list([Phrase])
    }

    /// The English text with `{1}`, `{2}` … in place of the values.
    package let template: String
    /// The values, in the order of their numbers.
    package let values: [Value]

    /// A phrase of the catalogues.
    package init(_ literal: Literal) {
        template = literal.template
        values = literal.values
    }

    init(template: String, values: [Value]) {
        self.template = template
        self.values = values
    }

    /// A text as it is; it is translated only where a catalogue has an entry for the whole of it.
    package static func verbatim(_ text: String) -> Phrase { Phrase(template: text, values: []) }

    /// The phrase in English.
    package var english: String { text(in: .english) }

    /// The phrase in a language; in English where the catalogue has no entry.
    package func text(in language: Language) -> String {
        let template = language.catalogue?.sentence(self.template) ?? self.template
        guard !values.isEmpty else { return template }
        var text = ""
        var rest = template[...]
        while let brace = rest.firstIndex(of: "{") {
            text += rest[..<brace]
            rest = rest[brace...]
            guard let end = rest.firstIndex(of: "}"), let index = Int(rest[rest.index(after: brace)..<end]),
                values.indices.contains(index - 1)
            else {
                text += "{"
                rest = rest.dropFirst()
                continue
            }
            text += values[index - 1].text(in: language)
            rest = rest[rest.index(after: end)...]
        }
        return text + rest
    }
}

extension Phrase.Value {
    fileprivate func text(in language: Language) -> String {
        switch self {
        case .text(let text): text
        case .number(let number): language.number(number)
        case .counted(let count, let noun): noun.text(count, in: language)
        case .phrase(let phrase): phrase.text(in: language)
        case .list(let phrases): phrases.map { $0.text(in: language) }.joined(separator: ", ")
        }
    }
}

extension Phrase {
    /// A literal with values: `"\(path): \(3, .record)"`.
    package struct Literal: ExpressibleByStringInterpolation, Sendable {
        fileprivate let template: String
        fileprivate let values: [Value]

        /// A literal without values.
        package init(stringLiteral value: String) {
            template = value
            values = []
        }

        /// A literal with values.
        package init(stringInterpolation: Parts) {
            template = stringInterpolation.template
            values = stringInterpolation.values
        }
    }

    /// What a literal with values is put together from.
    package struct Parts: StringInterpolationProtocol {
        fileprivate var template = ""
        fileprivate var values: [Value] = []

        /// No parts.
        package init(literalCapacity: Int, interpolationCount: Int) {}

        /// A piece of text between values.
        package mutating func appendLiteral(_ literal: String) { template += literal }

        /// A text that is the same in every language.
        package mutating func appendInterpolation(_ text: String) { add(.text(text)) }

        /// A whole number.
        package mutating func appendInterpolation(_ number: Int) { add(.number(number)) }

        /// A number of things.
        package mutating func appendInterpolation(_ count: Int, _ noun: Noun) { add(.counted(count, noun)) }

        /// A phrase within the phrase.
        package mutating func appendInterpolation(_ phrase: Phrase) { add(.phrase(phrase)) }

        /// Phrases with commas between them.
        package mutating func appendInterpolation(_ phrases: [Phrase]) { add(.list(phrases)) }

        private mutating func add(_ value: Value) {
            values.append(value)
            template += "{\(values.count)}"
        }
    }
}

extension Phrase.Literal {
    /// What the compiler collects the pieces of a literal in.
    package typealias StringInterpolation = Phrase.Parts
}

extension Phrase {
    /// The names that are counted most often, with their counts: `106 (4 calls), 107 (1 call) and 3 more`.
    ///
    /// - Parameters:
    ///   - counts: Name -> count.
    ///   - limit: How many names are listed; the others are only counted.
    package static func listed(_ counts: [String: Int], _ noun: Noun, limit: Int) -> Phrase {
        let ranked = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let shown = ranked.prefix(limit).map { Phrase("\($0.key) (\($0.value, noun))") }
        let list = Phrase("\(shown)")
        return ranked.count > limit ? Phrase("\(list) and \(ranked.count - limit) more") : list
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

@testable import Phrases

/// The literals of `Phrase(…)` and `Noun(…)` in the source text.
struct SourcePhrases {
    /// The templates, without those that have no words.
    private(set) var templates: Set<String> = []
    private(set) var nouns: Set<Noun> = []
    /// The whole source text, to find texts that become phrases as they are.
    private(set) var text = ""

    init() throws {
        let folder = "\(PackageFolder.path)/Sources"
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder) where path.hasSuffix(".swift") {
            let source = try String(contentsOfFile: "\(folder)/\(path)", encoding: .utf8)
            let code = source.split(separator: "\n", omittingEmptySubsequences: false).map {
                $0.drop { $0 == " " }.hasPrefix("//") ? "" : $0
            }.joined(separator: "\n")
            text += code
            take(Array(code))
        }
    }

    private mutating func take(_ code: [Character]) {
        for (word, isNoun) in [(Array("Phrase("), false), (Array("Noun("), true)] {
            var index = 0
            while index + word.count < code.count {
                defer { index += 1 }
                guard code[index] == word[0], Array(code[index..<index + word.count]) == word else { continue }
                var reader = LiteralReader(code: code, index: index + word.count)
                let literals = reader.literals()
                if isNoun, literals.count > 1 {
                    nouns.insert(Noun(literals[0], literals[1], context: literals.count > 2 ? literals[2] : ""))
                } else if !isNoun, let first = literals.first, first.contains(where: \.isLetter) {
                    templates.insert(first)
                }
            }
        }
    }
}

/// Reads string literals as the compiler does, with `{n}` for the nth value.
private struct LiteralReader {
    let code: [Character]
    var index: Int

    /// The literals up to the next closing parenthesis, as far as commas and labels separate them.
    mutating func literals() -> [String] {
        var found: [String] = []
        while index < code.count {
            while index < code.count, " \n,".contains(code[index]) { index += 1 }
            for label in ["context: "] where starts(with: label) { index += label.count }
            guard index < code.count, code[index] == "\"" else { return found }
            found.append(literal())
        }
        return found
    }

    private func starts(with text: String) -> Bool { code[index...].starts(with: Array(text)) }

    private mutating func literal() -> String {
        let quote = starts(with: "\"\"\"") ? "\"\"\"" : "\""
        index += quote.count
        var text = ""
        var values = 0
        while index < code.count, !starts(with: quote) {
            guard code[index] == "\\" else {
                text.append(code[index])
                index += 1
                continue
            }
            index += 2
            switch code[index - 1] {
            case "(":
                skipValue()
                values += 1
                text += "{\(values)}"
            case "n": text += "\n"
            // The line goes on in the next one.
            case "\n": text += "\u{0}"
            case let character: text.append(character)
            }
        }
        index += quote.count
        return quote.count == 1 ? text : Self.unindented(text)
    }

    private mutating func skipValue() {
        var depth = 1
        while index < code.count, depth > 0 {
            if code[index] == "\"" {
                _ = literal()
                continue
            }
            if code[index] == "(" { depth += 1 }
            if code[index] == ")" { depth -= 1 }
            index += 1
        }
    }

    /// A literal of several lines without the indentation of its last line.
    private static func unindented(_ text: String) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let indent = String(repeating: " ", count: lines.last?.count ?? 0)
        let body = lines.dropFirst().dropLast().map { $0.hasPrefix(indent) ? $0.dropFirst(indent.count) : $0 }
        return body.joined(separator: "\n").replacing("\u{0}" + indent, with: "")
    }
}

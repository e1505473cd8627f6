// SPDX-License-Identifier: Apache-2.0

// Unsafe: bytes are looked at through their bounds, while their owner keeps them.

/// A regular expression and what it said of the texts it has seen lately.
///
/// Expressions are Swift's, with ASCII digits and letters for `\d` and `\w`. They are slow beside everything else that
/// is done to a record, so each distinct text is matched once.
struct PatternMatcher {
    /// Why a pattern cannot be used.
    struct Fault: Error {
        var reason: String
    }

    /// Texts longer than this do not match: no number, channel or name is.
    static let longestText = 1024

    private let expression: Expression
    // One text has an answer to each of the questions.
    private var matches = PatternMemory()
    private var captures = PatternMemory()
    private var replacements = PatternMemory()
    /// What ``replacements`` were made with.
    private var replacement = ""

    /// - Throws: ``Fault`` for what is no pattern, and for one that could take for ever; see ``PatternHazard``.
    init(_ pattern: String) throws(Fault) {
        if let hazard = PatternHazard(pattern) {
            throw Fault(
                reason:
                    "\(hazard.part) repeats what repeats itself, and would take hours on some texts; write one repetition"
            )
        }
        do {
            expression = Expression(
                try Regex(pattern).asciiOnlyCharacterClasses().matchingSemantics(.unicodeScalar))
        } catch {
            throw Fault(reason: "\(error)")
        }
    }

    /// Whether the pattern is found anywhere in the text.
    mutating func matches(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count <= Self.longestText else { return false }
        return unsafe matches.answer(bytes) { [expression] text in
            text.firstMatch(of: expression.regex) == nil ? nil : ""
        } != nil
    }

    /// The first group of the first match, or the whole match when there are no groups; empty when nothing matches.
    mutating func capture(_ bytes: UnsafeRawBufferPointer) -> String {
        guard bytes.count <= Self.longestText else { return "" }
        return unsafe captures.answer(bytes) { [expression] text in
            guard let match = text.firstMatch(of: expression.regex) else { return "" }
            let groups = match.output
            guard groups.count > 1 else { return String(text[match.range]) }
            return groups.dropFirst().compactMap(\.substring).first.map { String($0) } ?? ""
        } ?? ""
    }

    /// The text with the first match replaced; `$1` to `$9` in the replacement are groups, `$0` is the whole match.
    ///
    /// - Returns: `nil` when nothing matches.
    mutating func replace(_ bytes: UnsafeRawBufferPointer, with replacement: String) -> String? {
        guard bytes.count <= Self.longestText else { return nil }
        if replacement != self.replacement {
            replacements = PatternMemory()
            self.replacement = replacement
        }
        return unsafe replacements.answer(bytes) { [expression] text in
            Self.replaced(text, expression.regex, replacement)
        }
    }

    private static func replaced(_ text: String, _ regex: Regex<AnyRegexOutput>, _ replacement: String) -> String? {
        guard let match = text.firstMatch(of: regex) else { return nil }
        var result = String(text[..<match.range.lowerBound])
        var rest = Substring(replacement)
        while let letter = rest.popFirst() {
            guard letter == "$", let group = rest.first?.wholeNumberValue else {
                result.append(letter)
                continue
            }
            rest.removeFirst()
            if group < match.output.count, let part = match.output[group].substring { result += part }
        }
        return result + text[match.range.upperBound...]
    }
}

/// The answers to one question about the texts that were seen lately.
private struct PatternMemory {
    private static let size = 8192
    /// Longer texts are looked at each time, so that the memory has a bound that does not depend on the file.
    private static let longestText = 128

    private var seen = ByteTable(isCaseless: false)
    private var answers: [String?] = []

    mutating func answer(_ bytes: UnsafeRawBufferPointer, _ find: (String) -> String?) -> String? {
        if let index = unsafe seen.find(bytes) { return answers[Int(index)] }
        if answers.count >= Self.size {
            seen.removeAll()
            answers.removeAll(keepingCapacity: true)
        }
        let answer = unsafe find(String(decoding: bytes, as: UTF8.self))
        guard bytes.count <= Self.longestText else { return answer }
        unsafe seen.insert(bytes, value: Int32(answers.count))
        answers.append(answer)
        return answer
    }
}

/// An expression at a distance: the size of its type is known at run time only, and so would be the place of everything
/// in a value that has one inside.
private final class Expression {
    let regex: Regex<AnyRegexOutput>

    init(_ regex: Regex<AnyRegexOutput>) { self.regex = regex }
}

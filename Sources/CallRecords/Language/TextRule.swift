// SPDX-License-Identifier: Apache-2.0

// Unsafe: bytes are looked at through their bounds, while their owner keeps them.

/// A regular expression of the configuration, in the dialect of the mapping language.
///
/// It is a value that can be handed around; the expression is compiled for each use, so it is for what happens once a
/// call and not once a record.
package struct TextRule: Sendable, Hashable {
    /// The expression as it was written.
    package let pattern: String

    /// Why a pattern is none.
    package struct Fault: Error, Sendable {
        /// The words of the compiler of expressions.
        package let reason: String
    }

    /// Checks a pattern.
    ///
    /// - Throws: ``Fault`` with the reason in the words of the compiler of expressions.
    package init(_ pattern: String) throws(Fault) {
        do {
            _ = try PatternMatcher(pattern)
        } catch {
            throw Fault(reason: error.reason)
        }
        self.pattern = pattern
    }

    /// Whether the pattern is found anywhere in the text.
    package func matches(_ text: String) -> Bool {
        // The pattern was read once when the rule was made.
        guard var matcher = try? PatternMatcher(pattern) else { return false }
        return unsafe Array(text.utf8).withUnsafeBytes { unsafe matcher.matches($0) }
    }

    /// The text with the first match replaced; `$1` to `$9` in the replacement are groups.
    package func replaced(_ text: String, with replacement: String) -> String {
        // The pattern was read once when the rule was made.
        guard var matcher = try? PatternMatcher(pattern) else { return text }
        return unsafe Array(text.utf8).withUnsafeBytes { unsafe matcher.replace($0, with: replacement) } ?? text
    }
}

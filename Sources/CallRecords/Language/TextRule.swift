// SPDX-License-Identifier: Apache-2.0

import Synchronization

// Unsafe: bytes are looked at through their bounds, while their owner keeps them.

/// A regular expression of the configuration, in the dialect of the mapping language.
///
/// It is a value that can be handed around. Its copies share the compiled expression and what that said of the texts it has
/// seen: compiled for each call, one expression took 30 % of the instructions of a delivery.
package struct TextRule: Sendable, Hashable {
    /// The expression as it was written.
    package let pattern: String
    private let matcher: SharedMatcher

    /// Why a pattern is none.
    package struct Fault: Error, Sendable {
        /// The words of the compiler of expressions.
        package let reason: String
    }

    /// Compiles a pattern.
    ///
    /// - Throws: ``Fault`` with the reason in the words of the compiler of expressions.
    package init(_ pattern: String) throws(Fault) {
        do {
            matcher = SharedMatcher(try PatternMatcher(pattern))
        } catch {
            throw Fault(reason: error.reason)
        }
        self.pattern = pattern
    }

    /// Whether the pattern is found anywhere in the text.
    package func matches(_ text: String) -> Bool {
        matcher.use { matcher in unsafe Array(text.utf8).withUnsafeBytes { unsafe matcher.matches($0) } }
    }

    /// The text with the first match replaced; `$1` to `$9` in the replacement are groups.
    package func replaced(_ text: String, with replacement: String) -> String {
        matcher.use { matcher in
            unsafe Array(text.utf8).withUnsafeBytes { unsafe matcher.replace($0, with: replacement) } ?? text
        }
    }

    /// Whether two rules have the same pattern.
    package static func == (a: TextRule, b: TextRule) -> Bool { a.pattern == b.pattern }

    /// Takes in the pattern.
    package func hash(into hasher: inout Hasher) { hasher.combine(pattern) }
}

/// A compiled expression that several values use, one at a time.
private final class SharedMatcher: Sendable {
    private let matcher: Mutex<PatternMatcher>

    init(_ matcher: sending PatternMatcher) { self.matcher = Mutex(matcher) }

    func use<Result: Sendable>(_ body: (inout PatternMatcher) -> Result) -> Result {
        matcher.withLock { matcher in body(&matcher) }
    }
}

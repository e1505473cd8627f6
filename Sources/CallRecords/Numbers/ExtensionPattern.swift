// SPDX-License-Identifier: Apache-2.0

// Unsafe: bytes are looked at through their bounds, while their owner keeps them.

/// What an extension of the phone system looks like.
struct ExtensionPattern {
    /// Two to six digits.
    static let defaultText = #"^\d{2,6}$"#

    private var matcher: PatternMatcher
    /// How many digits an extension has, when the pattern says nothing else: this needs no expression to be run.
    private let digits: ClosedRange<Int>?

    init(_ pattern: String = defaultText) throws(PatternMatcher.Fault) {
        matcher = try PatternMatcher(pattern)
        digits = Self.plainDigits(pattern)
    }

    mutating func matches(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let digits else { return unsafe matcher.matches(bytes) }
        return unsafe digits.contains(bytes.count) && bytes.allSatisfy(\.isASCIIDigit)
    }

    /// The limits of a pattern of the form `^\d{2,4}$`, `^\d{3}$` or the same with `[0-9]`.
    private static func plainDigits(_ pattern: String) -> ClosedRange<Int>? {
        for digit in [#"^\d{"#, "^[0-9]{"] where pattern.hasPrefix(digit) && pattern.hasSuffix("}$") {
            let limits = pattern.dropFirst(digit.count).dropLast(2).split(separator: ",").map { Int($0) }
            guard (1...2).contains(limits.count), let least = limits[0], let most = limits[limits.count - 1],
                (1...most).contains(least), !pattern.contains(",}")
            else { return nil }
            return least...most
        }
        return nil
    }
}

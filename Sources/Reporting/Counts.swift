// SPDX-License-Identifier: Apache-2.0

import Phrases

/// A number with its digits in groups of three: `1,234,567`, `-1,000`.
package func grouped(_ number: Int) -> String {
    Language.english.number(number)
}

/// A number of things with their noun: `0 calls`, `1 call`, `1,234 calls`.
///
/// - Parameters:
///   - noun: The noun in the singular.
///   - plural: The noun in the plural; `nil`: the singular with an s.
package func counted(_ count: Int, _ noun: String, plural: String? = nil) -> String {
    "\(grouped(count)) \(count == 1 ? noun : plural ?? noun + "s")"
}

/// The names that are counted most often, with their counts: `106 (4 calls), 107 (1 call) and 3 more`.
///
/// - Parameters:
///   - counts: Name -> count.
///   - noun: What is counted, in the singular.
///   - limit: How many names are listed; the others are only counted.
package func listed(_ counts: [String: Int], _ noun: String, limit: Int) -> String {
    let ranked = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    let shown = ranked.prefix(limit).map { "\($0.key) (\(counted($0.value, noun)))" }.joined(separator: ", ")
    return ranked.count > limit ? "\(shown) and \(grouped(ranked.count - limit)) more" : shown
}

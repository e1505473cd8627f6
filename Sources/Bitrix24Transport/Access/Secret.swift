// SPDX-License-Identifier: Apache-2.0

/// A text that must not be shown: a token, a client secret, an authorisation code.
///
/// Descriptions, mirrors and dumps leave it out; whoever needs the text asks for ``exposed``, in places that are few.
package struct Secret: Sendable, Hashable {
    private let text: String

    /// Wraps a text.
    package init(_ text: String) { self.text = text }

    /// The text itself, for a header, a form or the token file, and for nothing that a person reads.
    package var exposed: String { text }

    /// Whether there is no text.
    package var isEmpty: Bool { text.isEmpty }

    /// Replaces the secret in a text that came from elsewhere; an empty secret replaces nothing.
    package func redacting(_ other: String) -> String {
        guard !text.isEmpty, other.contains(text) else { return other }
        var result = ""
        var rest = Substring(other)
        while let found = rest.firstRange(of: text) {
            result += rest[..<found.lowerBound] + "…"
            rest = rest[found.upperBound...]
        }
        return result + rest
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// An ellipsis.
    package var description: String { "…" }
    /// An ellipsis.
    package var debugDescription: String { description }
    /// A mirror without children.
    package var customMirror: Mirror { Mirror(self, children: []) }
}

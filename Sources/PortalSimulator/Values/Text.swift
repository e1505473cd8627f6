// SPDX-License-Identifier: Apache-2.0

extension StringProtocol {
    /// The text without blanks and control characters around it.
    var trimmingBlanks: String {
        let blanks: (Character) -> Bool = { $0.isWhitespace || $0 == "\0" }
        guard let first = firstIndex(where: { !blanks($0) }), let last = lastIndex(where: { !blanks($0) }) else {
            return ""
        }
        return String(self[first...last])
    }

    /// The text as the database compares it: without regard to case and trailing spaces.
    var collated: String {
        var end = endIndex
        while end > startIndex, self[index(before: end)] == " " { end = index(before: end) }
        return self[..<end].lowercased()
    }

    /// At most this many bytes of it, even if that splits a character.
    func cut(toBytes limit: Int) -> String {
        utf8.count <= limit ? String(self) : String(decoding: utf8.prefix(limit), as: UTF8.self)
    }
}

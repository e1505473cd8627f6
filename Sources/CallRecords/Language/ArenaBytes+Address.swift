// SPDX-License-Identifier: Apache-2.0

extension ArenaBytes {
    /// The user part of a SIP or telephone address, such as 101 of `"Anna" <sip:101@pbx.example>`; any other text as it is.
    @inline(__always)
    func withoutAddress(_ text: Slice) -> Slice {
        // The least is sip: and a digit.
        guard text.count > 4 else { return text }
        let first = self[Int(text.start)].asciiLowercased
        let last = self[Int(text.start &+ text.count) &- 1]
        let mayBeAddress = first == UInt8(ascii: "s") || first == UInt8(ascii: "t") || last == UInt8(ascii: ">")
        return mayBeAddress ? userPart(of: text) ?? text : text
    }

    /// Nil where a text is no address, or one without a user.
    @inline(never)
    private func userPart(of text: Slice) -> Slice? {
        guard let colon = text.range.first(where: { self[$0] == UInt8(ascii: ":") }),
            ["sip", "sips", "tel"].contains(where: { isScheme($0, before: colon, in: text) })
        else { return nil }
        let user = (colon + 1)..<text.range.upperBound
        let ends: [UInt8] = [UInt8(ascii: "@"), UInt8(ascii: ";"), UInt8(ascii: ">")]
        let end = user.first { ends.contains(self[$0]) } ?? user.upperBound
        return end > user.lowerBound
            ? Slice(start: Int32(user.lowerBound), count: Int32(end - user.lowerBound)) : nil
    }

    private func isScheme(_ word: String, before end: Int, in text: Slice) -> Bool {
        let begin = end - word.utf8.count
        guard begin >= text.range.lowerBound,
            begin == text.range.lowerBound || self[begin - 1] == UInt8(ascii: "<")
        else { return false }
        return zip(word.utf8, begin..<end).allSatisfy { $0 == self[$1].asciiLowercased }
    }
}

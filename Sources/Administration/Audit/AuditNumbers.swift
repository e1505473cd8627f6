// SPDX-License-Identifier: Apache-2.0

/// Clients' numbers in words of 64 bits: up to fifteen digits with a plus and the like in four bits each, and other texts by their
/// places in a list.
struct AuditNumbers {
    private static let alphabet = Array("\u{0}0123456789+*#".utf8)
    /// Marks a word that has a place in the list; no character has these four bits.
    private static let listed: UInt64 = 0xF << 60

    private var list: [String] = []
    private var places: [String: Int] = [:]

    /// The word of a number: the same for the same text, and for no other.
    mutating func pack(_ text: String) -> UInt64 {
        var word: UInt64 = 0
        for byte in text.utf8 {
            guard word >> 60 == 0, let code = Self.alphabet.firstIndex(of: byte), code > 0 else {
                return place(of: text)
            }
            word = word << 4 | UInt64(code)
        }
        return word
    }

    /// The number of a word.
    func text(_ word: UInt64) -> String {
        guard word & Self.listed != Self.listed else { return list[Int(word & ~Self.listed)] }
        var bytes: [UInt8] = []
        for shift in stride(from: 60, through: 0, by: -4) {
            let code = Int(word >> UInt64(shift) & 0xF)
            if code > 0 { bytes.append(Self.alphabet[code]) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private mutating func place(of text: String) -> UInt64 {
        let place = places[text] ?? list.count
        if place == list.count {
            places[text] = place
            list.append(text)
        }
        return Self.listed | UInt64(place)
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Writes the JSON body of a request, member by member.
///
/// The portal executes the commands of a batch in the order in which they are written, so members keep the order in
/// which they were added, which no dictionary-based encoder promises.
struct JSONText {
    private(set) var bytes: [UInt8] = []

    mutating func text(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        if text.utf8.contains(where: Self.isEscaped) { escaped(text) } else { bytes += text.utf8 }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func isEscaped(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == 0x7F
    }

    private mutating func escaped(_ text: String) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0..<0x20, 0x7F:
                let hex = String(byte, radix: 16)
                raw("\\u" + String(repeating: "0", count: 4 - hex.utf8.count) + hex)
            default:
                bytes.append(byte)
            }
        }
    }

    mutating func raw(_ text: String) {
        bytes += text.utf8
    }

    mutating func object<Members: Sequence>(
        _ members: Members, key: (Members.Element) -> String, value: (Members.Element, inout JSONText) -> Void
    ) {
        raw("{")
        for (index, member) in members.enumerated() {
            if index > 0 { raw(",") }
            text(key(member))
            raw(":")
            value(member, &self)
        }
        raw("}")
    }

    mutating func array<Elements: Sequence>(_ elements: Elements, element: (Elements.Element, inout JSONText) -> Void) {
        raw("[")
        for (index, item) in elements.enumerated() {
            if index > 0 { raw(",") }
            element(item, &self)
        }
        raw("]")
    }
}

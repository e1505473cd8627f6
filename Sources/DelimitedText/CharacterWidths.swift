// SPDX-License-Identifier: Apache-2.0

// Unsafe: places are compared with the count of the bytes before they are read.

/// How many bytes of UTF-8 the characters of another encoding become, what is no character included.
enum CharacterWidths {
    /// For each byte, which is a character by itself.
    case bytes([UInt8])
    /// UTF-16.
    case units(highFirst: Bool)

    /// Nil if the system does not know the encoding.
    init?(of encoding: TextEncoding) {
        switch encoding {
        case .utf16LE: self = .units(highFirst: false)
        case .utf16BE: self = .units(highFirst: true)
        case .utf8, .windows1251, .windows1252:
            guard var transcoder = Transcoder(from: encoding) else { return nil }
            self = .bytes(
                (0...UInt8.max).map { byte in
                    _ = unsafe withUnsafeBytes(of: byte) { unsafe transcoder.take($0) }
                    return unsafe UInt8(transcoder.convert(isLast: true).count)
                })
        }
    }

    /// Passes over whole characters until they make as much text as is wanted, or none is left.
    ///
    /// - Returns: The bytes passed over, and the text that they make.
    func pass(_ wanted: Int64, in bytes: UnsafeBufferPointer<UInt8>) -> (bytes: Int, text: Int64) {
        var place = 0
        var text: Int64 = 0
        switch self {
        case .bytes(let widths):
            while text < wanted, place < bytes.count {
                unsafe text += Int64(widths[Int(bytes[place])])
                place += 1
            }
        case .units(let highFirst):
            while text < wanted, place < bytes.count {
                let (length, width) = unsafe Self.character(at: place, in: bytes, highFirst: highFirst)
                place += length
                text += width
            }
        }
        return (place, text)
    }

    /// The bytes and the text of a character of UTF-16; what the end has cut off is one that is none.
    private static func character(
        at place: Int, in bytes: UnsafeBufferPointer<UInt8>, highFirst: Bool
    ) -> (length: Int, width: Int64) {
        func unit(_ offset: Int) -> UInt16 {
            let (first, second) = unsafe (UInt16(bytes[place + offset]), UInt16(bytes[place + offset + 1]))
            return highFirst ? first << 8 | second : second << 8 | first
        }
        let left = bytes.count - place
        guard left >= 2 else { return (left, 3) }
        switch unit(0) {
        case 0..<0x80: return (2, 1)
        case 0x80..<0x800: return (2, 2)
        case 0xD800..<0xDC00 where left < 4: return (left, 3)
        case 0xD800..<0xDC00 where unit(2) & 0xFC00 == 0xDC00: return (4, 4)
        default: return (2, 3)
        }
    }
}

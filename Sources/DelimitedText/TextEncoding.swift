// SPDX-License-Identifier: Apache-2.0

// Unsafe: bytes are looked at through their bounds, and what the transcoder gives is copied before it converts more.

/// How a file writes its characters.
package enum TextEncoding: String, Sendable, Hashable, CaseIterable {
    /// UTF-8, or any other encoding whose bytes are to be passed on as they are.
    case utf8 = "utf-8"
    /// UTF-16 with the lower byte first, as Excel writes "Unicode text".
    case utf16LE = "utf-16le"
    /// UTF-16 with the upper byte first.
    case utf16BE = "utf-16be"
    /// The 8-bit Cyrillic encoding of Windows.
    case windows1251 = "windows-1251"
    /// The 8-bit Western European encoding of Windows.
    case windows1252 = "windows-1252"

    /// Recognises an encoding by its name in any letter case, with the aliases people write (`cp1251`, `utf8`, `utf-16`).
    package init?(name: String) {
        let plain = name.lowercased().filter { $0 != "-" && $0 != "_" && $0 != " " }
        switch plain {
        case "utf8", "ascii", "usascii": self = .utf8
        case "utf16", "utf16le", "ucs2", "unicode": self = .utf16LE
        case "utf16be": self = .utf16BE
        case "windows1251", "cp1251", "win1251", "1251": self = .windows1251
        case "windows1252", "cp1252", "win1252", "1252", "latin1", "iso88591": self = .windows1252
        default: return nil
        }
    }

    /// The bytes of the smallest unit, which is what is skipped where a character cannot be read.
    var unitLength: Int {
        switch self {
        case .utf8, .windows1251, .windows1252: 1
        case .utf16LE, .utf16BE: 2
        }
    }

    /// Some bytes of this encoding as UTF-8; what is no character becomes the replacement character.
    ///
    /// - Returns: Nil if this system cannot convert from the encoding.
    package func decoded(_ bytes: some Collection<UInt8>) -> [UInt8]? {
        guard self != .utf8 else { return Array(bytes) }
        guard var transcoder = Transcoder(from: self) else { return nil }
        var text: [UInt8] = []
        var rest = Array(bytes)[...]
        repeat {
            let taken = unsafe rest.withUnsafeBytes { unsafe transcoder.take($0) }
            rest = rest.dropFirst(taken)
            unsafe text.append(contentsOf: transcoder.convert(isLast: rest.isEmpty))
        } while !rest.isEmpty || transcoder.hasMore
        return text
    }

    /// The bytes with which a file announces this encoding; none for an encoding of single bytes.
    package var byteOrderMark: [UInt8] {
        switch self {
        case .utf8: [0xEF, 0xBB, 0xBF]
        case .utf16LE: [0xFF, 0xFE]
        case .utf16BE: [0xFE, 0xFF]
        case .windows1251, .windows1252: []
        }
    }

    /// The bytes that end a line.
    package var lineFeed: [UInt8] {
        switch self {
        case .utf8, .windows1251, .windows1252: [0x0A]
        case .utf16LE: [0x0A, 0x00]
        case .utf16BE: [0x00, 0x0A]
        }
    }

    /// The encoding that a byte order mark at the beginning announces, and the mark's length.
    static func announced(by head: UnsafeRawBufferPointer) -> (encoding: TextEncoding, length: Int)? {
        for encoding in [TextEncoding.utf8, .utf16LE, .utf16BE] {
            let mark = encoding.byteOrderMark
            if unsafe head.starts(with: mark) { return (encoding, mark.count) }
        }
        return nil
    }
}

// SPDX-License-Identifier: Apache-2.0

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

    /// The encoding that a byte order mark at the beginning announces, and the mark's length.
    static func announced(by head: UnsafeRawBufferPointer) -> (encoding: TextEncoding, length: Int)? {
        if head.starts(with: [0xEF, 0xBB, 0xBF]) { return (.utf8, 3) }
        if head.starts(with: [0xFF, 0xFE]) { return (.utf16LE, 2) }
        if head.starts(with: [0xFE, 0xFF]) { return (.utf16BE, 2) }
        return nil
    }
}

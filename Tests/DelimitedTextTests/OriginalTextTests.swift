// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import DelimitedText

/// A record is found again among the bytes of a file that is not UTF-8, whatever they are.
@Suite struct OriginalTextTests {
    private static let encodings: [TextEncoding] = [.utf16LE, .utf16BE, .windows1251, .windows1252]

    @Test(.seeded, arguments: encodings, [1, 2, 3, 4, 5, 7, 64, 5_000])
    func `the bytes are those of the file, however it is sliced`(_ encoding: TextEncoding, sliceLength: Int) throws {
        var random = SeededRandom(sliceLength)
        for round in 0..<60 {
            let bytes = Self.bytes(encoding, count: Int.random(in: 0..<400, using: &random), &random)
            var dialect = Dialect(keepsBlankLines: round % 2 == 0)
            if round % 3 == 0 { dialect.quote = nil }
            try Self.expectOriginals(bytes, encoding, sliceLength, dialect)
        }
    }

    @Test(.seeded, arguments: encodings, [1, 3, 50])
    func `of a record that is too long the beginning is kept`(_ encoding: TextEncoding, sliceLength: Int) throws {
        var random = SeededRandom(sliceLength)
        for _ in 0..<10 {
            let long = Self.bytes(encoding, count: 3_000, isOneLine: true, &random)
            let bytes = encoding.lineFeed + long + encoding.lineFeed + Self.bytes(encoding, count: 100, &random)
            try Self.expectOriginals(
                bytes, encoding, sliceLength, Dialect(quote: nil), limit: 40, mostKept: 80 + 4 * sliceLength)
        }
    }

    /// Compares with what the file's bytes themselves become.
    private static func expectOriginals(
        _ bytes: [UInt8], _ encoding: TextEncoding, _ sliceLength: Int, _ dialect: Dialect, limit: Int = 1 << 20,
        mostKept: Int = OriginalText.usualMost
    ) throws {
        let widths = try #require(CharacterWidths(of: encoding))
        guard var transcoder = Transcoder(from: encoding) else { return }
        var originals = OriginalText(widths: widths, markLength: 0, mostKept: mostKept)
        var scanner = RecordScanner(dialect: dialect, maximumRecordBytes: limit)
        func compare(_ record: borrowing Record, _ original: OriginalRecord) throws {
            let found = [UInt8](original.bytes)
            let place = Int(original.byte)
            #expect(bytes[place...].starts(with: found))
            #expect(try #require(encoding.decoded(bytes[..<place])).count == Int(record.position.byte))
            let text = try #require(encoding.decoded(found))
            // The kept part of a record may end in the middle of a character.
            #expect(record.raw.count < limit ? text == [UInt8](record.raw) : text.starts(with: record.raw))
        }
        for start in stride(from: 0, through: bytes.count, by: sliceLength) {
            let end = min(start + sliceLength, bytes.count)
            #expect(bytes[start..<end].withUnsafeBytes { transcoder.take($0) } == end - start)
            let text = transcoder.convert(isLast: end == bytes.count)
            originals.append(transcoder.converted)
            try scanner.scan(text) { record in
                try compare(record, originals.record(at: record.position.byte, length: record.raw.count))
            }
            originals.forget(before: scanner.nextRecord.byte)
        }
        try scanner.finish { record in
            try compare(record, originals.record(at: record.position.byte, length: record.raw.count))
        }
    }

    /// Letters, line ends, delimiters and quotes, and what is no character.
    private static func bytes(
        _ encoding: TextEncoding, count: Int, isOneLine: Bool = false, _ random: inout SeededRandom
    ) -> [UInt8] {
        let plain: [UInt16] = [0x61, 0x62, 0x2C, isOneLine ? 0x2C : 0x22, isOneLine ? 0x63 : 0x0A]
        let odd: [UInt16] =
            encoding.unitLength == 1
            ? [0x81, 0x88, 0x8D, 0x98, 0x9D, 0xC0, 0xE9, 0xFF]
            : [0x44F, 0x20AC, 0xD83D, 0xDE0E, 0xD83D, 0xFFFE, 0xFEFF, 0xFFFD]
        var bytes: [UInt8] = []
        for _ in 0..<count {
            let unit = (Int.random(in: 0..<3, using: &random) == 0 ? odd : plain).randomElement(using: &random) ?? 0x61
            let (high, low) = (UInt8(unit >> 8), UInt8(truncatingIfNeeded: unit))
            switch encoding {
            case .utf16LE: bytes += [low, high]
            case .utf16BE: bytes += [high, low]
            case .utf8, .windows1251, .windows1252: bytes.append(low)
            }
        }
        // Half a unit at the end.
        if !isOneLine, encoding.unitLength == 2, Bool.random(using: &random) { bytes.append(0xD8) }
        return bytes
    }
}

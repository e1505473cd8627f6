// SPDX-License-Identifier: Apache-2.0

import CZlib
import DelimitedText
import Foundation
import TestSupport
import Testing

@Suite struct ByteSourceTests {
    private static let text = "имя,номер\nАнна,+7 900 000-00-01\n€,😎\n"

    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test(arguments: [0, 1, 2, 3, 4, 1000, 300_000])
    func `a plain file is read as it is`(length: Int) throws {
        let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 128) }
        #expect(try read(file(bytes)) == bytes)
    }

    @Test func `a byte order mark is dropped and counted`() throws {
        var source = try ByteSource.open(path: file([0xEF, 0xBB, 0xBF] + Array("a,b\n".utf8)))
        #expect(source.position == 3)
        #expect(try source.next().map { [UInt8]($0) } == Array("a,b\n".utf8))
        #expect(source.position == 7)
        #expect(try source.next() == nil)
    }

    @Test func `reading continues at a byte`() throws {
        let path = try file(Array("0123456789".utf8))
        #expect(try read(path, from: 4) == Array("456789".utf8))
        #expect(try read(path, from: 10).isEmpty)
        #expect {
            try read(path, from: 11)
        } throws: {
            ($0 as? ByteSourceFault)?.description == "\(path): has only 10 bytes, expected to continue at byte 11"
        }
    }

    @Test func `reading continues at a byte of the unpacked stream`() throws {
        let bytes = (0..<400_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
        let path = try file(gzip(bytes))
        #expect(try read(path, from: 300_000) == Array(bytes[300_000...]))
    }

    @Test func `gzip is told by its first bytes, and may be several files in a row`() throws {
        let first = (0..<500_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) }
        let path = try file(gzip(first) + gzip([]) + gzip(Array("the end".utf8)) + [0, 0, 0, 0])
        #expect(try read(path) == first + Array("the end".utf8))
    }

    @Test(.seeded, arguments: [3, 12, 200, 20_000])
    func `a gzip file that was cut off gives what is there and then a fault`(missing: Int) throws {
        var random = SeededRandom()
        let bytes = (0..<600_000).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        let packed = gzip(bytes)
        var source = try ByteSource.open(path: file(packed.dropLast(missing)))
        var found: [UInt8] = []
        let fault = #expect(throws: ByteSourceFault.self) {
            while let slice = try source.next() { found += slice }
        }
        #expect(fault?.problem == .truncatedGzip)
        #expect(fault?.byte == Int64(found.count))
        #expect(found.count > 500_000)
        #expect(bytes.starts(with: found))
    }

    @Test func `damaged gzip data is a fault`() throws {
        let packed = gzip(Array(repeating: 65, count: 1000))
        let garbage = try file(packed + Array("garbage".utf8))
        #expect { try read(garbage) } throws: {
            ($0 as? ByteSourceFault)?.problem == .damagedGzip(reason: "incorrect header check")
        }
        var flipped = packed
        flipped[flipped.count - 6] ^= 0xFF
        let damaged = try file(flipped)
        #expect { try read(damaged) } throws: {
            ($0 as? ByteSourceFault)?.problem == .damagedGzip(reason: "incorrect data check")
        }
    }

    @Test(arguments: [String.Encoding.utf16LittleEndian, .utf16BigEndian], [false, true])
    func `UTF-16 is told by its byte order mark`(encoding: String.Encoding, isPacked: Bool) throws {
        let mark: [UInt8] = encoding == .utf16LittleEndian ? [0xFF, 0xFE] : [0xFE, 0xFF]
        let text = String(repeating: Self.text, count: 5000)
        let bytes = mark + Array(try #require(text.data(using: encoding)))
        let path = try file(isPacked ? gzip(bytes) : bytes)
        #expect(try read(path) == Array(text.utf8))
        #expect(try read(path, from: 200_001) == Array(Array(text.utf8)[200_001...]))
    }

    @Test func `UTF-16 that is no text becomes replacement characters`() throws {
        // An upper surrogate before a letter, and half a unit at the end.
        let path = try file([0x61, 0x00, 0x3D, 0xD8, 0x62, 0x00, 0x63])
        #expect(try read(path, encoding: .utf16LE) == Array("a\u{FFFD}b\u{FFFD}".utf8))
    }

    @Test func `Windows encodings become UTF-8`() throws {
        let russian = try file([0xC0, 0xED, 0xED, 0xE0, 0x2C, 0x88, 0xB9])
        #expect(try read(russian, encoding: .windows1251) == Array("Анна,€№".utf8))
        let western = try file([0x4C, 0xE9, 0x61, 0x2C, 0x80, 0x81, 0x21])
        #expect(try read(western, encoding: .windows1252) == Array("Léa,€\u{FFFD}!".utf8))
    }

    @Test func `an encoding is guessed if asked for, and overruled by what is known`() throws {
        let path = try file([0xC0, 0xED, 0xED, 0xE0, 0x2C, 0xCB, 0xE8])
        #expect(try ByteSource.open(path: path).encoding == .utf8)
        #expect(try ByteSource.open(path: path, guessesEncoding: true).encoding == .windows1251)
        #expect(try ByteSource.open(path: path, encoding: .windows1252, guessesEncoding: true).encoding == .windows1252)
    }

    @Test func `looking ahead takes nothing away`() throws {
        var source = try ByteSource.open(path: file(gzip(Array("abc".utf8))), from: 1)
        #expect(try source.peek().map { [UInt8]($0) } == Array("bc".utf8))
        #expect(source.position == 1)
        #expect(try source.next().map { [UInt8]($0) } == Array("bc".utf8))
        #expect(source.position == 3)
        #expect(try source.peek() == nil)
    }

    @Test func `what cannot be opened is said in one sentence`() throws {
        #expect { try read(folder.path) } throws: {
            ($0 as? ByteSourceFault)?.description == "\(folder.path): is a folder, expected a file"
        }
        let missing = folder.file("none.csv")
        #expect { try read(missing) } throws: {
            ($0 as? ByteSourceFault)?.description == "\(missing): cannot be opened: No such file or directory"
        }
    }

    @Test(arguments: [
        ("CP1251", TextEncoding.windows1251), ("windows-1252", .windows1252), ("UTF-8", .utf8), ("utf_16", .utf16LE),
        ("UTF-16BE", .utf16BE),
    ])
    func `encodings are known by the names people write`(name: String, encoding: TextEncoding) {
        #expect(TextEncoding(name: name) == encoding)
        #expect(TextEncoding(name: "klingon") == nil)
    }

    private func read(_ path: String, encoding: TextEncoding? = nil, from offset: Int64 = 0) throws -> [UInt8] {
        var source = try ByteSource.open(path: path, encoding: encoding, from: offset)
        var bytes: [UInt8] = []
        while let slice = try source.next() {
            #expect(!slice.isEmpty)
            bytes += slice
        }
        #expect(source.position >= offset)
        return bytes
    }

    private func file(_ bytes: some Sequence<UInt8>) throws -> String {
        try folder.write(bytes, to: UUID().uuidString)
    }

    private func gzip(_ bytes: [UInt8]) -> [UInt8] {
        var input = bytes
        var packed = [UInt8](repeating: 0, count: bytes.count + 1000)
        let count = input.withUnsafeMutableBufferPointer { input in
            packed.withUnsafeMutableBufferPointer { packed in
                var stream = z_stream()
                deflateInit2_(
                    &stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
                    CInt(MemoryLayout<z_stream>.size))
                stream.next_in = input.baseAddress
                stream.avail_in = uInt(input.count)
                stream.next_out = packed.baseAddress
                stream.avail_out = uInt(packed.count)
                deflate(&stream, Z_FINISH)
                deflateEnd(&stream)
                return Int(stream.total_out)
            }
        }
        return Array(packed[..<count])
    }
}

// SPDX-License-Identifier: Apache-2.0

import CDRConfiguration
import CallRecords
import DelimitedText
import Foundation
import Reporting
import Settings
import TestSupport
import Testing

@testable import Administration
@testable import Delivery
@testable import Importing
@testable import Intake

/// Files as they come: written anew, packed, copied, in any encoding, broken off. Each call is sent once.
@Suite struct IntakeFileTests {
    /// The Asterisk format with changes to its section `file`.
    private func asterisk(file: String) throws -> FormatDefinition {
        try FormatDefinition(
            SettingsNode(yaml: "extends: asterisk\nname: changed\nfile: { \(file) }\n", file: "format.yaml"))
    }

    @Test(arguments: [150, 200, 250], [true, false])
    func `a file with the first 100 kB of another and other records behind is a file of its own`(
        count: Int, isExport: Bool
    ) async throws {
        try await VirtualTime.run { time in
            let scene = try ImportScene(time)
            let beginning = scene.records(100...599)
            #expect(beginning.utf8.count > 100_000)
            let format = try asterisk(file: "appended: \(!isExport)")
            let first = beginning + scene.records(600...799)
            try scene.write(first)
            expect(try await scene.run { $0.sources[0].format = format }, read: 700, delivered: 700)
            let other = scene.records(800...799 + count)
            try scene.write(beginning + other)
            let second = try await scene.run { $0.sources[0].format = format }
            expect(second, read: 500 + count, delivered: count, duplicates: 500)
            try scene.write(first, to: "Master-2.csv")
            expect(
                try await scene.run(["Master*.csv"]) { $0.sources[0].format = format },
                read: isExport ? 1200 + count : 0, delivered: 0, duplicates: isExport ? 1200 + count : 0)
            #expect(try await scene.rowCount() == 700 + count)
        }
    }

    @Test func `a log that is copied and emptied, and then packed, is not read as new`() async throws {
        try await VirtualTime.run { time in
            let scene = try ImportScene(time)
            try scene.write(scene.records(1...4))
            expect(try await scene.run(["Master.csv*"]), read: 4, delivered: 4)
            // copytruncate: the copy may have what came since.
            try scene.append(scene.record(5))
            try FileManager.default.copyItem(atPath: scene.path("Master.csv"), toPath: scene.path("Master.csv.1"))
            try scene.write(scene.record(6))
            expect(try await scene.run(["Master.csv*"]), read: 2, delivered: 2)
            try pack(scene.path("Master.csv.1"))
            let packed = try await scene.run(["Master.csv*"])
            expect(packed, read: 5, delivered: 0, duplicates: 5)
            #expect(try await scene.rowCount() == 6)
        }
    }

    @Test func `copies for each account double nothing`() async throws {
        try await VirtualTime.run { time in
            let scene = try ImportScene(time)
            try scene.write(scene.records(1...6))
            try scene.write(scene.records(2...3), to: "sales.csv")
            try scene.write(scene.records(5...5), to: "accounts.csv")
            let result = try await scene.run([""])
            expect(result, read: 9, delivered: 6, duplicates: 3)
        }
    }

    @Test func `the last line of an export counts without its line end`() async throws {
        try await VirtualTime.run { time in
            let scene = try ImportScene(time)
            let format = try asterisk(file: "appended: false")
            try scene.write(String(scene.records(1...3).dropLast()))
            expect(try await scene.run { $0.sources[0].format = format }, read: 3, delivered: 3)
        }
    }

    @Test(arguments: ["\r\n", "\r"])
    func `lines end as the writer likes`(lineEnd: String) async throws {
        try await VirtualTime.run { time in
            let scene = try ImportScene(time)
            // A carriage return at the end of a log may be half a line end, so such a file is read as an export.
            let format = try asterisk(file: lineEnd == "\r" ? "line_end: cr, appended: false" : "line_end: lf")
            try scene.write(scene.records(1...3).replacingOccurrences(of: "\n", with: lineEnd))
            expect(try await scene.run { $0.sources[0].format = format }, read: 3, delivered: 3)
            try scene.append(scene.records(4...4).replacingOccurrences(of: "\n", with: lineEnd))
            let again = try await scene.run { $0.sources[0].format = format }
            expect(again, read: format.isAppended ? 1 : 4, delivered: 1, duplicates: format.isAppended ? 0 : 3)
        }
    }

    @Test(arguments: [
        (String.Encoding.utf16LittleEndian, true, "auto"), (.utf16BigEndian, true, "auto"),
        (.utf16LittleEndian, false, "auto"), (.utf16BigEndian, false, "utf-16be"), (.windowsCP1251, false, "auto"),
        (.windowsCP1251, false, "windows-1251"), (.windowsCP1252, false, "auto"), (.utf8, true, "auto"),
    ])
    func `encodings are seen and read to the end`(
        encoding: String.Encoding, hasMark: Bool, setting: String
    ) async throws {
        try await VirtualTime.run { time in
            let scene = try ImportScene(time)
            let name = encoding == .windowsCP1252 ? "Léa Müller é" : "Анна Ли"
            // More than one slice of the file, and characters that are cut by their ends.
            let text = scene.records(1...40).replacingOccurrences(of: "\"x\"", with: "\"\(name)\"")
            let mark = hasMark ? "\u{FEFF}" : ""
            let format = try asterisk(file: "encoding: \(setting)")
            let bytes = try #require((mark + text).data(using: encoding))
            try bytes.write(to: URL(fileURLWithPath: scene.path("Master.csv")))
            expect(try await scene.run { $0.sources[0].format = format }, read: 40, delivered: 40)
            // Only UTF-8 goes on at a byte; the rest is read whole, and known.
            let again = try await scene.run { $0.sources[0].format = format }
            let known = encoding == .utf8 ? 0 : 40
            expect(again, read: known, delivered: 0, duplicates: known)
        }
    }

    @Test func `an unclosed quote costs its record, which is kept with its place and its bytes`() async throws {
        try await VirtualTime.run { time in
            let scene = try ImportScene(time)
            var lines = (1...5).map { scene.record($0) }
            lines[2].removeLast(2)
            lines[2] += "\n"
            let broken = try #require(lines[2].dropLast().data(using: .utf8))
            try scene.write(lines.joined())
            expect(try await scene.run(), read: 5, delivered: 4, exitCode: 3)
            let failures = try FailureListing(LedgerAccess(path: scene.path("cdr24.sqlite"))).list(limit: 10)
            let reject = try #require(failures.rejects.first)
            #expect(failures.rejects.count == 1)
            #expect(reject.path == scene.path("Master.csv") && reject.line == 3)
            #expect(reject.byte == Int64(lines[0].utf8.count + lines[1].utf8.count))
            #expect(reject.column == 18 && reject.reason == "brokenRecord")
            #expect(reject.raw == [UInt8](broken))
            #expect(failures.text.contains("Master.csv:3: brokenRecord: "))
            #expect(failures.text.contains(", byte \(reject.byte), column 18)"))
            #expect(failures.text.contains(String(decoding: broken.prefix(100), as: UTF8.self)))
        }
    }

    @Test(arguments: [TextEncoding.utf16LE, .utf16BE, .windows1251, .windows1252], [false, true])
    func `a rejected record keeps the bytes and the place that it has in a file of any encoding`(
        encoding: TextEncoding, isPacked: Bool
    ) async throws {
        try await VirtualTime.run { time in
            let scene = try ImportScene(time)
            // More than one slice; one record is broken and has what is no character in the encoding.
            var lines = (1...900).map { encoding.bytes(scene.record($0)) }
            var broken = encoding.bytes("\"\",\"") + encoding.nonsense
            broken += encoding.bytes(String(repeating: "x", count: 30))
            lines[600] = broken + encoding.lineFeed
            let mark = encoding.byteOrderMark
            try Data(mark + lines.joined()).write(to: URL(fileURLWithPath: scene.path("Master.csv")))
            if isPacked { try pack(scene.path("Master.csv")) }
            let format = try asterisk(file: "encoding: \(encoding.rawValue)")
            let result = try await scene.run(["Master.csv*"]) { $0.sources[0].format = format }
            expect(result, read: 900, delivered: 899, exitCode: 3)
            let failures = try FailureListing(LedgerAccess(path: scene.path("cdr24.sqlite"))).list(limit: 10)
            let reject = try #require(failures.rejects.first)
            #expect(reject.raw == broken && reject.line == 601)
            #expect(reject.byte == Int64(mark.count + lines[..<600].reduce(0) { $0 + $1.count }))
            #expect(failures.text.contains("\"\",\"\u{FFFD}xxx"))
            let files = try FailureListing(LedgerAccess(path: scene.path("cdr24.sqlite"))).files()
            #expect(files.map(\.bytes) == [mark + broken + encoding.lineFeed] && files.allSatisfy { !$0.isConverted })
        }
    }

    @Test func `rejected records of several encodings are printed in one that can be imported again`() async throws {
        try await VirtualTime.run { time in
            let scene = try ImportScene(time)
            let encodings: [TextEncoding] = [.utf16LE, .windows1251]
            for encoding in encodings {
                let broken = encoding.bytes("\"\",\"Анна \(encoding.rawValue)") + encoding.lineFeed
                try Data(encoding.byteOrderMark + broken).write(to: URL(fileURLWithPath: scene.path("Master.csv")))
                let format = try asterisk(file: "encoding: \(encoding.rawValue)")
                _ = try await scene.run { $0.sources[0].format = format }
            }
            let failures = try FailureListing(LedgerAccess(path: scene.path("cdr24.sqlite"))).list(limit: 10)
            let text = "\u{FEFF}\"\",\"Анна windows-1251\n\"\",\"Анна utf-16le\n"
            let files = try FailureListing(LedgerAccess(path: scene.path("cdr24.sqlite"))).files()
            #expect(files.map(\.bytes) == [Array(text.utf8)] && files.allSatisfy(\.isConverted))
            #expect(failures.rejects.map { $0.raw.count } == [21, 2 * 17])
        }
    }

    /// Replaces a file by its gzip form, in which the bytes stand as they are.
    ///
    /// No process does it: one that is started while a ledger is locked holds the lock for a moment longer.
    private func pack(_ path: String) throws {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        func number(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        let checksum = bytes.reduce(~0 as UInt32) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
        }
        let header: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
        var packed = header
        for start in stride(from: 0, to: bytes.count, by: 65_535) {
            let block = bytes[start...].prefix(65_535)
            let isLast: UInt8 = start + block.count == bytes.count ? 1 : 0
            packed += [isLast] + number(block.count, 2) + number(~block.count, 2) + block
        }
        packed += number(Int(~checksum), 4) + number(bytes.count, 4)
        try Data(packed).write(to: URL(fileURLWithPath: path + ".gz"))
        try FileManager.default.removeItem(atPath: path)
    }
}

extension TextEncoding {
    fileprivate func bytes(_ text: String) -> [UInt8] {
        let encoding: String.Encoding =
            switch self {
            case .utf8: .utf8
            case .utf16LE: .utf16LittleEndian
            case .utf16BE: .utf16BigEndian
            case .windows1251: .windowsCP1251
            case .windows1252: .windowsCP1252
            }
        return [UInt8](text.data(using: encoding) ?? Data())
    }

    /// Bytes that are no character.
    fileprivate var nonsense: [UInt8] {
        switch self {
        case .utf8: [0xFF]
        case .utf16LE: [0x3D, 0xD8]
        case .utf16BE: [0xD8, 0x3D]
        case .windows1251: [0x98]
        case .windows1252: [0x81]
        }
    }
}

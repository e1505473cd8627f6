// SPDX-License-Identifier: Apache-2.0

import DelimitedText
import TestSupport
import Testing

@Suite(.seeded) struct RandomInputTests {
    private static let dialects: [Dialect] = [
        Dialect(), .strict, .blank, .unquoted, .backslash, .unescaped, .mac, .pipe,
        Dialect(quote: UInt8(ascii: "'"), escape: .backslash, lineEnd: .cr, isStrict: true),
        // Nonsense, which must do no harm.
        Dialect(delimiter: UInt8(ascii: "\"")), Dialect(delimiter: 10), Dialect(quote: 10),
        Dialect(quote: 92, escape: .backslash),
        Dialect(delimiter: 13), Dialect(delimiter: 13, lineEnd: .cr),
    ]

    @Test(arguments: dialects.indices)
    func `random bytes give the same records however they are sliced`(index: Int) {
        let dialect = Self.dialects[index]
        var random = SeededRandom(index)
        let common = Array("aab,,\"\"\n\r |'\\".utf8) + [0xA5]
        for round in 0..<150 {
            let alphabet = round % 3 == 0 ? Array(",\"\n".utf8) : round % 3 == 1 ? Array("ab,\"\n\r".utf8) : common
            let bytes = random.bytes(random.below(round % 10 == 0 ? 400 : 90), from: alphabet)
            let limit = round % 4 == 0 ? 1 + random.below(40) : 1 << 20
            let expecting = round % 5 == 0 ? 1...3 : nil
            let whole = read(bytes, dialect, limit: limit, expecting: expecting)
            #expect(whole.accountedBytes == Int64(bytes.count), "\(bytes)")
            #expect(whole.next.byte == Int64(bytes.count), "\(bytes)")
            expectOrder(whole, of: bytes, limit: limit)
            for sliceLength in [1, 2, 3, 1 + random.below(20), 1 + random.below(100)] {
                let sliced = read(bytes, dialect, sliceLength: sliceLength, limit: limit, expecting: expecting)
                #expect(sliced == whole, "slices of \(sliceLength): \(bytes)")
            }
        }
    }

    @Test(arguments: dialects.indices)
    func `records read from a batch are those that were put in`(index: Int) {
        let dialect = Self.dialects[index]
        var random = SeededRandom(index)
        for round in 0..<60 {
            let alphabet = round % 2 == 0 ? Array("aab,,\"\"\n\r |'\\".utf8) : Array("ab,\"\n".utf8)
            let bytes = random.bytes(random.below(300), from: alphabet)
            var batch = RecordBatch(dialect: dialect)
            var scanner = RecordScanner(dialect: dialect, maximumRecordBytes: round % 4 == 0 ? 20 : 1 << 20)
            var rows: [Row] = []
            func take(_ record: borrowing Record) {
                rows.append(Row(record))
                batch.append(record)
            }
            bytes.withUnsafeBytes { all in scanner.scan(all) { take($0) } }
            scanner.finish { take($0) }
            var read: [Row] = []
            batch.forEach { read.append(Row($0)) }
            #expect(read == rows && batch.count == rows.count, "\(bytes)")
            #expect(batch.heldBytes == rows.reduce(0) { $0 + $1.raw.count })
        }
    }

    @Test(arguments: 1...8)
    func `good lines with a bad byte give the same records in large and in tiny slices`(seed: UInt64) {
        // Large slices are read in blocks of 64 bytes as long as quotes are in order, tiny ones never are.
        var random = SeededRandom(seed)
        for round in 0..<12 {
            var bytes: [UInt8] = []
            let fieldCount = 1 + random.below(24)
            while bytes.count < 1500 { bytes += line(fieldCount, end: round % 3 == 0 ? "\r\n" : "\n", &random) }
            for _ in 0..<round % 4 {
                let place = random.below(bytes.count)
                bytes[place] = random.bytes(1, from: Array("\"\"\n\r,x".utf8))[0]
            }
            if round % 2 == 0 { bytes.removeLast(random.below(80)) }
            let limit = round % 5 == 0 ? 20 + random.below(200) : 1 << 20
            for dialect in [Dialect(), .strict, .blank] {
                let whole = read(bytes, dialect, limit: limit)
                #expect(whole.accountedBytes == Int64(bytes.count))
                for sliceLength in [1, 7, 63, 64, 65, 100 + random.below(300)] {
                    let sliced = read(bytes, dialect, sliceLength: sliceLength, limit: limit)
                    #expect(sliced == whole, "slices of \(sliceLength), limit \(limit): \(bytes)")
                }
            }
        }
    }

    private func line(_ fieldCount: Int, end: String, _ random: inout SeededRandom) -> [UInt8] {
        let fields = (0..<fieldCount).map { _ -> [UInt8] in
            switch random.below(5) {
            case 0: []
            case 1: random.bytes(random.below(12), from: Array("ab1 ".utf8))
            case 2: quoted(random.bytes(random.below(90), from: Array("abcdef, \"".utf8)))
            default: quoted(random.bytes(random.below(12), from: Array("ab1 ,".utf8)))
            }
        }
        return fields.joined(separator: [0x2C]) + Array(end.utf8)
    }

    /// Records follow one another, hold the bytes of their place, and have their fields inside themselves.
    private func expectOrder(_ reading: Reading, of bytes: [UInt8], limit: Int) {
        var end: Int64 = 0
        var line = 1
        for (index, row) in reading.rows.enumerated() {
            #expect(row.position.record == index + 1)
            #expect(row.position.byte >= end)
            #expect(row.position.line >= line)
            #expect(row.raw.count <= limit + 2)
            #expect(bytes[Int(row.position.byte)...].starts(with: row.raw))
            #expect(row.fields.count == row.offsets.count && !row.fields.isEmpty)
            #expect(row.offsets.allSatisfy { $0.map { $0 >= 0 && $0 <= row.raw.count } ?? false })
            #expect(row.isTerminated || index == reading.rows.count - 1)
            end = row.position.byte + Int64(row.byteCount)
            line = row.position.line
        }
        #expect(end <= reading.next.byte)
    }

    @Test func `what is written by the rules is read back`() {
        var random = SeededRandom()
        let alphabet = Array("ab ,\"\n\r;".utf8)
        for _ in 0..<150 {
            let fieldCount = 1 + random.below(4)
            let rows = (0..<1 + random.below(6)).map { _ in
                (0..<fieldCount).map { _ in random.bytes(random.below(9), from: alphabet) }
            }
            let text = rows.map { $0.map(quoted).joined(separator: [0x2C]) + [0x0A] }.joined()
            for dialect in [Dialect(), .strict] {
                let reading = read(Array(text), dialect, sliceLength: 1 + random.below(40))
                #expect(reading.rows.map(\.fields) == rows)
                #expect(reading.rows.allSatisfy { $0.fault == nil })
            }
        }
    }

    private func quoted(_ field: [UInt8]) -> [UInt8] {
        [0x22] + field.flatMap { $0 == 0x22 ? [0x22, 0x22] : [$0] } + [0x22]
    }

    @Test(arguments: [
        "1,\"abc\n", "x\",y,\"\n", "\",y,\"z\n", "\",\"\",\n", "\"\n", "\"\"\"\n", "\"a \"b", "\"a,\"b ", "\"a\"",
        "a\"\"b,\"\n",
        "\"\\", "\r", "\"\r", ",", "\"x\n\"\"\n",
    ])
    func `a trap in every line takes no longer than its bytes deserve`(trap: String) {
        // Reading on to the end from each of them would take hours.
        let bytes = Array(String(repeating: trap, count: 200_000 / trap.utf8.count).utf8)
        for dialect in [Dialect(), .strict, .backslash, .mac] {
            var scanner = RecordScanner(dialect: dialect)
            var count: Int64 = 0
            for start in stride(from: 0, to: bytes.count, by: 65_536) {
                Array(bytes[start..<min(start + 65_536, bytes.count)]).withUnsafeBytes {
                    scanner.scan($0) { count += Int64($0.byteCount) }
                }
            }
            scanner.finish { count += Int64($0.byteCount) }
            #expect(count + scanner.blankBytes == Int64(bytes.count))
        }
    }
}

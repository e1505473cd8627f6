// SPDX-License-Identifier: Apache-2.0

// Compiled together with the sources of DelimitedText by bench/fuzz/fuzz, not part of the package.

import DelimitedText

/// Called by libFuzzer: the first three bytes choose the dialect, the slices and the limit; the rest is the file.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > 3 else { return 0 }
    let bytes = Array(UnsafeBufferPointer(start: start + 3, count: count - 3))
    growth.watch { tryOut(bytes, start[0], start[1], start[2]) }
    return 0
}

// libFuzzer calls from one thread only, which the compiler cannot know.
nonisolated(unsafe) private var growth = Growth()

private func tryOut(_ bytes: [UInt8], _ first: UInt8, _ second: UInt8, _ third: UInt8) {
    let dialect = dialect(chosenBy: first)
    let limit = second & 0x80 == 0 ? 1 << 20 : Int(second & 0x7F) + 1
    let expecting = third & 0x80 == 0 ? nil : 1...Int(third >> 4)

    let whole = read(bytes, dialect, sliceLength: bytes.count, limit, expecting)
    require(whole.bytes == bytes.count, "every byte is accounted for")
    let sliced = read(bytes, dialect, sliceLength: Int(third & 0x0F) + 1, limit, expecting)
    require(whole == sliced, "slices make no difference")
    // Slices of more than 64 bytes are read in blocks while quotes are in order, smaller ones are not.
    let larger = read(bytes, dialect, sliceLength: 64 + Int(third & 0x0F) * 17, limit, expecting)
    require(whole == larger, "blocks make no difference")
    bytes.withUnsafeBytes {
        _ = DialectDetection.detect(in: $0)
        _ = TextEncoding.guess(from: $0)
    }
}

private struct Reading: Equatable {
    var digest = 0
    var records = 0
    var bytes = 0

    mutating func add(_ record: borrowing Record) {
        var hasher = Hasher()
        hasher.combine(digest)
        hasher.combine(record.position)
        hasher.combine(record.fault)
        hasher.combine(record.byteCount)
        hasher.combine(record.isTerminated)
        hasher.combine(bytes: record.raw)
        for index in 0..<record.fieldCount {
            record.withField(index) { hasher.combine(bytes: $0) }
            hasher.combine(record.fieldOffset(index))
            hasher.combine(record.wasQuoted(index))
        }
        digest = hasher.finalize()
        var index = 0
        record.forEachField { field in
            let isSame = record.withField(index) { $0.elementsEqual(field) }
            require(isSame == true, "a field is the same one by one")
            index += 1
        }
        require(index == record.fieldCount, "no field is left out")
        records += 1
        bytes += record.byteCount
    }
}

private func read(
    _ bytes: [UInt8], _ dialect: Dialect, sliceLength: Int, _ limit: Int, _ expecting: ClosedRange<Int>?
) -> Reading {
    var reading = Reading()
    var scanner = RecordScanner(dialect: dialect, maximumRecordBytes: limit)
    scanner.expectedFieldCount = expecting
    for start in stride(from: 0, to: bytes.count, by: sliceLength) {
        // A copy of its own, so that the address sanitizer sees a read behind its end.
        let slice = Array(bytes[start..<min(start + sliceLength, bytes.count)])
        slice.withUnsafeBytes { slice in scanner.scan(slice) { reading.add($0) } }
    }
    scanner.finish { reading.add($0) }
    reading.bytes += Int(scanner.blankBytes)
    return reading
}

private func dialect(chosenBy byte: UInt8) -> Dialect {
    let delimiters = Array(",;\t|".utf8)
    let escapes: [Dialect.Escape] = [.doubledQuote, .backslash, .none, .doubledQuote]
    return Dialect(
        delimiter: delimiters[Int(byte & 3)], quote: byte & 0x40 == 0 ? UInt8(ascii: "\"") : nil,
        escape: escapes[Int(byte >> 2 & 3)], lineEnd: byte & 0x10 == 0 ? .lf : .cr, isStrict: byte & 0x20 != 0,
        keepsBlankLines: byte & 0x80 != 0)
}

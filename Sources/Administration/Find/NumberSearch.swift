// SPDX-License-Identifier: Apache-2.0

import DelimitedText
import ExitCodes
import Foundation

/// Finds the records of a file in which some digits stand.
///
/// Of a file in UTF-8 only the lines with the digits are read as records, wherever they stand, so that a million records take
/// no longer than reading the file; files in gzip or in other encodings are read whole.
struct NumberSearch {
    let path: String
    /// The digits, as they stand in the file.
    let digits: String
    let dialect: Dialect
    /// How the file writes its characters; `nil` for what it looks like.
    let encoding: TextEncoding?

    /// So many records are enough for anybody.
    static let mostHits = 10_000

    /// Calls `take` with each record in the order of the file, until it returns false.
    ///
    /// - Throws: ``ImportFault``: what `take` throws; `input` when the file cannot be read.
    func forEachRecord(_ take: (borrowing Record) throws(ImportFault) -> Bool) throws(ImportFault) {
        var source = try opened()
        guard !source.isPacked, source.encoding == .utf8, dialect.lineEnd != .cr else {
            return try readAll(&source, take)
        }
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
        } catch {
            throw .input("\(path): cannot be read: \(error.localizedDescription)")
        }
        var fault: ImportFault?
        data.withUnsafeBytes { bytes in
            do throws(ImportFault) {
                try search(bytes, take)
            } catch {
                fault = error
            }
        }
        if let fault { throw fault }
    }

    private func opened() throws(ImportFault) -> ByteSource {
        do throws(ByteSourceFault) {
            return try ByteSource.open(path: path, encoding: encoding, guessesEncoding: true)
        } catch {
            throw .input("\(error)")
        }
    }

    private func search(
        _ bytes: UnsafeRawBufferPointer, _ take: (borrowing Record) throws(ImportFault) -> Bool
    ) throws(ImportFault) {
        var (line, counted, from) = (1, 0, 0)
        let finder = ByteFinder(Array(digits.utf8))
        while let hit = finder.find(in: bytes, from: from) {
            var start = hit
            while start > 0, bytes[start - 1] != 10 { start -= 1 }
            var end = hit
            while end < bytes.count, bytes[end] != 10 { end += 1 }
            line += Self.lineFeeds(UnsafeRawBufferPointer(rebasing: bytes[counted..<start]))
            counted = start
            from = end + 1
            let slice = UnsafeRawBufferPointer(rebasing: bytes[start..<min(end + 1, bytes.count)])
            // Its number among the records is not known; nobody asks for it here.
            guard try read(slice, RecordPosition(record: 1, line: line, byte: Int64(start)), take) else { return }
        }
    }

    private func read(
        _ slice: UnsafeRawBufferPointer, _ position: RecordPosition,
        _ take: (borrowing Record) throws(ImportFault) -> Bool
    ) throws(ImportFault) -> Bool {
        var scanner = RecordScanner(dialect: dialect, start: position)
        var result = Result<Bool, ImportFault>.success(true)
        func each(_ record: borrowing Record) {
            guard case .success(true) = result else { return }
            do throws(ImportFault) {
                result = .success(try take(record))
            } catch {
                result = .failure(error)
            }
        }
        scanner.scan(slice) { each($0) }
        scanner.finish { each($0) }
        return try result.get()
    }

    private static func lineFeeds(_ bytes: UnsafeRawBufferPointer) -> Int {
        var count = 0
        for byte in bytes { count &+= byte == 10 ? 1 : 0 }
        return count
    }

    private func readAll(
        _ source: inout ByteSource, _ take: (borrowing Record) throws(ImportFault) -> Bool
    ) throws(ImportFault) {
        var scanner = RecordScanner(dialect: dialect)
        var result = Result<Bool, ImportFault>.success(true)
        let finder = ByteFinder(Array(digits.utf8))
        func each(_ record: borrowing Record) {
            guard case .success(true) = result, finder.find(in: record.raw, from: 0) != nil else { return }
            do throws(ImportFault) {
                result = .success(try take(record))
            } catch {
                result = .failure(error)
            }
        }
        do throws(ByteSourceFault) {
            while let slice = try source.next() { scanner.scan(slice) { each($0) } }
        } catch {
            throw .input("\(error)")
        }
        scanner.finish { each($0) }
        _ = try result.get()
    }
}

/// Finds some bytes among others, looking at a fraction of them: the algorithm of Horspool.
private struct ByteFinder {
    private let sought: [UInt8]
    /// How far the next place is, by the byte under the last one that is sought.
    private let steps: [Int]

    init(_ sought: [UInt8]) {
        self.sought = sought
        var steps = [Int](repeating: sought.count, count: 256)
        for (index, byte) in sought.dropLast().enumerated() { steps[Int(byte)] = sought.count - 1 - index }
        self.steps = steps
    }

    /// The first place from `start` on; `nil` where there is none.
    func find(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        sought.withUnsafeBufferPointer { sought in
            steps.withUnsafeBufferPointer { steps in
                var place = start
                while place + sought.count <= bytes.count {
                    var index = sought.count - 1
                    while bytes[place + index] == sought[index] {
                        if index == 0 { return place }
                        index -= 1
                    }
                    place += steps[Int(bytes[place + sought.count - 1])]
                }
                return nil
            }
        }
    }
}

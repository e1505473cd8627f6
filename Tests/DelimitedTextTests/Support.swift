// SPDX-License-Identifier: Apache-2.0

import DelimitedText
import Testing

/// A record copied out of the scanner, to be compared.
struct Row: Hashable, CustomStringConvertible {
    var position: RecordPosition
    var fields: [[UInt8]]
    var raw: [UInt8]
    var byteCount: Int
    var fault: RecordFault?
    var isTerminated: Bool
    var offsets: [Int?]
    var wasQuoted: [Bool]

    init(_ record: borrowing Record) {
        position = record.position
        fields = (0..<record.fieldCount).map { record.withField($0) { [UInt8]($0) } ?? [] }
        raw = [UInt8](record.raw)
        byteCount = record.byteCount
        fault = record.fault
        isTerminated = record.isTerminated
        offsets = (0..<record.fieldCount).map { record.fieldOffset($0) }
        wasQuoted = (0..<record.fieldCount).map { record.wasQuoted($0) }
        var fieldByField: [[UInt8]] = []
        record.forEachField { fieldByField.append([UInt8]($0)) }
        #expect(fieldByField == fields)
    }

    var strings: [String] { fields.map { String(decoding: $0, as: UTF8.self) } }
    var description: String { "\(position.line): \(strings)\(fault.map { " (\($0))" } ?? "")" }
}

/// Everything a scanner says about an input.
struct Reading: Hashable {
    var rows: [Row] = []
    var blankLines = 0
    var blankBytes: Int64 = 0
    var next = RecordPosition.first

    /// The bytes that the records and the empty lines account for.
    var accountedBytes: Int64 { rows.reduce(blankBytes) { $0 + Int64($1.byteCount) } }
}

/// Reads an input in slices of one length; all at once if it is nil.
func read(
    _ bytes: [UInt8], _ dialect: Dialect = Dialect(), sliceLength: Int? = nil, limit: Int = 1 << 20,
    expecting fieldCount: ClosedRange<Int>? = nil
) -> Reading {
    var reading = Reading()
    var scanner = RecordScanner(dialect: dialect, maximumRecordBytes: limit)
    scanner.expectedFieldCount = fieldCount
    let step = max(sliceLength ?? bytes.count, 1)
    for start in stride(from: 0, to: bytes.count, by: step) {
        // A copy of its own, so that a read behind the slice's end has a chance to be noticed.
        let slice = [UInt8](bytes[start..<min(start + step, bytes.count)])
        slice.withUnsafeBytes { slice in scanner.scan(slice) { reading.rows.append(Row($0)) } }
    }
    scanner.finish { reading.rows.append(Row($0)) }
    reading.blankLines = scanner.blankLines
    reading.blankBytes = scanner.blankBytes
    reading.next = scanner.nextRecord
    return reading
}

extension Dialect {
    static let semicolon = Dialect(delimiter: UInt8(ascii: ";"))
    static let pipe = Dialect(delimiter: UInt8(ascii: "|"))
    static let strict = Dialect(isStrict: true)
    static let blank = Dialect(keepsBlankLines: true)
    static let unquoted = Dialect(quote: nil)
    static let backslash = Dialect(escape: .backslash)
    static let unescaped = Dialect(escape: .none)
    static let mac = Dialect(lineEnd: .cr)
}

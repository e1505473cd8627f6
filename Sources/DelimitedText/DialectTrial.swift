// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

// Unsafe: the sample is scanned while its owner keeps it, and nothing of it is kept.

/// How the beginning of a file reads in one dialect.
struct DialectTrial {
    let dialect: Dialect
    private(set) var usualFieldCount = 0
    private(set) var faultCount = 0
    private(set) var evenness = 0.0
    private(set) var headerRecord: Int?

    /// Higher for records that are more even and, among those, have more fields; 0 if they are not divided at all.
    var score: Double {
        usualFieldCount < 2 ? 0 : evenness * evenness * log2(Double(usualFieldCount))
    }

    init(_ dialect: Dialect, _ sample: UnsafeRawBufferPointer) {
        self.dialect = dialect
        var shapes: [Shape] = []
        var faults = 0
        var scanner = RecordScanner(dialect: dialect, maximumRecordBytes: DialectDetection.sampleLength)
        let look = { (record: borrowing Record) in
            // The sample may end in the middle of a record, so an unfinished one counts only if there is no other.
            guard record.isTerminated || shapes.isEmpty else { return }
            shapes.append(Shape(record))
            if record.fault != nil { faults += 1 }
        }
        unsafe scanner.scan(sample, look)
        scanner.finish(look)
        faultCount = faults
        let whole = shapes.filter(\.isWhole)
        let frequencies = Dictionary(whole.map { ($0.cells.count, 1) }, uniquingKeysWith: +)
        // Of two equally frequent counts the larger: a preamble has few fields.
        guard let usual = frequencies.max(by: { ($0.value, $0.key) < ($1.value, $1.key) }) else { return }
        usualFieldCount = usual.key
        evenness = Double(usual.value) / Double(shapes.count)
        headerRecord = Self.header(in: shapes, usualFieldCount: usual.key)
    }

    /// The number of the first record that has names in its fields, if no ordinary record comes before.
    private static func header(in shapes: [Shape], usualFieldCount: Int) -> Int? {
        for (index, shape) in shapes.prefix(20).enumerated() {
            if shape.looksLikeHeader, shape.cells.count * 2 > usualFieldCount { return index + 1 }
            if shape.cells.count == usualFieldCount { return nil }
        }
        return nil
    }
}

extension DialectTrial {
    /// What a record looks like.
    private struct Shape {
        enum Cell: Hashable {
            case empty
            /// Letters, more than digits.
            case name(String)
            /// Numbers, times, anything else.
            case value
        }

        let cells: [Cell]
        let isWhole: Bool

        init(_ record: borrowing Record) {
            isWhole = record.fault == nil
            cells = (0..<record.fieldCount).map { Self.cell(record.string($0) ?? "") }
        }

        private static func cell(_ text: String) -> Cell {
            if text.isEmpty { return .empty }
            let letters = text.count { $0.isLetter }
            let digits = text.count { $0.isNumber }
            let isName = letters > digits && text.count <= 60 && !text.contains { "<>@".contains($0) }
            return isName ? .name(text.lowercased()) : .value
        }

        /// Names only, all different; the last fields may be empty.
        var looksLikeHeader: Bool {
            let named = cells.reversed().drop { $0 == .empty }
            guard named.count >= min(2, cells.count) else { return false }
            let areNames = named.allSatisfy { if case .name = $0 { true } else { false } }
            return areNames && Set(named).count == named.count
        }
    }
}

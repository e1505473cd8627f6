// SPDX-License-Identifier: Apache-2.0

// Unsafe: slices end where the array does, which is held still meanwhile.

/// The records of a small input as text, for tests and previews.
///
/// - Parameter sliceLength: How many bytes the scanner is given at a time; all at once if left out.
package func records(in bytes: [UInt8], dialect: Dialect = Dialect(), sliceLength: Int? = nil) -> [[String]] {
    var scanner = RecordScanner(dialect: dialect)
    var rows: [[String]] = []
    unsafe bytes.withUnsafeBytes { all in
        let step = max(sliceLength ?? all.count, 1)
        for start in stride(from: 0, to: all.count, by: step) {
            let slice = unsafe UnsafeRawBufferPointer(rebasing: all[start..<min(start + step, all.count)])
            unsafe scanner.scan(slice) { rows.append($0.strings) }
        }
    }
    scanner.finish { rows.append($0.strings) }
    return rows
}

// SPDX-License-Identifier: Apache-2.0

// Unsafe: bytes are looked at through their bounds, while their owner keeps them.

/// The office's own numbers, which are never a client's.
struct OwnNumbers {
    private let numbers: FrozenTable
    private let tables = FrozenTables()

    /// - Parameters:
    ///   - lines: The line numbers of the configuration; those that are no numbers count for nothing.
    ///   - reader: What reads numbers.
    init(lines: some Sequence<String>, reader: inout NumberReader) {
        var table = ByteTable(isCaseless: false)
        for line in Set(lines) {
            let reading = unsafe Array(line.utf8).withUnsafeBytes { unsafe reader.read($0) }
            if case .number(let number) = reading { table.insert(number, value: 1) }
        }
        numbers = tables.freeze(table)
    }

    /// Whether a number in E.164 is one of the office's.
    func contains(_ number: String) -> Bool { numbers.has(number) }

    /// Whether a number in E.164 is one of the office's.
    func contains(_ number: UnsafeRawBufferPointer) -> Bool { unsafe numbers.find(number) != nil }

    /// Whether a text of any spelling is one of the office's numbers.
    func contains(_ bytes: UnsafeRawBufferPointer, reader: inout NumberReader) -> Bool {
        guard numbers.count > 0, unsafe !bytes.isEmpty, case .number(let number) = unsafe reader.read(bytes) else {
            return false
        }
        return contains(number)
    }
}

// SPDX-License-Identifier: Apache-2.0

// Unsafe: what is kept lies in the buffer, whose room is reserved before bytes are added.

/// The bytes of a file before they became UTF-8, kept until the records that they make have been found.
///
/// Going back from the text would not do: what is no character has become the replacement character. The text need not
/// be kept for it, since the bytes alone say how much text each character makes.
struct OriginalText: ~Copyable {
    private var current: Stretch
    /// Where the record begins that is longer than any that is handed over whole, if there is one.
    private var long: Stretch?
    private let widths: CharacterWidths
    private let mostKept: Int

    /// More than the longest record that a scanner hands over whole, 1 MiB of text, and the slices around it.
    static let usualMost = 3 << 20

    /// - Parameters:
    ///   - markLength: The bytes of the file before the first character.
    ///   - mostKept: How many bytes may wait for the end of a record before all but its beginning is given up.
    init(widths: CharacterWidths, markLength: Int, mostKept: Int = OriginalText.usualMost) {
        self.widths = widths
        self.mostKept = mostKept
        current = Stretch(text: 0, byte: Int64(markLength))
    }

    /// Takes in bytes of whole characters that become text now; all records in the text before have been asked for.
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        if current.count > mostKept {
            if long == nil { long = current.copy() }
            current.forget(before: .max, widths)
        }
        unsafe current.append(bytes)
    }

    /// Gives up the bytes of all text before an offset.
    mutating func forget(before text: Int64) {
        if text >= current.text { long = nil }
        current.forget(before: text, widths)
    }

    /// The bytes of a record, no earlier one than was asked for last.
    ///
    /// - Parameters:
    ///   - text: The offset of its text.
    ///   - length: The bytes of its text.
    mutating func record(at text: Int64, length: Int) -> OriginalRecord {
        if text < current.text, let record = long?.record(at: text, length: length, widths) { return record }
        return current.record(at: text, length: length, widths)
    }
}

/// Some bytes that follow one another, with the place of the first.
private struct Stretch: ~Copyable {
    private var buffer = GrowingBuffer<UInt8>(capacity: 1 << 16)
    private var kept = 0..<0
    /// The offset of the first byte kept in the text, and in the file.
    private(set) var text: Int64
    private var byte: Int64

    init(text: Int64, byte: Int64) {
        self.text = text
        self.byte = byte
    }

    var count: Int { kept.count }

    private var bytes: UnsafeBufferPointer<UInt8> {
        unsafe UnsafeBufferPointer(start: buffer.pointer + kept.lowerBound, count: kept.count)
    }

    func copy() -> Stretch {
        var copy = Stretch(text: text, byte: byte)
        unsafe copy.append(UnsafeRawBufferPointer(bytes))
        return copy
    }

    mutating func append(_ more: UnsafeRawBufferPointer) {
        guard let source = more.baseAddress else { return }
        if kept.lowerBound > 0 {
            unsafe buffer.pointer.update(from: buffer.pointer + kept.lowerBound, count: kept.count)
            kept = 0..<kept.count
        }
        buffer.reserve(kept.count + more.count, keeping: kept.count)
        unsafe UnsafeMutableRawPointer(buffer.pointer + kept.count).copyMemory(from: source, byteCount: more.count)
        kept = 0..<kept.count + more.count
    }

    mutating func forget(before offset: Int64, _ widths: CharacterWidths) {
        let passed = unsafe widths.pass(offset - text, in: bytes)
        kept = kept.lowerBound + passed.bytes..<kept.upperBound
        text += passed.text
        byte += Int64(passed.bytes)
    }

    mutating func record(at offset: Int64, length: Int, _ widths: CharacterWidths) -> OriginalRecord {
        forget(before: offset, widths)
        let count = unsafe widths.pass(Int64(length), in: bytes).bytes
        return unsafe OriginalRecord(byte: byte, bytes: UnsafeRawBufferPointer(start: bytes.baseAddress, count: count))
    }
}

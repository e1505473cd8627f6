// SPDX-License-Identifier: Apache-2.0

// Unsafe: behind every field is a delimiter or a line end, so that its first byte is there even if it is empty.

/// Where the content of a field lies in its record, without the quotes around it.
@usableFromInline
struct FieldBounds: BitwiseCopyable, Sendable {
    @usableFromInline let start: UInt32
    /// The length in the lower 30 bits; above them whether the field was quoted and whether it has escapes.
    @usableFromInline let lengthAndMarks: UInt32

    @inlinable static var quotedMark: UInt32 { 1 << 30 }
    @inlinable static var escapedMark: UInt32 { 1 << 31 }

    /// The largest record that can be described.
    static let maximumLength = 1 << 30 - 8

    @inline(__always)
    init(start: Int, end: Int, marks: UInt32 = 0) {
        self.start = UInt32(truncatingIfNeeded: start)
        lengthAndMarks = UInt32(truncatingIfNeeded: end &- start) | marks
    }

    /// A field of a record whose quotes are in order.
    ///
    /// - Parameters:
    ///   - begin: Its first byte in the record, an opening quote included.
    ///   - record: The record's first byte, which is at `origin`; the record has `length` bytes.
    ///   - end: Where it ends, with ``escapedMark`` if it has escapes.
    @inlinable
    @inline(__always)
    init(
        from begin: Int, in record: UnsafePointer<UInt8>, to end: UInt32, origin: Int, length: Int, _ quote: UInt8
    ) {
        // Behind an empty field is a delimiter or a line end, which is no quote.
        let quotes: UInt32 = unsafe record[begin] == quote ? 1 : 0
        // Before the end of the last field there may be a carriage return.
        let behind = min(Int(end & ~Self.escapedMark) &- origin, length)
        start = UInt32(truncatingIfNeeded: begin) &+ quotes
        let content = UInt32(truncatingIfNeeded: behind &- begin) &- 2 &* quotes
        lengthAndMarks = content | Self.quotedMark &* quotes | end & Self.escapedMark
    }

    @inlinable var length: Int { Int(lengthAndMarks & 0x3fff_ffff) }
    @inlinable var isQuoted: Bool { lengthAndMarks & 0x4000_0000 != 0 }
    @inlinable var isEscaped: Bool { lengthAndMarks & 0x8000_0000 != 0 }
}

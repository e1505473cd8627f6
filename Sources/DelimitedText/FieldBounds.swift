// SPDX-License-Identifier: Apache-2.0

/// Where the content of a field lies in its record, without the quotes around it.
@usableFromInline
struct FieldBounds: BitwiseCopyable {
    @usableFromInline let start: UInt32
    /// The length in the lower 30 bits; above them whether the field was quoted and whether it has escapes.
    @usableFromInline let lengthAndMarks: UInt32

    static let quotedMark: UInt32 = 1 << 30
    static let escapedMark: UInt32 = 1 << 31

    /// The largest record that can be described.
    static let maximumLength = 1 << 30 - 8

    @inline(__always)
    init(start: Int, end: Int, marks: UInt32 = 0) {
        self.start = UInt32(truncatingIfNeeded: start)
        lengthAndMarks = UInt32(truncatingIfNeeded: end &- start) | marks
    }

    /// A field that takes up the bytes from `begin` to `end`, quotes around it included.
    @inline(__always)
    init(from begin: Int, to end: Int, isQuoted: Bool, isEscaped: Bool) {
        let quotes: UInt32 = isQuoted ? 1 : 0
        start = UInt32(truncatingIfNeeded: begin) &+ quotes
        let length = UInt32(truncatingIfNeeded: end &- begin) &- 2 &* quotes
        lengthAndMarks = length | Self.quotedMark &* quotes | (isEscaped ? Self.escapedMark : 0)
    }

    @inlinable var length: Int { Int(lengthAndMarks & 0x3fff_ffff) }
    @inlinable var isQuoted: Bool { lengthAndMarks & 0x4000_0000 != 0 }
    @inlinable var isEscaped: Bool { lengthAndMarks & 0x8000_0000 != 0 }
}

// SPDX-License-Identifier: Apache-2.0

// Unsafe: a record cannot be copied and is lent to a closure, which ends before the slice that it points into does.

/// One record, valid only while the closure runs that receives it.
///
/// Nothing is copied or decoded before it is asked for: the record points into the slice it was found in.
@usableFromInline  // else other modules do not get the bodies of inlinable methods, and a field takes ten times as long
@safe
package struct Record: ~Copyable {
    /// Where the record stands.
    package let position: RecordPosition
    /// What is wrong with the record's form, if anything.
    ///
    /// A record with an unclosed quote is one line, its last field the rest of that line. A record that is too long is
    /// one field, the part that was kept.
    package let fault: RecordFault?
    /// The number of bytes from the record's first to the one behind its line end.
    package let byteCount: Int
    /// The number of fields, at least 1.
    @usableFromInline package let fieldCount: Int
    /// Whether a line end follows; false only for the last record of the input.
    package let isTerminated: Bool
    /// The record's bytes as they stand in the file, without the line end.
    @inlinable package var raw: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(start: start, count: length) }

    @usableFromInline let start: UnsafePointer<UInt8>
    @usableFromInline let length: Int
    /// Where the fields are.
    @usableFromInline
    @safe
    enum Fields {
        case bounds(UnsafePointer<FieldBounds>)
        /// Where each ends, from `origin` on, if quotes are in order; the uppermost bit says that it has escapes.
        case ends(UnsafePointer<UInt32>, origin: Int)
    }

    @usableFromInline let fields: Fields
    /// Room for 16 bytes more than the record has, so that they can be copied 16 at a time.
    @usableFromInline let scratch: UnsafeMutablePointer<UInt8>
    @usableFromInline let quote: Int
    @usableFromInline let doubledQuote: Int
    @usableFromInline let backslash: Int
    @usableFromInline let delimiter: UInt8

    init(
        position: RecordPosition, fault: RecordFault?, byteCount: Int, isTerminated: Bool,
        start: UnsafePointer<UInt8>, length: Int, fields: Fields, fieldCount: Int, marks: DialectMarks,
        scratch: UnsafeMutablePointer<UInt8>
    ) {
        self.position = position
        self.fault = fault
        self.byteCount = byteCount
        self.isTerminated = isTerminated
        unsafe self.start = unsafe start
        self.length = length
        self.fields = fields
        self.fieldCount = fieldCount
        unsafe self.scratch = unsafe scratch
        quote = marks.quote
        doubledQuote = marks.doubledQuote
        backslash = marks.backslash
        delimiter = marks.delimiter
    }

    /// The place of a field given from the left (0, 1, …) or from the right (-1, -2, …), or nil if there is none.
    @inlinable
    func bounds(_ index: Int) -> FieldBounds? {
        let fromLeft = index < 0 ? fieldCount + index : index
        guard fromLeft >= 0, fromLeft < fieldCount else { return nil }
        switch fields {
        case .bounds(let bounds): return unsafe bounds[fromLeft]
        case .ends(let ends, let origin):
            let begin = unsafe fromLeft == 0 ? 0 : Int(ends[fromLeft &- 1] & ~FieldBounds.escapedMark) &- origin &+ 1
            return unsafe FieldBounds(
                from: begin, in: start, to: ends[fromLeft], origin: origin, length: length,
                UInt8(truncatingIfNeeded: quote))
        }
    }

    @inlinable
    func content(_ bounds: FieldBounds) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: start + Int(bounds.start), count: bounds.length)
    }
}

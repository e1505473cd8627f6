// SPDX-License-Identifier: Apache-2.0

/// One record, valid only while the closure runs that receives it.
///
/// Nothing is copied or decoded before it is asked for: the record points into the slice it was found in.
@usableFromInline  // else other modules do not get the bodies of inlinable methods, and a field takes ten times as long
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
    @usableFromInline package let raw: UnsafeRawBufferPointer

    @usableFromInline let fields: UnsafePointer<FieldBounds>
    @usableFromInline let quote: Int
    @usableFromInline let doubledQuote: Int
    @usableFromInline let backslash: Int
    @usableFromInline let delimiter: UInt8

    init(
        position: RecordPosition, fault: RecordFault?, byteCount: Int, isTerminated: Bool, raw: UnsafeRawBufferPointer,
        fields: UnsafePointer<FieldBounds>, fieldCount: Int, marks: DialectMarks
    ) {
        self.position = position
        self.fault = fault
        self.byteCount = byteCount
        self.isTerminated = isTerminated
        self.raw = raw
        self.fields = fields
        self.fieldCount = fieldCount
        quote = marks.quote
        doubledQuote = marks.doubledQuote
        backslash = marks.backslash
        delimiter = marks.delimiter
    }

    /// The place of a field given from the left (0, 1, …) or from the right (-1, -2, …), or nil if there is none.
    @inlinable
    func bounds(_ index: Int) -> FieldBounds? {
        let fromLeft = index < 0 ? fieldCount + index : index
        return fromLeft >= 0 && fromLeft < fieldCount ? fields[fromLeft] : nil
    }

    @inlinable
    func content(_ bounds: FieldBounds) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: raw[Int(bounds.start)..<Int(bounds.start) + bounds.length])
    }
}

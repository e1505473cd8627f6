// SPDX-License-Identifier: Apache-2.0

// Unsafe: the room has at least the length of the field, as the caller promises.

/// Where the content of a field lies in the bytes of its record.
@usableFromInline
package struct FieldPlace: Sendable, Hashable {
    /// The first byte of the content, counted from the first of the record.
    @usableFromInline package let start: Int
    /// How many bytes the content has, with its escapes.
    @usableFromInline package let count: Int
    /// Whether some of these bytes are escapes, so that the field has fewer.
    @usableFromInline package let isEscaped: Bool

    @inlinable
    init(_ bounds: FieldBounds) {
        start = Int(bounds.start)
        count = bounds.length
        isEscaped = bounds.isEscaped
    }

    @inlinable
    init(start: Int, count: Int, isEscaped: Bool) {
        self.start = start
        self.count = count
        self.isEscaped = isEscaped
    }
}

extension Record {
    /// The place of a field in ``raw``, without the quotes around it, or nil if there is no such field.
    ///
    /// - Parameter index: From the left 0, 1, …; from the right -1, -2, ….
    @inlinable
    package func place(ofField index: Int) -> FieldPlace? {
        bounds(index).map { FieldPlace($0) }
    }

    /// Calls `body` with the place of each of the first fields from the left, in less time than one by one.
    ///
    /// - Parameter number: How many fields, if the record has as many.
    @inlinable
    @inline(__always)
    package func forEachPlace(ofFirst number: Int, _ body: (_ index: Int, FieldPlace) -> Void) {
        let count = min(number, fieldCount)
        guard case .ends(let ends, let origin) = fields else {
            for index in 0..<count { if let place = place(ofField: index) { body(index, place) } }
            return
        }
        // Everything that the loop needs is at hand, not behind the record.
        let (record, length) = unsafe (start, length)
        let quote = UInt8(truncatingIfNeeded: quote)
        var begin = 0
        for index in 0..<count {
            let mark = unsafe ends[index]
            let end = Int(mark & ~FieldBounds.escapedMark) &- origin
            // Behind an empty field is a delimiter or a line end, which is no quote.
            let quotes = unsafe record[begin] == quote ? 1 : 0
            // Before the end of the last field there may be a carriage return.
            let content = min(end, length) &- begin &- 2 &* quotes
            body(
                index,
                FieldPlace(
                    start: begin &+ quotes, count: content, isEscaped: mark & FieldBounds.escapedMark != 0))
            begin = end &+ 1
        }
    }

    /// The most bytes that a field can have once its escapes are undone, or nil if there is no such field.
    ///
    /// - Parameter index: From the left 0, 1, …; from the right -1, -2, ….
    package func maximumLength(ofField index: Int) -> Int? {
        bounds(index)?.length
    }

    /// Copies the bytes of a field, without the quotes around it and with its escapes undone.
    ///
    /// Does what ``withField(_:_:)`` does for a caller that copies everything, without a call through generics.
    ///
    /// - Parameters:
    ///   - index: From the left 0, 1, …; from the right -1, -2, ….
    ///   - room: At least ``maximumLength(ofField:)`` bytes.
    /// - Returns: How many bytes were copied, or nil if there is no such field.
    package func copyField(_ index: Int, to room: UnsafeMutableRawBufferPointer) -> Int? {
        guard let bounds = bounds(index) else { return nil }
        let content = unsafe content(bounds)
        if bounds.isEscaped { return unsafe unescape(content, isQuoted: bounds.isQuoted, into: room) }
        unsafe room.copyMemory(from: content)
        return content.count
    }
}

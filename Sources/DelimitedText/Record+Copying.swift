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
}

extension Record {
    /// The place of a field in ``raw``, without the quotes around it, or nil if there is no such field.
    ///
    /// - Parameter index: From the left 0, 1, …; from the right -1, -2, ….
    @inlinable
    package func place(ofField index: Int) -> FieldPlace? {
        bounds(index).map { FieldPlace($0) }
    }

    /// Calls `body` with the place of each of some fields, nil where there is no such field, in less time than one by one.
    ///
    /// - Parameter indices: From the left 0, 1, …; from the right -1, -2, …; `body` gets their places in this list.
    @inlinable
    @inline(__always)
    package func forEachPlace(ofFields indices: [Int], _ body: (_ number: Int, FieldPlace?) -> Void) {
        guard case .ends(let ends, let origin) = fields else {
            for number in indices.indices { body(number, place(ofField: indices[number])) }
            return
        }
        // Everything that the loop needs is at hand, not behind the record.
        let (record, count, length) = unsafe (start, fieldCount, length)
        let quote = UInt8(truncatingIfNeeded: quote)
        for number in indices.indices {
            let index = indices[number] < 0 ? indices[number] &+ count : indices[number]
            guard index >= 0, index < count else {
                body(number, nil)
                continue
            }
            let begin = unsafe index == 0 ? 0 : Int(ends[index &- 1] & ~FieldBounds.escapedMark) &- origin &+ 1
            let bounds = unsafe FieldBounds(
                from: begin, in: record, to: ends[index], origin: origin, length: length, quote)
            body(number, FieldPlace(bounds))
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

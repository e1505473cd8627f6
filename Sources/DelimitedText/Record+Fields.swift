// SPDX-License-Identifier: Apache-2.0

import CByteBlock

// Unsafe: bounds lie in the record, and no field is longer without its escapes.

extension Record {
    /// Calls `body` with the bytes of a field, without the quotes around it and with its escapes undone.
    ///
    /// - Parameter index: From the left 0, 1, …; from the right -1, -2, ….
    /// - Returns: What `body` returns, or nil if there is no such field.
    @inlinable
    package func withField<R>(_ index: Int, _ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R? {
        guard let bounds = bounds(index) else { return nil }
        let content = unsafe content(bounds)
        guard bounds.isEscaped else { return unsafe try body(content) }
        return try unsafe withUnsafeTemporaryAllocation(byteCount: content.count, alignment: 1) { room in
            let count = unsafe unescape(content, isQuoted: bounds.isQuoted, into: room)
            return unsafe try body(UnsafeRawBufferPointer(rebasing: room[..<count]))
        }
    }

    /// Calls `body` with the bytes of each field from the left, as ``withField(_:_:)`` would but in less time.
    @inlinable
    package func forEachField(_ body: (UnsafeBufferPointer<UInt8>) throws -> Void) rethrows {
        guard case .ends(let ends, let origin) = fields else {
            for index in 0..<fieldCount { try unsafe body(field(index)) }
            return
        }
        // Everything that the loop needs is at hand, not behind the record.
        let (base, quote) = unsafe (start - origin, UInt8(truncatingIfNeeded: quote))
        // Before the end of the last field there may be a carriage return.
        let limit = origin &+ length
        var begin = origin
        for index in 0..<fieldCount {
            let end = unsafe Int(ends[index] & ~FieldBounds.escapedMark)
            if unsafe ends[index] & FieldBounds.escapedMark == 0 {
                let quotes = unsafe base[begin] == quote ? 1 : 0
                let count = min(end, limit) &- begin &- 2 &* quotes
                try unsafe body(UnsafeBufferPointer(start: base + (begin &+ quotes), count: count))
            } else {
                try unsafe body(field(index))
            }
            begin = end &+ 1
        }
    }

    /// The bytes of a field, valid until the next is asked for.
    @usableFromInline
    func field(_ index: Int) -> UnsafeBufferPointer<UInt8> {
        guard let bounds = bounds(index) else { return unsafe UnsafeBufferPointer(start: nil, count: 0) }
        guard bounds.isEscaped else {
            return unsafe UnsafeBufferPointer(start: start + Int(bounds.start), count: bounds.length)
        }
        let room = unsafe UnsafeMutableRawBufferPointer(start: scratch, count: length + 16)
        let count = unsafe unescape(content(bounds), isQuoted: bounds.isQuoted, into: room)
        return unsafe UnsafeBufferPointer(start: scratch, count: count)
    }

    /// The text of a field, or nil if there is no such field.
    ///
    /// Bytes that are not UTF-8 become replacement characters.
    package func string(_ index: Int) -> String? {
        unsafe withField(index) { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// The offset of a field's first byte in ``raw``, its opening quote included, or nil if there is no such field.
    package func fieldOffset(_ index: Int) -> Int? {
        bounds(index).map { Int($0.start) - ($0.isQuoted ? 1 : 0) }
    }

    /// Whether a field stands in quotes; false if there is no such field.
    package func wasQuoted(_ index: Int) -> Bool {
        bounds(index)?.isQuoted ?? false
    }

    /// The text of all fields.
    package var strings: [String] {
        (0..<fieldCount).map { string($0) ?? "" }
    }

    /// Copies a field without its escapes and returns how many bytes that were.
    @usableFromInline
    func unescape(_ content: UnsafeRawBufferPointer, isQuoted: Bool, into room: UnsafeMutableRawBufferPointer) -> Int {
        if isQuoted, backslash < 0, doubledQuote >= 0, let field = content.baseAddress, let target = room.baseAddress {
            let bytes = unsafe field.assumingMemoryBound(to: UInt8.self)
            return unsafe well_formed_undouble(
                bytes, content.count, start + length - bytes, UInt8(truncatingIfNeeded: doubledQuote),
                target.assumingMemoryBound(to: UInt8.self), room.count)
        }
        // In an unquoted field two quotes are two quotes.
        let doubledQuote = isQuoted ? doubledQuote : -1
        var count = 0
        var position = 0
        while position < content.count {
            var byte = unsafe content[position]
            position &+= 1
            if Int(byte) == doubledQuote || Int(byte) == backslash, position < content.count {
                let next = unsafe content[position]
                let isPair = Int(byte) == doubledQuote && next == byte
                let isEscape =
                    Int(byte) == backslash && (next == delimiter || Int(next) == quote || Int(next) == backslash)
                if isPair || isEscape {
                    byte = next
                    position &+= 1
                }
            }
            unsafe room[count] = byte
            count &+= 1
        }
        return count
    }
}

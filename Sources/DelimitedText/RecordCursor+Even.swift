// SPDX-License-Identifier: Apache-2.0

import CByteBlock

extension RecordCursor {
    /// Runs over blocks of 64 bytes that are even: every quote opens a field, closes one or is one of two, and no line
    /// ends inside quotes.
    ///
    /// Nearly all blocks of nearly all files are like that, and then only the bytes that end fields need be looked at one
    /// by one. Bit n of a mask is the byte at offset n of the block.
    ///
    /// - Returns: ``Halt/lineEnd``, or nil at a block that is not even or not whole.
    mutating func runEven(_ base: UnsafePointer<UInt8>, _ count: Int) -> Halt? {
        var position = position
        // The first byte of the field being read, its opening quote included.
        var begin = state == .fieldStart ? position : state == .quoted ? fieldStart &- 1 : fieldStart
        var wasInside: UInt64 = state == .quoted ? .max : 0
        var isEscaped = begin < position && isEscaped
        let quote = UInt8(truncatingIfNeeded: marks.quote)
        // A field that only looks quoted was found out by judging it, which happens elsewhere.
        if state == .unquoted, begin < position, base[begin] == quote { return nil }
        let (delimiter, lineEnd) = (marks.delimiter, marks.lineEnd)

        while count &- position >= ByteBlock.length {
            fields.reserve(fieldCount + ByteBlock.length + 1, keeping: fieldCount)
            let block = base + position
            let allQuotes = byte_block_equal(block, quote)
            // Quotes at the end can be judged only with the byte behind them.
            let unused = UInt64(truncatingIfNeeded: (~allQuotes).leadingZeroBitCount)
            if unused == ByteBlock.length { break }
            let valid = UInt64.max &>> unused
            let quotes = allQuotes & valid
            let lines = byte_block_equal(block, lineEnd) & valid

            // Bit n: an odd number of quotes up to n, so the byte is inside or is the quote that opens.
            var inside = quotes
            inside ^= inside &<< 1
            inside ^= inside &<< 2
            inside ^= inside &<< 4
            inside ^= inside &<< 8
            inside ^= inside &<< 16
            inside ^= inside &<< 32
            inside ^= wasInside
            let opening = quotes & inside
            let closing = quotes & ~inside
            let lineEnds = lines & ~inside
            var ends = byte_block_equal(block, delimiter) & valid & ~inside | lineEnds
            let behindClosing = closing &<< 1
            let mayOpen = ends &<< 1 | behindClosing | (begin == position ? 1 : 0)
            if opening & ~mayOpen | behindClosing & ~(ends | opening) | lines & inside != 0 { break }

            // Up to the first line end, or all.
            ends &= lineEnds ^ (lineEnds &- 1)
            var doubled = closing & opening &>> 1
            var next = fields.pointer + fieldCount
            while ends != 0 {
                let end = position &+ ends.trailingZeroBitCount
                if doubled != 0 {
                    let before = (ends & (0 &- ends)) &- 1
                    isEscaped = isEscaped || doubled & before != 0
                    doubled &= ~before
                }
                next.pointee = FieldBounds(from: begin, to: end, isQuoted: base[begin] == quote, isEscaped: isEscaped)
                next += 1
                isEscaped = false
                begin = end &+ 1
                ends &= ends &- 1
            }
            fieldCount = next - fields.pointer
            if lineEnds != 0 {
                stopAtLineEnd(begin &- 1)
                return .lineEnd
            }
            isEscaped = isEscaped || doubled != 0
            wasInside = UInt64(bitPattern: Int64(bitPattern: inside &<< unused) &>> 63)
            position &+= ByteBlock.length &- Int(truncatingIfNeeded: unused)
        }
        self.position = position
        self.isEscaped = isEscaped
        state = begin == position ? .fieldStart : wasInside != 0 ? .quoted : .unquoted
        fieldStart = state == .quoted ? begin &+ 1 : begin
        return nil
    }

    /// The field that was stored last ends at a line end; if it is not quoted, a carriage return may have to go.
    private mutating func stopAtLineEnd(_ end: Int) {
        let last = fields.pointer[fieldCount - 1]
        position = end
        fieldStart = Int(last.start)
        isEscaped = false
        state = last.isQuoted ? .closed : .unquoted
        if !last.isQuoted { fieldCount -= 1 }
    }
}

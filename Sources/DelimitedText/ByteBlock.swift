// SPDX-License-Identifier: Apache-2.0

import CByteBlock

// Unsafe: `bytes` has `count` bytes and `pad` has 64: no mask is made of more.

/// Where the bytes that matter stand among 64 bytes: bit n of a mask is the byte at offset n.
struct ByteBlock {
    static let length = 64

    let delimiters: UInt64
    let lineEnds: UInt64
    let quotes: UInt64
    let backslashes: UInt64

    /// Looks at the first 64 of `count` bytes, or at all if there are fewer.
    ///
    /// `pad` is room for 64 bytes: fewer are copied there, since nothing behind the end may be read.
    @inline(__always)
    init(_ bytes: UnsafePointer<UInt8>, count: Int, marks: DialectMarks, pad: UnsafeMutablePointer<UInt8>) {
        var block = unsafe bytes
        var valid = UInt64.max
        if count < Self.length {
            unsafe pad.update(from: bytes, count: count)
            unsafe block = unsafe UnsafePointer(pad)
            valid = (1 << UInt64(count)) &- 1
        }
        delimiters = unsafe byte_block_equal(block, marks.delimiter) & valid
        lineEnds = unsafe byte_block_equal(block, marks.lineEnd) & valid
        quotes = unsafe marks.quote < 0 ? 0 : byte_block_equal(block, UInt8(truncatingIfNeeded: marks.quote)) & valid
        backslashes =
            unsafe marks.backslash < 0 ? 0 : byte_block_equal(block, UInt8(truncatingIfNeeded: marks.backslash)) & valid
    }
}

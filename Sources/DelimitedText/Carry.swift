// SPDX-License-Identifier: Apache-2.0

// Unsafe: `offset + count` never exceeds what was reserved.

/// The bytes of a record that is not over yet, kept from one slice to the next.
struct Carry: ~Copyable {
    private var bytes = GrowingBuffer<UInt8>(capacity: 4096)
    private var offset = 0
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    /// Whether the last byte kept is this one.
    func endsWith(_ byte: UInt8) -> Bool { unsafe count > 0 && bytes.pointer[offset + count - 1] == byte }

    /// The first byte kept; valid until the next change.
    var start: UnsafePointer<UInt8> { unsafe UnsafePointer(bytes.pointer + offset) }

    mutating func append(_ more: UnsafePointer<UInt8>, _ moreCount: Int) {
        if offset > 0 {
            unsafe bytes.pointer.update(from: bytes.pointer + offset, count: count)
            offset = 0
        }
        bytes.reserve(count + moreCount, keeping: count)
        unsafe (bytes.pointer + count).update(from: more, count: moreCount)
        count += moreCount
    }

    mutating func removeFirst(_ length: Int) {
        offset += length
        count -= length
        if count == 0 { offset = 0 }
    }

    mutating func remove(from start: Int, to end: Int) {
        guard start < end else { return }
        let first = unsafe bytes.pointer + offset
        unsafe (first + start).update(from: first + end, count: count - end)
        count -= end - start
    }
}

// SPDX-License-Identifier: Apache-2.0

// Unsafe: the memory is the buffer's own, and who writes to it has reserved the room.

/// Memory that is reused from record to record and grows only when one does not fit.
@safe struct GrowingBuffer<Element: BitwiseCopyable>: ~Copyable {
    private(set) var pointer: UnsafeMutablePointer<Element>
    private(set) var capacity: Int

    init(capacity: Int) {
        self.capacity = max(capacity, 1)
        unsafe pointer = .allocate(capacity: self.capacity)
    }

    deinit { unsafe pointer.deallocate() }

    /// Makes room for `wanted` elements and keeps the first `count`.
    mutating func reserve(_ wanted: Int, keeping count: Int) {
        guard wanted > capacity else { return }
        let larger = max(wanted, capacity * 2)
        let moved = UnsafeMutablePointer<Element>.allocate(capacity: larger)
        unsafe moved.update(from: pointer, count: count)
        unsafe pointer.deallocate()
        unsafe pointer = unsafe moved
        capacity = larger
    }
}

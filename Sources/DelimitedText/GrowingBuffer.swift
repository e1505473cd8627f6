// SPDX-License-Identifier: Apache-2.0

/// Memory that is reused from record to record and grows only when one does not fit.
struct GrowingBuffer<Element: BitwiseCopyable>: ~Copyable {
    private(set) var pointer: UnsafeMutablePointer<Element>
    private(set) var capacity: Int

    init(capacity: Int) {
        self.capacity = max(capacity, 1)
        pointer = .allocate(capacity: self.capacity)
    }

    deinit { pointer.deallocate() }

    /// Makes room for `wanted` elements and keeps the first `count`.
    mutating func reserve(_ wanted: Int, keeping count: Int) {
        guard wanted > capacity else { return }
        let larger = max(wanted, capacity * 2)
        let moved = UnsafeMutablePointer<Element>.allocate(capacity: larger)
        moved.update(from: pointer, count: count)
        pointer.deallocate()
        pointer = moved
        capacity = larger
    }
}

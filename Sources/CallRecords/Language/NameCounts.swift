// SPDX-License-Identifier: Apache-2.0

// Unsafe: bytes are looked at through their bounds, while their owner keeps them.

/// How often each of some names came, counted without making a text of the bytes of a name that is known.
package struct NameCounts: Sendable {
    private var places = ByteTable(isCaseless: false)
    private var entries: [(name: String, count: Int)] = []

    /// No names.
    package init() {}

    /// How often each name came.
    package var counts: [String: Int] { Dictionary(entries.map { ($0.name, $0.count) }, uniquingKeysWith: +) }

    /// Counts a name, given by its UTF-8.
    package mutating func add(_ name: UnsafeRawBufferPointer) {
        if let known = unsafe places.find(name) {
            entries[Int(known)].count += 1
        } else {
            unsafe places.insert(name, value: Int32(entries.count))
            unsafe entries.append((String(decoding: name, as: UTF8.self), 1))
        }
    }
}

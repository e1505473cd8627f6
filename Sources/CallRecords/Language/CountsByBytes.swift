// SPDX-License-Identifier: Apache-2.0

// Unsafe: bytes are looked at through their bounds, while their owner keeps them.

/// How often each of some values came, counted by bytes that stand for them: nothing is made of bytes that are known.
package struct CountsByBytes<Value: Sendable>: Sendable {
    private var places = ByteTable(isCaseless: false)
    private var values: [Value] = []
    /// How often each value came; apart from the values, so that counting needs not know their type.
    private var numbers: [Int] = []

    /// The values in the order in which they came first, with how often each came.
    package var entries: some Sequence<(value: Value, count: Int)> {
        zip(values, numbers).lazy.map { (value: $0, count: $1) }
    }

    /// How many different values came.
    package var count: Int { numbers.count }

    /// No values.
    package init() {}

    /// Counts a value.
    ///
    /// - Parameters:
    ///   - bytes: The same for the same value.
    ///   - make: Makes the value when it comes first.
    package mutating func add(_ bytes: UnsafeRawBufferPointer, _ make: () -> Value) {
        if let known = unsafe places.find(bytes) {
            numbers[Int(known)] += 1
        } else {
            unsafe places.insert(bytes, value: Int32(numbers.count))
            values.append(make())
            numbers.append(1)
        }
    }

    /// Forgets all values, and keeps the room for as many.
    package mutating func removeAll() {
        places.removeAll()
        values.removeAll(keepingCapacity: true)
        numbers.removeAll(keepingCapacity: true)
    }
}

extension CountsByBytes<String> {
    /// Counts a name, given by its UTF-8.
    package mutating func add(_ name: UnsafeRawBufferPointer) {
        unsafe add(name) { unsafe String(decoding: name, as: UTF8.self) }
    }

    /// How often each name came.
    package var counts: [String: Int] { Dictionary(entries.map { ($0.value, $0.count) }, uniquingKeysWith: +) }
}

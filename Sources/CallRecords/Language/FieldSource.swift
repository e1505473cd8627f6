// SPDX-License-Identifier: Apache-2.0

package import DelimitedText

// Unsafe: a field gets as much room as its record says it takes.

/// What a mapping needs of a record: its fields by number.
protocol FieldSource: ~Copyable {
    var fieldCount: Int { get }

    /// Whether quotes stand where a careful writer puts none.
    var hasStrayQuotes: Bool { get }

    /// The fields taken apart in another way, if there is one that gives as many as are expected.
    func repaired(expected: ClosedRange<Int>) -> SeparateFields?

    /// Puts the whole record into an arena that has nothing but literals, if that saves copying its fields.
    func begin(in arena: inout RecordArena)

    /// Puts the bytes of a field into an arena in which the record was begun; negative numbers count from the right.
    ///
    /// - Returns: Where they stand now, or `nil` if there is no such field.
    func appendField(_ index: Int, to arena: inout RecordArena) -> Slice?

    /// Puts the bytes of some fields into an arena, as ``appendField(_:to:)`` does, and tells `body` where each stands.
    ///
    /// - Parameter indices: `body` gets their places in this list.
    func appendFields(_ indices: [Int], to arena: inout RecordArena, _ body: (_ number: Int, Slice?) -> Void)
}

extension FieldSource where Self: ~Copyable {
    func appendFields(_ indices: [Int], to arena: inout RecordArena, _ body: (_ number: Int, Slice?) -> Void) {
        for number in indices.indices { body(number, appendField(indices[number], to: &arena)) }
    }

    var hasStrayQuotes: Bool { false }

    func repaired(expected: ClosedRange<Int>) -> SeparateFields? { nil }

    func begin(in arena: inout RecordArena) {}
}

/// Fields that were taken apart anew.
struct SeparateFields: FieldSource {
    let fields: [[UInt8]]

    var fieldCount: Int { fields.count }

    func appendField(_ index: Int, to arena: inout RecordArena) -> Slice? {
        let place = index < 0 ? fields.count + index : index
        guard fields.indices.contains(place) else { return nil }
        return unsafe fields[place].withUnsafeBytes { unsafe arena.append($0) }
    }
}

extension Record: FieldSource {
    /// PHP leaves a quote behind a backslash as it is, which looks like the end of the field.
    func repaired(expected: ClosedRange<Int>) -> SeparateFields? {
        fields(withBackslashQuotes: expected).map { SeparateFields(fields: $0) }
    }

    func begin(in arena: inout RecordArena) { _ = unsafe arena.append(raw) }

    @inline(__always)
    func appendField(_ index: Int, to arena: inout RecordArena) -> Slice? {
        guard let place = place(ofField: index) else { return nil }
        guard place.isEscaped else { return arena.recordSlice(from: place.start, count: place.count) }
        return unsafe arena.append(atMost: place.count) { room in unsafe copyField(index, to: room) ?? 0 }
    }

    @inline(__always)
    func appendFields(_ indices: [Int], to arena: inout RecordArena, _ body: (_ number: Int, Slice?) -> Void) {
        forEachPlace(ofFields: indices) { number, place in
            guard let place else { return body(number, nil) }
            if place.isEscaped {
                body(
                    number,
                    unsafe arena.append(atMost: place.count) { unsafe copyField(indices[number], to: $0) ?? 0 })
            } else {
                body(number, arena.recordSlice(from: place.start, count: place.count))
            }
        }
    }
}

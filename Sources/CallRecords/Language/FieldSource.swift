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

    /// Puts the bytes of the fields of slots into an arena, as ``appendField(_:to:)`` does, and tells `body` where each
    /// stands that is there.
    func appendFields(_ places: SlotPlaces, to arena: inout RecordArena, _ body: (_ slot: Int, Slice) -> Void)
}

extension FieldSource where Self: ~Copyable {
    func appendFields(_ places: SlotPlaces, to arena: inout RecordArena, _ body: (_ slot: Int, Slice) -> Void) {
        // `Int.min` is no field of any record.
        for (slot, field) in places.fields.enumerated() {
            if let text = appendField(field, to: &arena) { body(slot, text) }
        }
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
    func appendFields(_ places: SlotPlaces, to arena: inout RecordArena, _ body: (_ slot: Int, Slice) -> Void) {
        guard !places.slots.isEmpty else {
            for (slot, field) in places.fields.enumerated() {
                if let text = appendField(field, to: &arena) { body(slot, text) }
            }
            return
        }
        let slots = places.slots.span
        forEachPlace(ofFirst: slots.count) { field, place in
            guard slots[field] >= 0 else { return }
            body(
                Int(slots[field]),
                place.isEscaped
                    ? appendEscaped(field, atMost: place.count, to: &arena)
                    : arena.recordSlice(from: place.start, count: place.count))
        }
    }

    /// Apart from the loop over all fields, few of which have escapes.
    @inline(never)
    private func appendEscaped(_ field: Int, atMost count: Int, to arena: inout RecordArena) -> Slice {
        unsafe arena.append(atMost: count) { room in unsafe copyField(field, to: room) ?? 0 }
    }
}

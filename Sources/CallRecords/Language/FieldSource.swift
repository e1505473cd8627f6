// SPDX-License-Identifier: Apache-2.0

package import DelimitedText

/// What a mapping needs of a record: its fields by number.
protocol FieldSource: ~Copyable {
    var fieldCount: Int { get }

    /// Puts the whole record into a arena that has nothing but literals, if that saves copying its fields.
    func begin(in arena: inout RecordArena)

    /// Puts the bytes of a field into a arena in which the record was begun; negative numbers count from the right.
    ///
    /// - Returns: Where they stand now, or `nil` if there is no such field.
    func appendField(_ index: Int, to arena: inout RecordArena) -> Slice?
}

extension FieldSource where Self: ~Copyable {
    func begin(in arena: inout RecordArena) {}
}

extension Record: FieldSource {
    func begin(in arena: inout RecordArena) { _ = arena.append(raw) }

    @inline(__always)
    func appendField(_ index: Int, to arena: inout RecordArena) -> Slice? {
        guard let place = place(ofField: index) else { return nil }
        guard place.isEscaped else { return arena.recordSlice(from: place.start, count: place.count) }
        return arena.append(atMost: place.count) { room in copyField(index, to: room) ?? 0 }
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Which field of a record each slot of a program is.
struct SlotPlaces: Sendable {
    /// For each slot the field's number from 0, negative from the right, or `Int.min` where there is none.
    let fields: [Int]
    /// For each field from the left its slot, or -1 for none; empty where a field has several slots or is counted from the
    /// right.
    let slots: [Int32]

    /// - Parameter fields: For each slot the field's number from 0, negative from the right, or `Int.min` for none.
    init(_ fields: [Int]) {
        self.fields = fields
        let known = fields.filter { $0 != Int.min }
        guard known.allSatisfy({ $0 >= 0 }), Set(known).count == known.count else {
            slots = []
            return
        }
        var slots = [Int32](repeating: -1, count: known.max().map { $0 + 1 } ?? 0)
        for (slot, field) in fields.enumerated() where field != Int.min { slots[field] = Int32(slot) }
        self.slots = slots
    }
}

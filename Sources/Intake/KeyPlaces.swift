// SPDX-License-Identifier: Apache-2.0

/// Finds the group of a key among those of one batch.
///
/// A dictionary would hash and compare twice for a key that is new, as nearly all are, and count references to each.
struct KeyPlaces {
    private struct Slot: BitwiseCopyable {
        /// The lower half of the key's hash.
        var mark: UInt32
        /// The group, or -1 where there is none.
        var group: Int32

        static let free = Slot(mark: 0, group: -1)
    }

    private var slots = Array(repeating: Slot.free, count: 4_096)
    private var count = 0

    /// Forgets all keys and keeps the room.
    mutating func removeAll() {
        guard count > 0 else { return }
        for index in slots.indices { slots[index] = .free }
        count = 0
    }

    /// The group of a key; `nil` when the key is new, and then it is `group`'s from now on.
    ///
    /// - Parameters:
    ///   - keyHash: The hash of the key.
    ///   - isSame: Whether a group is that of the key.
    mutating func group(of keyHash: UInt64, orAdd group: Int, isSame: (Int) -> Bool) -> Int? {
        if 2 * count >= slots.count { grow() }
        let mark = UInt32(truncatingIfNeeded: keyHash)
        var index = Int(mark) & (slots.count - 1)
        while slots[index].group >= 0 {
            if slots[index].mark == mark, isSame(Int(slots[index].group)) { return Int(slots[index].group) }
            index = (index + 1) & (slots.count - 1)
        }
        slots[index] = Slot(mark: mark, group: Int32(group))
        count += 1
        return nil
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: .free, count: 2 * old.count)
        for slot in old where slot.group >= 0 {
            var index = Int(slot.mark) & (slots.count - 1)
            while slots[index].group >= 0 { index = (index + 1) & (slots.count - 1) }
            slots[index] = slot
        }
    }
}

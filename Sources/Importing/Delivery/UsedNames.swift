// SPDX-License-Identifier: Apache-2.0

/// Names that were used, kept as hashes so that a hundred thousand of them take little room.
///
/// Two names share a hash once in billions of runs, and a name that is wrongly taken for a used one only makes its call
/// wait for another CALL_ID.
struct UsedNames: Sendable {
    private var hashes: Set<Int> = []

    mutating func insert(_ name: String) { hashes.insert(name.hashValue) }

    func contains(_ name: String) -> Bool { hashes.contains(name.hashValue) }
}

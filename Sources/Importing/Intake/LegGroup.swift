// SPDX-License-Identifier: Apache-2.0

import CallRecords

/// The legs of one key that a batch brings, and what they are together.
struct LegGroup: Sendable {
    /// At least one, in the order in which they were met.
    var legs: [Leg]
    /// What was worked out of them beforehand, if they are as they were then.
    private(set) var prepared: Prepared?

    /// What a single leg is, worked out away from the thread that stores it.
    struct Prepared: Sendable {
        var folded: FoldedCall
        /// The leg in the form in which the ledger keeps it.
        var encoded: [UInt8]
    }

    init(_ legs: [Leg]) { self.legs = legs }
}

extension GroupKeeper {
    /// Works out what a group is if it is a single leg, as nearly all are.
    ///
    /// Several legs may turn out to be fewer, or more than one call, when they are taken in.
    func prepare(_ group: inout LegGroup) {
        guard group.legs.count == 1 else { return }
        group.prepare(fold(group.legs))
    }
}

extension LegGroup {
    fileprivate mutating func prepare(_ folded: FoldedCall) {
        prepared = Prepared(folded: folded, encoded: Leg.encode(legs))
    }
}

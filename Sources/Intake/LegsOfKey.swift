// SPDX-License-Identifier: Apache-2.0

import CallRecords
import Ledger

/// What a batch brings of one key.
enum LegsOfKey: Sendable {
    /// A single leg that is a call to be sent, as nearly all are: its place among the batch's packed calls.
    case packed(Int)
    /// At least one leg, in the order in which they were met, with what a single one was found to be.
    case legs([Leg], folded: FoldedCall?)
}

extension LegsOfKey {
    /// The key of the legs.
    ///
    /// - Parameter calls: The packed calls of the batch.
    func key(of calls: PackedCalls) -> String {
        switch self {
        case .packed(let index): calls.key(index)
        case .legs(let legs, _): legs[0].key
        }
    }

    /// Whether any of the legs names a further key.
    func mayHaveAliases(_ calls: PackedCalls) -> Bool {
        switch self {
        case .packed(let index): !calls.isWithoutAliases(index)
        case .legs(let legs, _): legs.contains { !$0.aliases.isEmpty }
        }
    }

    /// The legs as values of their own.
    func unpacked(of calls: PackedCalls) throws -> [Leg] {
        switch self {
        case .legs(let legs, _): return legs
        case .packed(let index):
            guard let legs = Leg.decode(calls.call(index).history.legs), !legs.isEmpty else {
                throw LedgerFault.damaged(path: "", reason: "a call that was read just now cannot be unpacked")
            }
            return legs
        }
    }
}

extension CallAssembler {
    /// Works out what the only leg of a key is, away from the thread that stores it.
    ///
    /// Several legs may turn out to be fewer, or more than one call, when they are taken in; they are left as they are.
    ///
    /// - Parameters:
    ///   - keyHash: The hash of the leg's key, as `PackedCalls` wants it.
    ///   - calls: Takes the call if it is to be sent.
    ///   - room: What the call is packed in.
    func prepare(
        _ leg: borrowing Leg, keyHash: UInt64, packing calls: inout PackedCalls, in room: PackingRoom
    ) -> LegsOfKey {
        switch judge(alone: leg) {
        case .call(let call):
            if isWhole(leg), calls.append(call, of: leg, keyHash: keyHash, in: room) {
                return .packed(calls.count - 1)
            }
            return .legs([copy leg], folded: fold(alone: copy leg))
        case .skipped(let reason): return .legs([copy leg], folded: .skipped(reason))
        }
    }
}

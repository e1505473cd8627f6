// SPDX-License-Identifier: Apache-2.0

import CallRecords
import Ledger

/// What a batch brings of one key.
enum LegsOfKey: Sendable {
    /// A single leg that is a call to be sent, as nearly all are: its place among the batch's packed calls.
    case call(Int)
    /// At least one leg, in the order in which they were met: their places in the batch's ``MappedBatch/members``.
    case legs(Range<Int>)
}

extension MappedBatch {
    /// The places of the legs of a key among the packed calls.
    func places(of legs: LegsOfKey) -> ArraySlice<Int> {
        switch legs {
        case .call(let place): [place]
        case .legs(let range): members[range]
        }
    }

    /// The key of some legs.
    func key(of legs: LegsOfKey) -> String { places(of: legs).first.map { calls.key($0) } ?? "" }

    /// Whether any of the legs names a further key.
    func mayHaveAliases(_ legs: LegsOfKey) -> Bool { places(of: legs).contains { !calls.isWithoutAliases($0) } }

    /// The legs as values of their own.
    func unpacked(_ legs: LegsOfKey) -> [Leg] { places(of: legs).map { calls.leg($0) } }
}

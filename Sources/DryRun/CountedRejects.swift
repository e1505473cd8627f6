// SPDX-License-Identifier: Apache-2.0

import Ledger
import Synchronization

/// The rejected records of a dry run: how many there are for each reason in each file.
///
/// A dry run lists none of them, so that it keeps a hash of each and not its bytes. Memory does not grow with their number.
final class CountedRejects: Sendable {
    private struct Kind: Hashable {
        var reason: String
        var path: String
    }

    private struct Contents: ~Copyable {
        /// Hash of a record -> the place of its kind, the newest first; `nil` before the first one.
        var index: HashIndex?
        var kinds: [Kind] = []
        var counts: [Int] = []
        var places: [Kind: Int] = [:]

        mutating func place(of kind: Kind) -> Int {
            // Nearly all records of a file are of the same kind as the one before.
            if let place = places[kind] { return place }
            places[kind] = kinds.count
            kinds.append(kind)
            counts.append(0)
            return kinds.count - 1
        }
    }

    /// How many chains the index has: a megabyte.
    private static let chains = 2_048
    private let contents = Mutex(Contents())

    /// Counts a record; one that was met before counts once, for its newest reason.
    ///
    /// - Parameters:
    ///   - hash: That of its source and its bytes.
    ///   - mayBeKnown: Whether it may have been met.
    /// - Returns: Whether it is new.
    func count(_ reject: LedgerReject, hash: UInt64, mayBeKnown: Bool) throws(LedgerFault) -> Bool {
        try contents.withLock { (contents) throws(LedgerFault) in
            if contents.index == nil { contents.index = try HashIndex(chains: Self.chains) }
            let known = mayBeKnown ? try contents.index?.places(of: hash).first.map { Int($0) } : nil
            // As in a ledger: it stays where it was met first.
            let path = known.map { contents.kinds[$0].path } ?? reject.path
            let place = contents.place(of: Kind(reason: reject.reason, path: path))
            guard known != place else { return false }
            if let known { contents.counts[known] -= 1 }
            contents.counts[place] += 1
            try contents.index?.insert(hash, place: Int64(place))
            return known == nil
        }
    }

    /// What needs a person.
    var attention: LedgerAttention {
        contents.withLock { contents in
            var attention = LedgerAttention()
            for (kind, count) in zip(contents.kinds, contents.counts) where count > 0 {
                attention.rejects[kind.reason, default: 0] += count
                attention.rejectFiles[kind.reason, default: [:]][kind.path] = count
            }
            return attention
        }
    }
}

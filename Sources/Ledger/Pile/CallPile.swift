// SPDX-License-Identifier: Apache-2.0

import CallRecords
import Synchronization

/// The calls of a dry run that nothing has been asked about since they were found.
///
/// Nearly every call of a file comes once and is never looked for again. Storing it in a table with indexes would take
/// most of the time of a dry run, so it is put on a pile: files without a name among the system's temporary files, which
/// are gone when the process ends, however it ends. Whoever asks for a key gets its call off the pile. Memory does not
/// grow with the number of calls.
///
/// A pile belongs to one connection of a ledger, whose turns follow one another: nobody ever waits for its lock.
final class CallPile: Sendable {
    private struct Contents: ~Copyable {
        var calls: SpillFile
        var index: HashIndex
        var keys = KeyFilter()
        var counts: [Int64: Int] = [:]
        var expectedKnown = 0

        /// The calls of a piece from a place on, and how many bytes of it were read: none at the end.
        func piece(at place: Int64) throws(LedgerFault) -> (calls: [LedgerCall], read: Int) {
            let isLast = calls.count - place <= Int64(SpillFile.longestPiece)
            return try calls.read(at: place, atMost: SpillFile.longestPiece) { piece in
                var found: [LedgerCall] = []
                var start = 0
                // A call that may be cut off is left for the next piece.
                while start < piece.count, isLast || start + CallPile.mostBytes <= piece.count {
                    let (call, length) = LedgerCall.read(from: UnsafeRawBufferPointer(rebasing: piece[start...]))
                    start += length
                    if let call { found.append(call) }
                }
                return (found, start)
            }
        }

        mutating func append(_ packed: PackedCalls, _ index: Int) throws(LedgerFault) -> Int64 {
            try packed.withBytes(index) { bytes throws(LedgerFault) in
                try calls.append(atMost: bytes.count) { room in
                    room.copyMemory(from: bytes)
                    return bytes.count
                }
            }
        }

        mutating func know(_ hash: UInt64, at place: Int64, sourceID: Int64) throws(LedgerFault) {
            keys.insert(hash)
            try index.insert(hash, place: place)
            counts[sourceID, default: 0] += 1
        }
    }

    private let contents: Mutex<Contents>

    /// Calls with more bytes, which have hundreds of legs, are not for a pile.
    static let mostBytes = 16_384

    init() throws(LedgerFault) {
        contents = Mutex(Contents(calls: try SpillFile(), index: try HashIndex()))
    }

    /// What a key is known by here.
    static func hash(_ key: String) -> UInt64 {
        var key = key
        return key.withUTF8 { StableHash.hash(UnsafeRawBufferPointer($0)) }
    }

    /// How many calls lie on the pile.
    var count: Int { counts.values.reduce(0, +) }

    /// How many calls lie on the pile, by source.
    var counts: [Int64: Int] { contents.withLock { $0.counts } }

    /// How many of the calls expected last may be known; nobody asks, but without it the look would be left out.
    var expectedKnown: Int { contents.withLock { $0.expectedKnown } }

    /// Whether a key is on the pile or was noted; some other keys, very few, are taken for such.
    func mayKnow(_ hash: UInt64) -> Bool { contents.withLock { $0.keys.contains(hash) } }

    /// Looks for the keys of some calls that will be put on the pile one after the other: their places in the filter
    /// come from memory all at once then, and later one by one from the cache.
    func expect(_ calls: PackedCalls) {
        contents.withLock { contents in
            var known = 0
            for index in 0..<calls.count where contents.keys.contains(calls.hash(index)) { known += 1 }
            contents.expectedKnown = known
        }
    }

    /// Remembers that a key is known somewhere else.
    func note(_ hash: UInt64) { contents.withLock { $0.keys.insert(hash) } }

    /// Puts a call on the pile, whose key is not on it.
    ///
    /// - Returns: `false` for a call that is not for a pile; then nothing has changed.
    func put(_ call: LedgerCall, hash: UInt64) throws(LedgerFault) -> Bool {
        let most = call.mostPileBytes
        guard call.isForPile, most <= Self.mostBytes else { return false }
        try contents.withLock { (contents) throws(LedgerFault) in
            let place = try contents.calls.append(atMost: most) { call.write(to: $0) }
            try contents.know(hash, at: place, sourceID: call.sourceID)
        }
        return true
    }

    /// Puts one of some packed calls on the pile, whose key is not on it.
    func put(_ calls: PackedCalls, _ index: Int, hash: UInt64) throws(LedgerFault) {
        try contents.withLock { (contents) throws(LedgerFault) in
            let place = try contents.append(calls, index)
            try contents.know(hash, at: place, sourceID: calls.sourceID)
        }
    }

    /// Takes the call with a key off the pile; `nil` when it is not there.
    func take(_ key: String, hash: UInt64) throws(LedgerFault) -> LedgerCall? {
        try contents.withLock { (contents) throws(LedgerFault) in
            guard contents.keys.contains(hash) else { return nil }
            for place in try contents.index.places(of: hash) {
                let call = try contents.calls.read(at: place, atMost: Self.mostBytes) { LedgerCall.read(from: $0).call }
                guard let call, call.call.key == key else { continue }
                try contents.calls.overwrite(LedgerCall.takenMark, at: place)
                contents.counts[call.sourceID, default: 0] -= 1
                return call
            }
            return nil
        }
    }

    /// Goes through the calls on the pile, in the order in which they were put there, until `body` wants no more.
    func forEach(_ body: (LedgerCall) -> Bool) throws(LedgerFault) {
        var place: Int64 = 0
        while true {
            let from = place
            let (calls, read) = try contents.withLock { (contents) throws(LedgerFault) in
                try contents.piece(at: from)
            }
            for call in calls where !body(call) { return }
            if read == 0 { return }
            place += Int64(read)
        }
    }
}

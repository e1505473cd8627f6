// SPDX-License-Identifier: Apache-2.0

import CallLifecycle
import CallRecords
import Ledger
import Synchronization

/// The calls of a dry run that nothing has been asked about since they were found.
///
/// Nearly every call of a file comes once and is never looked for again. Storing it in a table with indexes would take
/// most of the time of a dry run, so it is appended to a file without a name among the system's temporary files, which is
/// gone when the process ends, however it ends. Whoever asks for a key takes its call out. Memory does not grow with the
/// number of calls.
///
/// One transaction at a time uses it, so that nobody ever waits for its lock.
final class SpilledCalls: Sendable {
    /// What stands before each call: whether it was taken out.
    fileprivate enum Mark {
        static let taken: UInt8 = 0
        static let kept: UInt8 = 1
        static let bytes = 1
    }

    fileprivate struct Contents: ~Copyable {
        var calls: SpillFile
        var index: HashIndex
        var keys = BloomFilter()
        var counts = CountsBySource()
        var expectedKnown = 0
    }

    private let contents: Mutex<Contents>

    init() throws(LedgerFault) {
        contents = Mutex(Contents(calls: try SpillFile(), index: try HashIndex()))
    }

    /// How many calls there are.
    var count: Int { contents.withLock { $0.counts.total } }

    /// How many calls there are, by source.
    var counts: [Int64: Int] { contents.withLock { $0.counts.counts } }

    /// How many of the calls expected last may be known; nobody asks, but without it the look would be left out.
    var expectedKnown: Int { contents.withLock { $0.expectedKnown } }

    /// Whether a key is here or was noted; some other keys, very few, are taken for such.
    func mayKnow(_ keyHash: UInt64) -> Bool { contents.withLock { $0.keys.contains(keyHash) } }

    /// Looks for the keys of some calls that will be put here one after the other: their places in the filter come from
    /// memory all at once then, and later one by one from the cache.
    func expect(_ calls: PackedCalls) {
        contents.withLock { contents in
            var known = 0
            for index in 0..<calls.count where contents.keys.contains(calls.keyHash(index)) { known += 1 }
            contents.expectedKnown = known
        }
    }

    /// Remembers that a key is known somewhere else.
    func note(_ keyHash: UInt64) { contents.withLock { $0.keys.insert(keyHash) } }

    /// Puts a call here whose key is not here.
    ///
    /// - Returns: `false` for a call that is not whole and new, or too long; then nothing has changed.
    func put(_ call: LedgerCall, keyHash: UInt64) throws(LedgerFault) -> Bool {
        let most = PackedCall.mostBytes(of: call)
        guard call.progress == .init(isWhole: true), most <= PackedCalls.mostBytes else { return false }
        try contents.withLock { (contents) throws(LedgerFault) in
            try contents.append(atMost: most, keyHash: keyHash, sourceID: call.sourceID) {
                PackedCall.write(call, to: $0)
            }
        }
        return true
    }

    /// Puts those of some packed calls here whose keys are surely not here; see ``mayKnow(_:)``.
    ///
    /// All at once: taking the lock waits for the memory that the call before has changed.
    ///
    /// - Parameter places: The places of the calls, whose keys are all different.
    /// - Returns: The places of the others.
    func putNew(_ calls: PackedCalls, _ places: [Int]) throws(LedgerFault) -> [Int] {
        try contents.withLock { (contents) throws(LedgerFault) in
            try calls.withAll { (all) throws(LedgerFault) in
                var others: [Int] = []
                for place in places {
                    let keyHash = calls.keyHash(place)
                    guard !contents.keys.contains(keyHash) else {
                        others.append(place)
                        continue
                    }
                    let bytes = all.bytes(place)
                    try contents.append(atMost: bytes.count, keyHash: keyHash, sourceID: calls.sourceID) { room in
                        room.copyMemory(from: bytes)
                        return bytes.count
                    }
                }
                return others
            }
        }
    }

    /// Takes the call with a key out; `nil` when it is not here.
    func take(_ key: String, keyHash: UInt64) throws(LedgerFault) -> LedgerCall? {
        try contents.withLock { (contents) throws(LedgerFault) in
            guard contents.keys.contains(keyHash) else { return nil }
            for place in try contents.index.places(of: keyHash) {
                guard let call = try contents.call(at: place), call.call.key == key else { continue }
                try contents.calls.overwrite(Mark.taken, at: place)
                contents.counts.add(-1, sourceID: call.sourceID)
                return call
            }
            return nil
        }
    }

    /// Goes through the calls, in the order in which they were put here, until `body` wants no more.
    func forEach(_ body: (PackedCall) -> Bool) throws(LedgerFault) {
        var place: Int64 = 0
        while true {
            let from = place
            let (piece, isLast) = try contents.withLock { (contents) throws(LedgerFault) in
                try contents.piece(at: from)
            }
            let read = piece.withUnsafeBytes { Contents.visit($0, isLast: isLast, body) }
            guard let read, !isLast else { return }
            place += Int64(read)
        }
    }
}

extension SpilledCalls.Contents {
    /// No fewer bytes than any call takes with its mark.
    private static let mostBytes = PackedCalls.mostBytes + SpilledCalls.Mark.bytes

    /// Appends the call that `write` writes, with its mark before it.
    fileprivate mutating func append(
        atMost most: Int, keyHash: UInt64, sourceID: Int64, _ write: (UnsafeMutableRawBufferPointer) -> Int
    ) throws(LedgerFault) {
        let place = try calls.append(atMost: SpilledCalls.Mark.bytes + most) { room in
            room[0] = SpilledCalls.Mark.kept
            let rest = UnsafeMutableRawBufferPointer(rebasing: room[SpilledCalls.Mark.bytes...])
            return SpilledCalls.Mark.bytes + write(rest)
        }
        keys.insert(keyHash)
        try index.insert(keyHash, place: place)
        counts.add(1, sourceID: sourceID)
    }

    /// The call at a place; `nil` when it was taken out.
    fileprivate func call(at place: Int64) throws(LedgerFault) -> LedgerCall? {
        try calls.read(at: place, atMost: Self.mostBytes) { bytes -> LedgerCall? in
            bytes[0] == SpilledCalls.Mark.kept ? Self.call(in: bytes, at: 0).unpacked : nil
        }
    }

    /// The bytes from a place on, as many as are read at once, and whether there are no more.
    fileprivate func piece(at place: Int64) throws(LedgerFault) -> (bytes: [UInt8], isLast: Bool) {
        let bytes = try calls.read(at: place, atMost: SpillFile.longestPiece) { Array($0) }
        return (bytes, place + Int64(bytes.count) >= calls.count)
    }

    /// Goes through the calls of a piece until `body` wants no more.
    ///
    /// - Parameter isLast: Whether no call can be cut off at the end of the piece.
    /// - Returns: How many bytes the calls take; `nil` when `body` wants no more.
    fileprivate static func visit(
        _ piece: UnsafeRawBufferPointer, isLast: Bool, _ body: (PackedCall) -> Bool
    ) -> Int? {
        var start = 0
        while start < piece.count, isLast || start + mostBytes <= piece.count {
            let call = call(in: piece, at: start)
            if piece[start] == SpilledCalls.Mark.kept, !body(call) { return nil }
            start += SpilledCalls.Mark.bytes + call.byteCount
        }
        return start
    }

    private static func call(in bytes: UnsafeRawBufferPointer, at start: Int) -> PackedCall {
        PackedCall(UnsafeRawBufferPointer(rebasing: bytes[(start + SpilledCalls.Mark.bytes)...]))
    }
}

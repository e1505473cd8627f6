// SPDX-License-Identifier: Apache-2.0

import CallRecords

/// The calls of a dry run that nothing has been asked about since they were found.
///
/// Nearly every call of a file comes once and is never looked for again. Storing it in a table with indexes would take
/// most of the time of a dry run, so it is put on a pile: files without a name among the system's temporary files, which
/// are gone when the process ends, however it ends. Whoever asks for a key gets its call off the pile. Memory does not
/// grow with the number of calls.
///
/// A pile belongs to one connection of a ledger and is used in the turns of that connection only.
// What the compiler cannot see keeps two threads apart here: every use is within `Ledger.read` or `Ledger.write`, and
// GRDB runs the turns of a connection one after the other on a queue of its own. A lock would be taken for every call of
// a file, to guard what is guarded already.
final class CallPile: @unchecked Sendable {  // Unchecked: the connection's queue keeps threads apart, as said above.
    private var calls: SpillFile
    private var index: HashIndex
    private var keys = KeyFilter()
    /// How many calls lie on the pile, by source.
    private(set) var counts: [Int64: Int] = [:]
    /// How many of the calls expected last may be known; nobody asks, but without it the look would be left out.
    private(set) var expectedKnown = 0

    /// Calls with more bytes, which have hundreds of legs, are not for a pile.
    static let mostBytes = 16_384

    init() throws(LedgerFault) {
        calls = try SpillFile()
        index = try HashIndex()
    }

    /// What a key is known by here.
    static func hash(_ key: String) -> UInt64 {
        var key = key
        return key.withUTF8 { StableHash.hash(UnsafeRawBufferPointer($0)) }
    }

    /// How many calls lie on the pile.
    var count: Int { counts.values.reduce(0, +) }

    /// Whether a key is on the pile or was noted; some other keys, very few, are taken for such.
    func mayKnow(_ hash: UInt64) -> Bool { keys.contains(hash) }

    /// Looks for the keys of some calls that will be put on the pile one after the other: their places in the filter
    /// come from memory all at once then, and later one by one from the cache.
    func expect(_ calls: PackedCalls) {
        var known = 0
        for index in 0..<calls.count where mayKnow(calls.hash(index)) { known += 1 }
        expectedKnown = known
    }

    /// Remembers that a key is known somewhere else.
    func note(_ hash: UInt64) { keys.insert(hash) }

    /// Puts a call on the pile, whose key is not on it.
    ///
    /// - Returns: `false` for a call that is not for a pile; then nothing has changed.
    func put(_ call: LedgerCall, hash: UInt64) throws(LedgerFault) -> Bool {
        let most = call.mostPileBytes
        guard call.isForPile, most <= Self.mostBytes else { return false }
        let place = try calls.append(atMost: most) { call.write(to: $0) }
        try know(hash, at: place, sourceID: call.sourceID)
        return true
    }

    /// Puts a call on the pile that has its form already, and whose key is not on it.
    func put(_ bytes: UnsafeRawBufferPointer, sourceID: Int64, hash: UInt64) throws(LedgerFault) {
        let place = try calls.append(atMost: bytes.count) { room in
            room.copyMemory(from: bytes)
            return bytes.count
        }
        try know(hash, at: place, sourceID: sourceID)
    }

    private func know(_ hash: UInt64, at place: Int64, sourceID: Int64) throws(LedgerFault) {
        keys.insert(hash)
        try index.insert(hash, place: place)
        counts[sourceID, default: 0] += 1
    }

    /// Takes the call with a key off the pile; `nil` when it is not there.
    func take(_ key: String, hash: UInt64) throws(LedgerFault) -> LedgerCall? {
        guard keys.contains(hash) else { return nil }
        for place in try index.places(of: hash) {
            guard let call = try call(at: place).call, call.call.key == key else { continue }
            try calls.overwrite(LedgerCall.takenMark, at: place)
            counts[call.sourceID, default: 0] -= 1
            return call
        }
        return nil
    }

    /// Goes through the calls on the pile, in the order in which they were put there, until `body` wants no more.
    func forEach(_ body: (LedgerCall) -> Bool) throws(LedgerFault) {
        var place: Int64 = 0
        while place < calls.count {
            let isLast = calls.count - place <= Int64(SpillFile.longestPiece)
            let (read, goesOn) = try calls.read(at: place, atMost: SpillFile.longestPiece) { piece in
                var start = 0
                // A call that may be cut off is left for the next piece.
                while start < piece.count, isLast || start + Self.mostBytes <= piece.count {
                    let (call, length) = LedgerCall.read(from: UnsafeRawBufferPointer(rebasing: piece[start...]))
                    start += length
                    if let call, !body(call) { return (start, false) }
                }
                return (start, true)
            }
            guard goesOn else { return }
            place += Int64(read)
        }
    }

    private func call(at place: Int64) throws(LedgerFault) -> (call: LedgerCall?, length: Int) {
        try calls.read(at: place, atMost: Self.mostBytes) { LedgerCall.read(from: $0) }
    }
}

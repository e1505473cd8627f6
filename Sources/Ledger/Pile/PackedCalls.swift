// SPDX-License-Identifier: Apache-2.0

package import CallRecords

/// Calls of one leg each, of which nothing has left, one behind the other in the form that a ``CallPile`` keeps.
///
/// Whoever maps records makes one of many calls, and whoever stores them needs no object for any: a million calls would
/// be millions of allocations that one thread makes and another frees.
package struct PackedCalls: Sendable {
    private struct Entry: BitwiseCopyable {
        var place: Int
        var hash: UInt64
        var fingerprint: UInt64
        var hasAliases: Bool
    }

    /// The source of all calls.
    let sourceID: Int64
    /// The run that has read them.
    private let runID: Int64
    private var entries: [Entry] = []
    private var bytes: [UInt8] = []

    package init(sourceID: Int64, runID: Int64) {
        self.sourceID = sourceID
        self.runID = runID
    }

    /// How many calls there are.
    package var count: Int { entries.count }

    /// Makes room at once for what is expected.
    package mutating func reserve(calls: Int, bytes: Int) {
        entries.reserveCapacity(calls)
        self.bytes.reserveCapacity(bytes)
    }

    /// Puts a call that waits to be sent behind the others.
    ///
    /// - Parameter call: What the leg is as a call, with the same key.
    /// - Returns: `false` for a call that is too long to be packed; then nothing has changed.
    package mutating func append(_ call: Call, of leg: Leg) -> Bool {
        let most = LedgerCall.mostPileBytes(of: call) + leg.mostBytesAlone + MemoryLayout<UInt64>.size
        guard most <= CallPile.mostBytes else { return false }
        let place = bytes.count
        let hash = CallPile.hash(call.key)
        withUnsafeTemporaryAllocation(byteCount: most, alignment: 8) { room in
            var writer = PileWriter(room)
            writer.put(call, sourceID: sourceID, runID: runID, runLegs: 1, isNew: true)
            writer.putBlock { leg.writeAlone(to: $0) }
            withUnsafeBytes(of: leg.fingerprint) { writer.put($0) }
            writer.finish()
            bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: room[..<writer.count]))
        }
        entries.append(
            Entry(place: place, hash: hash, fingerprint: leg.fingerprint, hasAliases: !leg.aliases.isEmpty))
        return true
    }

    /// Whether the leg of a call names other ids of it.
    package func hasAliases(_ index: Int) -> Bool { entries[index].hasAliases }

    /// The key of a call.
    package func key(_ index: Int) -> String { withKey(index) { String(decoding: $0, as: UTF8.self) } }

    /// The call at a place in the order.
    ///
    /// - Throws: ``LedgerFault`` when its bytes are not those that were written.
    package func call(_ index: Int) throws(LedgerFault) -> LedgerCall {
        guard let call = withBytes(index, { LedgerCall.read(from: $0).call }) else {
            throw .damaged(path: "", reason: "a call that was read just now cannot be unpacked")
        }
        return call
    }

    /// What the key of a call is known by on a pile.
    func hash(_ index: Int) -> UInt64 { entries[index].hash }

    /// The fingerprint of a call's leg.
    func fingerprint(_ index: Int) -> UInt64 { entries[index].fingerprint }

    /// The key of a call as UTF-8.
    func withKey<Result>(_ index: Int, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try withBytes(index) { try body(LedgerCall.key(in: $0)) }
    }

    /// The form of a call.
    func withBytes<Result, Fault: Error>(
        _ index: Int, _ body: (UnsafeRawBufferPointer) throws(Fault) -> Result
    ) throws(Fault) -> Result {
        try bytes.withUnsafeBufferPointer { (elements) throws(Fault) in
            let all = UnsafeRawBufferPointer(elements)
            let end = index + 1 < entries.count ? entries[index + 1].place : all.count
            return try body(UnsafeRawBufferPointer(rebasing: all[entries[index].place..<end]))
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

package import CallRecords

/// Calls of one leg each that a run has just met, packed one behind the other.
///
/// Whoever maps records makes one of many calls, and whoever stores them needs no object for any: a million calls would
/// be millions of allocations that one thread makes and another frees.
package struct PackedCalls: Sendable {
    fileprivate struct Entry: BitwiseCopyable {
        var place: Int
        var keyHash: UInt64
        var fingerprint: UInt64
    }

    /// The row of the source of all calls.
    package let sourceID: Int64
    /// The run that has read them.
    private let runID: Int64
    private var entries: [Entry] = []
    private var bytes: [UInt8] = []
    /// The further keys of the few calls that have any.
    private var aliases: [Int: [String]] = [:]

    /// Calls that take more bytes, such as those with a very long text, are not packed.
    package static let mostBytes = 16_384

    /// No calls.
    ///
    /// - Parameters:
    ///   - sourceID: The row of the source of all calls.
    ///   - runID: The run that reads them.
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

    /// Puts a whole call of which nothing has left behind the others.
    ///
    /// - Parameters:
    ///   - call: What the leg is as a call, with the same key and a number.
    ///   - leg: The leg; one without a number makes no call.
    ///   - keyHash: What ``hash(ofKey:)`` gives for the key.
    ///   - room: What the call is packed in.
    /// - Returns: `false` for a call that is too long to be packed; then nothing has changed.
    package mutating func append(
        _ call: LoneCall, of leg: borrowing Leg, keyHash: UInt64, in room: PackingRoom
    ) -> Bool {
        guard PackedCall.mostBytes(of: leg) <= Self.mostBytes else { return false }
        let place = bytes.count
        let count = PackedCall.write(call, of: leg, sourceID: sourceID, runID: runID, to: room.bytes)
        bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: room.bytes[..<count]))
        if !leg.aliases.isEmpty { aliases[entries.count] = leg.aliases }
        entries.append(Entry(place: place, keyHash: keyHash, fingerprint: leg.fingerprint))
        return true
    }

    /// The hash by which the key of a call is looked for, from its UTF-8.
    package static func hash(ofKey key: UnsafeRawBufferPointer) -> UInt64 { StableHash.hash(key) }

    /// The hash by which the key of a call is looked for.
    package static func hash(ofKey key: String) -> UInt64 {
        var key = key
        return key.withUTF8 { hash(ofKey: UnsafeRawBufferPointer($0)) }
    }

    /// The further keys of a call.
    package func aliases(_ index: Int) -> [String] { aliases.isEmpty ? [] : aliases[index] ?? [] }

    /// The hash of the key of a call; see ``hash(ofKey:)``.
    package func keyHash(_ index: Int) -> UInt64 { entries[index].keyHash }

    /// Whether a call is known by its key only.
    package func isWithoutAliases(_ index: Int) -> Bool { aliases.isEmpty || aliases[index] == nil }

    /// The fingerprint of a call's leg.
    package func fingerprint(_ index: Int) -> UInt64 { entries[index].fingerprint }

    /// The key of a call.
    package func key(_ index: Int) -> String { withCall(index) { $0.key.string } }

    /// The call at a place in the order, as a value of its own.
    package func call(_ index: Int) -> LedgerCall { withCall(index) { $0.unpacked } }

    /// Gives `body` a call, which lasts until it returns.
    package func withCall<Result, Fault: Error>(
        _ index: Int, _ body: (PackedCall) throws(Fault) -> Result
    ) throws(Fault) -> Result {
        try withBytes(index) { bytes throws(Fault) in try body(PackedCall(bytes)) }
    }

    /// All calls at once; it lasts as long as the bytes do.
    package struct All {
        fileprivate let bytes: UnsafeRawBufferPointer
        fileprivate let entries: [Entry]

        /// The call at a place in the order.
        package subscript(index: Int) -> PackedCall { PackedCall(UnsafeRawBufferPointer(rebasing: part(index))) }

        fileprivate func part(_ index: Int) -> Slice<UnsafeRawBufferPointer> {
            let end = index + 1 < entries.count ? entries[index + 1].place : bytes.count
            return bytes[entries[index].place..<end]
        }
    }

    /// Gives `body` all calls, which last until it returns.
    package func withAll<Result, Fault: Error>(
        _ body: (All) throws(Fault) -> Result
    ) throws(Fault) -> Result {
        try bytes.withUnsafeBufferPointer { (elements) throws(Fault) in
            try body(All(bytes: UnsafeRawBufferPointer(elements), entries: entries))
        }
    }

    /// Gives `body` the bytes of a call, which last until it returns.
    package func withBytes<Result, Fault: Error>(
        _ index: Int, _ body: (UnsafeRawBufferPointer) throws(Fault) -> Result
    ) throws(Fault) -> Result {
        try withAll { (all) throws(Fault) in try body(UnsafeRawBufferPointer(rebasing: all.part(index))) }
    }
}

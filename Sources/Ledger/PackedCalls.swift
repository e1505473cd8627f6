// SPDX-License-Identifier: Apache-2.0

package import CallRecords

/// Legs that a run has just met, each packed as the call that it makes alone, one behind the other.
///
/// Whoever maps records needs no object for any leg, and whoever stores them none for nearly any call: a million calls would
/// be millions of allocations that one thread makes and another frees.
package struct PackedCalls: Sendable {
    fileprivate struct Entry: BitwiseCopyable {
        var place: Int
        var keyHash: UInt64
        var fingerprint: UInt64
        var isCall: Bool
    }

    /// The row of the source of all calls.
    package let sourceID: Int64
    /// The run that has read them.
    private let runID: Int64
    private var entries: [Entry] = []
    private var bytes: [UInt8] = []
    /// The further keys of the few calls that have any.
    private var aliases: [Int: [String]] = [:]

    /// Legs that take more bytes, such as those with a very long text, make no packed call.
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

    /// Puts a leg behind the others.
    ///
    /// - Parameters:
    ///   - leg: The leg.
    ///   - call: What the leg is as a call, whole and with a number; `nil` for one that makes none by itself.
    ///   - keyHash: What ``hash(ofKey:)`` gives for the leg's key.
    package mutating func append(_ leg: LegView, as call: LoneCall?, keyHash: UInt64) {
        let place = bytes.count
        let most = PackedCall.mostBytes(of: leg)
        let isCall = call != nil && most <= Self.mostBytes
        bytes.append(addingCapacity: most) { span in
            span.withUnsafeMutableBufferPointer { room, count in
                count = PackedCall.write(
                    isCall ? call : nil, of: leg, sourceID: sourceID, runID: runID,
                    to: UnsafeMutableRawBufferPointer(room))
            }
        }
        if leg.hasAliases { aliases[entries.count] = Leg(leg).aliases }
        entries.append(
            Entry(place: place, keyHash: keyHash, fingerprint: leg.facts.fingerprint, isCall: isCall))
    }

    /// Whether a leg makes a call by itself, which is whole.
    package func isCall(_ index: Int) -> Bool { entries[index].isCall }

    /// Whether a leg has a key.
    package func has(_ key: UnsafeRawBufferPointer, at index: Int) -> Bool {
        withCall(index) { $0.key.utf8.elementsEqual(key) }
    }

    /// A leg as a value of its own.
    package func leg(_ index: Int) -> Leg {
        withCall(index) { call in
            guard let bytes = call.legs?.bytes, let leg = Leg.decode(bytes)?.first else {
                preconditionFailure("a leg that was packed just now cannot be unpacked")
            }
            return leg
        }
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
        package subscript(index: Int) -> PackedCall { PackedCall(bytes(index)) }

        /// The bytes of a call.
        package func bytes(_ index: Int) -> UnsafeRawBufferPointer {
            let end = index + 1 < entries.count ? entries[index + 1].place : bytes.count
            return UnsafeRawBufferPointer(rebasing: bytes[entries[index].place..<end])
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
        try withAll { (all) throws(Fault) in try body(all.bytes(index)) }
    }
}

// SPDX-License-Identifier: Apache-2.0

import CallLifecycle
import CallRecords

/// A view of a call and its legs as one row of bytes, of which nothing has left.
///
/// It is valid as long as the bytes are. The texts are not checked again: they were written from a ``Call``.
package struct PackedCall {
    /// What has a fixed length; it stands before the texts.
    fileprivate struct Header: BitwiseCopyable {
        /// Where each of the ``Part``s stands; those of a call of one leg stand within that leg.
        var places = Places()
        /// How many bytes the call takes.
        var byteCount: UInt32 = 0
        var sourceID: Int64
        var start: Int64
        var end: Int64
        var talkSeconds: Int64
        var callListID: Int64
        var runID: Int64
        var runLegs: Int64
        var startOffset: Int32
        var type: UInt8
        var isNew: Bool
    }

    /// What has no fixed length.
    fileprivate struct Places: BitwiseCopyable {
        var key = Place()
        var phoneNumber = Place()
        var status = Place()
        var employeeExtension = Place()
        var line = Place()
        var failedReason = Place()
        var details = Place()
        var legs = Place()
        var fingerprints = Place()
    }

    /// Where a part stands, from the beginning of the call.
    fileprivate struct Place: BitwiseCopyable {
        var start: UInt32 = 0
        /// Negative for a part that is not there.
        var count: Int32 = -1
    }

    private let bytes: UnsafeRawBufferPointer

    /// The call at the beginning of some bytes; more may follow.
    package init(_ bytes: UnsafeRawBufferPointer) {
        precondition(bytes.count >= MemoryLayout<Header>.size, "a packed call is cut off")
        self.bytes = bytes
    }

    /// Read where it is needed, so that a call is no more than its place.
    private var header: Header { bytes.loadUnaligned(as: Header.self) }

    /// How many bytes the call takes.
    package var byteCount: Int { Int(header.byteCount) }

    /// The row of its source.
    package var sourceID: Int64 { header.sourceID }
    /// When it began, in seconds since 1970.
    package var start: Int64 { header.start }
    /// The call key.
    package var key: PackedText { text(header.places.key) }
    /// The employee's extension; `nil` where none took part.
    package var employeeExtension: PackedText? { optionalText(header.places.employeeExtension) }

    var type: CallType { CallType(rawValue: Int(header.type)) ?? .outgoing }
    var startOffset: Int32 { header.startOffset }
    var end: Int64 { header.end }
    var phoneNumber: PackedText { text(header.places.phoneNumber) }
    var line: PackedText? { optionalText(header.places.line) }
    var callListID: Int? { header.callListID == .min ? nil : Int(header.callListID) }
    var talkSeconds: Int64 { header.talkSeconds }
    var status: PackedText { text(header.places.status) }
    var failedReason: PackedText? { optionalText(header.places.failedReason) }
    var details: PackedText? { optionalText(header.places.details) }
    /// The legs in the form of `Leg.encode`; `nil` when they were dropped.
    var legs: PackedBlob? { header.places.legs.count >= 0 ? PackedBlob(bytes: slice(header.places.legs)) : nil }
    /// The fingerprints in the form of ``StoredFingerprints``.
    var fingerprints: PackedBlob { PackedBlob(bytes: slice(header.places.fingerprints)) }
    var runID: Int64 { header.runID }
    var runLegs: Int { Int(header.runLegs) }
    var isNew: Bool { header.isNew }

    /// The call as a value of its own, whole and with nothing sent for it.
    package var unpacked: LedgerCall {
        LedgerCall(
            sourceID: sourceID,
            // As a row gives it: the end has the offset of the start.
            call: Call(
                key: key.string, type: type, start: CallTime(epochSeconds: start, offsetSeconds: startOffset),
                end: CallTime(epochSeconds: end, offsetSeconds: startOffset), phoneNumber: phoneNumber.string,
                employeeExtension: employeeExtension?.string, line: line?.string, callListID: callListID,
                talk: .seconds(talkSeconds), status: StatusCode(rawValue: status.string) ?? .other,
                failedReason: failedReason?.string,
                // They were written from details.
                details: details.flatMap { CallDetails(encoded: $0.string) } ?? .none),
            progress: DeliveryProgress(isWhole: true),
            history: LegHistory(
                legs: legs.map { Array($0.bytes) } ?? [],
                fingerprints: StoredFingerprints.values(in: fingerprints.bytes), runID: runID, runLegs: runLegs,
                isNew: isNew))
    }

    private func optionalText(_ place: Place) -> PackedText? { place.count >= 0 ? text(place) : nil }

    private func text(_ place: Place) -> PackedText { PackedText(utf8: slice(place)) }

    private func slice(_ place: Place) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[Int(place.start)..<Int(place.start) + Int(max(0, place.count))])
    }
}

/// A text of a packed call; it lasts as long as the bytes do.
package struct PackedText: BindableValue {
    /// Its bytes.
    package let utf8: UnsafeRawBufferPointer

    /// The text as a value of its own.
    package var string: String { String(decoding: utf8, as: UTF8.self) }

    func bind(to slot: RowSlot) { slot.bind(lastingText: utf8) }
}

/// A blob of a packed call; it lasts as long as the bytes do.
struct PackedBlob: BindableValue {
    let bytes: UnsafeRawBufferPointer

    func bind(to slot: RowSlot) { slot.bind(lastingBlob: bytes) }
}

extension PackedCall {
    /// No fewer bytes than a call takes without its legs and their fingerprints.
    static func mostBytes(of call: borrowing Call) -> Int {
        var bytes = MemoryLayout<Header>.size + call.key.utf8.count + call.phoneNumber.utf8.count
        bytes += call.status.rawValue.utf8.count
        bytes += call.employeeExtension?.utf8.count ?? 0
        bytes += call.line?.utf8.count ?? 0
        bytes += call.failedReason?.utf8.count ?? 0
        bytes += call.details.encoded?.utf8.count ?? 0
        return bytes
    }

    /// No fewer bytes than ``write(_:to:)`` needs for a call.
    package static func mostBytes(of call: LedgerCall) -> Int {
        mostBytes(of: call.call) + call.history.legs.count + call.history.fingerprints.count * 8
    }

    /// Writes a call, all but its row and its progress.
    ///
    /// - Parameter room: At least ``mostBytes(of:)`` bytes.
    /// - Returns: How many bytes that were.
    package static func write(_ call: LedgerCall, to room: UnsafeMutableRawBufferPointer) -> Int {
        let history = call.history
        var writer = Writer(room)
        writer.header.runLegs = Int64(history.runLegs)
        writer.header.isNew = history.isNew
        writer.put(call.call, sourceID: call.sourceID, runID: history.runID)
        if !history.legs.isEmpty { writer.header.places.legs = history.legs.withUnsafeBytes { writer.put($0) } }
        writer.put(history.fingerprints)
        return writer.finish()
    }

    /// No fewer bytes than a call of a single leg takes.
    static func mostBytes(of leg: LegView) -> Int {
        MemoryLayout<Header>.size + leg.mostBytes + longestStatus + MemoryLayout<UInt64>.size
    }

    /// The longest status, in bytes.
    private static let longestStatus = 16

    /// Writes a call that a run has just met, of a single leg.
    ///
    /// - Parameters:
    ///   - call: What the leg is as a call; `nil` for a leg that makes none by itself, of which only the leg counts then.
    ///   - room: At least ``mostBytes(of:)`` bytes.
    /// - Returns: How many bytes that were.
    static func write(
        _ call: LoneCall?, of leg: LegView, sourceID: Int64, runID: Int64, to room: UnsafeMutableRawBufferPointer
    ) -> Int {
        var writer = Writer(room)
        let facts = leg.facts
        writer.put(
            sourceID: sourceID, runID: runID, start: facts.start, end: facts.end, callListID: facts.callListID)
        writer.put(leg, keepsReason: call?.keepsReason ?? true)
        if let call {
            writer.put(type: call.type, talk: call.talk)
            writer.header.places.status = writer.put(call.status.rawValue)
        }
        writer.put(CollectionOfOne(facts.fingerprint))
        return writer.finish()
    }

    /// Gives `body` a packed form of a call that lasts until it returns.
    static func with<Result>(_ call: LedgerCall, _ body: (PackedCall) throws -> Result) rethrows -> Result {
        try withUnsafeTemporaryAllocation(byteCount: mostBytes(of: call), alignment: 8) { room in
            let count = write(call, to: room)
            return try body(PackedCall(UnsafeRawBufferPointer(rebasing: room[..<count])))
        }
    }

    /// Writes one call.
    private struct Writer {
        var header = Header(
            sourceID: 0, start: 0, end: 0, talkSeconds: 0, callListID: .min, runID: 0, runLegs: 1, startOffset: 0,
            type: 0, isNew: true)
        private let room: UnsafeMutableRawBufferPointer
        private var count = MemoryLayout<Header>.size

        init(_ room: UnsafeMutableRawBufferPointer) { self.room = room }

        /// Writes everything but the legs.
        mutating func put(_ call: borrowing Call, sourceID: Int64, runID: Int64) {
            put(sourceID: sourceID, runID: runID, start: call.start, end: call.end, callListID: call.callListID)
            put(type: call.type, talk: call.talk)
            header.places.key = put(call.key)
            header.places.phoneNumber = put(call.phoneNumber)
            header.places.status = put(call.status.rawValue)
            header.places.employeeExtension = put(call.employeeExtension)
            header.places.line = put(call.line)
            header.places.failedReason = put(call.failedReason)
            header.places.details = put(call.details.encoded)
        }

        /// Writes a leg, within which the texts of its call stand.
        mutating func put(_ leg: LegView, keepsReason: Bool) {
            guard let base = room.baseAddress else { return }
            let written = leg.writeAlone(to: (base + count).assumingMemoryBound(to: UInt8.self))
            header.places.legs = Place(start: UInt32(count), count: Int32(written.count))
            header.places.key = place(written.key)
            header.places.phoneNumber = place(written.number)
            header.places.employeeExtension = place(written.employeeExtension)
            header.places.line = place(written.line)
            if keepsReason { header.places.failedReason = place(written.failedReason) }
            header.places.details = place(written.details)
            count += written.count
        }

        /// Where a text of a leg stands that was written at the place that comes next.
        private func place(_ text: WrittenLeg.Place) -> Place {
            Place(start: UInt32(truncatingIfNeeded: count &+ Int(text.start)), count: text.count)
        }

        mutating func put(sourceID: Int64, runID: Int64, start: CallTime, end: CallTime, callListID: Int?) {
            header.sourceID = sourceID
            header.runID = runID
            header.start = start.epochSeconds
            header.startOffset = start.offsetSeconds
            header.end = end.epochSeconds
            if let callListID { header.callListID = Int64(callListID) }
        }

        mutating func put(type: CallType, talk: Duration) {
            header.talkSeconds = Int64(clamping: talk.wholeMilliseconds / 1000)
            header.type = UInt8(truncatingIfNeeded: type.rawValue)
        }

        mutating func put(_ text: borrowing String?) -> Place {
            switch text {
            case .some(let text): put(text)
            case .none: Place()
            }
        }

        mutating func put(_ text: borrowing String) -> Place {
            let span = text.utf8Span.span.bytes
            return span.withUnsafeBytes { put($0) }
        }

        mutating func put(_ bytes: UnsafeRawBufferPointer) -> Place {
            UnsafeMutableRawBufferPointer(rebasing: room[count...]).copyMemory(from: bytes)
            defer { count += bytes.count }
            return Place(start: UInt32(count), count: Int32(bytes.count))
        }

        mutating func put(_ fingerprints: some Collection<UInt64>) {
            let start = count
            for fingerprint in fingerprints {
                room.storeBytes(of: fingerprint.littleEndian, toByteOffset: count, as: UInt64.self)
                count += MemoryLayout<UInt64>.size
            }
            header.places.fingerprints = Place(start: UInt32(start), count: Int32(count - start))
        }

        /// Writes what was left for the end, and returns how many bytes there are.
        mutating func finish() -> Int {
            header.byteCount = UInt32(count)
            room.storeBytes(of: header, as: Header.self)
            return count
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import CallLifecycle
import CallRecords

/// A view of a call and its legs as one row of bytes, of which nothing has left.
///
/// It is valid as long as the bytes are. The texts are not checked again: they were written from a ``Call``.
package struct PackedCall {
    /// What has a fixed length; it stands before the texts.
    fileprivate struct Header: BitwiseCopyable {
        /// Where each of the ``Part``s ends.
        var ends = SIMD16<UInt32>()
        var sourceID: Int64
        var start: Int64
        var end: Int64
        var talkSeconds: Int64
        var callListID: Int64
        var runID: Int64
        var runLegs: Int64
        var startOffset: Int32
        var type: UInt8
        /// The parts that are there, as bits.
        var present: UInt16 = 0
        var isNew: Bool
    }

    /// What has no fixed length, in the order in which it is written.
    fileprivate enum Part: Int {
        case key, phoneNumber, status, employeeExtension, line, failedReason, details, legs, fingerprints
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
    package var byteCount: Int { Int(header.ends[Part.fingerprints.rawValue]) }

    /// The row of its source.
    package var sourceID: Int64 { header.sourceID }
    /// When it began, in seconds since 1970.
    package var start: Int64 { header.start }
    /// The call key.
    package var key: PackedText { text(.key) }
    /// The employee's extension; `nil` where none took part.
    package var employeeExtension: PackedText? { optionalText(.employeeExtension) }

    var type: CallType { CallType(rawValue: Int(header.type)) ?? .outgoing }
    var startOffset: Int32 { header.startOffset }
    var end: Int64 { header.end }
    var phoneNumber: PackedText { text(.phoneNumber) }
    var line: PackedText? { optionalText(.line) }
    var callListID: Int? { header.callListID == .min ? nil : Int(header.callListID) }
    var talkSeconds: Int64 { header.talkSeconds }
    var status: PackedText { text(.status) }
    var failedReason: PackedText? { optionalText(.failedReason) }
    var details: PackedText? { optionalText(.details) }
    /// The legs in the form of `Leg.encode`; `nil` when they were dropped.
    var legs: PackedBlob? { has(.legs) ? PackedBlob(bytes: slice(.legs)) : nil }
    /// The fingerprints in the form of ``StoredFingerprints``.
    var fingerprints: PackedBlob { PackedBlob(bytes: slice(.fingerprints)) }
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

    private func has(_ part: Part) -> Bool { header.present & 1 << UInt16(part.rawValue) != 0 }

    private func optionalText(_ part: Part) -> PackedText? { has(part) ? text(part) : nil }

    private func text(_ part: Part) -> PackedText { PackedText(utf8: slice(part)) }

    private func slice(_ part: Part) -> UnsafeRawBufferPointer {
        let start = part == .key ? MemoryLayout<Header>.size : Int(header.ends[part.rawValue - 1])
        return UnsafeRawBufferPointer(rebasing: bytes[start..<Int(header.ends[part.rawValue])])
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
        if !history.legs.isEmpty { history.legs.withUnsafeBytes { writer.put($0, as: .legs) } }
        writer.end(.legs)
        for fingerprint in history.fingerprints {
            withUnsafeBytes(of: fingerprint.littleEndian) { writer.put($0, as: .fingerprints) }
        }
        return writer.finish()
    }

    /// No fewer bytes than a call of a single leg takes: its texts stand in its columns and in its leg.
    static func mostBytes(of leg: borrowing Leg) -> Int {
        MemoryLayout<Header>.size + 2 * leg.mostBytesAlone + MemoryLayout<UInt64>.size
    }

    /// Writes a call that a run has just met, of a single leg.
    ///
    /// - Parameter room: At least ``mostBytes(of:)`` bytes.
    /// - Returns: How many bytes that were.
    static func write(
        _ call: LoneCall, of leg: borrowing Leg, sourceID: Int64, runID: Int64,
        to room: UnsafeMutableRawBufferPointer
    ) -> Int {
        var writer = Writer(room)
        writer.put(call, of: leg, sourceID: sourceID, runID: runID)
        if let place = writer.place { writer.wrote(leg.writeAlone(to: place), as: .legs) }
        withUnsafeBytes(of: leg.fingerprint.littleEndian) { writer.put($0, as: .fingerprints) }
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

        /// Writes everything up to the legs.
        mutating func put(_ call: borrowing Call, sourceID: Int64, runID: Int64) {
            put(sourceID: sourceID, runID: runID, start: call.start, end: call.end, callListID: call.callListID)
            put(type: call.type, talk: call.talk)
            put(call.key, as: .key)
            put(call.phoneNumber, as: .phoneNumber)
            put(call.status.rawValue, as: .status)
            put(call.employeeExtension, as: .employeeExtension)
            put(call.line, as: .line)
            put(call.failedReason, as: .failedReason)
            put(call.details.encoded, as: .details)
        }

        /// Writes everything up to the legs of a call of a single leg.
        mutating func put(_ call: LoneCall, of leg: borrowing Leg, sourceID: Int64, runID: Int64) {
            put(sourceID: sourceID, runID: runID, start: leg.start, end: leg.end, callListID: leg.callListID)
            put(type: call.type, talk: call.talk)
            put(leg.key, as: .key)
            if case .number(let number) = leg.external { put(number, as: .phoneNumber) } else { end(.phoneNumber) }
            put(call.status.rawValue, as: .status)
            put(leg.employeeExtension, as: .employeeExtension)
            put(leg.line, as: .line)
            if call.keepsReason { put(leg.failedReason, as: .failedReason) } else { end(.failedReason) }
            if leg.details.isEmpty { end(.details) } else { put(leg.details.encoded, as: .details) }
        }

        private mutating func put(sourceID: Int64, runID: Int64, start: CallTime, end: CallTime, callListID: Int?) {
            header.sourceID = sourceID
            header.runID = runID
            header.start = start.epochSeconds
            header.startOffset = start.offsetSeconds
            header.end = end.epochSeconds
            if let callListID { header.callListID = Int64(callListID) }
        }

        private mutating func put(type: CallType, talk: Duration) {
            header.talkSeconds = Int64(clamping: talk.wholeMilliseconds / 1000)
            header.type = UInt8(truncatingIfNeeded: type.rawValue)
        }

        private mutating func put(_ text: borrowing String?, as part: Part) {
            switch text {
            case .some(let text): put(text, as: part)
            case .none: end(part)
            }
        }

        private mutating func put(_ text: borrowing String, as part: Part) {
            let span = text.utf8Span.span.bytes
            span.withUnsafeBytes { put($0, as: part) }
        }

        mutating func put(_ bytes: UnsafeRawBufferPointer, as part: Part) {
            UnsafeMutableRawBufferPointer(rebasing: room[count...]).copyMemory(from: bytes)
            count += bytes.count
            header.present |= 1 << UInt16(part.rawValue)
            end(part)
        }

        /// Where the next part is written.
        var place: UnsafeMutablePointer<UInt8>? {
            room.baseAddress.map { ($0 + count).assumingMemoryBound(to: UInt8.self) }
        }

        /// Takes note that a part was written to ``place``.
        mutating func wrote(_ bytes: Int, as part: Part) {
            count += bytes
            header.present |= 1 << UInt16(part.rawValue)
            end(part)
        }

        mutating func end(_ part: Part) { header.ends[part.rawValue] = UInt32(count) }

        /// Writes what was left for the end, and returns how many bytes there are.
        mutating func finish() -> Int {
            end(.fingerprints)
            room.storeBytes(of: header, as: Header.self)
            return count
        }
    }
}

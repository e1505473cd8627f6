// SPDX-License-Identifier: Apache-2.0

import CallRecords

/// The form of a call on a ``CallPile``, which no other process ever reads.
extension LedgerCall {
    /// Overwrites a call's first byte once it is taken off the pile.
    static let takenMark: UInt8 = 0
    private static let lyingMark: UInt8 = 1

    /// Whether nothing is known of the call but what its records say.
    var isForPile: Bool { state == .pending && reason == nil && note == nil && registrations == 0 }

    /// No fewer bytes than ``write(to:)`` needs.
    var mostPileBytes: Int {
        var bytes = 128 + legs.count + fingerprints.count * 8
        for text in [call.key, call.phoneNumber, call.employeeExtension, call.line, call.failedReason] {
            bytes += text?.utf8.count ?? 0
        }
        return bytes
    }

    /// Writes the call and returns how many bytes that were.
    func write(to room: UnsafeMutableRawBufferPointer) -> Int {
        var cursor = PileWriter(room)
        cursor.put(Self.lyingMark)
        cursor.put(UInt32(0))
        cursor.put(sourceID)
        cursor.put(UInt8(truncatingIfNeeded: call.type.rawValue))
        cursor.put(call.start.epochSeconds)
        cursor.put(call.start.offsetSeconds)
        cursor.put(call.end.epochSeconds)
        cursor.put(call.talk.components.seconds)
        cursor.put(runID)
        cursor.put(Int64(runLegs))
        cursor.put(isNew)
        cursor.put(Int64(call.callListID ?? .min))
        cursor.put(call.key)
        cursor.put(call.phoneNumber)
        cursor.put(call.status.rawValue)
        cursor.put(call.employeeExtension)
        cursor.put(call.line)
        cursor.put(call.failedReason)
        legs.withUnsafeBytes { cursor.put($0) }
        fingerprints.withUnsafeBytes { cursor.put($0) }
        room.storeBytes(of: UInt32(cursor.count), toByteOffset: 1, as: UInt32.self)
        return cursor.count
    }

    /// Reads the call at the beginning of some bytes.
    ///
    /// - Returns: How many bytes it takes, and `nil` in place of a call that was taken off the pile.
    static func read(from bytes: UnsafeRawBufferPointer) -> (call: LedgerCall?, length: Int) {
        var cursor = PileReader(bytes)
        let mark: UInt8 = cursor.take()
        let length: UInt32 = cursor.take()
        guard mark == lyingMark else { return (nil, Int(length)) }
        let sourceID: Int64 = cursor.take()
        let type = CallType(rawValue: Int(cursor.take() as UInt8)) ?? .outgoing
        let start: Int64 = cursor.take()
        let offset: Int32 = cursor.take()
        let end: Int64 = cursor.take()
        let talk: Int64 = cursor.take()
        let runID: Int64 = cursor.take()
        let runLegs: Int64 = cursor.take()
        let isNew: Bool = cursor.take()
        let callListID: Int64 = cursor.take()
        let (key, phoneNumber, status) = (cursor.text(), cursor.text(), cursor.text())
        // As a row gives it: the end has the offset of the start.
        let call = Call(
            key: key ?? "", type: type, start: CallTime(epochSeconds: start, offsetSeconds: offset),
            end: CallTime(epochSeconds: end, offsetSeconds: offset), phoneNumber: phoneNumber ?? "",
            employeeExtension: cursor.text(), line: cursor.text(),
            callListID: callListID == .min ? nil : Int(callListID), talk: .seconds(talk),
            status: status.flatMap { StatusCode(rawValue: $0) } ?? .other, failedReason: cursor.text())
        let legs = Array(cursor.block())
        let fingerprints = cursor.block()
        return (
            LedgerCall(
                sourceID: sourceID, call: call, state: .pending, legs: legs,
                fingerprints: stride(from: 0, to: fingerprints.count, by: 8).map {
                    fingerprints.loadUnaligned(fromByteOffset: $0, as: UInt64.self)
                }, runID: runID, runLegs: Int(runLegs), isNew: isNew),
            Int(length)
        )
    }
}

private struct PileWriter {
    private let room: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init(_ room: UnsafeMutableRawBufferPointer) { self.room = room }

    mutating func put<Value: BitwiseCopyable>(_ value: Value) {
        room.storeBytes(of: value, toByteOffset: count, as: Value.self)
        count += MemoryLayout<Value>.size
    }

    /// A length of all ones stands for no text.
    mutating func put(_ text: String?) {
        guard var text else { return put(UInt32.max) }
        text.withUTF8 { put(UnsafeRawBufferPointer($0)) }
    }

    mutating func put(_ bytes: UnsafeRawBufferPointer) {
        put(UInt32(bytes.count))
        UnsafeMutableRawBufferPointer(rebasing: room[count...]).copyMemory(from: bytes)
        count += bytes.count
    }
}

private struct PileReader {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func take<Value: BitwiseCopyable>() -> Value {
        defer { position += MemoryLayout<Value>.size }
        return bytes.loadUnaligned(fromByteOffset: position, as: Value.self)
    }

    mutating func text() -> String? {
        let length: UInt32 = take()
        guard length != .max else { return nil }
        return String(decoding: next(Int(length)), as: UTF8.self)
    }

    mutating func block() -> UnsafeRawBufferPointer {
        let length: UInt32 = take()
        return next(Int(length))
    }

    private mutating func next(_ length: Int) -> UnsafeRawBufferPointer {
        defer { position += length }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<position + length])
    }
}

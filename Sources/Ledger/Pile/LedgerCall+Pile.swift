// SPDX-License-Identifier: Apache-2.0

import CallRecords

/// The form of a call on a ``CallPile``, which no other process ever reads.
extension LedgerCall {
    /// Overwrites a call's first byte once it is taken off the pile.
    static let takenMark: UInt8 = 0
    fileprivate static let lyingMark: UInt8 = 1

    /// Where the key stands: behind the values of a fixed length, in the order in which they are written.
    fileprivate static let keyPlace =
        2 * MemoryLayout<UInt8>.size + 6 * MemoryLayout<Int64>.size + MemoryLayout<UInt32>.size
        + MemoryLayout<Int32>.size + MemoryLayout<Bool>.size + MemoryLayout<Int64>.size

    /// Whether nothing is known of the call but what its records say.
    var isForPile: Bool { state == .pending && reason == nil && note == nil && registrations == 0 }

    /// No fewer bytes than ``write(to:)`` needs.
    var mostPileBytes: Int { Self.mostPileBytes(of: call) + legs.count + fingerprints.count * 8 }

    /// No fewer bytes than a call needs without its legs and their fingerprints.
    static func mostPileBytes(of call: Call) -> Int {
        var bytes = 128 + call.key.utf8.count + call.phoneNumber.utf8.count
        bytes += call.employeeExtension?.utf8.count ?? 0
        bytes += call.line?.utf8.count ?? 0
        bytes += call.failedReason?.utf8.count ?? 0
        return bytes
    }

    /// Writes the call and returns how many bytes that were.
    func write(to room: UnsafeMutableRawBufferPointer) -> Int {
        var cursor = PileWriter(room)
        cursor.put(call, sourceID: sourceID, runID: runID, runLegs: Int64(runLegs), isNew: isNew)
        legs.withUnsafeBytes { cursor.put($0) }
        fingerprints.withUnsafeBytes { cursor.put($0) }
        cursor.finish()
        return cursor.count
    }

    /// The key of the call at the beginning of some bytes, as UTF-8.
    static func key(in bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var cursor = PileReader(UnsafeRawBufferPointer(rebasing: bytes[keyPlace...]))
        return cursor.block()
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

/// Writes the form of one call.
struct PileWriter {
    private let room: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init(_ room: UnsafeMutableRawBufferPointer) { self.room = room }

    /// Writes all but the legs and their fingerprints, which follow as blocks.
    mutating func put(_ call: Call, sourceID: Int64, runID: Int64, runLegs: Int64, isNew: Bool) {
        put(LedgerCall.lyingMark)
        put(UInt32(0))
        put(sourceID)
        put(UInt8(truncatingIfNeeded: call.type.rawValue))
        put(call.start.epochSeconds)
        put(call.start.offsetSeconds)
        put(call.end.epochSeconds)
        put(call.talk.components.seconds)
        put(runID)
        put(runLegs)
        put(isNew)
        put(Int64(call.callListID ?? .min))
        assert(count == LedgerCall.keyPlace)
        put(call.key)
        put(call.phoneNumber)
        put(call.status.rawValue)
        put(call.employeeExtension)
        put(call.line)
        put(call.failedReason)
    }

    /// Writes the whole length into the place that was left for it.
    func finish() { room.storeBytes(of: UInt32(count), toByteOffset: 1, as: UInt32.self) }

    mutating func put<Value: BitwiseCopyable>(_ value: Value) {
        room.storeBytes(of: value, toByteOffset: count, as: Value.self)
        count += MemoryLayout<Value>.size
    }

    /// A length of all ones stands for no text.
    mutating func put(_ text: String?) {
        guard var text else { return put(UInt32.max) }
        text.withUTF8 { put(UnsafeRawBufferPointer($0)) }
    }

    /// Writes as a block what `body` writes, which returns how many bytes that were.
    mutating func putBlock(_ body: (UnsafeMutablePointer<UInt8>) -> Int) {
        let place = count
        put(UInt32(0))
        guard let base = room.baseAddress else { return }
        let length = body((base + count).assumingMemoryBound(to: UInt8.self))
        room.storeBytes(of: UInt32(length), toByteOffset: place, as: UInt32.self)
        count += length
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

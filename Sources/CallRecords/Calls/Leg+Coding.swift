// SPDX-License-Identifier: Apache-2.0

// Unsafe: the room that a writer gets is the sum of the most bytes that each of its values takes.

extension Leg {
    /// The form that ``encoded()`` writes; a later form gets another number and both are read.
    private static let version: UInt8 = 1

    /// What a leg may lack, as bits of its second byte.
    private struct Parts: OptionSet {
        let rawValue: UInt8
        static let answered = Parts(rawValue: 1)
        static let employee = Parts(rawValue: 2)
        static let line = Parts(rawValue: 4)
        static let callList = Parts(rawValue: 8)
        static let reason = Parts(rawValue: 16)
        static let aliases = Parts(rawValue: 32)
        static let relay = Parts(rawValue: 64)
        static let details = Parts(rawValue: 128)
        static let all: Parts = [.answered, .employee, .line, .callList, .reason, .aliases, .relay, .details]

        init(rawValue: UInt8) { self.rawValue = rawValue }

        init(of leg: borrowing Leg) {
            self = []
            if leg.isAnswered { insert(.answered) }
            if leg.employeeExtension != nil { insert(.employee) }
            if leg.line != nil { insert(.line) }
            if leg.callListID != nil { insert(.callList) }
            if leg.failedReason != nil { insert(.reason) }
            if !leg.aliases.isEmpty { insert(.aliases) }
            if leg.isRelay { insert(.relay) }
            if !leg.details.isEmpty { insert(.details) }
        }
    }

    /// The leg without its key, in a compact form with a version in its first byte.
    ///
    /// Talk is kept in whole milliseconds. ``init(encoded:key:)`` reads it back.
    package func encoded() -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: mostBytes) { room, count in
            guard let base = room.baseAddress else { return }
            var writer = unsafe ByteWriter(base)
            encode(into: &writer)
            count = writer.count
        }
    }

    /// No fewer bytes than ``encode(into:)`` writes.
    private var mostBytes: Int {
        // Three single bytes, the kind of party, the status, and up to nine integers.
        var bytes = 4 + 16 + 9 * ByteWriter.mostIntegerBytes
        if case .number(let number) = external { bytes += ByteWriter.mostBytes(of: number) }
        if let employeeExtension { bytes += ByteWriter.mostBytes(of: employeeExtension) }
        if let line { bytes += ByteWriter.mostBytes(of: line) }
        if let failedReason { bytes += ByteWriter.mostBytes(of: failedReason) }
        for alias in aliases { bytes += ByteWriter.mostBytes(of: alias) }
        if let details = details.encoded { bytes += ByteWriter.mostBytes(of: details) }
        return bytes
    }

    private borrowing func encode(into writer: inout ByteWriter) {
        writer.byte(Self.version)
        writer.byte(Parts(of: self).rawValue)
        writer.byte(direction.rawValue)
        writer.signed(start.epochSeconds)
        writer.signed(Int64(start.offsetSeconds))
        writer.signed(end.epochSeconds &- start.epochSeconds)
        writer.signed(Int64(end.offsetSeconds))
        writer.unsigned(talk.wholeMilliseconds)
        writer.text(status.rawValue)
        writer.signed(sequence)
        writer.unsigned(fingerprint)
        switch external {
        case .none: writer.byte(0)
        case .hidden: writer.byte(1)
        case .number(let number):
            writer.byte(2)
            writer.text(number)
        }
        if let employeeExtension { writer.text(employeeExtension) }
        if let line { writer.text(line) }
        if let callListID { writer.signed(Int64(callListID)) }
        if let failedReason { writer.text(failedReason) }
        if let details = details.encoded { writer.text(details) }
        if !aliases.isEmpty {
            writer.unsigned(UInt64(aliases.count))
            for alias in aliases { writer.text(alias) }
        }
    }

    /// Reads a leg that ``encoded()`` wrote.
    ///
    /// - Parameters:
    ///   - encoded: All bytes of the leg, and nothing after them.
    ///   - key: The call key, which is kept beside the bytes.
    /// - Returns: `nil` for bytes of another form, for instance damaged ones or those of a newer program.
    package init?(encoded: some Sequence<UInt8>, key: String) {
        var reader = ByteReader(Array(encoded))
        guard reader.byte() == Self.version, let bits = reader.byte(), Parts.all.rawValue | bits == Parts.all.rawValue,
            let direction = reader.byte().flatMap(LegDirection.init(rawValue:)),
            let start = reader.signed(), let startOffset = reader.signed().flatMap(Int32.init(exactly:)),
            let length = reader.signed(), let endOffset = reader.signed().flatMap(Int32.init(exactly:)),
            let talk = reader.unsigned().flatMap(Int64.init(exactly:)),
            let status = reader.text().flatMap(StatusCode.init(rawValue:)),
            let sequence = reader.signed(), let fingerprint = reader.unsigned(),
            let external = ExternalParty(from: &reader)
        else { return nil }
        self.init(
            key: key, direction: direction, external: external,
            start: CallTime(epochSeconds: start, offsetSeconds: startOffset),
            end: CallTime(epochSeconds: start &+ length, offsetSeconds: endOffset),
            talk: .milliseconds(talk), status: status, sequence: sequence, fingerprint: fingerprint)
        guard readParts(Parts(rawValue: bits), from: &reader), reader.isAtEnd else { return nil }
    }

    private mutating func readParts(_ parts: Parts, from reader: inout ByteReader) -> Bool {
        isAnswered = parts.contains(.answered)
        isRelay = parts.contains(.relay)
        if parts.contains(.employee) {
            employeeExtension = reader.text()
            if employeeExtension == nil { return false }
        }
        if parts.contains(.line) {
            line = reader.text()
            if line == nil { return false }
        }
        if parts.contains(.callList) {
            callListID = reader.signed().flatMap { Int(exactly: $0) }
            if callListID == nil { return false }
        }
        if parts.contains(.reason) {
            failedReason = reader.text()
            if failedReason == nil { return false }
        }
        if parts.contains(.details) {
            guard let details = reader.text().flatMap(CallDetails.init(encoded:)) else { return false }
            self.details = details
        }
        guard parts.contains(.aliases) else { return true }
        guard let count = reader.unsigned(), count > 0, count <= UInt64(reader.remaining) else { return false }
        for _ in 0..<count {
            guard let alias = reader.text() else { return false }
            aliases.append(alias)
        }
        return true
    }
}

extension Leg {
    /// Several legs with their keys, in a form that ``decode(_:)`` reads back in the same order.
    package static func encode(_ legs: [Leg]) -> [UInt8] {
        let most = legs.reduce(ByteWriter.mostIntegerBytes) { $0 + $1.mostBytesWithKey }
        return unsafe [UInt8](unsafeUninitializedCapacity: most) { room, count in
            guard let base = room.baseAddress else { return }
            var writer = unsafe ByteWriter(base)
            writer.unsigned(UInt64(legs.count))
            for leg in legs { leg.encodeWithKey(into: &writer) }
            count = writer.count
        }
    }

    /// No fewer bytes than ``writeAlone(to:)`` writes.
    package var mostBytesAlone: Int { ByteWriter.mostIntegerBytes + mostBytesWithKey }

    /// Writes what ``encode(_:)`` gives for this leg alone.
    ///
    /// - Parameter room: At least ``mostBytesAlone`` bytes.
    /// - Returns: How many bytes that were.
    package borrowing func writeAlone(to room: UnsafeMutablePointer<UInt8>) -> Int {
        var writer = unsafe ByteWriter(room)
        writer.unsigned(1)
        encodeWithKey(into: &writer)
        return writer.count
    }

    private var mostBytesWithKey: Int {
        ByteWriter.mostBytes(of: key) + ByteWriter.mostIntegerBytes + mostBytes
    }

    private borrowing func encodeWithKey(into writer: inout ByteWriter) {
        writer.text(key)
        var block = writer.block()
        encode(into: &block)
        writer.take(block)
    }

    /// Reads what ``encode(_:)`` wrote.
    ///
    /// - Returns: `nil` when any of the bytes is not of that form.
    package static func decode(_ bytes: [UInt8]) -> [Leg]? {
        var reader = ByteReader(bytes)
        guard let count = reader.unsigned(), count <= UInt64(reader.remaining) else { return nil }
        var legs: [Leg] = []
        for _ in 0..<count {
            guard let key = reader.text(), let block = reader.block(), let leg = Leg(encoded: block, key: key) else {
                return nil
            }
            legs.append(leg)
        }
        return reader.isAtEnd ? legs : nil
    }
}

extension ExternalParty {
    fileprivate init?(from reader: inout ByteReader) {
        switch reader.byte() {
        case 0: self = .none
        case 1: self = .hidden
        case 2:
            guard let number = reader.text() else { return nil }
            self = .number(number)
        default: return nil
        }
    }
}

extension Duration {
    /// The duration in milliseconds, rounded down; 0 for a negative one, the most that fits for one that is longer.
    package var wholeMilliseconds: UInt64 {
        let attoseconds = UInt128(clamping: self.attoseconds)
        let (high, low) = (UInt64(truncatingIfNeeded: attoseconds >> 64), UInt64(truncatingIfNeeded: attoseconds))
        // One instruction; a division of 128 by 128 bits takes a hundred.
        guard high < Self.attosecondsPerMillisecond else { return .max }
        return Self.attosecondsPerMillisecond.dividingFullWidth((high, low)).quotient
    }

    private static let attosecondsPerMillisecond: UInt64 = 1_000_000_000_000_000
}

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

        init(of facts: LegFacts, _ texts: LegTexts) {
            var bits: UInt8 = 0
            if facts.isAnswered { bits |= Self.answered.rawValue }
            if texts.employeeExtension.count >= 0 { bits |= Self.employee.rawValue }
            if texts.line.count >= 0 { bits |= Self.line.rawValue }
            if facts.callListID != nil { bits |= Self.callList.rawValue }
            if texts.failedReason.count >= 0 { bits |= Self.reason.rawValue }
            if !texts.aliases.isEmpty { bits |= Self.aliases.rawValue }
            if facts.isRelay { bits |= Self.relay.rawValue }
            if texts.details.count >= 0 { bits |= Self.details.rawValue }
            rawValue = bits
        }
    }

    /// The leg without its key, in a compact form with a version in its first byte.
    ///
    /// Talk is kept in whole milliseconds. ``init(encoded:key:)`` reads it back.
    package func encoded() -> [UInt8] {
        withView { view in
            unsafe [UInt8](unsafeUninitializedCapacity: view.mostBytes) { room, count in
                guard let base = room.baseAddress else { return }
                var writer = unsafe ByteWriter(base)
                _ = Self.encode(view, into: &writer)
                count = writer.count
            }
        }
    }

    /// Writes a leg without its key, and says where its texts stand among what was written.
    fileprivate static func encode(_ leg: LegView, into writer: inout ByteWriter) -> LegTexts {
        let facts = leg.facts
        writer.byte(version)
        writer.byte(Parts(of: facts, leg.texts).rawValue)
        writer.byte(facts.direction.rawValue)
        writer.signed(facts.start.epochSeconds)
        writer.signed(Int64(facts.start.offsetSeconds))
        writer.signed(facts.end.epochSeconds &- facts.start.epochSeconds)
        writer.signed(Int64(facts.end.offsetSeconds))
        writer.unsigned(facts.talk.wholeMilliseconds)
        writer.text(facts.status.rawValue)
        writer.signed(facts.sequence)
        writer.unsigned(facts.fingerprint)
        writer.byte(facts.party.rawValue)
        var places = LegTexts()
        if facts.party == .number { places.number = unsafe writer.text(leg.bytes(of: leg.texts.number)) }
        places.employeeExtension = unsafe writer.text(leg.bytes(of: leg.texts.employeeExtension))
        places.line = unsafe writer.text(leg.bytes(of: leg.texts.line))
        if let callListID = facts.callListID { writer.signed(Int64(callListID)) }
        places.failedReason = unsafe writer.text(leg.bytes(of: leg.texts.failedReason))
        places.details = unsafe writer.text(leg.bytes(of: leg.texts.details))
        if !leg.texts.aliases.isEmpty { places.aliases = unsafe writer.bytes(leg.bytes(of: leg.texts.aliases)) }
        return places
    }

    /// Reads a leg that ``encoded()`` wrote.
    ///
    /// - Parameters:
    ///   - encoded: All bytes of the leg, and nothing after them.
    ///   - key: The call key, which is kept beside the bytes.
    /// - Returns: `nil` for bytes of another form, for instance damaged ones or those of a newer program.
    package init?(encoded: [UInt8], key: String) {
        guard let leg = unsafe encoded.withUnsafeBytes({ unsafe Leg(encoded: $0, key: key) }) else { return nil }
        self = leg
    }

    fileprivate init?(encoded: UnsafeRawBufferPointer, key: String) {
        var reader = unsafe ByteReader(encoded)
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
        guard let aliases = reader.list(), !aliases.isEmpty else { return false }
        self.aliases = aliases
        return true
    }
}

extension Leg {
    /// Several legs with their keys, in a form that ``decode(_:)`` reads back in the same order.
    package static func encode(_ legs: [Leg]) -> [UInt8] {
        var bytes = unsafe [UInt8](unsafeUninitializedCapacity: ByteWriter.mostIntegerBytes) { room, count in
            guard let base = room.baseAddress else { return }
            var writer = unsafe ByteWriter(base)
            writer.unsigned(UInt64(legs.count))
            count = writer.count
        }
        for leg in legs {
            leg.withView { view in
                bytes += unsafe [UInt8](unsafeUninitializedCapacity: view.mostBytes) { room, count in
                    guard let base = room.baseAddress else { return }
                    var writer = unsafe ByteWriter(base)
                    _ = encodeWithKey(view, into: &writer)
                    count = writer.count
                }
            }
        }
        return bytes
    }

    /// Writes a leg with its key, and says where its texts stand among what was written.
    fileprivate static func encodeWithKey(_ leg: LegView, into writer: inout ByteWriter) -> LegTexts {
        let key = unsafe writer.text(leg.key)
        var block = writer.block()
        var places = encode(leg, into: &block)
        writer.take(block)
        places.move(by: writer.count - block.count)
        places.key = key
        return places
    }

    /// Reads what ``encode(_:)`` wrote.
    ///
    /// - Returns: `nil` when any of the bytes is not of that form.
    package static func decode(_ bytes: [UInt8]) -> [Leg]? {
        unsafe bytes.withUnsafeBytes { unsafe decode($0) }
    }

    /// Reads what ``encode(_:)`` wrote; `nil` when any of the bytes is not of that form.
    package static func decode(_ bytes: UnsafeRawBufferPointer) -> [Leg]? {
        var reader = unsafe ByteReader(bytes)
        guard let count = reader.unsigned(), count <= UInt64(reader.remaining) else { return nil }
        var legs: [Leg] = []
        for _ in 0..<count {
            guard let key = reader.text(), let block = unsafe reader.block(),
                let leg = unsafe Leg(encoded: block, key: key)
            else { return nil }
            legs.append(leg)
        }
        return reader.isAtEnd ? legs : nil
    }
}

extension LegView {
    /// No fewer bytes than ``writeAlone(to:)`` writes.
    package var mostBytes: Int {
        // The number of legs, the length of the leg, three single bytes, the kind of party, the status, up to nine integers,
        // and the lengths of six texts.
        4 + 16 + 17 * ByteWriter.mostIntegerBytes + texts.byteCount
    }

    /// Writes what `Leg.encode` gives for this leg alone.
    ///
    /// - Parameter room: At least ``mostBytes`` bytes.
    /// - Returns: How many bytes that were, and where its texts stand among them.
    package func writeAlone(to room: UnsafeMutablePointer<UInt8>) -> WrittenLeg {
        var writer = unsafe ByteWriter(room)
        writer.unsigned(1)
        let places = Leg.encodeWithKey(self, into: &writer)
        return WrittenLeg(places, count: writer.count)
    }
}

/// Where the texts of a leg stand among the bytes that were written of it.
package struct WrittenLeg: Sendable {
    /// How many bytes were written.
    package let count: Int
    private let places: LegTexts

    fileprivate init(_ places: LegTexts, count: Int) {
        self.places = places
        self.count = count
    }

    /// A text among the bytes.
    package struct Place: BitwiseCopyable, Sendable {
        /// Where its first byte stands.
        package let start: Int32
        /// How many bytes it has; negative for a text that is not there.
        package let count: Int32

        fileprivate init(_ slice: Slice) { (start, count) = (slice.start, slice.count) }
    }

    /// The call key.
    package var key: Place { Place(places.key) }
    /// The number of the party outside.
    package var number: Place { Place(places.number) }
    /// The employee's extension.
    package var employeeExtension: Place { Place(places.employeeExtension) }
    /// The line.
    package var line: Place { Place(places.line) }
    /// The phone system's word for the outcome.
    package var failedReason: Place { Place(places.failedReason) }
    /// The details in their encoded form.
    package var details: Place { Place(places.details) }
}

extension LegTexts {
    fileprivate mutating func move(by distance: Int) {
        let distance = Int32(distance)
        key.start &+= distance
        number.start &+= distance
        employeeExtension.start &+= distance
        line.start &+= distance
        failedReason.start &+= distance
        details.start &+= distance
        aliases.start &+= distance
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

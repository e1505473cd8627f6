// SPDX-License-Identifier: Apache-2.0

extension RecordMapper {
    /// The longest talk that the portal takes, in milliseconds: one day.
    private static let longestTalk: Int64 = 86_400_000
    private static let mostUnmappedNames = 1000

    /// Makes a leg of the record whose fields are loaded.
    mutating func leg() -> MappedRecord {
        guard let start = machine.namedTime(format.rules.start) else { return .rejected(missingStart()) }
        if let check = format.rules.clockCheck, let instant = machine.time(check) {
            zoneEvidence.take(start: start, instant: instant.epochSeconds)
        }
        let end = machine.namedTime(format.rules.end) ?? start
        if let complaint = machine.complaint { return .rejected(rejection(complaint)) }
        let id = machine.text(format.rules.key)
        guard let key = key(of: id, start: start) else {
            return .rejected(
                rejection("missingKey", about: format.rules.key, "expected the id of the call, found nothing"))
        }
        var leg = Leg(key: key, direction: legDirection(), external: .none, start: start, end: max(start, end))
        if let rejection = readExternal(&leg) ?? readTalk(&leg) {
            return skipsBadNumbers && rejection.reason == SkipReason.badNumber.rawValue
                ? .skipped(.badNumber) : .rejected(rejection)
        }
        fill(&leg, ownID: id)
        return .leg(leg)
    }

    private func key(of id: Slice, start: CallTime) -> String? {
        let start = format.rules.keyRestarts ? start : nil
        return machine.workspace.withBytes(of: id) { keys.make(id: $0, start: start) }
    }

    private mutating func readExternal(_ leg: inout Leg) -> RecordRejection? {
        guard leg.direction != .internal else { return nil }
        let text = machine.text(format.rules.external)
        switch machine.readNumber(text) {
        case .number(let number): leg.external = .number(number)
        case .hidden: leg.external = .hidden
        case .extension: leg.direction = .internal
        case .bad(let message): return badNumber(message, text)
        }
        return nil
    }

    private mutating func readTalk(_ leg: inout Leg) -> RecordRejection? {
        leg.isAnswered = machine.holds(format.rules.answered)
        guard let talk = machine.duration(format.rules.talk) else {
            return machine.complaint.map { rejection($0) }
                ?? rejection("badDuration", about: format.rules.talk, "expected a duration")
        }
        guard talk <= Self.longestTalk else {
            return rejection(
                "badDuration", about: format.rules.talk,
                "expected a talk of at most one day, found \(talk / 1000) seconds")
        }
        if leg.isAnswered {
            leg.talk = .seconds(talk / 1000)
            // A leg that ends before its talk could have taken place had its clock changed under it.
            leg.end.epochSeconds = max(leg.end.epochSeconds, leg.start.epochSeconds + talk / 1000)
        }
        return nil
    }

    private mutating func fill(_ leg: inout Leg, ownID: Slice) {
        // Each text is worked out before the mapper is asked about it: the one changes what the other reads.
        if let employee = format.rules.employee {
            let text = machine.text(employee)
            leg.employeeExtension = shortText(text)
        }
        if leg.direction != .internal { leg.line = line() }
        if let callList = format.rules.callList {
            let word = machine.text(callList)
            leg.callListID = machine.workspace.withBytes(of: word) { callLists.find($0) }.map { Int($0) }
        }
        if let status = format.rules.status {
            let text = machine.text(status)
            leg.status = statusCode(text)
        }
        if let reason = format.rules.reason {
            let text = machine.text(reason)
            leg.failedReason = failedReason(text)
        }
        if let sequence = format.rules.sequence {
            let text = machine.text(sequence)
            leg.sequence = wholeNumber(text)
        }
        for alias in format.rules.aliases {
            let id = machine.text(alias)
            // Most often it is the id that made the key.
            guard !machine.workspace.areSame(id, ownID) else { continue }
            if let key = key(of: id, start: leg.start), key != leg.key { leg.aliases.append(key) }
        }
        leg.fingerprint = machine.fingerprint()
    }

    private func missingStart() -> RecordRejection {
        if let complaint = machine.complaint { return rejection(complaint) }
        let node = machine.program.times[Int(format.rules.start)].node
        return rejection("badDate", about: node, "expected a date and time, found nothing")
    }

    private func badNumber(_ message: String, _ text: Slice) -> RecordRejection {
        let (column, field) = place(ofSlot: machine.slot(holding: text))
        let found = machine.workspace.string(text.prefix(min(60, Int(text.count)))).quotedForMessage
        return RecordRejection(
            reason: "badNumber", column: column, field: field, message: "\(message), found \(found)",
            hint: "numbers.rewrite can add what is missing, and numbers.region says how national numbers are read")
    }

    private mutating func legDirection() -> LegDirection {
        let word = machine.text(format.rules.direction)
        guard !word.isEmpty else { return .internal }
        switch machine.workspace[Int(word.start)].asciiLowercased {
        case UInt8(ascii: "o"): return .outgoing
        case UInt8(ascii: "c"): return .callback
        default:
            // "incoming" and "internal" differ in their third letter.
            return word.count > 2 && machine.workspace[Int(word.start) + 2].asciiLowercased == UInt8(ascii: "c")
                ? .incoming : .internal
        }
    }

    /// The first candidate that has a line; what has none is counted under the last candidate's name.
    private mutating func line() -> String? {
        var name = Slice.empty
        for candidate in format.rules.lines {
            let text = machine.text(candidate)
            if text.isEmpty { continue }
            name = text
            if let found = machine.workspace.withBytes(of: text, { lines.find($0) }) {
                return lineNumbers[Int(found)]
            }
        }
        guard !name.isEmpty else { return nil }
        if let known = machine.workspace.withBytes(of: name, { unmappedNames.find($0) }) {
            unmappedCounts[Int(known)].records += 1
        } else if unmappedCounts.count < Self.mostUnmappedNames, let text = shortText(name) {
            unmappedNames.insert(text, value: Int32(unmappedCounts.count))
            unmappedCounts.append((text, 1))
        }
        return nil
    }

    private func statusCode(_ slice: Slice) -> StatusCode {
        let index = machine.workspace.withBytes(of: slice) { Self.statusCodes.find($0) }
        return index.map { StatusCode.allCases[Int($0)] } ?? .other
    }

    private static let statusCodes: ByteTable = {
        var table = ByteTable(isCaseless: true)
        for (index, code) in StatusCode.allCases.enumerated() { table.insert(code.rawValue, value: Int32(index)) }
        return table
    }()

    private func wholeNumber(_ slice: Slice) -> Int64 {
        var value: Int64 = 0
        for index in slice.range {
            let byte = machine.workspace[index]
            guard byte.isASCIIDigit, value < 100_000_000_000_000_000 else { return value }
            value = value * 10 + Int64(byte & 15)
        }
        return value
    }

    /// A name or number of at most 64 bytes; `nil` for an empty text and for one with unreadable characters.
    private func shortText(_ slice: Slice) -> String? {
        guard slice.count > 0, slice.count <= 64,
            slice.range.allSatisfy({ machine.workspace[$0] >= 0x20 && machine.workspace[$0] != 0x7F })
        else { return nil }
        return machine.workspace.withBytes(of: slice) { String(validating: $0, as: UTF8.self) }
    }

    /// Text as the portal takes it: valid, without `$` and control characters, at most 255 characters.
    private func failedReason(_ slice: Slice) -> String? {
        guard !slice.isEmpty else { return nil }
        let text = machine.workspace.string(slice.prefix(min(2000, Int(slice.count))))
        if text.utf8.count <= 255, text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "$") }) {
            return text
        }
        let kept = text.unicodeScalars.filter {
            $0 != "$" && $0.properties.generalCategory != .control && $0.value <= 0xFFFF
        }
        let result = String(String.UnicodeScalarView(kept.prefix(255)))
        return result.isEmpty ? nil : result
    }
}

extension Machine {
    /// Reads the number of a party outside.
    mutating func readNumber(_ slice: Slice) -> NumberReader.Reading {
        workspace.withBytes(of: slice) { surroundings.numbers.read($0) }
    }
}

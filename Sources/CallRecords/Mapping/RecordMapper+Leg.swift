// SPDX-License-Identifier: Apache-2.0

extension RecordMapper {
    /// The longest talk that the portal takes, in milliseconds: one day.
    private static let longestTalk: Int64 = 86_400_000
    /// More than a batch of records has, so that their number does not depend on how a file is cut.
    private static let mostUnmappedNames = 5000

    /// Makes a leg of the record whose fields are loaded.
    mutating func leg() -> MappedRecord {
        guard let start = machine.namedTime(format.rules.start) else { return .rejected(missingStart()) }
        if let check = format.rules.clockCheck, let instant = machine.instant(check) {
            zoneEvidence.take(start: start, instant: instant)
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
        return keys.make(id: machine.arena.bytes(of: id), start: start)
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
        leg.isAnswered = !machine.text(format.rules.answeredText).isEmpty
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
            leg.employeeExtension = machine.arena.contents.name(text)
        }
        if leg.direction != .internal { leg.line = line() }
        if let callList = format.rules.callList {
            let word = machine.text(callList)
            leg.callListID = callLists.find(machine.arena.bytes(of: word)).map { Int($0) }
        }
        if let status = format.rules.status {
            let text = machine.text(status)
            leg.status =
                statusCodes.find(machine.arena.bytes(of: text)).map { StatusCode.allCases[Int($0)] } ?? .other
        }
        if let reason = format.rules.reason {
            let text = machine.text(reason)
            leg.failedReason = machine.arena.contents.remark(text)
        }
        if let sequence = format.rules.sequence {
            let text = machine.text(sequence)
            leg.sequence = machine.arena.contents.leadingNumber(text)
        }
        for alias in format.rules.aliases {
            let id = machine.text(alias)
            // Most often it is the id that made the key.
            guard !machine.arena.contents.areSame(id, ownID) else { continue }
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
        let found = machine.arena.string(text.prefix(min(60, Int(text.count)))).quotedForMessage
        return RecordRejection(
            reason: "badNumber", column: column, field: field, message: "\(message), found \(found)",
            hint: "numbers.rewrite can add what is missing, and numbers.region says how national numbers are read")
    }

    private mutating func legDirection() -> LegDirection {
        let word = machine.text(format.rules.direction)
        guard !word.isEmpty else { return .internal }
        switch machine.arena[Int(word.start)].asciiLowercased {
        case UInt8(ascii: "o"): return .outgoing
        case UInt8(ascii: "c"): return .callback
        default:
            // "incoming" and "internal" differ in their third letter.
            return word.count > 2 && machine.arena[Int(word.start) + 2].asciiLowercased == UInt8(ascii: "c")
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
            if let found = lines.find(machine.arena.bytes(of: text)) {
                return lineNumbers[Int(found)]
            }
        }
        guard !name.isEmpty else { return nil }
        if let known = unmappedNames.find(machine.arena.bytes(of: name)) {
            unmappedCounts[Int(known)].records += 1
        } else if unmappedCounts.count < Self.mostUnmappedNames, let text = machine.arena.contents.name(name) {
            unmappedNames.insert(text, value: Int32(unmappedCounts.count))
            unmappedCounts.append((text, 1))
        }
        return nil
    }

    static let statusCodeTable: ByteTable = {
        var table = ByteTable(isCaseless: true)
        for (index, code) in StatusCode.allCases.enumerated() { table.insert(code.rawValue, value: Int32(index)) }
        return table
    }()
}

extension Machine {
    /// Reads the number of a party outside.
    mutating func readNumber(_ slice: Slice) -> NumberReader.Reading {
        surroundings.numbers.read(arena.bytes(of: slice))
    }
}

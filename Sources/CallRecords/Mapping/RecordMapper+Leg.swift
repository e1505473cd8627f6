// SPDX-License-Identifier: Apache-2.0

// Unsafe: texts are looked at while the arena keeps them; nothing is appended meanwhile.

extension RecordMapper {
    /// The longest talk that the portal takes, in milliseconds: one day.
    private static let longestTalk: Int64 = 86_400_000
    /// How many statuses are found without a look at their table: more than a format has that are common.
    private static let mostKnownStatuses = 4

    /// Makes a leg of the record whose fields are loaded.
    mutating func makeLeg() -> ViewedRecord {
        guard var start = machine.namedTime(format.rules.start) else { return .rejected(missingStart()) }
        var end = machine.namedTime(format.rules.end) ?? start
        if let complaint = machine.complaint { return .rejected(rejection(complaint)) }
        if let rejection = checkClock(&start, &end) { return .rejected(rejection) }
        let id = machine.text(decided: format.rules.key)
        let key = key(of: id, start: start)
        guard !key.isEmpty else {
            return .rejected(
                rejection(
                    "missingKey", about: .text(format.rules.key), "expected the id of the call",
                    found: "nothing"))
        }
        guard let direction = legDirection() else { return .rejected(unknownDirection()) }
        draft = Draft()
        draft.facts.direction = direction
        draft.facts.start = start
        draft.facts.end = max(start, end)
        draft.texts.key = key
        switch readExternal() {
        case nil: break
        case .skipped(let reason)?: return .skipped(reason)
        case .rejected(let rejection)?: return .rejected(rejection)
        }
        if let rejection = readTalk() { return .rejected(rejection) }
        fill(ownID: id)
        return .leg
    }

    /// The key of the record that was mapped last and rejected for one of its values, where its id was found.
    ///
    /// - Returns: Nil where the rejection is about the record's form, and where ids restart and need the start.
    package mutating func key(ofRejected rejection: RecordRejection) -> String? {
        let isAboutValue = ["badDate", "badNumber", "badDuration", "doubtfulTime", "unknownDirection"]
            .contains(rejection.reason)
        guard isAboutValue, !format.rules.keyRestarts else { return nil }
        return unsafe keys.make(id: machine.arena.bytes(of: machine.text(decided: format.rules.key)), start: nil)
    }

    /// The key of an id; empty where that is.
    private mutating func key(of id: Slice, start: CallTime) -> Slice {
        machine.arena.append(keyOf: id, start: format.rules.keyRestarts ? start : nil, by: keys)
    }

    // MARK: Times

    /// A zone's offset is a multiple of half an hour, in seconds.
    private static let offsetStep: Int64 = 1800
    /// A record starts no earlier than the second of its id, and within so many seconds if it is the first of its channel.
    private static let usualDelay: Int64 = 5
    /// No two zones are farther apart: from -12:00 to +14:00.
    private static let farthestZones: Int64 = 26 * 3600
    /// How late in its call a record of another zone may start, in seconds.
    private static let mostDelay: Int64 = 3600

    /// Compares the start with the instant that the record's id carries.
    ///
    /// A clock of another zone moves a start by whole half hours. Nothing starts before its id was given: such a start is read
    /// by the id. A start that is later by whole hours may be that of a record late in a long call, so nobody can tell. One
    /// whose day and month are exchanged is days or months away.
    private mutating func checkClock(_ start: inout CallTime, _ end: inout CallTime) -> RecordRejection? {
        guard let check = format.rules.clockCheck, let instant = machine.quietly({ $0.instant(check) }) else {
            return nil
        }
        zoneEvidence.take(start: start, instant: instant)
        guard checksTimes else { return nil }
        let difference = start.epochSeconds - instant
        guard abs(difference) >= Self.offsetStep - Self.usualDelay else { return nil }
        guard abs(difference) <= Self.farthestZones else {
            return exchangedDate(start, instant)
        }
        guard let shift = Self.shift(of: difference, offset: Int64(start.offsetSeconds)) else { return nil }
        guard shift < 0 else {
            return shift % 3600 != 0
                ? nil
                : rejection(
                    "doubtfulTime", about: .time(machine.program.expression(format.rules.start)),
                    "expected a start near the instant of the record's id",
                    found: "one that is \(shift / 3600) hours later",
                    hint:
                        "was the clock set to another zone? cdr24 check shows it; write check_zone: false if the ids are wrong"
                )
        }
        start.epochSeconds -= shift
        start.offsetSeconds += Int32(shift)
        end.epochSeconds -= shift
        end.offsetSeconds += Int32(shift)
        corrections.moved += 1
        return nil
    }

    /// By how much the clock of another zone has moved a start; nil for one that is late in its call.
    ///
    /// - Parameters:
    ///   - difference: How much later than its id a record starts, in seconds; at least half an hour either way.
    ///   - offset: That of the zone which the record was read in.
    private static func shift(of difference: Int64, offset: Int64) -> Int64? {
        let nearest = Int64((Double(difference) / Double(offsetStep)).rounded()) * offsetStep
        if (-1...usualDelay).contains(difference - nearest) { return nearest }
        guard difference < 0 else { return nil }
        // A record that is not the first of its call starts some time after the id. GMT is the zone that clocks fall back to.
        return offset > 0 && (0..<mostDelay).contains(difference + offset) ? -offset : nil
    }

    /// What is wrong with a start whose day and month, the other way round, are those of its id; nil for any other.
    private func exchangedDate(_ start: CallTime, _ instant: Int64) -> RecordRejection? {
        var civil = CivilTime(secondsSinceEpoch: start.epochSeconds + Int64(start.offsetSeconds))
        (civil.day, civil.month) = (civil.month, civil.day)
        let swapped = civil.secondsSinceEpoch - Int64(start.offsetSeconds)
        guard civil.isValid, abs(swapped - instant) <= Self.farthestZones else { return nil }
        return rejection(
            "doubtfulTime", about: .time(machine.program.expression(format.rules.start)),
            "expected a start near the instant of the record's id", found: "one with day and month the other way round",
            hint: "correct the pattern of the time in the format, or write check_zone: false if the ids are wrong")
    }

    // MARK: Parties

    /// Why a record is no leg.
    private enum Refusal {
        case skipped(SkipReason)
        case rejected(RecordRejection)
    }

    /// Reads the number of the party outside.
    ///
    /// - Returns: What becomes of the record if it is no leg; nil for a leg.
    private mutating func readExternal() -> Refusal? {
        let text = machine.text(decided: format.rules.external)
        guard draft.facts.direction != .internal else {
            // A client whom the exchange has put through to somebody else is no caller, but the one who talks.
            if !text.isEmpty, case .number(let number) = machine.readNumber(text),
                !machine.surroundings.ownNumbers.contains(number)
            {
                note(number)
            }
            return nil
        }
        if let number = machine.spelled(text) {
            guard unsafe !machine.surroundings.ownNumbers.contains(machine.arena.bytes(of: number)) else {
                return turnRound()
            }
            draft.facts.party = .number
            draft.texts.number = number
            return nil
        }
        switch reading(of: text, draft.facts.direction) {
        case .number(let number):
            guard machine.surroundings.ownNumbers.contains(number) else {
                note(number)
                return nil
            }
            return turnRound()
        case .hidden: draft.facts.party = .hidden
        case .extension: draft.facts.direction = .internal
        case .bad(let fault):
            if fault.isRounded, let number = spareNumber() {
                note(number)
                return nil
            }
            return skipsBadNumbers ? .skipped(.badNumber) : .rejected(badNumber(fault, text))
        }
        return nil
    }

    private mutating func note(_ number: String) {
        draft.facts.party = .number
        draft.texts.number = machine.arena.append(number)
    }

    private mutating func reading(of text: Slice, _ direction: LegDirection) -> NumberReader.Reading {
        let reading = machine.readNumber(text)
        guard case .extension = reading, let condition = format.rules.overTrunk, machine.holds(condition) else {
            return reading
        }
        return machine.readService(text, isDialled: direction != .incoming)
    }

    private mutating func spareNumber() -> String? {
        guard let spare = format.rules.externalSpare else { return nil }
        let text = machine.text(spare)
        guard case .number(let number) = machine.readNumber(text), !machine.surroundings.ownNumbers.contains(number)
        else { return nil }
        return number
    }

    /// The office's own number is never a client's: the call went the other way round, or had no client.
    private mutating func turnRound() -> Refusal? {
        let isIncoming = draft.facts.direction == .incoming
        machine.override(value: format.rules.directionValue, with: isIncoming ? "outgoing" : "incoming")
        machine.forget(value: format.rules.answeredValue)
        draft.facts.direction = isIncoming ? .outgoing : .incoming
        switch reading(of: machine.text(decided: format.rules.external), draft.facts.direction) {
        case .number(let number) where !machine.surroundings.ownNumbers.contains(number): note(number)
        case .hidden where draft.facts.direction == .incoming: draft.facts.party = .hidden
        case .extension:
            machine.override(value: format.rules.directionValue, with: "internal")
            draft.facts.direction = .internal
        case .number, .hidden, .bad: return .skipped(.ownNumber)
        }
        return nil
    }

    // MARK: Talk

    private mutating func readTalk() -> RecordRejection? {
        draft.facts.isAnswered = !machine.text(decided: format.rules.answeredText).isEmpty
        guard var talk = machine.duration(format.rules.talk) else {
            return machine.complaint.map { rejection($0) }
                ?? rejection("badDuration", about: .span(format.rules.talk), "expected a duration", found: nil)
        }
        guard talk <= Self.longestTalk else {
            return rejection(
                "badDuration", about: .span(format.rules.talk),
                "expected a talk of at most one day", found: "\(talk / 1000) seconds")
        }
        if let relay = format.rules.relay { draft.facts.isRelay = machine.isRelay(relay) }
        guard draft.facts.isAnswered else { return nil }
        if let limit = format.rules.talkLimits.first, talk > 0 {
            let known = machine.quietly { $0.duration(limit) } ?? 0
            if talk > known {
                guard let shorter = limited(talk) else { return nil }
                talk = shorter
            }
        }
        draft.facts.talk = .seconds(talk / 1000)
        // A leg that ends before its talk could have taken place had its clock changed under it.
        draft.facts.end.epochSeconds = max(draft.facts.end.epochSeconds, draft.facts.start.epochSeconds + talk / 1000)
        return nil
    }

    /// A talk, in milliseconds, that is longer than its call: no longer than all that the record's other times allow.
    private mutating func limited(_ talk: Int64) -> Int64? {
        var shortest = talk
        for limit in format.rules.talkLimits {
            guard let known = machine.quietly({ $0.duration(limit) }), known > 0 else { continue }
            shortest = min(shortest, known)
        }
        // Times are rounded, each in its own way.
        if talk - shortest > 1000 { corrections.cutTalks += 1 }
        return shortest
    }

    private mutating func fill(ownID: Slice) {
        // Each text is worked out before the mapper is asked about it: the one changes what the other reads.
        if let employee = format.rules.employee {
            let text = machine.text(decided: employee)
            let user = machine.arena.contents.withoutAddress(text)
            draft.texts.employeeExtension = machine.arena.name(user, hasPlainDigits: true)
        }
        if draft.facts.direction != .internal { draft.texts.line = line() }
        if let callList = format.rules.callList {
            let word = machine.text(decided: callList)
            draft.facts.callListID = unsafe callLists.find(machine.arena.bytes(of: word)).map { Int($0) }
            if draft.facts.callListID == nil, callLists.count > 0, !word.isEmpty {
                corrections.leftOut["CALL_LIST_ID", default: 0] += 1
            }
        }
        draft.facts.callListID = draft.facts.callListID ?? numberedCallList()
        if !format.rules.details.isEmpty { fillDetails() }
        if let status = format.rules.status {
            let text = machine.text(decided: status)
            draft.facts.status = statusCode(of: text)
        }
        if let reason = format.rules.reason {
            let text = machine.text(decided: reason)
            draft.texts.failedReason = machine.arena.remark(text)
        }
        if let sequence = format.rules.sequence {
            let text = machine.text(decided: sequence)
            draft.facts.sequence = machine.arena.contents.leadingNumber(text)
        }
        fillAliases(ownID: ownID)
        if !format.rules.joins.isEmpty { joins = joinMarks() }
        draft.facts.fingerprint = machine.memory.fingerprint(
            slots: format.rules.tellingSlots, in: machine.arena.contents)
    }

    private mutating func statusCode(of text: Slice) -> StatusCode {
        let short = machine.arena.contents.short(text)
        if let known = knownStatuses.first(where: { $0.text == short }) { return known.code }
        let code =
            unsafe statusCodes.find(machine.arena.bytes(of: text)).map { StatusCode.allCases[Int($0)] } ?? .other
        if let short, knownStatuses.count < Self.mostKnownStatuses { knownStatuses.append((short, code)) }
        return code
    }

    private mutating func fillDetails() {
        let details = details(of: draft.facts.direction)
        guard let encoded = details.encoded else { return }
        draft.facts.isRedirected = details.isRedirected
        draft.texts.details = machine.arena.append(encoded)
    }

    private mutating func fillAliases(ownID: Slice) {
        if !aliases.isEmpty { aliases.removeAll(keepingCapacity: true) }
        for alias in format.rules.aliases {
            let id = machine.text(decided: alias)
            // Most often it is the id that made the key.
            guard !machine.arena.contents.areSame(id, ownID) else { continue }
            let key = key(of: id, start: draft.facts.start)
            if !key.isEmpty, !machine.arena.contents.areSame(key, draft.texts.key) { aliases.append(key) }
        }
        if !aliases.isEmpty {
            draft.texts.aliases = machine.arena.append(ByteWriter.list(aliases.map(machine.arena.string)))
        }
    }

    private mutating func joinMarks() -> JoinMarks {
        var marks = JoinMarks()
        for index in format.rules.joins.indices {
            let text = machine.text(decided: format.rules.joins[index])
            // Without the first there is no second: most records need neither.
            guard !text.isEmpty else { return marks }
            let hash = unsafe StableHash.hash(machine.arena.bytes(of: text))
            if index == 0 { marks.first = hash } else { marks.second = hash }
        }
        if let condition = format.rules.joinNamesReturn, machine.holds(condition), let check = format.rules.clockCheck,
            let instant = machine.quietly({ $0.instant(check) })
        {
            marks.opened = instant
        }
        return marks
    }

    private func missingStart() -> RecordRejection {
        if let complaint = machine.complaint { return rejection(complaint) }
        let start = machine.program.expression(format.rules.start)
        return rejection("badDate", about: .time(start), "expected a date and time", found: "nothing")
    }

    private mutating func unknownDirection() -> RecordRejection {
        let word = machine.arena.string(machine.text(decided: format.rules.direction)).quotedForMessage
        return rejection(
            "unknownDirection", about: .text(format.rules.direction),
            "expected a call that is incoming, outgoing, callback or internal", found: word,
            hint: "add the phone system's word to call.direction of the format")
    }

    private func badNumber(_ fault: NumberReader.Fault, _ text: Slice) -> RecordRejection {
        let (column, field) = place(ofSlot: machine.slot(holding: text))
        let found = machine.arena.string(text.prefix(min(60, Int(text.count)))).quotedForMessage
        return RecordRejection(
            reason: "badNumber", column: column, field: field, expected: fault.message, found: found,
            hint: fault.hint ?? "a rule of numbers.rewrite can correct it, or numbers.unreadable: skip pass it over")
    }

    /// Nil for a word that is no direction.
    private mutating func legDirection() -> LegDirection? {
        let word = machine.text(decided: format.rules.direction)
        guard !word.isEmpty else { return .internal }
        switch machine.arena[Int(word.start)].asciiLowercased {
        case UInt8(ascii: "o") where word.count == 8: return .outgoing
        case UInt8(ascii: "c") where word.count == 8: return .callback
        case UInt8(ascii: "i") where word.count == 8:
            // "incoming" and "internal" differ in their third letter.
            return machine.arena[Int(word.start) + 2].asciiLowercased == UInt8(ascii: "c") ? .incoming : .internal
        default: return nil
        }
    }

    /// The line of the first candidate that has one; what has none is counted under the last candidate's name.
    private mutating func line() -> Slice {
        var name = Slice.empty
        for candidate in format.rules.lines {
            let text = machine.text(decided: candidate)
            if text.isEmpty { continue }
            name = text
            if let found = unsafe lines.find(machine.arena.bytes(of: text)) {
                return machine.arena.append(lineNumbers[Int(found)])
            }
        }
        if !name.isEmpty { unmapped.count(name, in: machine.arena.contents) }
        return .unknown
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
        unsafe surroundings.numbers.read(arena.bytes(of: slice))
    }

    /// The number of a party outside in E.164, if it is of a form that nearly all have; ``readNumber(_:)`` gives the same.
    mutating func spelled(_ slice: Slice) -> Slice? {
        guard let spelling = unsafe surroundings.numbers.spelling(of: arena.bytes(of: slice)) else { return nil }
        return arena.append(spelling, of: slice)
    }

    /// Reads a number that looks like an extension and went over a trunk.
    mutating func readService(_ slice: Slice, isDialled: Bool) -> NumberReader.Reading {
        unsafe surroundings.numbers.readService(arena.bytes(of: slice), isDialled: isDialled)
    }
}

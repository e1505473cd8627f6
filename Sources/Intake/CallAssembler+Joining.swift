// SPDX-License-Identifier: Apache-2.0

import CDRConfiguration
import CallLifecycle
import CallRecords
import Clocks
import Ledger

/// What happens to legs whose key the store knows.
extension CallAssembler {
    /// Brings legs to the call that has their key, or to one of their own if that is another client's.
    ///
    /// An id that comes again more than `maximumCall` later is for a person to decide, whoever called.
    mutating func meet(
        _ legs: [Leg], _ known: LedgerCall, folded: FoldedCall, _ transaction: any IntakeTransaction,
        tally: inout RecordTally
    ) throws {
        guard let own = try ownKey(of: legs, folded, beside: known, transaction) else {
            return try join(legs, known, folded: folded, transaction, tally: &tally)
        }
        if let other = try transaction.call(key: own) {
            return try join(legs, other, folded: folded, transaction, tally: &tally)
        }
        guard known.canGrow else { return try collide(legs, with: known, as: own, transaction, tally: &tally) }
        var legs = legs
        for index in legs.indices { legs[index].rename(own, forgetting: legs[index].key) }
        guard case .call(let call) = fold(legs) else {
            if case .skipped(let reason) = folded { tally.skipped(reason, legs.count) }
            return
        }
        let new = LedgerCall(
            sourceID: sourceID, call: call, progress: DeliveryProgress(isWhole: isWhole(call)),
            history: LegHistory(of: legs, runID: runID))
        guard try transaction.insertIfNew(new, aliases: Self.aliases(of: legs)) else {
            return tally.duplicates(legs.count)
        }
        tally.joined(legs: legs.count, isNewCall: true)
    }

    /// The key under which legs are another call than the one that has their key; `nil` if they are of that call.
    private func ownKey(
        of legs: [Leg], _ folded: FoldedCall, beside known: LedgerCall, _ transaction: any IntakeTransaction
    ) throws -> String? {
        guard !isTooFar(legs, from: known), legs.contains(where: { !known.has($0) }) else { return nil }
        if let client = LegGrouping.client(of: legs) {
            guard let other = known.client, other != client else { return nil }
            return LegGrouping.key(known.call.key, of: client)
        }
        // An outgoing call that has left is to one number; what was dialled in the middle of an incoming one is of that.
        if !known.canGrow, known.call.type == .outgoing, case .call(let call) = folded, call.type == .outgoing,
            call.phoneNumber != known.call.phoneNumber
        {
            return LegGrouping.key(known.call.key, of: call.phoneNumber)
        }
        // Without a client of their own legs go with the one whose channel they name.
        for alias in legs.lazy.flatMap(\.aliases) where alias != known.call.key {
            guard let named = try transaction.call(key: alias), named.id != known.id,
                case let client = named.call.phoneNumber, named.call.key == LegGrouping.key(known.call.key, of: client)
            else { continue }
            return named.call.key
        }
        return nil
    }

    /// Brings legs to a call that the store knows.
    private mutating func join(
        _ legs: [Leg], _ known: LedgerCall, folded: FoldedCall, _ transaction: any IntakeTransaction,
        tally: inout RecordTally
    ) throws {
        if rereads, let renewed = renewed(known, by: legs) {
            return try renew(known, renewed, legs.count, transaction, tally: &tally)
        }
        let canGrow = known.canGrow
        let told = canGrow ? Leg.decode(known.history.legs) ?? [] : []
        let unknown = legs.filter { leg in
            !known.has(leg) && !told.contains { $0.tells(of: leg) }
        }
        tally.duplicates(legs.count - unknown.count)
        guard !unknown.isEmpty else { return }
        if !canGrow, isSame(folded, known.call) {
            tally.duplicates(unknown.count)
        } else if isTooFar(unknown, from: known) {
            try collide(unknown, with: known, as: known.key(marking: unknown[0]), transaction, tally: &tally)
        } else if canGrow {
            try grow(known, by: unknown, transaction, tally: &tally)
        } else if let changed = changed(known.call, by: unknown) {
            try keep(changed, of: unknown, beside: known, transaction, tally: &tally)
        } else {
            tally.late(unknown.count)
        }
    }

    /// Whether legs tell again what a call that can no longer grow already says.
    private func isSame(_ folded: FoldedCall, _ known: Call) -> Bool {
        guard case .call(let call) = folded else { return false }
        return call.start.epochSeconds == known.start.epochSeconds && call.type == known.type
            && call.phoneNumber == known.phoneNumber && call.talk == known.talk && call.status == known.status
    }

    private func isTooFar(_ legs: [Leg], from known: LedgerCall) -> Bool {
        guard let first = legs.min(by: { $0.start < $1.start }) else { return false }
        let distance = Duration.seconds(first.start.epochSeconds - known.call.start.epochSeconds)
        return distance > settings.maximumCall || distance < .zero - settings.maximumCall
    }

    /// By how many seconds of talk a call that has left may differ from what its legs say.
    ///
    /// The records of one call are rounded each by itself.
    private static let talkTolerance = Duration.seconds(2)

    /// What a call that has left would be with some more legs, if that is something else than the portal was told: it was
    /// exported while people talked, or a leg that tells who answered came late. `nil` if it makes no difference.
    private func changed(_ known: Call, by legs: [Leg]) -> Call? {
        guard case .call(let call) = fold([Leg(known)] + legs) else { return nil }
        let difference = call.talk - known.talk
        let isSame =
            (call.status == .success) == (known.status == .success) && difference <= Self.talkTolerance
            && difference >= .zero - Self.talkTolerance
        return isSame ? nil : call
    }

    /// Holds the later version of a call that has left, since the portal cannot be told it: a person sees both.
    private mutating func keep(
        _ changed: Call, of legs: [Leg], beside known: LedgerCall, _ transaction: any IntakeTransaction,
        tally: inout RecordTally
    ) throws {
        let note =
            "\(known.call.key) was taken in as \(known.call.outcome); by records that came later it is \(changed.outcome)"
        let held = LedgerCall(
            sourceID: sourceID, call: changed.renamed(known.key(marking: legs[0])),
            progress: DeliveryProgress(heldFor: .changedLater, note: note),
            history: LegHistory(
                legs: [], fingerprints: legs.map(\.fingerprint), runID: runID, runLegs: legs.count))
        guard try transaction.insertIfNew(held) else { return tally.duplicates(legs.count) }
        newlyHeld[HoldReason.changedLater.rawValue, default: 0] += 1
        tally.late(legs.count)
    }

    /// The legs of a call of which nothing has left, if some of them read otherwise now or make no call any more; else `nil`.
    /// What was not read again stays as it was.
    private func renewed(_ known: LedgerCall, by legs: [Leg]) -> [Leg]? {
        guard known.progress.isUnsent, let told = Leg.decode(known.history.legs), !told.isEmpty,
            legs.allSatisfy(known.has)
        else { return nil }
        let now = Dictionary(legs.map { ($0.fingerprint, $0) }) { first, _ in first }
        let all = told.map { now[$0.fingerprint] ?? $0 }
        if Leg.encode(all) != known.history.legs { return all }
        // A waiting group may make no call yet.
        if case .skipped = fold(all), known.state != .waiting { return all }
        return nil
    }

    /// Puts another reading of all its legs in the place of a call of which nothing has left.
    ///
    /// - Parameter count: How many legs were read again.
    private mutating func renew(
        _ known: LedgerCall, _ legs: [Leg], _ count: Int, _ transaction: any IntakeTransaction,
        tally: inout RecordTally
    ) throws {
        var renewed = known
        // What a person was asked about, or the portal refused, was the former reading.
        if !known.state.canGrow, case .refused = renewed.progress.decide(.retry) { return tally.duplicates(count) }
        renewedCalls += 1
        let isOfThisRun = known.history.runID == runID
        switch fold(legs) {
        case .call(let call):
            renewed.call = call.renamed(known.call.key)
            _ = try renewed.apply(.grew(isWhole: isWhole(call)), now: now)
            renewed.history.legs = Leg.encode(legs)
            try transaction.update(renewed)
            tally.duplicates(count)
        case .skipped(let reason):
            try transaction.delete(known)
            if isOfThisRun { tally.left(legs: known.history.runLegs, isNewCall: known.history.isNew) }
            tally.skipped(reason, count + (isOfThisRun ? known.history.runLegs : 0))
        }
    }

    private mutating func grow(
        _ known: LedgerCall, by legs: [Leg], _ transaction: any IntakeTransaction, tally: inout RecordTally
    ) throws {
        var grown = known
        let all = Self.unique((Leg.decode(known.history.legs) ?? []) + legs)
        if known.history.runID != runID {
            grown.history.runID = runID
            grown.history.runLegs = 0
            grown.history.isNew = false
        }
        switch fold(all) {
        case .call(let call):
            // The key was fixed by the first record that was stored.
            grown.call = call.renamed(known.call.key)
            _ = try grown.apply(.grew(isWhole: isWhole(call)), now: now)
            grown.history.legs = Leg.encode(all)
            grown.history.fingerprints = all.map(\.fingerprint)
            grown.history.runLegs += legs.count
            try transaction.update(grown)
            tally.joined(legs: legs.count, isNewCall: false)
            try transaction.addAliases(Self.aliases(of: legs), to: known)
        case .skipped(let reason):
            try transaction.delete(known)
            tally.left(legs: grown.history.runLegs, isNewCall: grown.history.isNew)
            tally.skipped(reason, grown.history.runLegs + legs.count)
        }
    }

    /// Two calls with one id: the second is held under a key of its own, and both are shown.
    ///
    /// - Parameter key: The key of its own.
    private mutating func collide(
        _ legs: [Leg], with known: LedgerCall, as key: String, _ transaction: any IntakeTransaction,
        tally: inout RecordTally
    ) throws {
        guard case .call(let call) = fold(legs) else {
            tally.late(legs.count)
            return
        }
        let start = UTCText.local(
            known.call.start.epochSeconds, offset: Int(known.call.start.offsetSeconds))
        let note = "its id is that of \(known.call.key), a call of \(start) with \(known.call.phoneNumber)"
        let held = LedgerCall(
            sourceID: sourceID, call: call.renamed(key),
            progress: DeliveryProgress(heldFor: .keyCollision, note: note),
            history: LegHistory(
                legs: [], fingerprints: legs.map(\.fingerprint), runID: runID, runLegs: legs.count))
        guard try transaction.insertIfNew(held) else { return tally.duplicates(legs.count) }
        newlyHeld[HoldReason.keyCollision.rawValue, default: 0] += 1
        tally.joined(legs: legs.count, isNewCall: true)
    }
}

extension Leg {
    /// Whether both tell of the same event, though the configuration has changed what else is made of their records.
    fileprivate func tells(of other: Leg) -> Bool {
        start == other.start && end == other.end && direction == other.direction && external == other.external
            && employeeExtension == other.employeeExtension && talk == other.talk && status == other.status
            && sequence == other.sequence
    }
}

extension LedgerCall {
    /// Whether legs can still join the call: one that was registered has given its legs up, and what it is stands fast.
    fileprivate var canGrow: Bool { state.canGrow && !history.legs.isEmpty }

    /// The client who called in; for a call that has left, the one outside whoever called.
    fileprivate var client: String? {
        if canGrow { return LegGrouping.client(of: Leg.decode(history.legs) ?? []) }
        return call.phoneNumber.isEmpty ? nil : call.phoneNumber
    }

    /// A key of its own for something else that has the key of the call.
    fileprivate func key(marking leg: Leg) -> String {
        let mark = String(leg.fingerprint, radix: 16)
        return String(call.key.prefix(CallKey.maximumLength - 1 - mark.count)) + "~" + mark
    }

    fileprivate func has(_ leg: Leg) -> Bool { history.fingerprints.contains(leg.fingerprint) }
}

extension Call {
    /// How the call ended, for a person.
    fileprivate var outcome: String {
        let seconds = talk.components.seconds
        return status == .success ? "answered, \(seconds) s" : "not answered (\(status.rawValue))"
    }
}

extension Leg {
    /// A leg that tells as much as a call whose own legs were dropped.
    fileprivate init(_ call: Call) {
        let direction: LegDirection =
            switch call.type {
            case .incoming, .incomingRedirected: .incoming
            case .callback: .callback
            case .outgoing, .informational: .outgoing
            }
        self.init(
            key: call.key, direction: direction, external: .number(call.phoneNumber), start: call.start, end: call.end,
            employeeExtension: call.employeeExtension, line: call.line, callListID: call.callListID, talk: call.talk,
            isAnswered: call.status == .success, status: call.status, failedReason: call.failedReason)
    }
}

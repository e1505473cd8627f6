// SPDX-License-Identifier: Apache-2.0

import CallRecords
import Ledger

/// Brings the legs of one key together with what the ledger knows of their call.
///
/// Legs join a call as long as nothing was sent for it. The account of records is kept beside it in a `RecordTally`.
struct GroupKeeper {
    let sourceID: Int64
    let runID: Int64
    let folder: CallFolder
    let settings: SourceSettings
    /// Calls whose last leg ended by then are whole as far as is known; seconds since 1970.
    let wholeIfEndedBy: Int64
    /// The wall clock in seconds since 1970.
    let now: Int64
    /// Groups that are no calls so far, such as internal ones: a later leg may make calls of them. Bounded.
    private(set) var setAside: [String: [Leg]] = [:]
    /// Calls that were held for a person: reason -> calls.
    private(set) var newlyHeld: [String: Int] = [:]
    /// Whether the ledger knew the call that came last. Then it probably knows the next one as well, and is asked before
    /// anything is made of it: a file that is read again costs no more than looking its keys up.
    private var meetsKnown = false
    /// The most groups that are set aside; beyond it they are given up as what they are.
    private static let mostSetAside = 20_000

    init(
        sourceID: Int64, runID: Int64, folder: CallFolder, settings: SourceSettings, wholeIfEndedBy: Int64, now: Int64
    ) {
        self.sourceID = sourceID
        self.runID = runID
        self.folder = folder
        self.settings = settings
        self.wholeIfEndedBy = wholeIfEndedBy
        self.now = now
    }

    /// The state of a call of which nothing was sent: legs may join it in either.
    func state(of call: Call) -> CallState {
        call.end.epochSeconds <= wholeIfEndedBy && call.start.epochSeconds <= now ? .pending : .waiting
    }

    /// What a group of legs is, the history guard included.
    func fold(_ legs: [Leg]) -> FoldedCall { guarded(folder.fold(legs)) }

    /// What a single leg is, the history guard included.
    func fold(alone leg: Leg) -> FoldedCall { guarded(folder.fold(alone: leg)) }

    private func guarded(_ folded: FoldedCall) -> FoldedCall {
        if case .call(let call) = folded, let notBefore = settings.notBefore, call.start.epochSeconds < notBefore {
            return .skipped(.tooOld)
        }
        return folded
    }

    /// Takes in what a batch brings of one key.
    ///
    /// - Parameter calls: The packed calls of the batch.
    mutating func take(
        _ group: LegGroup, of calls: PackedCalls, writer: IntakeWriter, tally: inout RecordTally
    ) throws {
        switch group {
        case .packed(let index): try take(index, of: calls, writer: writer, tally: &tally)
        case .legs(let legs, let folded): try take(legs, folded, writer: writer, tally: &tally)
        }
    }

    /// Takes in a call of a single leg.
    private mutating func take(
        _ index: Int, of calls: PackedCalls, writer: IntakeWriter, tally: inout RecordTally
    ) throws {
        let isSetAside = !setAside.isEmpty && setAside[calls.key(index)] != nil
        if !isSetAside {
            if meetsKnown, try writer.knows(calls, index) { return tally.duplicates(1) }
            if let id = try writer.insertIfNew(calls, index) {
                meetsKnown = false
                tally.joined(legs: 1, isNewCall: true)
                guard calls.hasAliases(index) else { return }
                return try addAliases(Self.legs(of: try calls.call(index)), to: id, writer: writer)
            }
            meetsKnown = true
        }
        let new = try calls.call(index)
        try take(Self.legs(of: new), .call(new.call), writer: writer, tally: &tally)
    }

    private static func legs(of call: LedgerCall) throws(LedgerFault) -> [Leg] {
        guard let legs = Leg.decode(call.legs), !legs.isEmpty else {
            throw .damaged(path: "", reason: "the legs of a call that was read just now cannot be unpacked")
        }
        return legs
    }

    /// Takes in the legs of one key.
    ///
    /// - Parameter folded: What they are, if there is only one and that is known.
    private mutating func take(
        _ legs: [Leg], _ folded: FoldedCall?, writer: IntakeWriter, tally: inout RecordTally
    ) throws {
        let key = legs[0].key
        if legs.count == 1, setAside.isEmpty || setAside[key] == nil {
            return try take(legs, folded, of: key, isLast: true, writer: writer, tally: &tally)
        }
        let aside = setAside.removeValue(forKey: key) ?? []
        let fresh = Self.unique(aside + legs)
        tally.duplicates(aside.count + legs.count - fresh.count)
        let groups = apart(fresh)
        for (index, group) in groups.enumerated() {
            try take(group, nil, of: key, isLast: index == groups.count - 1, writer: writer, tally: &tally)
        }
    }

    /// Legs that lie further apart than one call can be, each lot for itself: an id that was given twice.
    private func apart(_ legs: [Leg]) -> [[Leg]] {
        guard let first = legs.map(\.start.epochSeconds).min() else { return [] }
        let limit = first + settings.maximumCall.components.seconds
        guard legs.contains(where: { $0.start.epochSeconds > limit }) else { return [legs] }
        return [legs.filter { $0.start.epochSeconds <= limit }] + apart(legs.filter { $0.start.epochSeconds > limit })
    }

    private mutating func take(
        _ fresh: [Leg], _ folded: FoldedCall?, of key: String, isLast: Bool, writer: IntakeWriter,
        tally: inout RecordTally
    ) throws {
        if meetsKnown, try writer.knows(fresh) { return tally.duplicates(fresh.count) }
        switch folded ?? fold(fresh) {
        case .skipped(let reason):
            guard let known = try writer.call(key: key) else {
                guard isLast else { return tally.skipped(reason, fresh.count) }
                setAside[key] = fresh
                if setAside.count > Self.mostSetAside { giveUp(&tally) }
                return
            }
            try join(fresh, known, folded: .skipped(reason), writer: writer, tally: &tally)
        case .call(let call):
            let new = LedgerCall(
                sourceID: sourceID, call: call, state: state(of: call), legs: Leg.encode(fresh),
                fingerprints: fresh.map(\.fingerprint), runID: runID, runLegs: fresh.count, isNew: true)
            let hasAliases = fresh.contains { !$0.aliases.isEmpty }
            if let id = try writer.insertIfNew(new, willHaveAliases: hasAliases) {
                meetsKnown = false
                tally.joined(legs: fresh.count, isNewCall: true)
                return try addAliases(fresh, to: id, writer: writer)
            }
            let wasAsked = meetsKnown
            meetsKnown = true
            if !wasAsked, try writer.knows(fresh) { return tally.duplicates(fresh.count) }
            if let known = try writer.call(key: key) {
                try join(fresh, known, folded: .call(call), writer: writer, tally: &tally)
            }
        }
    }

    /// Brings legs to a call that the ledger knows.
    private mutating func join(
        _ legs: [Leg], _ known: LedgerCall, folded: FoldedCall, writer: IntakeWriter, tally: inout RecordTally
    ) throws {
        // A call that was registered has given its legs up, and what it is stands fast.
        let canGrow = known.state.canGrow && !known.legs.isEmpty
        let told = canGrow ? Leg.decode(known.legs) ?? [] : []
        let unknown = legs.filter { leg in
            !known.fingerprints.contains(leg.fingerprint) && !told.contains { $0.tells(of: leg) }
        }
        tally.duplicates(legs.count - unknown.count)
        guard !unknown.isEmpty else { return }
        if !canGrow, isSame(folded, known.call) {
            tally.duplicates(unknown.count)
        } else if let first = unknown.min(by: { $0.start < $1.start }), isTooFar(first, from: known) {
            try collide(unknown, with: known, writer: writer, tally: &tally)
        } else if canGrow {
            try grow(known, by: unknown, writer: writer, tally: &tally)
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

    private func isTooFar(_ leg: Leg, from known: LedgerCall) -> Bool {
        let distance = Duration.seconds(leg.start.epochSeconds - known.call.start.epochSeconds)
        return distance > settings.maximumCall || distance < .zero - settings.maximumCall
    }

    private mutating func grow(
        _ known: LedgerCall, by legs: [Leg], writer: IntakeWriter, tally: inout RecordTally
    ) throws {
        var grown = known
        let all = Self.unique((Leg.decode(known.legs) ?? []) + legs)
        if known.runID != runID {
            grown.runID = runID
            grown.runLegs = 0
            grown.isNew = false
        }
        switch fold(all) {
        case .call(let call):
            grown.call = call
            // The key was fixed by the first record that was stored.
            grown.call.key = known.call.key
            grown.state = state(of: call)
            grown.legs = Leg.encode(all)
            grown.fingerprints = all.map(\.fingerprint)
            grown.runLegs += legs.count
            try writer.update(grown)
            tally.joined(legs: legs.count, isNewCall: false)
            try addAliases(legs, to: known.id, writer: writer)
        case .skipped(let reason):
            try writer.delete(known)
            tally.left(legs: grown.runLegs, isNewCall: grown.isNew)
            tally.skipped(reason, grown.runLegs + legs.count)
        }
    }

    /// Two calls with one id: the second is held under a key of its own, and both are shown.
    private mutating func collide(
        _ legs: [Leg], with known: LedgerCall, writer: IntakeWriter, tally: inout RecordTally
    ) throws {
        guard case .call(var call) = fold(legs) else {
            tally.late(legs.count)
            return
        }
        let mark = String(legs[0].fingerprint, radix: 16)
        call.key = String(known.call.key.prefix(63 - mark.count)) + "~" + mark
        var held = LedgerCall(
            sourceID: sourceID, call: call, state: .waiting, fingerprints: legs.map(\.fingerprint), runID: runID,
            runLegs: legs.count, isNew: true)
        held.state = .held
        held.reason = HoldReason.keyCollision.rawValue
        let start = RunReport.instant(known.call.start.epochSeconds)
        held.note = "its id is that of \(known.call.key), a call of \(start) with \(known.call.phoneNumber)"
        if try writer.insertIfNew(held) == nil {
            tally.duplicates(legs.count)
        } else {
            newlyHeld[HoldReason.keyCollision.rawValue, default: 0] += 1
            tally.joined(legs: legs.count, isNewCall: true)
        }
    }

    private func addAliases(_ legs: [Leg], to id: Int64, writer: IntakeWriter) throws {
        guard legs.contains(where: { !$0.aliases.isEmpty }) else { return }
        for alias in Set(legs.flatMap(\.aliases)) where alias != legs[0].key {
            try writer.addAlias(alias, of: id)
        }
    }

    /// Closes the groups that are no calls: those that could still grow wait in the ledger, the others are booked.
    mutating func closeSetAside(openAfter: Int64, writer: IntakeWriter, tally: inout RecordTally) throws {
        for (key, legs) in setAside.sorted(by: { $0.key < $1.key }) {
            guard case .skipped(let reason) = fold(legs) else { continue }
            let end = legs.map(\.end).max() ?? legs[0].end
            guard reason != .tooOld, end.epochSeconds > openAfter else {
                tally.skipped(reason, legs.count)
                continue
            }
            let placeholder = Call(
                key: key, type: .informational, start: legs[0].start, end: end, phoneNumber: "", talk: .zero,
                status: .other)
            let waiting = LedgerCall(
                sourceID: sourceID, call: placeholder, state: .waiting, legs: Leg.encode(legs),
                fingerprints: legs.map(\.fingerprint), runID: runID, runLegs: legs.count, isNew: true)
            if try writer.insertIfNew(waiting) != nil {
                tally.joined(legs: legs.count, isNewCall: true)
            } else {
                tally.skipped(reason, legs.count)
            }
        }
        setAside = [:]
    }

    private mutating func giveUp(_ tally: inout RecordTally) {
        for legs in setAside.values {
            if case .skipped(let reason) = fold(legs) { tally.skipped(reason, legs.count) }
        }
        setAside = [:]
    }

    private static func unique(_ legs: [Leg]) -> [Leg] {
        guard legs.count > 1 else { return legs }
        var seen: Set<UInt64> = []
        return legs.filter { seen.insert($0.fingerprint).inserted }
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

extension SkipReason {
    /// The call began before the source's `not_before`.
    static let tooOld = SkipReason(rawValue: "tooOld")
}

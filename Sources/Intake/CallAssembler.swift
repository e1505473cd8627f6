// SPDX-License-Identifier: Apache-2.0

import CDRConfiguration
import CallLifecycle
import CallRecords
import Clocks
import Ledger

/// Brings the legs of one key together with what the store knows of their call.
///
/// Legs join a call as long as nothing was sent for it. The account of records is kept beside it in a `RecordTally`.
struct CallAssembler {
    let sourceID: Int64
    let runID: Int64
    let folder: CallFolder
    let settings: SourceSettings
    /// Calls whose last leg ended by then are whole as far as is known; seconds since 1970.
    let wholeIfEndedBy: Int64
    /// The wall clock in seconds since 1970.
    let now: Int64
    /// By their key, legs that make no call so far, such as internal ones: a later leg may make calls of them. Bounded.
    private(set) var undecided: [String: [Leg]] = [:]
    /// Calls that were held for a person: reason -> calls.
    private(set) var newlyHeld: [String: Int] = [:]
    /// Whether the store knew the call that came last. Then it probably knows the next one as well, and is asked before
    /// anything is made of it: a file that is read again costs no more than looking its keys up.
    private var lastWasKnown = false
    /// The most keys that are kept undecided; beyond it they are given up as what they are.
    private static let mostUndecided = 20_000

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

    /// Whether no more legs of a call are expected; legs may join it all the same until it is sent.
    func isWhole(_ call: Call) -> Bool {
        call.end.epochSeconds <= wholeIfEndedBy && call.start.epochSeconds <= now
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
        _ legs: LegsOfKey, of calls: PackedCalls, _ transaction: any IntakeTransaction, tally: inout RecordTally
    ) throws {
        switch legs {
        case .packed(let index): try take(index, of: calls, transaction, tally: &tally)
        case .legs(let legs, let folded): try take(legs, folded, transaction, tally: &tally)
        }
    }

    /// Takes in a call of a single leg.
    private mutating func take(
        _ index: Int, of calls: PackedCalls, _ transaction: any IntakeTransaction, tally: inout RecordTally
    ) throws {
        let isUndecided = !undecided.isEmpty && undecided[calls.key(index)] != nil
        if !isUndecided {
            if lastWasKnown, try transaction.knows(calls, index) { return tally.duplicates(1) }
            if try transaction.insertIfNew(calls, index) {
                lastWasKnown = false
                return tally.joined(legs: 1, isNewCall: true)
            }
            lastWasKnown = true
        }
        let new = calls.call(index)
        guard let legs = Leg.decode(new.history.legs), !legs.isEmpty else {
            throw LedgerFault.damaged(path: "", reason: "a call that was read just now cannot be unpacked")
        }
        try take(legs, .call(new.call), transaction, tally: &tally)
    }

    /// Takes in legs of one key.
    ///
    /// - Parameter folded: What they are, if there is only one and that is known.
    private mutating func take(
        _ legs: [Leg], _ folded: FoldedCall?, _ transaction: any IntakeTransaction, tally: inout RecordTally
    ) throws {
        let key = legs[0].key
        if legs.count == 1, undecided.isEmpty || undecided[key] == nil {
            return try take(legs, folded, of: key, isLast: true, transaction, tally: &tally)
        }
        let earlier = undecided.removeValue(forKey: key) ?? []
        let fresh = Self.unique(earlier + legs)
        tally.duplicates(earlier.count + legs.count - fresh.count)
        let calls = separated(fresh)
        for (index, legs) in calls.enumerated() {
            try take(legs, nil, of: key, isLast: index == calls.count - 1, transaction, tally: &tally)
        }
    }

    /// The legs of each call, where they lie further apart than one call can be: an id that was given twice.
    private func separated(_ legs: [Leg]) -> [[Leg]] {
        guard let first = legs.map(\.start.epochSeconds).min() else { return [] }
        let limit = first + settings.maximumCall.components.seconds
        guard legs.contains(where: { $0.start.epochSeconds > limit }) else { return [legs] }
        return [legs.filter { $0.start.epochSeconds <= limit }]
            + separated(legs.filter { $0.start.epochSeconds > limit })
    }

    private mutating func take(
        _ fresh: [Leg], _ folded: FoldedCall?, of key: String, isLast: Bool, _ transaction: any IntakeTransaction,
        tally: inout RecordTally
    ) throws {
        if lastWasKnown, try transaction.knows(fresh) { return tally.duplicates(fresh.count) }
        switch folded ?? fold(fresh) {
        case .skipped(let reason):
            guard let known = try transaction.call(key: key) else {
                guard isLast else { return tally.skipped(reason, fresh.count) }
                undecided[key] = fresh
                if undecided.count > Self.mostUndecided { giveUpUndecided(&tally) }
                return
            }
            try join(fresh, known, folded: .skipped(reason), transaction, tally: &tally)
        case .call(let call):
            let new = LedgerCall(
                sourceID: sourceID, call: call, progress: DeliveryProgress(isWhole: isWhole(call)),
                history: LegHistory(of: fresh, runID: runID))
            if try transaction.insertIfNew(new, aliases: Self.aliases(of: fresh)) {
                lastWasKnown = false
                return tally.joined(legs: fresh.count, isNewCall: true)
            }
            let wasAsked = lastWasKnown
            lastWasKnown = true
            if !wasAsked, try transaction.knows(fresh) { return tally.duplicates(fresh.count) }
            if let known = try transaction.call(key: key) {
                try join(fresh, known, folded: .call(call), transaction, tally: &tally)
            }
        }
    }

    /// Brings legs to a call that the store knows.
    private mutating func join(
        _ legs: [Leg], _ known: LedgerCall, folded: FoldedCall, _ transaction: any IntakeTransaction,
        tally: inout RecordTally
    ) throws {
        // A call that was registered has given its legs up, and what it is stands fast.
        let canGrow = known.state.canGrow && !known.history.legs.isEmpty
        let told = canGrow ? Leg.decode(known.history.legs) ?? [] : []
        let unknown = legs.filter { leg in
            !known.history.fingerprints.contains(leg.fingerprint) && !told.contains { $0.tells(of: leg) }
        }
        tally.duplicates(legs.count - unknown.count)
        guard !unknown.isEmpty else { return }
        if !canGrow, isSame(folded, known.call) {
            tally.duplicates(unknown.count)
        } else if let first = unknown.min(by: { $0.start < $1.start }), isTooFar(first, from: known) {
            try collide(unknown, with: known, transaction, tally: &tally)
        } else if canGrow {
            try grow(known, by: unknown, transaction, tally: &tally)
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
    private mutating func collide(
        _ legs: [Leg], with known: LedgerCall, _ transaction: any IntakeTransaction, tally: inout RecordTally
    ) throws {
        guard case .call(let call) = fold(legs) else {
            tally.late(legs.count)
            return
        }
        let mark = String(legs[0].fingerprint, radix: 16)
        let start = UTCText.instant(known.call.start.epochSeconds)
        let note = "its id is that of \(known.call.key), a call of \(start) with \(known.call.phoneNumber)"
        let held = LedgerCall(
            sourceID: sourceID, call: call.renamed(String(known.call.key.prefix(63 - mark.count)) + "~" + mark),
            progress: DeliveryProgress(heldFor: .keyCollision, note: note),
            history: LegHistory(
                legs: [], fingerprints: legs.map(\.fingerprint), runID: runID, runLegs: legs.count))
        guard try transaction.insertIfNew(held) else { return tally.duplicates(legs.count) }
        newlyHeld[HoldReason.keyCollision.rawValue, default: 0] += 1
        tally.joined(legs: legs.count, isNewCall: true)
    }

    /// The further keys that legs of one key name.
    private static func aliases(of legs: [Leg]) -> [String] {
        guard legs.contains(where: { !$0.aliases.isEmpty }) else { return [] }
        return Set(legs.flatMap(\.aliases)).subtracting([legs[0].key]).sorted()
    }

    /// Decides about the legs that make no call: those that could still become one wait in the store, the others are
    /// booked as skipped.
    ///
    /// - Parameter openAfter: Legs that ended later may still be joined by others; seconds since 1970.
    mutating func decideUndecided(
        openAfter: Int64, _ transaction: any IntakeTransaction, tally: inout RecordTally
    ) throws {
        for (key, legs) in undecided.sorted(by: { $0.key < $1.key }) {
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
                sourceID: sourceID, call: placeholder, progress: DeliveryProgress(isWhole: false),
                history: LegHistory(of: legs, runID: runID))
            if try transaction.insertIfNew(waiting) {
                tally.joined(legs: legs.count, isNewCall: true)
            } else {
                tally.skipped(reason, legs.count)
            }
        }
        undecided = [:]
    }

    private mutating func giveUpUndecided(_ tally: inout RecordTally) {
        for legs in undecided.values {
            if case .skipped(let reason) = fold(legs) { tally.skipped(reason, legs.count) }
        }
        undecided = [:]
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

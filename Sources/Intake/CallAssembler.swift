// SPDX-License-Identifier: Apache-2.0

import CDRConfiguration
import CallLifecycle
import CallRecords
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
    /// Places of calls of the batch at hand that will be stored together.
    private var group: [Int] = []
    /// Calls that were held for a person: reason -> calls.
    var newlyHeld: [String: Int] = [:]
    /// Whether the store knew the call that came last. Then it probably knows the next one as well, and is asked before
    /// anything is made of it: a file that is read again costs no more than looking its keys up.
    var lastWasKnown = false
    /// Whether legs are read anew that other rules may have read before: what they are now counts for calls of which nothing
    /// has left. Else legs that are known are not looked at.
    var rereads = false
    /// How many calls became something else by that.
    var renewedCalls = 0
    /// What the legs that came share with those that may still come.
    private var marks: MarkMemory
    /// The most keys that are kept undecided; beyond it they are given up as what they are.
    private static let mostUndecided = 20_000

    init(
        sourceID: Int64, runID: Int64, folder: CallFolder, settings: SourceSettings, wholeIfEndedBy: Int64, now: Int64,
        marks: MarkMemory = MarkMemory()
    ) {
        self.sourceID = sourceID
        self.runID = runID
        self.folder = folder
        self.settings = settings
        self.wholeIfEndedBy = wholeIfEndedBy
        self.now = now
        self.marks = marks
    }

    /// Whether no more legs of a call are expected; legs may join it all the same until it is sent.
    func isWhole(_ call: Call) -> Bool { isWhole(start: call.start, end: call.end) }

    private func isWhole(start: CallTime, end: CallTime) -> Bool {
        end.epochSeconds <= wholeIfEndedBy && start.epochSeconds <= now
    }

    /// What a group of legs is, the history guard included.
    func fold(_ legs: [Leg]) -> FoldedCall { guarded(folder.fold(legs)) }

    /// What a leg is as a call by itself, if that is whole and to be sent.
    func wholeCall(_ leg: LegFacts) -> LoneCall? {
        guard case .call(let call) = folder.judge(alone: leg), !isTooOld(leg.start),
            isWhole(start: leg.start, end: leg.end)
        else { return nil }
        return call
    }

    private func guarded(_ folded: FoldedCall) -> FoldedCall {
        if case .call(let call) = folded, isTooOld(call.start) { return .skipped(.tooOld) }
        return folded
    }

    private func isTooOld(_ start: CallTime) -> Bool {
        settings.notBefore.map { start.epochSeconds < $0 } ?? false
    }

    /// Takes in what a batch brings, key by key.
    mutating func take(_ batch: MappedBatch, _ transaction: any IntakeTransaction, tally: inout RecordTally) throws {
        guard !batch.marked.isEmpty else { return try takeInGroups(batch, transaction, tally: &tally) }
        var marked = batch.marked[...]
        for (place, legs) in batch.keys.enumerated() {
            let own = marked.prefix { $0.place == place }
            marked = marked.dropFirst(own.count)
            try take(legs, sharing: own, of: batch, transaction, tally: &tally)
        }
    }

    /// Takes in what a batch brings whose legs share nothing with others.
    ///
    /// Calls of a single leg that are known by one key only are stored together: no other key of the batch is theirs.
    private mutating func takeInGroups(
        _ batch: MappedBatch, _ transaction: any IntakeTransaction, tally: inout RecordTally
    ) throws {
        for legs in batch.keys {
            if case .call(let place) = legs, !lastWasKnown, batch.calls.isWithoutAliases(place),
                !isUndecided(place, of: batch.calls)
            {
                group.append(place)
                if group.count >= Self.groupCalls { try storeGroup(of: batch, transaction, tally: &tally) }
                continue
            }
            // An alias that it brings may be the key of one of the group, which is older.
            if batch.mayHaveAliases(legs) { try storeGroup(of: batch, transaction, tally: &tally) }
            try take(legs, of: batch, transaction, tally: &tally)
        }
        try storeGroup(of: batch, transaction, tally: &tally)
    }

    /// How many calls are stored together: a file whose calls are known is to be noticed soon.
    private static let groupCalls = 128

    private mutating func storeGroup(
        of batch: MappedBatch, _ transaction: any IntakeTransaction, tally: inout RecordTally
    ) throws {
        guard !group.isEmpty else { return }
        let known = try transaction.insertNew(batch.calls, group)
        for _ in known.count..<group.count { tally.joined(legs: 1, isNewCall: true) }
        let isLastKnown = known.last == group.last
        group.removeAll(keepingCapacity: true)
        lastWasKnown = !known.isEmpty
        for place in known { try take([batch.calls.leg(place)], transaction, tally: &tally) }
        lastWasKnown = isLastKnown
    }

    private func isUndecided(_ place: Int, of calls: PackedCalls) -> Bool {
        !undecided.isEmpty && undecided[calls.key(place)] != nil
    }

    /// Takes in what a batch brings of one key, and first looks for the call of an earlier batch or run that it is part of.
    private mutating func take(
        _ legs: LegsOfKey, sharing own: ArraySlice<MappedBatch.Marked>, of batch: MappedBatch,
        _ transaction: any IntakeTransaction, tally: inout RecordTally
    ) throws {
        let key = batch.key(of: legs)
        var call = key
        for marked in own {
            guard let known = marks.key(of: marked.leg, marked.marks) else { continue }
            call = known
            break
        }
        for marked in own { marks.remember(marked.leg, marked.marks, key: call) }
        guard call != key else { return try take(legs, of: batch, transaction, tally: &tally) }
        var joined = batch.unpacked(legs)
        for index in joined.indices { joined[index].join(call) }
        try take(joined, transaction, tally: &tally)
    }

    /// Stores what the legs that came share with those of later runs.
    mutating func saveMarks(_ transaction: any IntakeTransaction) throws {
        let unsaved = marks.takeUnsaved()
        if !unsaved.isEmpty { try transaction.save(unsaved, sourceID: sourceID) }
    }

    /// Takes in what a batch brings of one key.
    mutating func take(
        _ legs: LegsOfKey, of batch: MappedBatch, _ transaction: any IntakeTransaction, tally: inout RecordTally
    ) throws {
        if case .call(let place) = legs, !isUndecided(place, of: batch.calls) {
            if lastWasKnown, !rereads, try transaction.knows(batch.calls, place) { return tally.duplicates(1) }
            if try transaction.insertIfNew(batch.calls, place) {
                lastWasKnown = false
                return tally.joined(legs: 1, isNewCall: true)
            }
            lastWasKnown = true
        }
        try take(batch.unpacked(legs), transaction, tally: &tally)
    }

    /// Takes in legs of one key.
    private mutating func take(
        _ legs: [Leg], _ transaction: any IntakeTransaction, tally: inout RecordTally
    ) throws {
        let key = legs[0].key
        if legs.count == 1, undecided.isEmpty || undecided[key] == nil {
            return try take(legs, of: key, isLast: true, transaction, tally: &tally)
        }
        let earlier = undecided.removeValue(forKey: key) ?? []
        let fresh = Self.unique(earlier + legs)
        tally.duplicates(earlier.count + legs.count - fresh.count)
        let calls = separated(fresh).flatMap { LegGrouping.parts(of: $0) }
        for (index, legs) in calls.enumerated() {
            try take(legs, of: key, isLast: index == calls.count - 1, transaction, tally: &tally)
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
        _ fresh: [Leg], of key: String, isLast: Bool, _ transaction: any IntakeTransaction,
        tally: inout RecordTally
    ) throws {
        if lastWasKnown, !rereads, try transaction.knows(fresh) { return tally.duplicates(fresh.count) }
        switch fold(fresh) {
        case .skipped(let reason):
            guard let known = try transaction.call(key: key) else {
                guard isLast else { return tally.skipped(reason, fresh.count) }
                undecided[key] = fresh
                if undecided.count > Self.mostUndecided { giveUpUndecided(&tally) }
                return
            }
            try meet(fresh, known, folded: .skipped(reason), transaction, tally: &tally)
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
            if !wasAsked, !rereads, try transaction.knows(fresh) { return tally.duplicates(fresh.count) }
            if let known = try transaction.call(key: key) {
                try meet(fresh, known, folded: .call(call), transaction, tally: &tally)
            }
        }
    }

    /// The further keys that legs of one key name.
    static func aliases(of legs: [Leg]) -> [String] {
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

    static func unique(_ legs: [Leg]) -> [Leg] {
        guard legs.count > 1 else { return legs }
        var seen: Set<UInt64> = []
        return legs.filter { seen.insert($0.fingerprint).inserted }
    }
}

extension SkipReason {
    /// The call began before the source's `not_before`.
    static let tooOld = SkipReason(rawValue: "tooOld")
}

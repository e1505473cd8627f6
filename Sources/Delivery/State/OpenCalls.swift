// SPDX-License-Identifier: Apache-2.0

import CDRConfiguration
import CallLifecycle
import CallRecords

/// The calls on their way, with everything that decides which of them may be sent next.
///
/// Every function that changes a call returns it, so that it can be made durable.
struct OpenCalls: Sendable {
    /// What an event means depends on what is known about the portal.
    struct Circumstances: Sendable {
        /// The monotonic clock.
        var now: Duration
        /// The wall clock in seconds since 1970.
        var wallSeconds: Int64
        /// Whether the portal can be asked what became of a finish.
        var canRead: Bool
        /// How long a request may be at work at the portal.
        var settleAfter: Duration
        /// Whether the ledger is known to be the one that was used last: a call that it holds as registered is then surely
        /// not finished.
        var ledgerIsCurrent: Bool

        /// When a request that may be at work now has surely stopped.
        var settled: Duration { now + settleAfter }
    }

    /// How often the portal may answer a register without a CALL_ID before a person is asked.
    private static let mostUnusableReplies = 3
    /// How often a register, and a finish, of a call may be left without an answer in one run; the next run goes on.
    private static let mostLostRegisters = 10
    private static let mostLostFinishes = 3

    private let users: UserSettings
    private let maximumCalls: Int?
    /// Which calls may have something created for them in the CRM.
    let creation: CreationRules
    private var queue = DeliveryQueue()
    private var schedule: SettlingSchedule
    private var origins = CallIDOrigins()
    /// Numbers with a register that was left without an answer, and until when it may still be carried out. A portal that
    /// does not keep EXTERNAL_CALL_ID would give the CALL_ID that comes of it to the next look-alike.
    private var uncertainRegisters: [String: Duration] = [:]
    /// Calls that got a CALL_ID of a call that the ledger does not know: they wait until the portal no longer gives it.
    private var gotForeignCallID: Set<Int64> = []
    /// CALL_IDs that calls gave up in this run: none of them may come back for another call. Those that calls have are in
    /// the store.
    private var formerCallIDs: Set<String> = []
    /// Calls whose employee was refused and that are finished for the substitute.
    private var substituted: Set<Int64> = []
    /// The calls that this run has begun to send, where `--max-calls` limits them.
    private var started: Set<Int64> = []
    /// CALL_IDs that records tell, with the calls that have them.
    private var recordedCallIDs: [String: Int64] = [:]
    /// Calls that this run asked about in vain.
    private var askedInVain: Set<Int64> = []
    /// Calls that an earlier run registered, as the ledger that was used last says: nobody can have finished them.
    private var resumed: Set<Int64> = []
    /// How often a call's register was answered without a CALL_ID, and how often its register and its finish were left
    /// without an answer, in this run.
    private var unusableReplies: [Int64: Int] = [:]
    private var lostRegisters: [Int64: Int] = [:]
    private var lostFinishes: [Int64: Int] = [:]

    init(_ settings: DeliverySettings) {
        users = settings.users
        maximumCalls = settings.maximumCalls
        creation = CreationRules(settings.crm, recordsMayAsk: settings.recordsMayCreate)
        schedule = SettlingSchedule(pause: settings.portal.rereadAfter)
    }

    // MARK: Questions

    /// How many calls are in memory.
    var count: Int { queue.count }
    /// How many calls wait for their register, and for their finish.
    var registerCount: Int { queue.registerCount }
    var finishCount: Int { queue.finishCount }
    /// How many calls wait for an answer of the statistics.
    var unsettledCount: Int { schedule.count }
    /// When the next question is due; `nil` when there is none.
    var nextQuestion: Duration? { schedule.nextDue }
    /// How many more calls this run may begin.
    var remaining: Int { maximumCalls.map { max(0, $0 - started.count) } ?? .max }
    /// Whether calls are left that wait until the portal no longer gives them another call's CALL_ID.
    var waitsForForeignCallIDs: Bool { gotForeignCallID.contains { queue[$0]?.state == .pending } }

    /// The call with a row; `nil` when it is over or not loaded.
    subscript(id: Int64) -> TrackedCall? { queue[id] }

    /// The calls to register next; those that this run has begun already do not count towards its limit again.
    func nextToRegister(limit: Int, separatesLookAlikes: Bool, at now: Duration) -> [TrackedCall] {
        var fresh = remaining
        var creating: Set<String> = []
        return queue.nextToRegister(limit: limit, separatesLookAlikes: separatesLookAlikes) { call in
            if let lost = lostRegisters[call.id], lost >= Self.mostLostRegisters { return false }
            if separatesLookAlikes {
                if let end = uncertainRegisters[call.phoneNumber], end > now { return false }
                if gotForeignCallID.contains(call.id) { return false }
            }
            if creation.creates(call) {
                if let end = uncertainRegisters[call.phoneNumber], end > now { return false }
                guard !queue.isRegistering(call.phoneNumber), !creating.contains(call.phoneNumber) else { return false }
            }
            guard started.contains(call.id) || fresh > 0 else { return false }
            if !started.contains(call.id) { fresh -= 1 }
            creating.insert(call.phoneNumber)
            return true
        }
    }

    /// The calls to finish next.
    func nextToFinish(limit: Int, separatesLookAlikes: Bool) -> [TrackedCall] {
        let calls = queue.nextToFinish(limit: limit, separatesLookAlikes: separatesLookAlikes)
        guard maximumCalls != nil else { return calls }
        var fresh = remaining
        return calls.filter { call in
            guard call.state == .pending, !started.contains(call.id) else { return true }
            fresh -= 1
            return fresh >= 0
        }
    }

    /// When the next number with an uncertain register may be used again.
    func nextCertainNumber(after now: Duration) -> Duration? {
        uncertainRegisters.values.filter { $0 > now }.min()
    }

    /// What the answers to registers mean once it is known whose CALL_IDs they gave.
    ///
    /// A call that got the CALL_ID of a call of which the ledger knows nothing, where the portal does not tell calls apart,
    /// is left alone until the portal no longer looks that far back, half an hour later.
    ///
    /// - Parameters:
    ///   - facts: The owners of the CALL_IDs, and which calls have look-alikes.
    ///   - startedAt: When the portal began with the request, in seconds since 1970 on its clock.
    ///   - keepsKeys: Whether the portal keeps EXTERNAL_CALL_ID; `nil` while it is not known.
    func judge(
        _ events: [CallEvent], of calls: [TrackedCall], _ facts: StoreFacts, startedAt: Double?, keepsKeys: Bool?,
        ledgerMayBeStale: Bool
    ) -> [CallEvent] {
        zip(events, calls).map { event, call in
            guard case .registered(let callID) = event else { return event }
            // Another call has it, or had it in this run.
            if facts.owners[callID] != nil || formerCallIDs.contains(callID) { return .callIDTaken }
            guard keepsKeys == false, let startedAt else { return event }
            // A ledger that was set back may not know how far a look-alike had come.
            let isTrusted = !ledgerMayBeStale || !facts.withLookAlike.contains(call.id)
            let isForeign = origins.isForeign(callID, to: call, askedAt: startedAt, trustsEarlierRuns: isTrusted)
            return isForeign ? .callIDForeign : event
        }
    }

    // MARK: Loading

    /// Takes in calls that an earlier process left on their way.
    mutating func recover(
        _ calls: [TrackedCall], _ at: Circumstances
    ) throws(ImpossibleTransition) -> [TrackedCall] {
        var changed: [TrackedCall] = []
        for former in calls {
            var call = former
            if call.state == .registering { uncertainRegisters[call.phoneNumber] = at.settled }
            let isResumed = call.state == .registered && at.ledgerIsCurrent
            if try !holdWithoutEmployee(&call, at), try call.apply(.processDied, now: at.wallSeconds) == .settle {
                if isResumed { resumed.insert(call.id) }
                settle(call, due: isResumed ? at.now : at.settled)
            }
            try holdWithoutEmployee(&call, at)
            queue.put(call)
            if call != former { changed.append(call) }
        }
        return changed
    }

    /// Takes in calls that wait to be sent, and returns those that are held because the configuration names nobody.
    ///
    /// - Parameters:
    ///   - owners: The calls that have the CALL_IDs that records tell.
    ///   - isCompared: Whether a call is compared with those of others before it is sent: it is not held until then.
    mutating func add(
        _ calls: [TrackedCall], owners: [String: Int64] = [:],
        comparedWithOthers isCompared: (TrackedCall) -> Bool = { _ in false }, _ at: Circumstances
    ) throws(ImpossibleTransition) -> [TrackedCall] {
        var held: [TrackedCall] = []
        for var call in calls where queue[call.id] == nil {
            if !isCompared(call), try holdWithoutEmployee(&call, at) {
                held.append(call)
            } else if try holdSharedCallID(&call, owners, at) {
                held.append(call)
            }
            queue.put(call)
        }
        return held
    }

    /// Holds a call whose record tells the CALL_ID of another call: one CALL_ID is finished once.
    private mutating func holdSharedCallID(
        _ call: inout TrackedCall, _ owners: [String: Int64], _ at: Circumstances
    ) throws(ImpossibleTransition) -> Bool {
        guard let id = call.adoptableCallID else { return false }
        let owner = owners[id] ?? recordedCallIDs[id] ?? call.id
        recordedCallIDs[id] = owner
        guard owner != call.id else { return false }
        _ = try call.apply(.hold(.sharedPortalCall), now: at.wallSeconds)
        return true
    }

    /// Holds those of some calls for which the configuration names nobody: others have not registered them.
    mutating func holdWithoutEmployee(
        _ calls: [TrackedCall], _ at: Circumstances
    ) throws(ImpossibleTransition) -> [TrackedCall] {
        var held: [TrackedCall] = []
        for given in calls {
            var call = queue[given.id] ?? given
            guard try holdWithoutEmployee(&call, at) else { continue }
            queue.put(call)
            held.append(call)
        }
        return held
    }

    /// Holds a call that is next to be sent but for which the configuration names nobody.
    @discardableResult
    private func holdWithoutEmployee(
        _ call: inout TrackedCall, _ at: Circumstances
    ) throws(ImpossibleTransition) -> Bool {
        let own = users.employee(of: call.call)
        switch call.state {
        case .pending where own == nil, .registered where own == nil && users.substitute == nil:
            _ = try call.apply(.hold(.noEmployee), now: at.wallSeconds)
            return true
        case .waiting, .pending, .registering, .registered, .finishing, .unsettled, .delivered, .refused, .held,
            .deliveredByOthers:
            return false
        }
    }

    // MARK: Sending

    /// Begins the register of calls: the calls as they must be durable before it leaves, each with its employee.
    mutating func beginRegister(
        _ calls: [TrackedCall], keepsKeys: Bool?, _ at: Circumstances
    ) throws(ImpossibleTransition) -> [(call: TrackedCall, employee: Employee)] {
        var entries: [(call: TrackedCall, employee: Employee)] = []
        for given in calls {
            var call = queue[given.id] ?? given
            guard let employee = users.employee(of: call.call) else { continue }
            if maximumCalls != nil { started.insert(call.id) }
            if keepsKeys != true { origins.registers(call, at: at.now) }
            _ = try call.apply(creation.beginning(of: call), now: at.wallSeconds)
            queue.put(call)
            entries.append((call, employee))
        }
        return entries
    }

    /// Begins the finish of calls: the calls as they must be durable before it leaves, each with its employee.
    mutating func beginFinish(
        _ calls: [TrackedCall], _ at: Circumstances
    ) throws(ImpossibleTransition) -> [FinishBatch.Entry] {
        let substitute = users.substitute.map(Employee.user)
        var entries: [FinishBatch.Entry] = []
        for given in calls {
            var call = queue[given.id] ?? given
            let isSubstituted = substituted.contains(call.id)
            let own = users.employee(of: call.call)
            guard let employee = isSubstituted ? substitute : own ?? substitute else { continue }
            if let id = call.adoptableCallID {
                if maximumCalls != nil { started.insert(call.id) }
                _ = try call.apply(.adopted(portalCallID: id), now: at.wallSeconds)
            }
            _ = try call.apply(.finishBegins, now: at.wallSeconds)
            queue.put(call)
            entries.append(
                FinishBatch.Entry(
                    call: call, employee: employee, canSubstitute: !isSubstituted && substitute != nil))
        }
        return entries
    }

    /// The calls to ask the statistics about now, by start; they are not asked about again before the answer must be
    /// there.
    mutating func takeQuestions(at now: Duration, limit: Int, answeredBy later: Duration) -> [TrackedCall] {
        var asked: [TrackedCall] = []
        for id in schedule.due(at: now, limit: limit) {
            if let call = queue[id], call.state == .unsettled {
                schedule.postpone(id, to: later)
                asked.append(call)
            } else {
                schedule.remove(id)
            }
        }
        return asked.sorted { ($0.call.start.epochSeconds, $0.id) < ($1.call.start.epochSeconds, $1.id) }
    }

    // MARK: Outcomes

    /// Notes the portal's clock: seconds since 1970 when the monotonic clock stands at zero.
    mutating func knows(portalClock clock: Double, firstContact: Int64?) {
        origins.clock = clock
        origins.firstContact = firstContact
    }

    /// Applies one event to each call.
    mutating func apply(
        _ events: [CallEvent], to calls: [TrackedCall], _ at: Circumstances
    ) throws(ImpossibleTransition) -> [TrackedCall] {
        var changed: [TrackedCall] = []
        for (former, event) in zip(calls, events) {
            changed.append(try apply(event, to: former, at))
        }
        return changed
    }

    private mutating func apply(
        _ event: CallEvent, to given: TrackedCall, _ at: Circumstances
    ) throws(ImpossibleTransition) -> TrackedCall {
        // What a request carried may have gone on since: the call as it is now decides what can happen to it.
        let former = queue[given.id] ?? given
        var call = former
        if event == .absentAtPortal, let lost = lostFinishes[call.id], lost >= Self.mostLostFinishes {
            // The portal does not answer the finish of this call: the next run goes on.
            follow(.settleNextRun, call, due: at.settled)
            return call
        }
        let event = bounded(event, call.id)
        var action = try call.apply(event, now: at.wallSeconds)
        // Without the right to read nothing can be settled: such a call is held, never repeated.
        if action == .settle, !at.canRead { action = try call.apply(.cannotBeKnown, now: at.wallSeconds) }
        if try holdWithoutEmployee(&call, at) { action = .forget }
        remember(event, of: call, due: at.settled)
        resumed.remove(call.id)
        if let id = former.progress.portalCallID, id != call.progress.portalCallID { formerCallIDs.insert(id) }
        follow(action, call, due: at.settled)
        queue.put(call)
        return call
    }

    /// The event, or what it amounts to when it has come too often.
    private mutating func bounded(_ event: CallEvent, _ id: Int64) -> CallEvent {
        switch event {
        case .registerWithoutCallID:
            unusableReplies[id, default: 0] += 1
            return unusableReplies[id, default: 0] < Self.mostUnusableReplies ? .registerUnanswered : event
        case .registerUnanswered:
            lostRegisters[id, default: 0] += 1
            return event
        case .finishUnanswered:
            lostFinishes[id, default: 0] += 1
            return event
        default:
            return event
        }
    }

    private mutating func remember(_ event: CallEvent, of call: TrackedCall, due: Duration) {
        switch event {
        case .registerUnanswered: uncertainRegisters[call.phoneNumber] = due
        case .callIDTaken: queue.serialise(call.id)
        case .callIDForeign: gotForeignCallID.insert(call.id)
        default: break
        }
    }

    private mutating func follow(_ action: CallAction, _ call: TrackedCall, due: Duration) {
        switch action {
        case .settle: settle(call, due: due)
        case .finishAsSubstitute: substituted.insert(call.id)
        case .forget:
            schedule.remove(call.id)
            origins.forget(call.id)
            unusableReplies[call.id] = nil
            lostRegisters[call.id] = nil
            lostFinishes[call.id] = nil
        case .settleNextRun:
            schedule.remove(call.id)
            askedInVain.insert(call.id)
        case .nothing, .ignore, .register, .finish: break
        }
    }

    private mutating func settle(_ call: TrackedCall, due: Duration) {
        let reads =
            resumed.contains(call.id) ? 1 : call.progress.isProbablyDelivered ? SettlingSchedule.readsOfProbable : 2
        schedule.add(call.id, due: due, reads: reads)
    }

    /// Asks about calls again later: the question brought no usable answer.
    mutating func postpone(_ calls: [TrackedCall], to later: Duration) {
        for call in calls { schedule.postpone(call.id, to: later) }
    }

    /// Judges what a look-up showed of unsettled calls.
    ///
    /// - Parameters:
    ///   - found: What the portal has of calls, by their rows in the ledger.
    ///   - isComplete: Whether the portal has shown everything that was asked for.
    ///   - provesAbsence: Whether the user sees every call, so that a missing row means a missing call.
    /// - Returns: The calls about which something is known now, each with its event.
    mutating func judge(
        _ calls: [TrackedCall], found: [Int64: CallEvent], isComplete: Bool, provesAbsence: Bool, rereadAfter: Duration,
        at now: Duration
    ) -> (calls: [TrackedCall], events: [CallEvent]) {
        var settled: (calls: [TrackedCall], events: [CallEvent]) = ([], [])
        for call in calls {
            if let event = found[call.id] {
                settled.calls.append(call)
                settled.events.append(event)
            } else if !isComplete {
                schedule.postpone(call.id, to: now + rereadAfter)
            } else {
                schedule.postpone(call.id, to: now)
                guard schedule.sawNothing(call.id, at: now) == .absent else { continue }
                settled.calls.append(call)
                settled.events.append(provesAbsence ? .absentAtPortal : withoutProof(call))
            }
        }
        return settled
    }

    /// What is known of a call that the portal cannot be asked about: nothing, unless the ledger itself is proof enough.
    private func withoutProof(_ call: TrackedCall) -> CallEvent {
        resumed.contains(call.id) ? .absentAtPortal : .cannotBeKnown
    }

    /// Gives up to ask about calls: the portal does not let us.
    mutating func giveUp(
        _ calls: [TrackedCall], _ at: Circumstances
    ) throws(ImpossibleTransition) -> [TrackedCall] {
        try apply(calls.map(withoutProof), to: calls, at)
    }

    /// Gives all unsettled calls up: the portal cannot be asked.
    mutating func giveUpSettling(_ at: Circumstances) throws(ImpossibleTransition) -> [TrackedCall] {
        try giveUp(schedule.all.compactMap { queue[$0] }, at)
    }

    /// Leaves the calls that were asked about in vain to the next run.
    mutating func endRun(_ at: Circumstances) throws(ImpossibleTransition) -> [TrackedCall] {
        let calls = askedInVain.sorted().compactMap { queue[$0] }.filter { $0.state == .unsettled }
        return try apply(calls.map { _ in .runEnds }, to: calls, at)
    }
}

// SPDX-License-Identifier: Apache-2.0

import CDRConfiguration
import CallLifecycle
import CallRecords

/// The calls on their way: the only place where what has happened is applied to them.
///
/// Every function that changes a call returns it, so that it can be made durable.
struct OpenCalls: Sendable {
    private var queue = DeliveryQueue()
    private var limit: CallLimit
    private var attempts = AttemptCounts()
    private var barriers = RegisterBarriers()
    private var callIDs: CallIDOwnership
    private var assignees: Assignees
    private var settling: Settling
    private let creation: CreationRules
    /// Whether the ledger is known to be the one that was used last: a call that it holds as registered is then surely not
    /// finished.
    private let ledgerIsCurrent: Bool

    init(_ settings: DeliverySettings) {
        limit = CallLimit(settings.maximumCalls)
        callIDs = CallIDOwnership(ledgerMayBeStale: settings.ledgerMayBeStale)
        assignees = Assignees(settings.users)
        settling = Settling(rereadAfter: settings.portal.rereadAfter)
        creation = CreationRules(settings.crm, recordsMayAsk: settings.recordsMayCreate)
        ledgerIsCurrent = settings.ledgerIsCurrent
    }

    // MARK: Questions

    /// How many calls are in memory.
    var count: Int { queue.count }
    /// How many calls wait for their register.
    var registerCount: Int { queue.registerCount }
    /// How many calls wait for an answer of the statistics.
    var unsettledCount: Int { settling.count }
    /// When the next question is due; `nil` when there is none.
    var nextQuestion: Duration? { settling.nextQuestion }
    /// How many more calls this run may begin.
    var remaining: Int { limit.remaining }
    /// Whether something may be created in the CRM for any call.
    var mayCreate: Bool { creation.isPossible }
    /// Whether calls are left that wait until the portal no longer gives them another call's CALL_ID.
    var waitsForForeignCallIDs: Bool { barriers.gotForeignCallID.contains { queue[$0]?.state == .pending } }

    /// The call with a row; `nil` when it is over or not loaded.
    subscript(id: Int64) -> TrackedCall? { queue[id] }

    /// Which calls may be sent next.
    ///
    /// - Parameter separatesLookAlikes: Whether the portal might take one look-alike for another.
    func choice(separatesLookAlikes: Bool) -> CallChoice {
        CallChoice(queue, limit, attempts, barriers, creation, separatesLookAlikes: separatesLookAlikes)
    }

    // MARK: Loading

    /// Takes in calls that an earlier process left on their way.
    mutating func recover(
        _ calls: [TrackedCall], _ at: Circumstances
    ) throws(ImpossibleTransition) -> [TrackedCall] {
        var changed: [TrackedCall] = []
        for former in calls {
            var call = former
            if call.state == .registering { barriers.leavesUncertain(call.phoneNumber, until: at.settled) }
            let isResumed = call.state == .registered && ledgerIsCurrent
            if try !holdWithoutEmployee(&call, at), try call.apply(.processDied, now: at.wallSeconds) == .settle {
                if isResumed { settling.resume(call, at: at.now) } else { settling.begin(call, due: at.settled) }
            }
            try holdWithoutEmployee(&call, at)
            queue.put(call)
            if call != former { changed.append(call) }
        }
        return changed
    }

    /// Takes in calls that wait to be sent, and returns those that are held because the configuration names nobody, or
    /// because their records tell the CALL_ID of another call.
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
            } else if let id = call.adoptableCallID, callIDs.isShared(id, by: call, owners: owners) {
                _ = try call.apply(.hold(.sharedPortalCall), now: at.wallSeconds)
                held.append(call)
            }
            queue.put(call)
        }
        return held
    }

    /// Holds a call that is next to be sent but for which the configuration names nobody.
    @discardableResult
    private func holdWithoutEmployee(
        _ call: inout TrackedCall, _ at: Circumstances
    ) throws(ImpossibleTransition) -> Bool {
        guard assignees.isMissing(for: call) else { return false }
        _ = try call.apply(.hold(.noEmployee), now: at.wallSeconds)
        return true
    }

    // MARK: Sending

    /// Begins the register of calls: the calls as they must be durable before it leaves, each with its employee.
    mutating func beginRegister(
        _ calls: [TrackedCall], _ at: Circumstances
    ) throws(ImpossibleTransition) -> [(call: TrackedCall, employee: Employee)] {
        var entries: [(call: TrackedCall, employee: Employee)] = []
        for given in calls {
            var call = queue[given.id] ?? given
            guard let employee = assignees.registering(call) else { continue }
            limit.begins(call.id)
            callIDs.registers(call, keepsKeys: at.portal.keepsKeys, at: at.now)
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
        var entries: [FinishBatch.Entry] = []
        for given in calls {
            var call = queue[given.id] ?? given
            guard let (employee, canSubstitute) = assignees.finishing(call) else { continue }
            if let id = call.adoptableCallID {
                limit.begins(call.id)
                _ = try call.apply(.adopted(portalCallID: id), now: at.wallSeconds)
            }
            _ = try call.apply(.finishBegins, now: at.wallSeconds)
            queue.put(call)
            entries.append(FinishBatch.Entry(call: call, employee: employee, canSubstitute: canSubstitute))
        }
        return entries
    }

    /// The calls to ask the statistics about now, by start; they are not asked about again before the answer must be
    /// there.
    mutating func takeQuestions(at now: Duration, limit: Int, answeredBy later: Duration) -> [TrackedCall] {
        var asked: [TrackedCall] = []
        for id in settling.due(at: now, limit: limit) {
            if let call = queue[id], call.state == .unsettled {
                settling.postpone(id, to: later)
                asked.append(call)
            } else {
                settling.remove(id)
            }
        }
        return asked.sorted { ($0.call.start.epochSeconds, $0.id) < ($1.call.start.epochSeconds, $1.id) }
    }

    // MARK: Outcomes

    /// Notes the portal's clock: seconds since 1970 when the monotonic clock stands at zero.
    mutating func knows(portalClock clock: Double, firstContact: Int64?) {
        callIDs.knows(portalClock: clock, firstContact: firstContact)
    }

    /// Applies what an answer, or the lack of one, says of calls.
    mutating func apply(_ news: CallNews, _ at: Circumstances) throws(ImpossibleTransition) -> [TrackedCall] {
        switch news {
        case .events(let events, let calls): return try apply(events, to: calls, at)
        case .registers(let events, let calls, let facts, let start):
            let judged = callIDs.judge(events, of: calls, facts, startedAt: start, keepsKeys: at.portal.keepsKeys)
            return try apply(judged, to: calls, at)
        case .lookedUp(let found, let calls, let isComplete):
            let known = settling.judge(
                calls, found: found, isComplete: isComplete, provesAbsence: at.portal.reading == .all, at: at.now)
            return try apply(known.events, to: known.calls, at)
        case .unanswered(let calls):
            settling.askAgain(calls, at: at.now)
            return []
        case .closed(let calls): return try apply(calls.map(settling.withoutProof), to: calls, at)
        case .allClosed: return try apply(.closed(settling.all.compactMap { queue[$0] }), at)
        case .notOfOthers(let calls): return try holdWithoutEmployee(calls, at)
        }
    }

    /// Holds those of some calls for which the configuration names nobody: others have not registered them.
    private mutating func holdWithoutEmployee(
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
        _ given: CallEvent, to carried: TrackedCall, _ at: Circumstances
    ) throws(ImpossibleTransition) -> TrackedCall {
        // What a request carried may have gone on since: the call as it is now decides what can happen to it.
        let former = queue[carried.id] ?? carried
        var call = former
        if given == .absentAtPortal, !attempts.mayFinish(call.id) {
            // The portal does not answer the finish of this call: the next run goes on.
            settling.leaveToNextRun(call.id)
            return call
        }
        let event = attempts.count(given, of: call.id)
        var action = try call.apply(event, now: at.wallSeconds)
        // Without the right to read nothing can be settled: such a call is held, never repeated.
        if action == .settle, !at.portal.canRead { action = try call.apply(.cannotBeKnown, now: at.wallSeconds) }
        if try holdWithoutEmployee(&call, at) { action = .forget }
        barriers.note(event, of: call, settled: at.settled)
        if event == .callIDTaken { queue.serialise(call.id) }
        settling.moved(call.id)
        if let id = former.progress.portalCallID, id != call.progress.portalCallID { callIDs.givesUp(id) }
        follow(action, call, settled: at.settled)
        queue.put(call)
        return call
    }

    private mutating func follow(_ action: CallAction, _ call: TrackedCall, settled: Duration) {
        switch action {
        case .settle: settling.begin(call, due: settled)
        case .settleNextRun: settling.leaveToNextRun(call.id)
        case .finishAsSubstitute: assignees.substitute(call.id)
        case .forget:
            settling.remove(call.id)
            callIDs.forget(call.id)
            attempts.forget(call.id)
        case .nothing, .ignore, .register, .finish: break
        }
    }

    /// Leaves the calls that were asked about in vain to the next run.
    mutating func endRun(_ at: Circumstances) throws(ImpossibleTransition) -> [TrackedCall] {
        let calls = settling.leftToNextRun.compactMap { queue[$0] }.filter { $0.state == .unsettled }
        return try apply(calls.map { _ in .runEnds }, to: calls, at)
    }
}

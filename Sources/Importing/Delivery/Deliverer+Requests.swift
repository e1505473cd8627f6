// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CallRecords
import Ledger
import Logging

/// What a request in flight is for.
enum DeliveryJob: Sendable {
    case register(RegisterBatch)
    case finish(FinishBatch)
    case settle([LedgerCall], LookUp)

    var commands: [Command] {
        switch self {
        case .register(let batch): batch.commands
        case .finish(let batch): batch.commands
        case .settle(_, let lookUp): lookUp.commands
        }
    }
}

extension Deliverer {
    /// Makes a register of calls ready: their intent is durable when this returns.
    func beginRegister(_ calls: [LedgerCall]) throws(LedgerFault) -> DeliveryJob {
        var entries: [(call: LedgerCall, employee: Employee)] = []
        for var call in calls {
            guard let employee = settings.users.employee(of: call.call) else { continue }
            if settings.maximumCalls != nil { begun.insert(call.id) }
            if keepsKeys != true { origins.registers(call, at: time.monotonic()) }
            _ = call.apply(.registerBegins, now: time.wallSeconds)
            entries.append((call, employee))
        }
        try ledger.save(entries.map(\.call))
        for entry in entries { queue.put(entry.call) }
        return .register(
            RegisterBatch(entries, looksUp: looksUp, keepsKeys: keepsKeys == true))
    }

    /// Makes a finish of calls ready: their intent is durable when this returns.
    func beginFinish(_ calls: [LedgerCall]) throws(LedgerFault) -> DeliveryJob {
        var entries: [FinishBatch.Entry] = []
        for var call in calls {
            let isSubstituted = substituted.contains(call.id)
            let own = settings.users.employee(of: call.call)
            let substitute = settings.users.substitute.map(Employee.user)
            guard let employee = isSubstituted ? substitute : own ?? substitute else { continue }
            _ = call.apply(.finishBegins, now: time.wallSeconds)
            entries.append(
                FinishBatch.Entry(
                    call: call, employee: employee, canSubstitute: !isSubstituted && substitute != nil))
        }
        try ledger.save(entries.map(\.call))
        for entry in entries { queue.put(entry.call) }
        return .finish(FinishBatch(entries))
    }

    /// Records what a request's outcome means; everything is durable when this returns.
    func apply(_ outcome: BatchOutcome, of job: DeliveryJob) throws(LedgerFault) {
        switch job {
        case .register(let batch):
            let (events, verdict) = batch.read(outcome)
            try apply(try distrusting(events, of: batch, outcome), to: batch.calls)
            conclude(verdict)
        case .finish(let batch):
            let (events, verdict, dropsKeys) = batch.read(outcome)
            if dropsKeys { keepsKeys = false }
            try apply(events, to: batch.entries.map(\.call))
            conclude(verdict)
        case .settle(let calls, let lookUp):
            try settle(calls, lookUp, outcome)
        }
        reportProgress()
    }

    /// Applies one event to each call, makes the result durable, and puts it back into the queue.
    func apply(_ events: [CallEvent], to calls: [LedgerCall]) throws(LedgerFault) {
        let due = time.monotonic() + settings.portal.settleAfter
        let taken = try takenCallIDs(events)
        var changed: [LedgerCall] = []
        var highest: Int64 = 0
        for (former, event) in zip(calls, events) {
            var call = former
            var event = event
            if case .registered(let id) = event, taken.contains(id) { event = .callIDTaken }
            var action = call.apply(event, now: time.wallSeconds)
            // The CALL_ID that it got is not its own where there are no keys: a later run must not think so either.
            if keepsKeys == false, postponed.contains(call.id) { call.lostRegister = false }
            if action == .settle, !reading.isPossible {
                action = call.apply(.cannotBeKnown, now: time.wallSeconds)
            }
            if holdWithoutEmployee(&call) { action = .forget }
            if event == .registerUnanswered { resting[call.call.phoneNumber] = due }
            if case .callIDTaken = event { queue.serialise(call.id) }
            if let id = former.portalCallID, id != call.portalCallID { formerCallIDs.insert(id) }
            follow(action, call, due: due)
            highest = max(highest, call.statisticID ?? 0)
            changed.append(call)
        }
        try ledger.save(changed, facts: try highestFact(highest))
        for call in changed {
            note(call)
            queue.put(call)
        }
    }

    private func follow(_ action: CallAction, _ call: LedgerCall, due: Duration) {
        switch action {
        case .settle:
            schedule.add(call.id, due: due, isProbablyThere: call.isNotFound && call.lostFinish)
        case .finishAsSubstitute: substituted.insert(call.id)
        case .forget:
            schedule.remove(call.id)
            origins.forget(call.id)
        case .settleNextRun:
            schedule.remove(call.id)
            askedInVain.insert(call.id)
        case .nothing, .register, .finish: break
        }
    }

    /// CALL_IDs of a reply that belong to another call: one that has it, or one that had it in this run.
    func takenCallIDs(_ events: [CallEvent]) throws(LedgerFault) -> Set<String> {
        let ids = events.compactMap { event in
            if case .registered(let id) = event { id } else { nil }
        }
        guard !ids.isEmpty else { return [] }
        let owners = try ledger.owners(ofPortalCallIDs: ids)
        return Set(ids.filter { owners[$0] != nil || formerCallIDs.contains($0) })
    }

    private func highestFact(_ id: Int64) throws(LedgerFault) -> [LedgerFact: String] {
        guard id > 0 else { return [:] }
        let known = try ledger.fact(.highestStatisticID).flatMap { Int64($0) } ?? 0
        return id > known ? [.highestStatisticID: String(id)] : [:]
    }

    /// What an outcome means for the run.
    func conclude(_ verdict: RequestVerdict) {
        let now = time.monotonic()
        pace.note(verdict, at: now, jitter: Double.random(in: 0...1))
        switch verdict {
        case .ok:
            return
        case .rateLimited:
            report.rateLimited += 1
            report.retries += 1
            log.info("the portal says: too many requests; waiting")
            giveUpIfDue(
                at: now, "the portal has answered \"too many requests\" for too long; does something else use it up?")
        case .operatingLimited:
            report.operatingLimited += 1
            report.retries += 1
            log.info("the portal says: operation time limit; waiting")
            giveUpIfDue(
                at: now, "the portal has answered \"operation time limit\" for too long; does something else use it up?"
            )
        case .unreachable(let reason):
            report.retries += 1
            log.info("the portal cannot be reached: \(reason)")
            giveUpIfDue(at: now, "the portal cannot be reached: \(reason)")
        case .unknown(let reason):
            report.unknownReplies += 1
            report.retries += 1
            log.info("an answer was lost: \(reason)")
            giveUpIfDue(at: now, "the portal does not answer: \(reason)")
        case .rejected(let reason), .nonsense(let reason):
            if ending == nil { ending = .rejected(reason) }
        }
    }

    /// Ends the run when the portal has let nothing through for too long; with `--until` not before that time.
    private func giveUpIfDue(at now: Duration, _ reason: String) {
        guard ending == nil else { return }
        let isDue = settings.deadline.map { now >= $0 } ?? pace.hasGivenUp(at: now)
        if isDue { ending = .stopped(reason) }
    }
}

extension Deliverer.StatisticsReading {
    /// Whether asking can show anything at all.
    var isPossible: Bool {
        switch self {
        case .all, .some: true
        case .none: false
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CallRecords
import Ledger

extension Deliverer {
    private enum Event: Sendable {
        case answered(DeliveryJob, OperatingBudget.Ticket, BatchOutcome)
        case timer(Duration)
        case stopped
    }

    /// How many more calls this run may begin.
    var remainingCalls: Int {
        settings.maximumCalls.map { max(0, $0 - begun.count) } ?? .max
    }

    /// Whether registers carry a look-up of their keys.
    var looksUp: Bool { reading.isPossible && keepsKeys != false }

    /// The calls to register next; those that this run has begun already do not count towards its limit again.
    func nextToRegister(limit: Int) -> [LedgerCall] {
        var fresh = remainingCalls
        let now = time.monotonic()
        return queue.nextToRegister(limit: limit, separatesLookAlikes: keepsKeys != true) { call in
            if keepsKeys != true, let end = resting[call.call.phoneNumber], end > now { return false }
            if keepsKeys != true, postponed.contains(call.id) { return false }
            if begun.contains(call.id) { return true }
            fresh -= 1
            return fresh >= 0
        }
    }

    /// The calls to finish next.
    func nextToFinish(limit: Int) -> [LedgerCall] {
        queue.nextToFinish(limit: limit, separatesLookAlikes: keepsKeys != true)
    }

    /// Sends registers, finishes and questions over all lanes until nothing is left or the run ends.
    ///
    /// After the end is decided no request leaves; those in flight are awaited and recorded.
    func sendEverything() async {
        await withTaskGroup(of: Event.self) { group in
            group.addTask { [stop] in
                await stop.wait()
                return .stopped
            }
            var timer: Duration?
            while true {
                var now = time.monotonic()
                while inFlight < settings.portal.lanes, let job = nextJobOrFault(at: now) {
                    inFlight += 1
                    let ticket = count(job.commands)
                    group.addTask { [portal] in .answered(job, ticket, await portal.batch(job.commands)) }
                    now = time.monotonic()
                }
                // Of the same moment: what becomes possible in between would neither be begun nor be waited for.
                let wake = maySend ? nextWake(at: now) : nil
                if inFlight == 0, wake == nil { break }
                if let wake, timer.map({ wake < $0 }) ?? true {
                    timer = wake
                    group.addTask { [time] in
                        try? await time.sleep(wake)
                        return .timer(wake)
                    }
                }
                let before = time.monotonic()
                if inFlight == 0, let wake { reportProgress(waiting: wait(until: wake)) }
                switch await group.next() {
                case .answered(let job, let ticket, let outcome):
                    inFlight -= 1
                    ended(ticket, job.commands, outcome)
                    record(outcome, of: job)
                case .timer(let moment):
                    if timer == moment { timer = nil }
                    if inFlight == 0 { report.waited += time.monotonic() - before }
                case .stopped, nil:
                    break
                }
            }
            group.cancelAll()
        }
    }

    private func record(_ outcome: BatchOutcome, of job: DeliveryJob) {
        do throws(LedgerFault) {
            try apply(outcome, of: job)
        } catch {
            // The intents that are durable make these calls unsettled in the next run.
            ledgerFault = ledgerFault ?? error
        }
    }

    private func nextJobOrFault(at now: Duration) -> DeliveryJob? {
        guard maySend else { return nil }
        do throws(LedgerFault) {
            return try nextJob(at: now)
        } catch {
            ledgerFault = error
            return nil
        }
    }

    /// The request that may leave now, if there is one: questions first, then finishes, then registers.
    private func nextJob(at now: Duration) throws(LedgerFault) -> DeliveryJob? {
        guard pace.earliest(at: now) <= now else { return nil }
        let mayAsk = pace.earliestQuestion(at: now) <= now
        if mayAsk, let question = nextQuestion(at: now) { return question }
        let ready = nextToFinish(limit: pace.size(.finish))
        if case .now(let count) = pace.allowance(.finish, wanted: ready.count, at: now), !ready.isEmpty,
            fits(.finish, count)
        {
            return try beginFinish(Array(ready.prefix(count)))
        }
        try loadMore()
        guard mayRegister else { return nil }
        let next = nextToRegister(limit: pace.size(.register))
        guard mayAsk || !looksUp,
            case .now(let count) = pace.allowance(.register, wanted: next.count, at: now), !next.isEmpty,
            fits(.register, count)
        else { return nil }
        return try beginRegister(Array(next.prefix(count)))
    }

    /// Registering further ahead than one batch of finishes would only leave more live calls behind in a crash.
    private var mayRegister: Bool {
        inFlight == 0 || queue.finishCount <= pace.size(.finish)
    }

    private func nextQuestion(at now: Duration) -> DeliveryJob? {
        var asked: [LedgerCall] = []
        for id in schedule.due(at: now, limit: StatisticQuery.pageSize) {
            if let call = queue[id], call.state == .unsettled {
                schedule.postpone(id, to: now + settings.portal.replyTimeout * 2)
                asked.append(call)
            } else {
                schedule.remove(id)
            }
        }
        return asked.isEmpty ? nil : .settle(asked, LookUp("s", keysAndCallIDsOf: asked))
    }

    /// Whether a batch that begins now is expected to end in time.
    private func fits(_ phase: DeliveryPace.Phase, _ count: Int) -> Bool {
        guard let deadline = settings.deadline,
            time.monotonic() + pace.expected(phase, commands: count) > deadline
        else { return true }
        ending = .stopped("the time given by --until does not allow another batch")
        return false
    }

    /// What is waited for until a moment.
    private func wait(until moment: Duration) -> DeliveryProgress.Wait {
        let now = time.monotonic()
        let cause: DeliveryProgress.Wait.Cause =
            if queue.finishCount == 0, queue.registerCount == 0 {
                .statistics
            } else {
                pace.earliest(at: now) < moment ? .operatingTime : pace.isPaused(at: now) ? .portal : .requests
            }
        return DeliveryProgress.Wait(cause: cause, duration: moment - now)
    }

    /// When there is something to do again, should no answer come first; `nil` when there is nothing to wait for.
    ///
    /// Whatever could be done now has been begun already: what is left waits for a limit, or for an answer.
    private func nextWake(at now: Duration) -> Duration? {
        var moments: [Duration] = []
        // As many as would be sent: near a limit a few commands might be let through that are not worth a request.
        let ready = nextToFinish(limit: pace.size(.finish)).count
        let pending = mayRegister ? nextToRegister(limit: pace.size(.register)).count : 0
        let question = pace.earliestQuestion(at: now)
        for (phase, wanted) in [(DeliveryPace.Phase.finish, ready), (.register, pending)] where wanted > 0 {
            var moment = phase == .register && looksUp ? question : pace.earliest(at: now)
            if case .wait(let until) = pace.allowance(phase, wanted: wanted, at: now) { moment = max(moment, until) }
            moments.append(moment)
        }
        if keepsKeys != true { moments += resting.values.filter { $0 > now } }
        if let due = schedule.nextDue { moments.append(max(due, question)) }
        // With a free lane a moment that has passed means that it was not for want of time that nothing was begun.
        return moments.filter { $0 > now || inFlight == 0 }.min()
    }
}

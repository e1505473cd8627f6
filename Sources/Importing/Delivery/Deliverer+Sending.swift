// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import Ledger

extension Deliverer {
    private enum Event: Sendable {
        case answered(DeliveryJob, BatchOutcome)
        case timer(Duration)
        case stopped
    }

    /// How many more calls this run may begin.
    var remainingCalls: Int {
        settings.maximumCalls.map { max(0, $0 - begun) } ?? .max
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
            var inFlight = 0
            var timer: Duration?
            while true {
                while inFlight < settings.portal.lanes, let job = nextJobOrFault() {
                    inFlight += 1
                    count(job.commands)
                    group.addTask { [portal] in .answered(job, await portal.batch(job.commands)) }
                }
                let wake = maySend ? nextWake() : nil
                if inFlight == 0, wake == nil { break }
                if let wake, timer.map({ wake < $0 }) ?? true {
                    timer = wake
                    group.addTask { [time] in
                        try? await time.sleep(wake)
                        return .timer(wake)
                    }
                }
                let before = time.monotonic()
                switch await group.next() {
                case .answered(let job, let outcome):
                    inFlight -= 1
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

    private func nextJobOrFault() -> DeliveryJob? {
        guard maySend else { return nil }
        do throws(LedgerFault) {
            return try nextJob()
        } catch {
            ledgerFault = error
            return nil
        }
    }

    /// The request that may leave now, if there is one: questions first, then finishes, then registers.
    private func nextJob() throws(LedgerFault) -> DeliveryJob? {
        let now = time.monotonic()
        guard pace.earliest(at: now) <= now else { return nil }
        let asked = schedule.due(at: now, limit: StatisticQuery.pageSize).compactMap { queue[$0] }
        if !asked.isEmpty {
            for call in asked { schedule.postpone(call.id, to: now + settings.portal.replyTimeout * 2) }
            return .settle(asked, LookUp("s", keysAndCallIDsOf: asked))
        }
        guard pace.operatingAllowed <= now else { return nil }
        let ready = queue.nextToFinish(limit: pace.finishes.size)
        if !ready.isEmpty, fits(pace.expectedFinish(ready.count)) { return try beginFinish(ready) }
        try loadMore()
        // Registering further ahead than one batch of finishes would only leave more live calls behind in a crash.
        guard queue.finishCount <= pace.finishes.size else { return nil }
        let next = queue.nextToRegister(
            limit: min(pace.registers.size, remainingCalls), separatesLookAlikes: keepsKeys != true)
        if next.isEmpty, remainingCalls == 0, queue.registerCount > 0, queue.finishCount == 0 {
            reachedMaximum = true
        }
        guard !next.isEmpty, fits(pace.expectedRegister(next.count)) else { return nil }
        return try beginRegister(next)
    }

    /// Whether a batch that begins now is expected to end in time.
    private func fits(_ expected: Duration) -> Bool {
        guard let deadline = settings.deadline, time.monotonic() + expected > deadline else { return true }
        ending = .stopped("the time given by --until does not allow another batch")
        return false
    }

    /// When there is something to do again, as long as no answer comes first; `nil` when there is nothing to wait for.
    private func nextWake() -> Duration? {
        let now = time.monotonic()
        let hasWork = !queue.nextToFinish(limit: 1).isEmpty
            || (remainingCalls > 0
                && !queue.nextToRegister(limit: 1, separatesLookAlikes: keepsKeys != true).isEmpty)
        let work = hasWork ? max(pace.earliest(at: now), pace.operatingAllowed) : nil
        let question = schedule.nextDue.map { max($0, pace.earliest(at: now)) }
        return [work, question].compactMap { $0 }.min()
    }
}

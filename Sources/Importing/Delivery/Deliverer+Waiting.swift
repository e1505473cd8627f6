// SPDX-License-Identifier: Apache-2.0

import Bitrix24

extension Deliverer {
    /// Whether a further request may be sent at all, as things stand.
    var maySend: Bool {
        guard ending == nil, ledgerFault == nil else { return false }
        if stop.isStopped {
            ending = .stopped("stopped by a signal")
            return false
        }
        if let deadline = settings.deadline, time.monotonic() >= deadline {
            ending = .stopped("the time given by --until is over")
            return false
        }
        return true
    }

    /// Waits until a moment of the monotonic clock, or until the run should stop.
    func wait(until moment: Duration, for cause: DeliveryProgress.Wait.Cause = .statistics) async {
        let limit = settings.deadline.map { min($0, moment) } ?? moment
        let before = time.monotonic()
        guard limit > before else { return }
        reportProgress(waiting: DeliveryProgress.Wait(cause: cause, duration: limit - before))
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [time] in try? await time.sleep(limit) }
            group.addTask { [stop] in await stop.wait() }
            await group.next()
            group.cancelAll()
        }
        report.waited += time.monotonic() - before
    }

    /// Sends one request of its own, when the pace allows, and counts it; `nil` when the run ends before it may leave.
    func sendAlone(_ commands: [Command]) async -> BatchOutcome? {
        while maySend {
            let now = time.monotonic()
            let earliest = pace.earliest(commands, at: now)
            guard earliest > now else {
                let ticket = count(commands)
                let outcome = await portal.batch(commands)
                ended(ticket, commands, outcome)
                return outcome
            }
            await wait(until: earliest, for: pace.isPaused(at: now) ? .portal : .requests)
        }
        return nil
    }

    /// Counts what a request has used; one that never left does not count as a request.
    func ended(_ ticket: OperatingBudget.Ticket, _ commands: [Command], _ outcome: BatchOutcome) {
        pace.ended(ticket, commands, outcome, at: time.monotonic())
        if case .neverSent = outcome {
            report.requests -= 1
            report.commands -= commands.count
        }
    }

    /// Counts a request that leaves now.
    func count(_ commands: [Command]) -> OperatingBudget.Ticket {
        report.requests += 1
        report.commands += commands.count
        return pace.sending(commands, at: time.monotonic())
    }
}

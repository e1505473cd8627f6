// SPDX-License-Identifier: Apache-2.0

package import Bitrix24
import CallRecords
package import Ledger
package import Logging

/// Brings the ledger's calls to the portal: each exactly once, in order, at the pace that the portal allows.
///
/// Every decision is made by pure values (`CallMachine`, ``DeliveryQueue``, ``SettlingSchedule``, `DeliveryPace`); this
/// actor performs them. An intent is durable before its request leaves, and an outcome before anything follows from it.
package actor Deliverer {
    let ledger: Ledger
    let portal: Portal
    let settings: DeliverySettings
    let time: TimeSource
    let stop: StopSignal
    let log: Logger
    let onProgress: @Sendable (DeliveryProgress) -> Void

    var queue = DeliveryQueue()
    var schedule: SettlingSchedule
    var pace: DeliveryPace
    var report = DeliveryReport()
    /// Where the next calls are loaded from.
    var cursor = DeliveryCursor.beginning
    var hasLoadedAll = false
    /// How many calls this run has to bring to an end.
    var total = 0
    let startedAt: Duration
    /// Requests in flight.
    var inFlight = 0
    /// The calls that this run has begun to send, where `--max-calls` limits them.
    var begun: Set<Int64> = []
    /// Calls that this run asked about in vain.
    var askedInVain: Set<Int64> = []
    /// What may be concluded from the portal's statistics.
    var reading = StatisticsReading.none
    /// Whether the portal keeps EXTERNAL_CALL_ID; `nil` while it is not known.
    var keepsKeys: Bool?
    /// Whether all calls were looked up by what they are.
    var hasVerifiedLikenesses = false
    /// Whose CALL_ID a register may have got, where the portal keeps no keys.
    var origins = CallIDOrigins()
    /// Calls that got a CALL_ID that may be another's: they wait until the portal no longer gives it.
    var postponed: Set<Int64> = []
    /// Whether the portal holds calls of ours that the ledger does not know.
    var isBehindPortal = false
    /// CALL_IDs that calls gave up in this run: none of them may come back for another call. Those that calls have are in
    /// the ledger.
    var formerCallIDs: Set<String> = []
    /// Calls whose employee was refused and that are finished for the substitute.
    var substituted: Set<Int64> = []
    /// Numbers of calls whose register was left without an answer, and until when it may still be carried out. A portal
    /// that does not keep EXTERNAL_CALL_ID would give the CALL_ID that comes of it to the next look-alike.
    var resting: [String: Duration] = [:]
    /// Why no further request is sent, once that is decided.
    var ending: DeliveryReport.End?
    var ledgerFault: LedgerFault?

    /// What may be concluded from the portal's statistics.
    enum StatisticsReading: Sendable {
        /// The user sees every call: a missing row means a missing call.
        case all
        /// The user may see a part: only a row that is there proves something.
        case some
        case none
    }

    /// - Parameters:
    ///   - onProgress: Called after every answer.
    package init(
        ledger: Ledger, portal: Portal, settings: DeliverySettings, time: TimeSource, stop: StopSignal, log: Logger,
        onProgress: @escaping @Sendable (DeliveryProgress) -> Void = { _ in }
    ) {
        self.ledger = ledger
        self.portal = portal
        self.settings = settings
        self.time = time
        self.stop = stop
        self.log = log
        self.onProgress = onProgress
        startedAt = time.monotonic()
        schedule = SettlingSchedule(pause: settings.portal.rereadAfter)
        pace = DeliveryPace(settings: settings.portal, ledger: ledger, time: time)
    }

    /// Delivers until nothing is left, the run is stopped, or the portal does not accept us.
    ///
    /// - Throws: `LedgerFault` when an outcome could not be written; every request that was under way has been awaited.
    package func run() async throws(LedgerFault) -> DeliveryReport {
        try recover()
        try loadMore()
        guard queue.count > 0 else { return try finished() }
        total = try ledger.deliverableCount()
        try ledger.reserveSpace(forCalls: total)
        announce()
        if await preflight(), await verifyKeys(), await pilot(), await verifyLikenesses() {
            announce()
            await sendEverything()
        }
        if let ledgerFault { throw ledgerFault }
        return try finished()
    }

    /// Puts the calls that an earlier process left on their way into the queue.
    private func recover() throws(LedgerFault) {
        let due = time.monotonic() + settings.portal.settleAfter
        for state in [CallState.registering, .finishing, .unsettled, .registered] {
            var cursor = DeliveryCursor.beginning
            while true {
                var calls = try ledger.calls(in: state, after: cursor, limit: 500)
                guard let last = calls.last else { break }
                cursor = DeliveryCursor(after: last)
                for index in calls.indices {
                    if state == .registering { resting[calls[index].call.phoneNumber] = due }
                    if calls[index].apply(.processDied, now: time.wallSeconds) == .settle {
                        schedule.add(
                            calls[index].id, due: due,
                            isProbablyThere: calls[index].isNotFound && calls[index].lostFinish)
                    }
                    if holdWithoutEmployee(&calls[index]) { note(calls[index]) }
                    queue.put(calls[index])
                }
                try ledger.save(calls)
            }
        }
    }

    /// Loads pending calls until enough are in memory for the next batches.
    func loadMore() throws(LedgerFault) {
        while !hasLoadedAll, queue.registerCount < 200, queue.count < 20_000 {
            let calls = try ledger.calls(
                in: .pending, after: cursor, latestStart: time.wallSeconds, limit: 500)
            guard let last = calls.last else {
                hasLoadedAll = true
                break
            }
            cursor = DeliveryCursor(after: last)
            var held: [LedgerCall] = []
            for var call in calls where queue[call.id] == nil {
                if holdWithoutEmployee(&call) {
                    note(call)
                    held.append(call)
                }
                queue.put(call)
            }
            try ledger.save(held)
        }
    }

    /// Holds a call that is next to be sent but for which the configuration names nobody.
    func holdWithoutEmployee(_ call: inout LedgerCall) -> Bool {
        let own = settings.users.employee(of: call.call)
        switch call.state {
        case .pending where own == nil, .registered where own == nil && settings.users.substitute == nil:
            _ = call.apply(.hold(.noEmployee), now: time.wallSeconds)
            return true
        case .waiting, .pending, .registering, .registered, .finishing, .unsettled, .delivered, .refused, .held:
            return false
        }
    }

    /// Counts what has become of a call that is over.
    func note(_ call: LedgerCall) {
        switch call.state {
        case .delivered:
            if call.wasFoundThere { report.found += 1 } else { report.delivered += 1 }
        case .refused: report.newlyRefused[call.reason ?? "", default: 0] += 1
        case .held: report.newlyHeld[call.reason ?? "", default: 0] += 1
        case .waiting, .pending, .registering, .registered, .finishing, .unsettled: break
        }
    }

    /// Closes the run: calls without a known outcome are left to the next one.
    private func finished() throws(LedgerFault) -> DeliveryReport {
        let unsettled = try ledger.calls(in: .unsettled, limit: 100_000).map { call in
            var call = call
            if askedInVain.contains(call.id) { _ = call.apply(.runEnds, now: time.wallSeconds) }
            return call
        }
        if report.requests > 0 {
            try ledger.save(unsettled, facts: [.pace: pace.memory(at: time.monotonic()).text])
        }
        if let ending {
            report.end = ending
        } else if postponed.contains(where: { queue[$0]?.state == .pending }), keepsKeys != true {
            report.end = .stopped(
                "the portal takes some calls for unfinished ones that look like them; half an hour later it will not")
        } else if remainingCalls == 0, queue.registerCount > 0 {
            report.end = .stopped("--max-calls is reached")
        } else if try !ledger.calls(in: .pending, latestStart: time.wallSeconds, limit: 1).isEmpty
            || !unsettled.isEmpty || queue.count > 0
        {
            report.end = .stopped("some calls wait for an answer that only a later run can get")
        }
        return report
    }
}

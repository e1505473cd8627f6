// SPDX-License-Identifier: Apache-2.0

import CallLifecycle

/// The phase in which a delivery takes back what an earlier process left on its way, and sees what waits to be sent.
struct Recovery: DeliveryPhase {
    private var states: [CallState] = [.registering, .finishing, .unsettled, .registered]
    private var last: TrackedCall?
    private let preflight: PreflightPhase

    /// - Parameter preflight: What comes next where there is something to send.
    init(then preflight: PreflightPhase) { self.preflight = preflight }

    mutating func next(_ run: inout DeliveryRun, at now: Duration) -> PhaseStep {
        if let state = states.first { return .step(.load(CallPage(state, after: last, limit: PendingPages.size))) }
        if let page = run.nextPage(at: now) { return .step(.load(page)) }
        guard run.calls.count > 0, run.mayBegin || run.hasBegun else { return .step(.end) }
        run.announceForecast(at: now)
        return .over(then: preflight)
    }

    mutating func loaded(
        _ calls: [TrackedCall], for page: CallPage, owners: [String: Int64], _ run: inout DeliveryRun, at now: Duration
    ) throws(ImpossibleTransition) -> DeliveryCommit {
        guard states.first == page.state else { return try run.load(calls, owners: owners, at: now) }
        if calls.isEmpty { states.removeFirst() }
        last = calls.last
        return try run.recover(calls, at: now)
    }
}

// SPDX-License-Identifier: Apache-2.0

package import Bitrix24
package import CallLifecycle

/// A delivery as one value: what is known, what is on its way, and what may happen next.
///
/// It does no input or output and looks at no clock. Whoever runs it asks for the ``next(at:)`` step, does it, and tells
/// what came of it; every change that must outlive the process is in the ``DeliveryCommit`` that is returned, and is made
/// durable before the next step is done. All moments are on the monotonic clock.
///
/// A delivery goes through phases: it takes back what an earlier process left on its way, asks the portal what it needs to
/// know, looks keys up where the ledger may know less than the portal, sends a first few calls and reads them back, and
/// then fills its lanes with batches. Each phase says what comes next and what outcomes mean; ``DeliveryRun`` is what they
/// share.
package struct DeliveryState: Sendable {
    private var run: DeliveryRun
    private var phase: any DeliveryPhase
    /// Since when nothing has been on its way and nothing could be sent.
    private var idleSince: Duration?

    /// - Parameters:
    ///   - memory: What the ledger remembers.
    ///   - epoch: The wall clock when the monotonic clock stands at zero, in seconds since 1970.
    package init(_ settings: DeliverySettings, memory: DeliveryMemory, epoch: Double, at now: Duration) {
        run = DeliveryRun(settings, memory, epoch: epoch, at: now)
        phase = Recovery(then: PreflightPhase(settings, memory))
    }

    // MARK: Questions

    /// What the delivery has done until now, and why it ended.
    package var report: DeliveryReport { run.report }

    /// How far the delivery is.
    ///
    /// - Parameter wait: What it waits for, and until when; `nil` when it does not.
    package func progress(
        at now: Duration, waiting wait: (cause: RunProgress.Wait.Cause, until: Duration)? = nil
    ) -> RunProgress {
        run.progress(at: now, waiting: wait)
    }

    /// What the store has to answer before an outcome can be judged.
    package func questions(about outcome: BatchOutcome, for request: DeliveryRequest) -> FactRequest {
        FactRequest(about: outcome, of: request, run)
    }

    // MARK: Steps

    /// Decides that nothing more is sent; requests on their way are still awaited.
    package mutating func stop() { run.end(.stopped("interrupted by a signal")) }

    /// The next step; what it begins counts as begun.
    ///
    /// - Throws: ``ImpossibleTransition`` when the store or the program is wrong about a call; nothing is sent then.
    package mutating func next(at now: Duration) throws(ImpossibleTransition) -> DeliveryStep {
        if let since = idleSince {
            run.waited(now - since)
            idleSince = nil
        }
        run.endIfDue(at: now)
        let step = try nextOfPhase(at: now)
        if case .wait = step, run.traffic.requests.count == 0 { idleSince = now }
        return step
    }

    private mutating func nextOfPhase(at now: Duration) throws(ImpossibleTransition) -> DeliveryStep {
        while !run.isEnding, run.traffic.requests.count < (phase.usesAllLanes ? run.traffic.lanes : 1) {
            switch try phase.next(&run, at: now) {
            case .step(let step): return step
            case .over(let next): phase = next
            }
        }
        return run.awaitOrEnd
    }

    // MARK: Outcomes

    /// Takes in the calls of a page that was asked for.
    ///
    /// - Parameter owners: The calls that have the CALL_IDs that records of the page tell.
    /// - Returns: Calls that changed by being taken in.
    /// - Throws: ``ImpossibleTransition`` when the store is wrong about a call.
    package mutating func loaded(
        _ calls: [TrackedCall], for page: CallPage, owners: [String: Int64] = [:], at now: Duration
    ) throws(ImpossibleTransition) -> DeliveryCommit {
        try phase.loaded(calls, for: page, owners: owners, &run, at: now)
    }

    /// Takes in what became of a request.
    ///
    /// - Parameter facts: The store's answer to ``questions(about:for:)``.
    /// - Returns: What must be durable before the next step is done.
    /// - Throws: ``ImpossibleTransition`` when the store or the program is wrong about a call.
    package mutating func received(
        _ outcome: BatchOutcome, for request: DeliveryRequest, knowing facts: StoreFacts, at now: Duration
    ) throws(ImpossibleTransition) -> DeliveryCommit {
        run.ended(request, outcome, at: now)
        return try phase.received(outcome, for: request, facts, &run, at: now)
    }

    /// Closes the delivery: what the store should remember for the next one.
    ///
    /// - Throws: ``ImpossibleTransition`` when the program is wrong about a call.
    package mutating func close(at now: Duration) throws(ImpossibleTransition) -> DeliveryCommit {
        try run.close(at: now)
    }
}

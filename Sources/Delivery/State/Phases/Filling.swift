// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CallLifecycle

/// The phase that looks up which calls another integration has registered, where the configuration says that its gaps are
/// filled.
struct Filling: DeliveryPhase {
    /// Why nothing can be filled.
    private static let cannotFill =
        "neighbours: fill needs the permission to read the call statistics of all employees; grant it, or write neighbours: ignore"

    private var verification: Verification

    /// What comes once it is known what the portal has of ours.
    static func afterKeys(_ run: inout DeliveryRun, at now: Duration) -> any DeliveryPhase {
        guard run.neighbourhood.fillsAnything else { return FirstBatch() }
        guard run.portal.canRead else {
            run.end(.misconfigured(cannotFill))
            return FirstBatch()
        }
        return Filling(
            verification: Verification(
                ofAllBy: .others(tolerance: run.neighbourhood.tolerance), latestStart: run.wallSeconds(at: now),
                notBefore: .zero))
    }

    mutating func next(_ run: inout DeliveryRun, at now: Duration) -> PhaseStep {
        if let step = verification.step(&run, at: now) { return .step(step) }
        run.hasFilled()
        return .over(then: run.portal.canRead ? FirstBatch() : Self.afterKeys(&run, at: now))
    }

    mutating func loaded(
        _ calls: [TrackedCall], for page: CallPage, owners: [String: Int64], _ run: inout DeliveryRun, at now: Duration
    ) -> DeliveryCommit {
        verification.loaded(calls, asking: calls.filter(run.neighbourhood.isToFill))
        return DeliveryCommit()
    }

    mutating func received(
        _ outcome: BatchOutcome, for request: DeliveryRequest, _ facts: StoreFacts, _ run: inout DeliveryRun,
        at now: Duration
    ) throws(ImpossibleTransition) -> DeliveryCommit {
        guard case .verify(let question) = request.purpose else { isNotOfThisPhase(request) }
        return try run.book(verification.received(outcome, to: question, facts, run).news, at: now)
    }
}

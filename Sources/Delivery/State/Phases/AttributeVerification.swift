// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CallLifecycle

/// The phase that looks all calls up by what they are, where the portal keeps no keys.
///
/// Such a portal cannot show whether the ledger is behind it, so this is done in every run.
struct AttributeVerification: DeliveryPhase {
    private var verification: Verification

    init(_ run: DeliveryRun, at now: Duration) {
        // What a former run has sent may still be at work.
        let notBefore = run.settings.ledgerMayBeStale ? run.settings.othersMayWorkUntil : now
        verification = Verification(
            ofAllBy: .attributes, latestStart: run.wallSeconds(at: now), notBefore: notBefore)
    }

    mutating func next(_ run: inout DeliveryRun, at now: Duration) -> PhaseStep {
        if let step = verification.step(&run, at: now) { return .step(step) }
        guard run.portal.canRead else { return .over(then: OrdinaryDelivery.begin(&run, at: now)) }
        return .over(then: FirstBatch(hasVerifiedAttributes: true))
    }

    mutating func loaded(
        _ calls: [TrackedCall], for page: CallPage, owners: [String: Int64], _ run: inout DeliveryRun, at now: Duration
    ) -> DeliveryCommit {
        verification.loaded(calls)
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

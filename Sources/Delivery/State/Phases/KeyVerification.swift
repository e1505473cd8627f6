// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CallLifecycle

/// The phase that looks all calls up by their keys, where the ledger may know less than the portal.
struct KeyVerification: DeliveryPhase {
    private var verification: Verification

    /// What comes once the portal has all lines.
    static func afterLines(_ run: inout DeliveryRun, at now: Duration) -> any DeliveryPhase {
        guard let notBefore = start(run, at: now) else { return Filling.afterKeys(&run, at: now) }
        if run.portal.isAheadOfLedger {
            run.notice(
                "the portal has calls that this ledger does not know; checking all undelivered calls at the portal first"
            )
        }
        return KeyVerification(
            verification: Verification(ofAllBy: .key, latestStart: run.wallSeconds(at: now), notBefore: notBefore))
    }

    /// From when on keys can be looked up, since other requests may still be at work; `nil` when they need not be.
    private static func start(_ run: DeliveryRun, at now: Duration) -> Duration? {
        let (portal, settings) = (run.portal, run.settings)
        // Where the portal keeps no keys there is nothing to look up.
        guard portal.keepsKeys != false, portal.canRead else { return nil }
        let isNew = portal.highestStatisticID == nil
        // A look-up in the batch of a register comes too late to keep it from creating a lead.
        guard
            isNew || portal.isAheadOfLedger || settings.ledgerMayBeStale || settings.verifiesPortal
                || run.calls.mayCreate
        else { return nil }
        return portal.isAheadOfLedger ? now + run.traffic.settleAfter : settings.othersMayWorkUntil
    }

    mutating func next(_ run: inout DeliveryRun, at now: Duration) -> PhaseStep {
        if let step = verification.step(&run, at: now) { return .step(step) }
        return .over(then: Filling.afterKeys(&run, at: now))
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

// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CDRConfiguration
import CallLifecycle

/// The phase in which a ledger's first few calls are sent and read back before anything else leaves.
///
/// What is read back shows whether the portal keeps EXTERNAL_CALL_ID; until that is known, look-alikes are sent one after
/// the other.
struct FirstBatch: DeliveryPhase {
    /// What comes next.
    private enum Step {
        /// Choose the calls.
        case choose
        /// Look the chosen calls up by what they are: a ledger that was lost on a portal that keeps no keys shows in that.
        case verify(Verification, of: [TrackedCall])
        case register([TrackedCall])
        case finish
        /// Read delivered calls back, no sooner than the moment.
        case readBack(ReadBack, notBefore: Duration)
        /// All calls are looked at before anything is sent: the ledger was lost.
        case verifyAll
        case done
    }

    /// The most calls of a ledger's first batch.
    private static let size = 5

    private var step = Step.choose
    /// Whether all calls were looked up by what they are.
    private let hasVerifiedAttributes: Bool

    init(hasVerifiedAttributes: Bool = false) { self.hasVerifiedAttributes = hasVerifiedAttributes }

    /// Whether calls were delivered that are to be read back: what a reply says about keys is no proof.
    private var wasSent: Bool {
        if case .readBack = step { true } else { false }
    }

    // MARK: Steps

    mutating func next(_ run: inout DeliveryRun, at now: Duration) throws(ImpossibleTransition) -> PhaseStep {
        if case .verifyAll = step { return .over(then: AttributeVerification(run, at: now)) }
        guard run.portal.canRead, run.portal.keepsKeys == nil || wasSent else { return afterwards(&run, at: now) }
        switch step {
        case .choose:
            if let page = run.nextPage(at: now) { return .step(.load(page)) }
            chose(run.choice.toRegister(most: Self.size, at: now))
            return try next(&run, at: now)
        case .verify(let verification, _):
            guard let step = verification.step(&run, at: now) else { return afterwards(&run, at: now) }
            return .step(step)
        case .register(let calls):
            let methods: Set =
                run.portal.looksUp ? [RegisterCall.method, StatisticQuery.method] : [RegisterCall.method]
            if let wait = run.traffic.wait(forPaceOf: methods, at: now) { return .step(wait) }
            return .step(try run.register(calls, at: now))
        case .finish:
            let ready = run.choice.toFinish(most: Self.size)
            guard !ready.isEmpty else {
                // Nothing can be finished: begin anew.
                step = .choose
                return try next(&run, at: now)
            }
            if let wait = run.traffic.wait(forPaceOf: [FinishCall.method], at: now) { return .step(wait) }
            return .step(try run.finish(ready, at: now))
        case .readBack(let readBack, let notBefore):
            guard notBefore <= now else { return .step(run.traffic.wait(until: notBefore, for: .statistics)) }
            let lookUp = readBack.lookUp(run.nextName + "b")
            return .step(run.send(.readBack(lookUp), lookUp.commands, at: now))
        case .verifyAll, .done: return afterwards(&run, at: now)
        }
    }

    private mutating func chose(_ calls: [TrackedCall]) {
        guard !calls.isEmpty else {
            step = .done
            return
        }
        step = hasVerifiedAttributes ? .register(calls) : .verify(Verification(of: calls, by: .attributes), of: calls)
    }

    private func afterwards(_ run: inout DeliveryRun, at now: Duration) -> PhaseStep {
        guard run.portal.separatesLookAlikes, run.portal.canRead, !hasVerifiedAttributes else {
            return .over(then: OrdinaryDelivery.begin(&run, at: now))
        }
        return .over(then: AttributeVerification(run, at: now))
    }

    // MARK: Outcomes

    mutating func received(
        _ outcome: BatchOutcome, for request: DeliveryRequest, _ facts: StoreFacts, _ run: inout DeliveryRun,
        at now: Duration
    ) throws(ImpossibleTransition) -> DeliveryCommit {
        switch (request.purpose, step) {
        case (.verify(let question), .verify(var verification, let calls)):
            let (news, hasKnown) = verification.received(outcome, to: question, facts, run)
            step = hasKnown ? .verifyAll : verification.isOver ? .register(calls) : .verify(verification, of: calls)
            return try run.book(news, at: now)
        case (.register(let batch), _):
            step = outcome.reading().reply == nil ? .choose : .finish
            return try run.book(batch.consequences(of: outcome, facts), at: now)
        case (.finish(let batch), _):
            let commit = try run.book(batch.consequences(of: outcome), at: now)
            // What the portal registered itself shows nothing about keys.
            let own = commit.progress.filter { $0.state == .delivered && !$0.isAdopted }
            step = own.isEmpty ? .choose : .readBack(ReadBack(own), notBefore: now)
            return commit
        case (.readBack(let lookUp), .readBack(var readBack, _)):
            let (news, isOver) = readBack.received(outcome, to: lookUp, run.portal)
            step = isOver ? .done : .readBack(readBack, notBefore: now + run.settings.portal.rereadAfter)
            return try run.book(news, at: now)
        default: isNotOfThisPhase(request)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CallLifecycle

/// The phase that fills the lanes with batches: questions first, then finishes, then registers.
struct OrdinaryDelivery: DeliveryPhase {
    /// How many calls the statistics are asked about at a time: fewer once an answer had more than a page.
    private var callsPerQuestion = StatisticQuery.pageSize

    /// Begins it, and says how long the run will take.
    static func begin(_ run: inout DeliveryRun, at now: Duration) -> OrdinaryDelivery {
        run.announceForecast(at: now)
        return OrdinaryDelivery()
    }

    var usesAllLanes: Bool { true }

    mutating func next(_ run: inout DeliveryRun, at now: Duration) throws(ImpossibleTransition) -> PhaseStep {
        if let page = run.nextPage(at: now) { return .step(.load(page)) }
        run.plan()
        let options = run.options(at: now)
        for option in options.possible {
            if let step = try begin(option.deed, &run, at: now) { return .step(step) }
            if run.isEnding { return .step(run.awaitOrEnd) }
        }
        if let next = options.next { return .step(run.traffic.wait(until: next.from, for: next.cause)) }
        return .step(run.awaitOrEnd)
    }

    /// Begins what can be done now; `nil` when there is nothing to do after all, or when the run ends for it.
    private func begin(
        _ deed: SendingOptions.Option.Deed, _ run: inout DeliveryRun, at now: Duration
    ) throws(ImpossibleTransition) -> DeliveryStep? {
        switch deed {
        case .ask:
            let calls = run.takeQuestions(most: callsPerQuestion, at: now)
            guard !calls.isEmpty else { return nil }
            let question = SettlingQuestion(run.nextName + "s", calls, asksByAttributes: run.portal.keepsKeys != true)
            return run.send(.settle(calls, question), question.commands, at: now)
        case .finish(let calls):
            guard fits(.finish, calls.count, &run, at: now) else { return nil }
            return try run.finish(calls, at: now)
        case .register(let calls):
            guard fits(.register, calls.count, &run, at: now) else { return nil }
            return try run.register(calls, at: now)
        case .look:
            return nil
        }
    }

    /// Whether a batch that begins now is expected to be over in time; the run ends when it is not.
    private func fits(
        _ phase: DeliveryPace.Phase, _ count: Int, _ run: inout DeliveryRun, at now: Duration
    ) -> Bool {
        guard !run.traffic.fits(phase, count, at: now) else { return true }
        run.end(.stopped("another batch would not end before the time given by --until"))
        return false
    }

    mutating func received(
        _ outcome: BatchOutcome, for request: DeliveryRequest, _ facts: StoreFacts, _ run: inout DeliveryRun,
        at now: Duration
    ) throws(ImpossibleTransition) -> DeliveryCommit {
        switch request.purpose {
        case .register(let batch): return try run.book(batch.consequences(of: outcome, facts), at: now)
        case .finish(let batch): return try run.book(batch.consequences(of: outcome), at: now)
        case .settle(let calls, let question):
            let (news, isComplete) = question.consequences(
                of: outcome, about: calls, owners: facts.owners, keepsKeys: run.portal.keepsKeys == true,
                users: run.settings.users)
            if !isComplete { callsPerQuestion = max(1, min(callsPerQuestion, calls.count) / 4) }
            return try run.book(news, at: now)
        default: isNotOfThisPhase(request)
        }
    }
}

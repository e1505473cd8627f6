// SPDX-License-Identifier: Apache-2.0

package import Bitrix24
package import CallLifecycle

/// A delivery as one value: what is known, what is on its way, and what may happen next.
///
/// It does no input or output and looks at no clock. Whoever runs it asks for the ``next(at:)`` step, does it, and tells
/// what came of it; every change that must outlive the process is in the ``DeliveryCommit`` that is returned, and is made
/// durable before the next step is asked for. All moments are on the monotonic clock.
///
/// A delivery goes through phases: it takes back what an earlier process left on its way, asks the portal what it needs to
/// know, looks keys up where the ledger may know less than the portal, sends a first few calls and reads them back, and
/// then fills its lanes with batches: questions first, then finishes, then registers.
package struct DeliveryState: Sendable {
    private enum Phase: Sendable {
        /// Takes back what an earlier process left in these states, from a place in the first of them on.
        case recovering([CallState], after: TrackedCall?)
        case preflight
        /// Asks more about calls of new sources that another integration may have registered.
        case askingNeighbours
        /// Makes the lines that the portal lacks.
        case makingLines
        /// Looks all calls up by their keys, where the ledger may know less than the portal.
        case verifyingKeys(Verification)
        /// Looks up which calls another integration has registered, where its gaps are filled.
        case filling(Verification)
        case firstBatch(FirstBatch)
        /// Looks all calls up by what they are, where the portal keeps no keys.
        case verifyingAttributes(Verification)
        case delivering
        case over
    }

    private var core: DeliveryCore
    private var phase = Phase.recovering([.registering, .finishing, .unsettled, .registered], after: nil)
    private var hasVerifiedAttributes = false
    /// Since when nothing has been on its way and nothing could be sent.
    private var idleSince: Duration?

    /// - Parameters:
    ///   - memory: What the ledger remembers.
    ///   - epoch: The wall clock when the monotonic clock stands at zero, in seconds since 1970.
    package init(_ settings: DeliverySettings, memory: DeliveryMemory, epoch: Double, at now: Duration) {
        core = DeliveryCore(settings, memory: memory, epoch: epoch, at: now)
    }

    // MARK: Questions

    /// What the delivery has done until now, and why it ended.
    package var report: DeliveryReport { core.report }

    /// How far the delivery is.
    ///
    /// - Parameter wait: What it waits for, and until when; `nil` when it does not.
    package func progress(
        at now: Duration, waiting wait: (cause: RunProgress.Wait.Cause, until: Duration)? = nil
    ) -> RunProgress {
        core.progress(at: now, waiting: wait)
    }

    /// What the store has to answer before an outcome can be judged.
    package func questions(about outcome: BatchOutcome, for request: DeliveryRequest) -> FactRequest {
        core.questions(about: outcome, for: request)
    }

    // MARK: Steps

    /// Decides that nothing more is sent; requests on their way are still awaited.
    package mutating func stop() { core.end(.stopped("interrupted by a signal")) }

    /// The next step; what it begins counts as begun.
    ///
    /// - Throws: ``ImpossibleTransition`` when the store or the program is wrong about a call; nothing is sent then.
    package mutating func next(at now: Duration) throws(ImpossibleTransition) -> DeliveryStep {
        if let since = idleSince {
            core.waited(now - since)
            idleSince = nil
        }
        core.endIfDue(at: now)
        guard !core.isEnding, core.requestsInFlight < lanes else { return awaitOrEnd }
        let step = try nextOfPhase(at: now)
        if case .wait = step, core.requestsInFlight == 0 { idleSince = now }
        return step
    }

    /// How many requests may be on their way: what comes before delivery is done step by step.
    private var lanes: Int {
        if case .delivering = phase { core.lanes } else { 1 }
    }

    private var awaitOrEnd: DeliveryStep {
        core.requestsInFlight > 0 ? .wait(until: nil, for: .answers) : .end
    }

    private mutating func nextOfPhase(at now: Duration) throws(ImpossibleTransition) -> DeliveryStep {
        switch phase {
        case .recovering(let states, let after):
            guard let state = states.first else { return try afterRecovery(at: now) }
            return .load(CallPage(state, after: after, limit: PendingPages.size))
        case .preflight:
            guard core.preflightNotBefore <= now else {
                return core.wait(until: core.preflightNotBefore, for: .statistics)
            }
            let preflight = core.preflight.commands
            let (question, commands) = core.neighbourQuestion(besides: preflight.count)
            return core.sendAlone(.preflight(question), preflight + commands, at: now)
        case .askingNeighbours:
            let (question, _) = core.neighbourQuestion()
            return core.sendAlone(.askNeighbours(question), question.commands, at: now)
        case .makingLines:
            if let step = core.makeLines(at: now) { return step }
            return try go(to: afterLines(at: now), at: now)
        case .verifyingKeys(let verification):
            if let step = verify(verification, at: now) { return step }
            return try go(to: afterKeys(at: now), at: now)
        case .filling(let verification):
            if let step = verify(verification, at: now) { return step }
            core.hasFilled()
            return try go(to: core.canRead ? .firstBatch(FirstBatch()) : afterKeys(at: now), at: now)
        case .firstBatch(let batch):
            return try send(batch, at: now)
        case .verifyingAttributes(let verification):
            if let step = verify(verification, at: now) { return step }
            guard core.canRead else { return try startDelivering(at: now) }
            hasVerifiedAttributes = true
            return try go(to: .firstBatch(FirstBatch()), at: now)
        case .delivering:
            return try deliver(at: now)
        case .over:
            return .end
        }
    }

    private mutating func go(to phase: Phase, at now: Duration) throws(ImpossibleTransition) -> DeliveryStep {
        self.phase = phase
        guard !core.isEnding else { return awaitOrEnd }
        return try nextOfPhase(at: now)
    }

    /// What comes once it is known what the portal has of ours.
    private mutating func afterKeys(at now: Duration) -> Phase {
        core.neededFill(at: now).map { .filling($0) } ?? .firstBatch(FirstBatch())
    }

    private mutating func afterRecovery(at now: Duration) throws(ImpossibleTransition) -> DeliveryStep {
        if core.wantsMoreCalls { return .load(core.pendingPage(at: now)) }
        guard core.openCalls > 0, core.mayBegin || core.hasBegun else { return try go(to: .over, at: now) }
        core.announce(at: now)
        return try go(to: .preflight, at: now)
    }

    /// The next step of a verification; `nil` when it is over, or can show nothing.
    private mutating func verify(_ verification: Verification, at now: Duration) -> DeliveryStep? {
        guard verification.notBefore <= now else { return core.wait(until: verification.notBefore, for: .statistics) }
        guard core.canRead else { return nil }
        switch verification.next {
        case .load(let page): return .load(page)
        case .ask(let lot):
            let question = verification.question(core.nextName + "v", lot, core.spelling)
            return core.sendAlone(.verify(lot, question), question.commands, at: now)
        case .done: return nil
        }
    }

    private mutating func send(
        _ batch: FirstBatch, at now: Duration
    ) throws(ImpossibleTransition) -> DeliveryStep {
        guard core.canRead, core.keepsKeys == nil || batch.wasSent else { return try afterFirstBatch(at: now) }
        var batch = batch
        switch batch.step {
        case .choose:
            if core.wantsMoreCalls { return .load(core.pendingPage(at: now)) }
            let calls = core.nextToRegister(limit: FirstBatch.size, at: now)
            batch.chose(calls, needsVerification: !hasVerifiedAttributes)
            return try go(to: .firstBatch(batch), at: now)
        case .verify(let verification):
            guard let step = verify(verification, at: now) else { return try afterFirstBatch(at: now) }
            return step
        case .register(let calls):
            return try core.registerWhenAllowed(calls, at: now)
        case .finish:
            let ready = core.nextToFinish(limit: FirstBatch.size)
            guard !ready.isEmpty else {
                batch.startAgain()
                return try go(to: .firstBatch(batch), at: now)
            }
            return try core.finishWhenAllowed(ready, at: now)
        case .readBack(let calls, let notBefore):
            guard notBefore <= now else { return core.wait(until: notBefore, for: .statistics) }
            let lookUp = LookUp(core.nextName + "b", keysAndCallIDsOf: calls)
            return core.sendAlone(.readBack(calls, lookUp), lookUp.commands, at: now)
        case .done:
            return try afterFirstBatch(at: now)
        }
    }

    private mutating func afterFirstBatch(at now: Duration) throws(ImpossibleTransition) -> DeliveryStep {
        guard core.separatesLookAlikes, core.canRead, !hasVerifiedAttributes else {
            return try startDelivering(at: now)
        }
        return try go(to: .verifyingAttributes(core.attributeVerification(at: now)), at: now)
    }

    private mutating func startDelivering(at now: Duration) throws(ImpossibleTransition) -> DeliveryStep {
        core.announce(at: now)
        return try go(to: .delivering, at: now)
    }

    private mutating func deliver(at now: Duration) throws(ImpossibleTransition) -> DeliveryStep {
        if core.wantsMoreCalls { return .load(core.pendingPage(at: now)) }
        let options = core.options(at: now)
        for option in options.possible {
            if let step = try core.begin(option.deed, at: now) { return step }
            if core.isEnding { return awaitOrEnd }
        }
        if let next = options.next { return core.wait(until: next.from, for: next.cause) }
        return core.requestsInFlight > 0 ? awaitOrEnd : try go(to: .over, at: now)
    }
}

/// What was read, and what was answered.
extension DeliveryState {
    /// Takes in the calls of a page that was asked for.
    ///
    /// - Returns: Calls that changed by being taken in.
    /// - Throws: ``ImpossibleTransition`` when the store is wrong about a call.
    ///
    /// - Parameter owners: The calls that have the CALL_IDs that records of the page tell.
    package mutating func loaded(
        _ calls: [TrackedCall], for page: CallPage, owners: [String: Int64] = [:], at now: Duration
    ) throws(ImpossibleTransition) -> DeliveryCommit {
        switch phase {
        case .recovering(let states, _) where states.first == page.state:
            phase = .recovering(calls.isEmpty ? Array(states.dropFirst()) : states, after: calls.last)
            return try core.recovered(calls, at: now)
        case .verifyingKeys(var verification):
            verification.loaded(calls)
            phase = .verifyingKeys(verification)
        case .filling(var verification):
            verification.loaded(calls, asking: core.toFill(calls))
            phase = .filling(verification)
        case .verifyingAttributes(var verification):
            verification.loaded(calls)
            phase = .verifyingAttributes(verification)
        case .recovering, .preflight, .askingNeighbours, .makingLines, .firstBatch, .delivering, .over:
            return try core.loaded(calls, owners: owners, at: now)
        }
        return DeliveryCommit()
    }

    /// Takes in what became of a request.
    ///
    /// - Parameter facts: The store's answer to ``questions(about:for:)``.
    /// - Returns: What must be durable before the next step is asked for.
    /// - Throws: ``ImpossibleTransition`` when the store or the program is wrong about a call.
    package mutating func received(
        _ outcome: BatchOutcome, for request: DeliveryRequest, knowing facts: StoreFacts, at now: Duration
    ) throws(ImpossibleTransition) -> DeliveryCommit {
        core.ended(request, outcome, at: now)
        switch request.purpose {
        case .preflight(let question): return try receivedPreflight(outcome, question, facts, at: now)
        case .askNeighbours(let question):
            let commit = core.neighboursReceived(outcome, question, at: now)
            if core.hasCheckedNeighbours { phase = .makingLines }
            return commit
        case .lines: return core.linesReceived(outcome, at: now)
        case .addLine(let line): return core.lineReceived(outcome, line, at: now)
        case .verify(let calls, let question):
            return try receivedVerification(outcome, calls, question, facts, at: now)
        case .register(let batch):
            let commit = try core.registerReceived(outcome, batch, facts, at: now)
            changeFirstBatch { $0.registered(wasAnswered: outcome.reading().reply != nil) }
            return commit
        case .finish(let batch):
            let commit = try core.finishReceived(outcome, batch, at: now)
            // What the portal registered itself shows nothing about keys.
            let own = commit.progress.filter { $0.state == .delivered && !$0.isAdopted }
            changeFirstBatch { $0.finished(own, at: now) }
            return commit
        case .settle(let calls, let question):
            return try core.answersReceived(outcome, calls, question, facts, at: now)
        case .readBack(_, let lookUp):
            guard case .firstBatch(var batch) = phase else { return DeliveryCommit() }
            defer { phase = .firstBatch(batch) }
            return core.readBackReceived(outcome, lookUp, of: &batch, at: now)
        }
    }

    /// Closes the delivery: what the store should remember for the next one.
    ///
    /// - Throws: ``ImpossibleTransition`` when the program is wrong about a call.
    package mutating func close(at now: Duration) throws(ImpossibleTransition) -> DeliveryCommit {
        try core.close(at: now)
    }

    private mutating func changeFirstBatch(_ change: (inout FirstBatch) -> Void) {
        guard case .firstBatch(var batch) = phase else { return }
        change(&batch)
        phase = .firstBatch(batch)
    }

    private mutating func receivedPreflight(
        _ outcome: BatchOutcome, _ question: AttributeLookUp, _ facts: StoreFacts, at now: Duration
    ) throws(ImpossibleTransition) -> DeliveryCommit {
        var (commit, isPassed) = try core.preflightReceived(outcome, facts, at: now)
        guard isPassed else { return commit }
        // What others have, which lines are there and what is known matters only to calls that are begun.
        guard core.mayBegin else {
            phase = .delivering
            return commit
        }
        commit.add(core.neighboursReceived(outcome, question, at: now))
        phase = core.hasCheckedNeighbours ? .makingLines : .askingNeighbours
        return commit
    }

    /// What comes when the portal has all lines.
    private mutating func afterLines(at now: Duration) -> Phase {
        guard let verification = core.neededKeyVerification(at: now) else { return afterKeys(at: now) }
        core.announceVerification()
        return .verifyingKeys(verification)
    }

    private mutating func receivedVerification(
        _ outcome: BatchOutcome, _ calls: [TrackedCall], _ question: Verification.Question, _ facts: StoreFacts,
        at now: Duration
    ) throws(ImpossibleTransition) -> DeliveryCommit {
        guard var verification else { return DeliveryCommit() }
        let finding = core.read(outcome, to: question, about: calls, in: &verification, facts)
        let news = core.notice(neighbourOffset: verification.neighbourOffset)
        var (commit, hasKnown) = try core.verified(finding, of: question, about: calls, at: now)
        commit.facts += news
        switch phase {
        case .verifyingKeys: phase = .verifyingKeys(verification)
        case .filling: phase = .filling(verification)
        case .verifyingAttributes: phase = .verifyingAttributes(verification)
        case .firstBatch(var batch):
            batch.verified(verification)
            // The ledger was lost: all calls are looked at before anything is sent.
            phase = hasKnown ? .verifyingAttributes(core.attributeVerification(at: now)) : .firstBatch(batch)
        case .recovering, .preflight, .askingNeighbours, .makingLines, .delivering, .over: break
        }
        return commit
    }

    /// The verification that is going on.
    private var verification: Verification? {
        switch phase {
        case .verifyingKeys(let verification), .filling(let verification), .verifyingAttributes(let verification):
            return verification
        case .firstBatch(let batch):
            if case .verify(let verification) = batch.step { return verification }
            return nil
        case .recovering, .preflight, .askingNeighbours, .makingLines, .delivering, .over: return nil
        }
    }
}

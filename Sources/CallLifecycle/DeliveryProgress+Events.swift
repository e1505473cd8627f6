// SPDX-License-Identifier: Apache-2.0

/// The state machine: one function a state, one case an event. The table in docs/exactly-once.md is made from it.
extension DeliveryProgress {
    /// The oldest a call may be before the portal's cleaner may have removed it unfinished: 29 days, one less than the
    /// cleaner's 30.
    private static let cleanerAge: Duration = .seconds(29 * 86_400)

    /// How many CALL_IDs of other calls a call may get: the first time the other call is finished before this one is
    /// registered again, then it is no accident.
    private static let mostTakenCallIDs = 2

    /// Applies an event.
    ///
    /// - Parameters:
    ///   - event: What happened.
    ///   - age: How long ago the call began; only the cleaner's age is judged by it.
    /// - Returns: What follows; ``CallAction/ignore`` where the event comes too late to change anything.
    /// - Throws: ``ImpossibleTransition`` where the event cannot follow from the state; nothing has changed then.
    package mutating func apply(
        _ event: CallEvent, startedAgo age: Duration
    ) throws(ImpossibleTransition) -> CallAction {
        let action =
            switch state {
            case .waiting: whileWaiting(event)
            case .pending: whilePending(event)
            case .registering: whileRegistering(event)
            case .registered: whileRegistered(event)
            case .finishing: whileFinishing(event)
            case .unsettled: whileUnsettled(event, age)
            case .delivered: whileDelivered(event)
            case .refused: whileRefused(event)
            case .held: whileHeld(event)
            case .deliveredByOthers: whileDeliveredByOthers(event)
            }
        guard let action else { throw ImpossibleTransition(state: state, event: event) }
        return action
    }

    private mutating func whileWaiting(_ event: CallEvent) -> CallAction? {
        switch event {
        case .grew(let isWhole): become(isWhole ? .pending : .waiting, .nothing)
        case .completed: become(.pending, .register)
        case .hold(let reason): hold(reason)
        // It is met again when it is registered: what was read until now may be a part of it.
        case .foundAtPortal, .matchedAtPortal, .registeredByOthers: .ignore
        default: nil
        }
    }

    private mutating func whilePending(_ event: CallEvent) -> CallAction? {
        switch event {
        case .grew(let isWhole): become(isWhole ? .pending : .waiting, .nothing)
        case .registerBegins: become(.registering, .nothing)
        case .creatingRegisterBegins: beginCreatingRegister()
        case .adopted(let id): adopt(id)
        case .foundAtPortal(let id): deliver(id, foundThere: true)
        case .matchedAtPortal(let id, let portalCallID): match(id, portalCallID, foundThere: true)
        case .registeredByOthers(let id, let portalCallID, let application):
            leaveToOthers(id, portalCallID, application)
        case .hold(let reason): hold(reason)
        case .processDied: .register
        default: nil
        }
    }

    private mutating func whileRegistering(_ event: CallEvent) -> CallAction? {
        switch event {
        case .registered(let id): register(id)
        case .callIDTaken: takeBack()
        case .callIDForeign:
            // That CALL_ID is not what became of an earlier register: a later run must not think so either.
            forgetLostRegister()
        case .registerNotExecuted: doWithoutRegister()
        // At worst the portal keeps one more live call that nobody sees and its cleaner removes.
        case .registerUnanswered, .processDied: loseRegister()
        case .registerWithoutCallID:
            holdLostRegister()
        case .registerRefused(let refusal): refuseRegister(refusal)
        case .foundAtPortal(let id): deliver(id, foundThere: true)
        case .hold(let reason): hold(reason)
        default: nil
        }
    }

    private mutating func whileRegistered(_ event: CallEvent) -> CallAction? {
        switch event {
        case .finishBegins: become(.finishing, .nothing)
        case .foundAtPortal(let id): deliver(id, foundThere: !lostFinish)
        case .matchedAtPortal(let id, let portalCallID): match(id, portalCallID, foundThere: !lostFinish)
        case .hold(let reason): hold(reason)
        // The ledger may be a copy, and another one may have finished the call since: the portal is asked first.
        case .processDied: become(.unsettled, .settle)
        default: nil
        }
    }

    private mutating func whileFinishing(_ event: CallEvent) -> CallAction? {
        switch event {
        case .finished(let id): deliver(id, foundThere: false)
        case .finishNotExecuted: become(.registered, .finish)
        case .finishUnanswered, .processDied: loseFinish()
        case .callNotFound: missLiveCall()
        case .finishRefused(.userNotActive(canSubstitute: true)): become(.registered, .finishAsSubstitute)
        case .finishRefused(.unclear(let text)): loseFinish(saying: text)
        case .finishRefused(let refusal): refuse(refusal)
        case .foundAtPortal(let id): deliver(id, foundThere: false)
        default: nil
        }
    }

    private mutating func whileUnsettled(_ event: CallEvent, _ age: Duration) -> CallAction? {
        switch event {
        case .foundAtPortal(let id): deliver(id, foundThere: !lostFinish)
        case .matchedAtPortal(let id, let portalCallID): match(id, portalCallID, foundThere: !lostFinish)
        case .hold(let reason): hold(reason)
        case .absentAtPortal: absent(age)
        case .cannotBeKnown: hold(.unknownOutcome)
        case .runEnds: endRun()
        case .processDied: .settle
        default: nil
        }
    }

    private mutating func whileDelivered(_ event: CallEvent) -> CallAction? {
        switch event {
        case .foundAtPortal, .matchedAtPortal, .absentAtPortal, .cannotBeKnown: .ignore
        default: nil
        }
    }

    private mutating func whileDeliveredByOthers(_ event: CallEvent) -> CallAction? {
        switch event {
        case .foundAtPortal, .matchedAtPortal, .registeredByOthers, .absentAtPortal, .cannotBeKnown: .ignore
        default: nil
        }
    }

    private mutating func whileRefused(_ event: CallEvent) -> CallAction? {
        switch event {
        case .foundAtPortal(let id): deliver(id, foundThere: true)
        case .absentAtPortal, .cannotBeKnown: .ignore
        default: nil
        }
    }

    /// A person was asked; a row at the portal is the answer.
    private mutating func whileHeld(_ event: CallEvent) -> CallAction? {
        switch event {
        case .foundAtPortal(let id): deliver(id, foundThere: !lostFinish)
        case .absentAtPortal, .cannotBeKnown: .ignore
        default: nil
        }
    }
}

/// What the transitions change.
extension DeliveryProgress {
    private mutating func become(_ state: CallState, _ action: CallAction) -> CallAction {
        self.state = state
        return action
    }

    private mutating func beginCreatingRegister() -> CallAction {
        mayHaveCreated = true
        return become(.registering, .nothing)
    }

    private mutating func doWithoutRegister() -> CallAction {
        mayHaveCreated = false
        return become(.pending, .register)
    }

    private mutating func adopt(_ portalCallID: String) -> CallAction {
        self.portalCallID = portalCallID
        return become(.registered, .finish)
    }

    private mutating func register(_ portalCallID: String) -> CallAction {
        mayHaveCreated = false
        self.portalCallID = portalCallID
        registrations += 1
        lostFinish = false
        isNotFound = false
        return become(.registered, .finish)
    }

    private mutating func takeBack() -> CallAction {
        registrations += 1
        mayHaveCreated = false
        return registrations > Self.mostTakenCallIDs ? hold(.callIDCollision) : become(.pending, .register)
    }

    private mutating func forgetLostRegister() -> CallAction {
        lostRegister = false
        mayHaveCreated = false
        return become(.pending, .register)
    }

    private mutating func loseRegister() -> CallAction {
        lostRegister = true
        // A second register could create a second lead.
        return mayHaveCreated ? hold(.unknownRegister) : become(.pending, .register)
    }

    private mutating func holdLostRegister() -> CallAction {
        lostRegister = true
        return hold(.noCallID)
    }

    private mutating func refuseRegister(_ refusal: Refusal) -> CallAction {
        guard case .unclear(let text) = refusal else { return refuse(refusal) }
        lostRegister = true
        // A second register could create a second lead.
        guard mayHaveCreated else { return refuse(refusal) }
        note = text
        return hold(.unknownRegister)
    }

    private mutating func loseFinish(saying text: String? = nil) -> CallAction {
        lostFinish = true
        note = text
        return become(.unsettled, .settle)
    }

    private mutating func missLiveCall() -> CallAction {
        isNotFound = true
        return become(.unsettled, .settle)
    }

    private mutating func endRun() -> CallAction {
        unsettledRuns += 1
        return .nothing
    }

    private mutating func absent(_ age: Duration) -> CallAction {
        guard isNotFound else {
            // The portal said no in words that the program does not know, and did nothing: a person has to know.
            if let note { return refuse(.unclear(note)) }
            // The live call is still there, and the finish did nothing: the CALL_ID makes a second one safe.
            return become(.registered, .finish)
        }
        if lostFinish {
            // Only a finish or the cleaner removes a live call, so the row most probably comes later.
            return unsettledRuns == 0 ? .settleNextRun : hold(.probablyDelivered)
        }
        // What the portal registered itself is never registered again.
        if isAdopted { return hold(.portalCallUnknown) }
        if age > Self.cleanerAge, registrations < 2 {
            portalCallID = nil
            return become(.pending, .register)
        }
        return hold(.callVanished)
    }

    private mutating func match(_ statisticID: Int64, _ portalCallID: String?, foundThere: Bool) -> CallAction {
        // The row is this call's from now on, whatever else is alike.
        self.portalCallID = portalCallID
        return deliver(statisticID, foundThere: foundThere)
    }

    private mutating func deliver(_ statisticID: Int64?, foundThere: Bool) -> CallAction {
        self.statisticID = statisticID
        wasFoundThere = foundThere
        mayHaveCreated = false
        reason = nil
        note = nil
        return become(.delivered, .forget)
    }

    private mutating func leaveToOthers(
        _ statisticID: Int64, _ portalCallID: String, _ application: String?
    ) -> CallAction {
        self.statisticID = statisticID
        self.portalCallID = portalCallID
        note = application.map { "registered by \($0)" } ?? "registered by another integration"
        return become(.deliveredByOthers, .forget)
    }

    private mutating func hold(_ reason: HoldReason) -> CallAction {
        self.reason = reason.rawValue
        return become(.held, .forget)
    }

    private mutating func refuse(_ refusal: Refusal) -> CallAction {
        switch refusal {
        case .userNotActive: return hold(.userNotActive)
        case .userUnknown: return hold(.unknownExtension)
        case .database: return hold(.databaseError)
        case .mismatch: return hold(.answerMismatch)
        case .permanent(let text), .unclear(let text):
            reason = "refusedByPortal"
            note = text
            return become(.refused, .forget)
        }
    }
}

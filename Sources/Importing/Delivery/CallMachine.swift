// SPDX-License-Identifier: Apache-2.0

import CallRecords
package import Ledger

/// What happened to a call on its way to the portal.
package enum CallEvent: Sendable, Hashable {
    /// A register is about to leave.
    case registerBegins
    /// The portal gave a CALL_ID that no other open call has.
    case registered(portalCallID: String)
    /// The portal gave the CALL_ID of another open call.
    case callIDTaken
    /// The register did not leave, or the portal did not execute it.
    case registerNotExecuted
    /// The register left and its answer is not known.
    case registerUnanswered
    /// The portal said no to the register for good.
    case registerRefused(Refusal)
    /// A finish is about to leave.
    case finishBegins
    /// The portal answered the finish, and the answer was about this call.
    case finished(statisticID: Int64?)
    /// The finish did not leave, or the portal did not execute it.
    case finishNotExecuted
    /// The finish left and its answer is not known.
    case finishUnanswered
    /// The portal says that it has no such live call.
    case callNotFound
    /// The portal said no to the finish for good.
    case finishRefused(Refusal)
    /// The portal's statistics have a row for the call.
    case foundAtPortal(statisticID: Int64)
    /// Two reads of the statistics some time apart, begun when no request could still be at work, showed no row.
    case absentAtPortal
    /// The portal cannot be asked, or its answer would prove nothing.
    case cannotBeKnown
    /// The run ends without the truth.
    case runEnds
    /// The process that left the call in this state is gone.
    case processDied
    /// Something about the call needs a person before it can be sent.
    case hold(HoldReason)
}

/// A "no" of the portal that no repetition would change.
package enum Refusal: Sendable, Hashable {
    /// The employee is dismissed or blocked; `canSubstitute` says whether another one may stand in.
    case userNotActive(canSubstitute: Bool)
    /// The portal has no employee with this extension.
    case userUnknown
    /// The portal wrote half and failed.
    case database
    /// The finish was answered with another call's data.
    case mismatch
    /// Anything else, in the portal's own words.
    case permanent(String)
}

/// What the deliverer does next about a call.
package enum CallAction: Sendable, Hashable {
    case nothing
    case register
    case finish
    /// Finish for `users.substitute`.
    case finishAsSubstitute
    /// Ask the portal's statistics, no sooner than the request cap allows.
    case settle
    /// Ask again in the next run.
    case settleNextRun
    /// Over, one way or another.
    case forget
}

extension LedgerCall {
    /// The oldest a call may be, in seconds, before the portal's cleaner may have removed it unfinished: 29 days, one
    /// less than the cleaner's 30.
    static let cleanerAge: Int64 = 29 * 86_400

    /// Applies an event: the one place where a call changes its state on the way to the portal.
    ///
    /// What cannot follow from the state is ignored: an answer may come late, after the call was settled.
    ///
    /// - Parameters:
    ///   - event: What happened.
    ///   - now: The wall clock in seconds since 1970; only the cleaner's age is judged by it.
    /// - Returns: What to do next.
    package mutating func apply(_ event: CallEvent, now: Int64) -> CallAction {
        switch state {
        case .waiting: waitingCall(event)
        case .pending: pendingCall(event)
        case .registering: registeringCall(event)
        case .registered: registeredCall(event)
        case .finishing: finishingCall(event)
        case .unsettled: unsettledCall(event, now: now)
        case .held: heldCall(event)
        case .delivered, .refused: .nothing
        }
    }

    /// A person was asked; a row at the portal is the answer.
    private mutating func heldCall(_ event: CallEvent) -> CallAction {
        guard case .foundAtPortal(let id) = event else { return .nothing }
        return deliver(id, foundThere: !lostFinish)
    }

    private mutating func waitingCall(_ event: CallEvent) -> CallAction {
        if case .hold(let reason) = event { return hold(reason) }
        return .nothing
    }

    private mutating func pendingCall(_ event: CallEvent) -> CallAction {
        switch event {
        case .registerBegins:
            state = .registering
            return .nothing
        case .foundAtPortal(let id):
            return deliver(id, foundThere: true)
        case .hold(let reason):
            return hold(reason)
        case .processDied:
            return .register
        case .registered, .callIDTaken, .registerNotExecuted, .registerUnanswered, .registerRefused, .finishBegins,
            .finished, .finishNotExecuted, .finishUnanswered, .callNotFound, .finishRefused, .absentAtPortal,
            .cannotBeKnown, .runEnds:
            return .nothing
        }
    }

    private mutating func registeringCall(_ event: CallEvent) -> CallAction {
        switch event {
        case .registered(let id):
            state = .registered
            portalCallID = id
            registrations += 1
            lostFinish = false
            isNotFound = false
            legs = []
            return .finish
        case .callIDTaken:
            // The first time the other call is finished before this one is registered again; then it is no accident.
            registrations += 1
            if registrations > 2 { return hold(.callIDCollision) }
            state = .pending
            return .register
        case .registerNotExecuted:
            state = .pending
            return .register
        case .registerUnanswered, .processDied:
            // At worst the portal keeps one more live call that nobody sees and its cleaner removes.
            state = .pending
            lostRegister = true
            return .register
        case .registerRefused(let refusal):
            return refuse(refusal)
        case .foundAtPortal(let id):
            return deliver(id, foundThere: true)
        case .hold(let reason):
            return hold(reason)
        case .registerBegins, .finishBegins, .finished, .finishNotExecuted, .finishUnanswered, .callNotFound,
            .finishRefused, .absentAtPortal, .cannotBeKnown, .runEnds:
            return .nothing
        }
    }

    private mutating func registeredCall(_ event: CallEvent) -> CallAction {
        switch event {
        case .finishBegins:
            state = .finishing
            return .nothing
        case .foundAtPortal(let id):
            return deliver(id, foundThere: !lostFinish)
        case .hold(let reason):
            return hold(reason)
        case .processDied:
            return .finish
        case .registerBegins, .registered, .callIDTaken, .registerNotExecuted, .registerUnanswered, .registerRefused,
            .finished, .finishNotExecuted, .finishUnanswered, .callNotFound, .finishRefused, .absentAtPortal,
            .cannotBeKnown, .runEnds:
            return .nothing
        }
    }

    private mutating func finishingCall(_ event: CallEvent) -> CallAction {
        switch event {
        case .finished(let id):
            return deliver(id, foundThere: false)
        case .finishNotExecuted:
            state = .registered
            return .finish
        case .finishUnanswered, .processDied:
            state = .unsettled
            lostFinish = true
            return .settle
        case .callNotFound:
            state = .unsettled
            isNotFound = true
            return .settle
        case .finishRefused(.userNotActive(canSubstitute: true)):
            state = .registered
            return .finishAsSubstitute
        case .finishRefused(let refusal):
            return refuse(refusal)
        case .foundAtPortal(let id):
            return deliver(id, foundThere: false)
        case .registerBegins, .registered, .callIDTaken, .registerNotExecuted, .registerUnanswered, .registerRefused,
            .finishBegins, .absentAtPortal, .cannotBeKnown, .runEnds, .hold:
            return .nothing
        }
    }

    private mutating func unsettledCall(_ event: CallEvent, now: Int64) -> CallAction {
        switch event {
        case .foundAtPortal(let id):
            return deliver(id, foundThere: !lostFinish)
        case .absentAtPortal:
            return absent(now: now)
        case .cannotBeKnown:
            return hold(.unknownOutcome)
        case .runEnds:
            unsettledRuns += 1
            return .nothing
        case .processDied:
            return .settle
        case .registerBegins, .registered, .callIDTaken, .registerNotExecuted, .registerUnanswered, .registerRefused,
            .finishBegins, .finished, .finishNotExecuted, .finishUnanswered, .callNotFound, .finishRefused, .hold:
            return .nothing
        }
    }

    private mutating func absent(now: Int64) -> CallAction {
        guard isNotFound else {
            // The live call is still there, and the finish did nothing: the CALL_ID makes a second one safe.
            state = .registered
            return .finish
        }
        if lostFinish {
            // Only a finish or the cleaner removes a live call, so the row most probably comes later.
            return unsettledRuns == 0 ? .settleNextRun : hold(.probablyDelivered)
        }
        if call.start.epochSeconds < now - Self.cleanerAge, registrations < 2 {
            state = .pending
            portalCallID = nil
            return .register
        }
        return hold(.callVanished)
    }

    private mutating func deliver(_ statisticID: Int64?, foundThere: Bool) -> CallAction {
        state = .delivered
        self.statisticID = statisticID
        wasFoundThere = foundThere
        reason = nil
        note = nil
        legs = []
        return .forget
    }

    private mutating func hold(_ reason: HoldReason) -> CallAction {
        state = .held
        self.reason = reason.rawValue
        return .forget
    }

    private mutating func refuse(_ refusal: Refusal) -> CallAction {
        switch refusal {
        case .userNotActive: return hold(.userNotActive)
        case .userUnknown: return hold(.unknownExtension)
        case .database: return hold(.databaseError)
        case .mismatch: return hold(.answerMismatch)
        case .permanent(let text):
            state = .refused
            reason = "refusedByPortal"
            note = text
            return .forget
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

/// What happened to a call, at intake, on its way to the portal, or by a person's decision.
package enum CallEvent: Sendable, Hashable {
    /// Legs joined the call; `isWhole` says whether more may come.
    case grew(isWhole: Bool)
    /// No more legs are expected.
    case completed
    /// A register is about to leave.
    case registerBegins
    /// A register is about to leave that may create a lead, a contact or a deal.
    case creatingRegisterBegins
    /// The record tells the CALL_ID of a call that the portal registered itself.
    case adopted(portalCallID: String)
    /// The portal gave a CALL_ID that no other call has.
    case registered(portalCallID: String)
    /// The portal gave the CALL_ID of another call of the ledger.
    case callIDTaken
    /// The portal gave a CALL_ID that is another call's, of which the ledger knows nothing.
    case callIDForeign
    /// The register did not leave, or the portal did not execute it.
    case registerNotExecuted
    /// The register left and its answer is not known.
    case registerUnanswered
    /// The portal has answered the register several times, and never with a CALL_ID.
    case registerWithoutCallID
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
    /// The portal's statistics have a row that is like the call and no other call's; its CALL_ID is the call's from now on.
    case matchedAtPortal(statisticID: Int64, portalCallID: String?)
    /// Another integration has registered the call, and wrote this row; its CALL_ID is taken from now on.
    ///
    /// `application` is the name of that integration; `nil` for a webhook.
    case registeredByOthers(statisticID: Int64, portalCallID: String, application: String?)
    /// Two reads of the statistics some time apart, begun when no request could still be at work, showed no row; or the
    /// ledger is known to be the one that was used last, and it holds the call as registered.
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
    /// The portal's check of what was sent, in its own words: nothing was carried out.
    case permanent(String)
    /// Words that the program does not know: the command may have been carried out, wholly or in part.
    case unclear(String)
}

/// What follows for a call from an event.
package enum CallAction: Sendable, Hashable {
    /// Wait for what was begun.
    case nothing
    /// The event comes too late to change anything: the call is over, or not yet on its way.
    case ignore
    /// Register the call.
    case register
    /// Finish the call.
    case finish
    /// Finish the call for `users.substitute`.
    case finishAsSubstitute
    /// Ask the portal's statistics, no sooner than the request cap allows.
    case settle
    /// Ask again in the next run.
    case settleNextRun
    /// The call is over, one way or another.
    case forget
}

/// An event that cannot follow from the state that a call is in: the program or the ledger is wrong, and nothing may
/// leave for the call.
package struct ImpossibleTransition: Error, Sendable, Hashable, CustomStringConvertible {
    /// The state that the call was in, and is still in.
    package let state: CallState
    /// What is said to have happened.
    package let event: CallEvent
    /// The call key; empty where it is not known.
    package var key = ""

    package init(state: CallState, event: CallEvent) {
        self.state = state
        self.event = event
    }

    package var description: String {
        "the event \(event) is impossible for the call \(key) in state \(state); this is an error in cdr24 or a damaged ledger"
    }
}

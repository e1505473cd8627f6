// SPDX-License-Identifier: Apache-2.0

/// What a person may decide about a held or refused call.
package enum CallDecision: Sendable, Equatable {
    /// Try again from the state that is safe.
    case retry
    /// The portal has the call.
    case delivered
    /// Send the call from the beginning, although the portal may have it.
    case sendAgain
    /// Send a call from the beginning that the portal was asked for and does not have, also one that counts as delivered.
    case sendLost
}

/// What came of a decision.
package enum DecisionOutcome: Sendable, Equatable {
    /// The call is now in this state.
    case changed(CallState)
    /// Nothing was changed, and why.
    case refused(String)
}

extension DeliveryProgress {
    /// Applies a person's decision; see the words of the outcome for what a person may not decide by accident.
    ///
    /// `retry` never leads to a second finish of a call whose first one was left without an answer, and never to a
    /// second register of such a call: it is asked for again.
    package mutating func decide(_ decision: CallDecision) -> DecisionOutcome {
        switch state {
        case .held, .refused: break
        case .delivered where decision == .sendLost: break
        case .delivered: return .refused("the call is already delivered")
        case .deliveredByOthers:
            return .refused("the portal has the call from another integration (row \(statisticID ?? 0))")
        case .waiting, .pending, .registering, .registered, .finishing, .unsettled:
            return .refused("the call is being delivered; the next import continues with it")
        }
        switch decision {
        case .retry: return retry()
        case .delivered:
            wasFoundThere = true
            return change(to: .delivered)
        case .sendAgain, .sendLost:
            portalCallID = nil
            statisticID = nil
            wasFoundThere = false
            lostFinish = false
            isNotFound = false
            registrations = 0
            unsettledRuns = 0
            mayHaveCreated = false
            return change(to: .pending)
        }
    }

    private mutating func retry() -> DecisionOutcome {
        switch reason.flatMap(HoldReason.init(rawValue:)) {
        case .databaseError:
            return .refused("a retry could create a second CRM activity; decide with: cdr24 resolve KEY")
        case .unknownRegister:
            return .refused("a retry could create a second lead; decide with: cdr24 resolve KEY")
        case .changedLater:
            return .refused(
                "the portal has this call already; when you have seen it, run: cdr24 resolve KEY --delivered")
        case .answerMismatch, .keyCollision, .lookAlikeThere, .sharedPortalCall:
            return .refused("cdr24 cannot find out what became of this call; decide with: cdr24 resolve KEY")
        case .noEmployee, .unknownExtension, .userNotActive, .callIDCollision, .noCallID, .unknownOutcome,
            .probablyDelivered, .callVanished, .futureStart, .portalCallUnknown, nil:
            break
        }
        if lostFinish || isNotFound { return change(to: .unsettled) }
        registrations = portalCallID == nil ? 0 : registrations
        return change(to: portalCallID == nil ? .pending : .registered)
    }

    private mutating func change(to state: CallState) -> DecisionOutcome {
        self.state = state
        reason = nil
        note = nil
        return .changed(state)
    }
}

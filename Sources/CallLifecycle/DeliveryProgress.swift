// SPDX-License-Identifier: Apache-2.0

/// Where a call is on its way to the portal, and what is known about it there.
///
/// Only this target changes it: by ``apply(_:startedAgo:)`` for what happens and by ``decide(_:)`` for what a person
/// decides. Everybody else reads it, and a store brings it back as it was written.
package struct DeliveryProgress: Sendable, Hashable {
    /// Where the call is.
    package internal(set) var state: CallState
    /// Why the call is held or refused: a stable camel-case word; `nil` in every other state.
    package internal(set) var reason: String?
    /// The portal's own words about the refusal, what a person should know about the holding, or who has registered a call
    /// of others, if there is anything.
    package internal(set) var note: String?
    /// The portal's CALL_ID of the latest registration.
    package internal(set) var portalCallID: String?
    /// The ID of the row in the portal's statistics.
    package internal(set) var statisticID: Int64?
    /// Whether the call was delivered by somebody else: another ledger, or this one before it was lost.
    package internal(set) var wasFoundThere = false
    /// Whether a register of this call was ever left without an answer.
    package internal(set) var lostRegister = false
    /// Whether a register that may create a lead is under way or was left without an answer.
    package internal(set) var mayHaveCreated = false
    /// Whether a finish of this CALL_ID was ever left without an answer.
    package internal(set) var lostFinish = false
    /// Whether the portal said that it does not know this CALL_ID.
    package internal(set) var isNotFound = false
    /// How many CALL_IDs this call has had.
    package internal(set) var registrations = 0
    /// How many runs ended without knowing what became of the call.
    package internal(set) var unsettledRuns = 0

    /// A call that was just read, of which nothing has left.
    ///
    /// - Parameter isWhole: Whether no more legs are expected.
    package init(isWhole: Bool) {
        state = isWhole ? .pending : .waiting
    }

    /// A call that was just read and that needs a person before it can be sent.
    ///
    /// - Parameter note: What the person should know, as a sentence without a full stop.
    package init(heldFor reason: HoldReason, note: String? = nil) {
        state = .held
        self.reason = reason.rawValue
        self.note = note
    }

    /// The progress of a call as a store kept it; nothing is checked.
    package init(
        stored state: CallState, reason: String? = nil, note: String? = nil, portalCallID: String? = nil,
        statisticID: Int64? = nil, wasFoundThere: Bool = false, lostRegister: Bool = false, lostFinish: Bool = false,
        isNotFound: Bool = false, registrations: Int = 0, unsettledRuns: Int = 0, mayHaveCreated: Bool = false
    ) {
        self.state = state
        self.reason = reason
        self.note = note
        self.portalCallID = portalCallID
        self.statisticID = statisticID
        self.wasFoundThere = wasFoundThere
        self.lostRegister = lostRegister
        self.lostFinish = lostFinish
        self.isNotFound = isNotFound
        self.registrations = registrations
        self.unsettledRuns = unsettledRuns
        self.mayHaveCreated = mayHaveCreated
    }

    /// Whether the portal has nothing of the call, so that another reading of its records may take its place.
    package var isUnsent: Bool {
        switch state {
        case .waiting, .pending, .held, .refused:
            portalCallID == nil && statisticID == nil && registrations == 0 && !lostRegister && !lostFinish
                && !mayHaveCreated && !wasFoundThere
        case .registering, .registered, .finishing, .unsettled, .delivered, .deliveredByOthers: false
        }
    }

    /// Whether the CALL_ID is that of the record: the portal registered the call itself.
    package var isAdopted: Bool { portalCallID != nil && registrations == 0 }

    /// Whether the row most probably shows later: only a finish or the portal's cleaner removes a live call.
    package var isProbablyDelivered: Bool { isNotFound && lostFinish }
}

// SPDX-License-Identifier: Apache-2.0

package import CallRecords

/// One call of the ledger: what is sent, where it is on its way, and what is known about it at the portal.
package struct LedgerCall: Sendable, Hashable {
    /// The row; 0 for a call that is not stored yet.
    package var id: Int64
    package var sourceID: Int64
    /// The call as it is sent.
    package var call: Call
    package var state: CallState
    /// Why the call is held or refused: a stable camel-case word; `nil` in every other state.
    package var reason: String?
    /// The portal's own words about the refusal, if there were any.
    package var note: String?
    /// The portal's CALL_ID of the latest registration.
    package var portalCallID: String?
    /// The ID of the row in the portal's statistics.
    package var statisticID: Int64?
    /// Whether the call was delivered by somebody else: another ledger, or this one before it was lost.
    package var wasFoundThere: Bool
    /// Whether a register of this call was ever left without an answer.
    package var lostRegister: Bool
    /// Whether a finish of this CALL_ID was ever left without an answer.
    package var lostFinish: Bool
    /// Whether the portal said that it does not know this CALL_ID.
    package var isNotFound: Bool
    /// How many CALL_IDs this call has had.
    package var registrations: Int
    /// How many runs ended without knowing what became of the call.
    package var unsettledRuns: Int
    /// The legs while the call can still grow, in the form of `Leg.encode`; empty afterwards.
    package var legs: [UInt8]
    /// The fingerprints of all its legs.
    package var fingerprints: [UInt64]
    /// The run that last added a leg.
    package var runID: Int64
    /// How many legs that run added.
    package var runLegs: Int
    /// Whether that run saw the call's first leg.
    package var isNew: Bool

    package init(
        id: Int64 = 0, sourceID: Int64, call: Call, state: CallState, legs: [UInt8] = [], fingerprints: [UInt64] = [],
        runID: Int64 = 0, runLegs: Int = 0, isNew: Bool = true
    ) {
        self.id = id
        self.sourceID = sourceID
        self.call = call
        self.state = state
        self.wasFoundThere = false
        self.lostRegister = false
        self.lostFinish = false
        self.isNotFound = false
        self.registrations = 0
        self.unsettledRuns = 0
        self.legs = legs
        self.fingerprints = fingerprints
        self.runID = runID
        self.runLegs = runLegs
        self.isNew = isNew
    }
}

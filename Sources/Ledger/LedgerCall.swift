// SPDX-License-Identifier: Apache-2.0

package import CallLifecycle
package import CallRecords

/// One call of the ledger: what is sent, how far that has come, and the legs that it was made of.
package struct LedgerCall: Sendable, Hashable {
    /// The row; 0 for a call that is not stored yet.
    package var id: Int64
    /// The row of its source.
    package var sourceID: Int64
    /// The call as it is sent.
    package var call: Call
    /// Where it is on its way to the portal.
    package var progress: DeliveryProgress
    /// The legs that it was made of.
    package var history: LegHistory

    /// A call as it is stored, or is to be stored.
    ///
    /// - Parameter id: The row; 0 for a call that is not stored yet.
    package init(id: Int64 = 0, sourceID: Int64, call: Call, progress: DeliveryProgress, history: LegHistory) {
        self.id = id
        self.sourceID = sourceID
        self.call = call
        self.progress = progress
        self.history = history
    }

    /// Where the call is.
    package var state: CallState { progress.state }

    /// The call without its legs, as delivery sees it.
    package var tracked: TrackedCall { TrackedCall(id: id, call: call, progress: progress) }

    /// Applies an event; see ``DeliveryProgress/apply(_:startedAgo:)``.
    ///
    /// - Parameter now: The wall clock in seconds since 1970.
    package mutating func apply(_ event: CallEvent, now: Int64) throws(ImpossibleTransition) -> CallAction {
        try progress.apply(event, startedAgo: .seconds(now - call.start.epochSeconds))
    }
}

/// The legs of a call: whole while it can still grow, then only what tells them from others.
package struct LegHistory: Sendable, Hashable {
    /// The legs while the call can still grow, in the form of `Leg.encode`; empty once it was registered.
    package var legs: [UInt8]
    /// The fingerprints of all its legs.
    package var fingerprints: [UInt64]
    /// The run that last added a leg.
    package var runID: Int64
    /// How many legs that run added.
    package var runLegs: Int
    /// Whether that run saw the call's first leg.
    package var isNew: Bool

    /// The legs of a call as they are stored.
    package init(legs: [UInt8], fingerprints: [UInt64], runID: Int64, runLegs: Int, isNew: Bool = true) {
        self.legs = legs
        self.fingerprints = fingerprints
        self.runID = runID
        self.runLegs = runLegs
        self.isNew = isNew
    }

    /// The legs that a run has just read of a call that is new.
    package init(of legs: [Leg], runID: Int64) {
        self.init(
            legs: Leg.encode(legs), fingerprints: legs.map(\.fingerprint), runID: runID, runLegs: legs.count)
    }
}

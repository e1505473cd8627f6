// SPDX-License-Identifier: Apache-2.0

package import CallRecords

/// A call of the ledger on its way to the portal: what is sent, and how far that has come.
package struct TrackedCall: Sendable, Hashable, Identifiable {
    /// The call's row in its store.
    package let id: Int64
    /// The call as it is sent; it no longer changes.
    package let call: Call
    /// How far the call has come.
    package private(set) var progress: DeliveryProgress

    package init(id: Int64, call: Call, progress: DeliveryProgress) {
        self.id = id
        self.call = call
        self.progress = progress
    }

    /// Where the call is.
    package var state: CallState { progress.state }
    /// The call key.
    package var key: String { call.key }
    /// The CALL_ID that the record tells, where the call is next to be finished under it and not to be registered.
    package var adoptableCallID: String? {
        progress.state == .pending && progress.registrations == 0 ? call.details.portalCallID : nil
    }
    /// Whether the call is finished under the CALL_ID that the record tells: the portal registered it itself.
    package var isAdopted: Bool { progress.isAdopted && progress.portalCallID == call.details.portalCallID }
    /// The client's number.
    package var phoneNumber: String { call.phoneNumber }
    /// Whether the client's number was removed from the ledger, so that the call cannot be sent any more.
    package var isPruned: Bool { call.phoneNumber.isEmpty }

    /// Applies an event; see ``DeliveryProgress/apply(_:startedAgo:)``.
    ///
    /// - Parameter now: The wall clock in seconds since 1970.
    package mutating func apply(_ event: CallEvent, now: Int64) throws(ImpossibleTransition) -> CallAction {
        do {
            return try progress.apply(event, startedAgo: .seconds(now - call.start.epochSeconds))
        } catch {
            var fault = error
            fault.key = key
            throw fault
        }
    }

    /// Applies a person's decision; see ``DeliveryProgress/decide(_:)``.
    package mutating func decide(_ decision: CallDecision) -> DecisionOutcome {
        if decision != .delivered, isPruned {
            return .refused("its number was removed by cdr24 prune, so it cannot be sent")
        }
        let outcome = progress.decide(decision)
        // A person who sends the call again does without the CALL_ID of the record.
        if decision == .sendAgain, case .changed = outcome, call.details.portalCallID != nil {
            progress.registrations = 1
        }
        return outcome
    }
}

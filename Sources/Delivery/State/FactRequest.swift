// SPDX-License-Identifier: Apache-2.0

import Bitrix24
package import CallLifecycle

/// What only the store can answer about an outcome, before it is judged.
package struct FactRequest: Sendable, Equatable {
    /// CALL_IDs whose owners are wanted.
    package var portalCallIDs: [String] = []
    /// Keys whose calls are wanted.
    package var keys: [String] = []
    /// Calls of which it is wanted whether the store has another one of the same number and type.
    package var lookAlikesOf: [TrackedCall] = []
    /// A time of which all undelivered calls of some numbers are wanted.
    package var rivals: Rivals?

    /// The calls that may have a row of the portal.
    package struct Rivals: Sendable, Equatable {
        /// When they began, in seconds since 1970.
        package var starts: ClosedRange<Int64>
        /// Their numbers.
        package var numbers: Set<String>
    }

    package init() {}

    init(portalCallIDs: [String], rivals: Rivals? = nil) {
        self.portalCallIDs = portalCallIDs
        self.rivals = rivals
    }

    /// What has to be known about an outcome.
    init(about outcome: BatchOutcome, of request: DeliveryRequest, _ run: DeliveryRun) {
        self.init()
        guard case .answered(let reply) = outcome else { return }
        switch request.purpose {
        case .preflight(let preflight, _): keys = preflight.keys(reply)
        case .verify(let question): self = question.factRequest(reply, run.neighbourhood)
        case .register(let batch):
            portalCallIDs = batch.callIDs(outcome)
            let mayBeForeign = run.portal.keepsKeys == false && run.settings.ledgerMayBeStale
            if mayBeForeign { lookAlikesOf = batch.calls }
        case .settle(_, let question): portalCallIDs = question.callIDs(reply)
        case .askNeighbours, .lines, .addLine, .finish, .readBack: break
        }
    }

    /// Whether there is nothing to ask.
    package var isEmpty: Bool { portalCallIDs.isEmpty && keys.isEmpty && lookAlikesOf.isEmpty && rivals == nil }
}

/// The store's answer to a ``FactRequest``.
package struct StoreFacts: Sendable {
    /// CALL_ID -> the row of the call that has it.
    package var owners: [String: Int64] = [:]
    /// Key or alias -> its call.
    package var calls: [String: TrackedCall] = [:]
    /// Rows of the calls that have a look-alike.
    package var withLookAlike: Set<Int64> = []
    /// The calls of ``FactRequest/rivals``.
    package var rivals: [TrackedCall] = []

    package init() {}
}

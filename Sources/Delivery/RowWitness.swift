// SPDX-License-Identifier: Apache-2.0

package import CallLifecycle

/// A row of the portal's statistics that a machine remembers beside its ledgers: a portal that does not show it shows no
/// absence either.
package struct RowWitness: Sendable, Hashable, Codable {
    /// The ID of the row.
    package let id: Int64
    /// The key of its call.
    package let key: String
    /// The CALL_ID of its call; `nil` where it is not known.
    package let portalCallID: String?

    /// The row of a call; `nil` for a call that has none, or whose row is not known.
    package init?(_ call: TrackedCall) {
        guard call.state == .delivered, let id = call.progress.statisticID else { return nil }
        self.id = id
        key = call.key
        portalCallID = call.progress.portalCallID
    }
}

/// Who keeps in mind, apart from the ledger, what a delivery does: see `state_folder` in the configuration.
package protocol DeliveryMemoir: Sendable {
    /// The ledger has this: calls that are at the portal, and the number of a request that is about to leave.
    func saved(_ commit: DeliveryCommit)
}

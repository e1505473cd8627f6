// SPDX-License-Identifier: Apache-2.0

/// What a ledger remembers when a delivery begins.
package struct DeliveryMemory: Sendable {
    /// LINE_NUMBER -> calls that are still to be registered and name it.
    package var lines: [String: Int] = [:]
    /// Calls that are whole and neither delivered nor given up.
    package var deliverable = 0
    /// For how many of them something may be created in the CRM.
    package var creating = 0
    /// Whether the portal was seen to keep EXTERNAL_CALL_ID; `nil` while unknown.
    package var keepsKeys: Bool?
    /// The highest ID of a statistics row that is known to be ours; `nil` before the first one.
    package var highestStatisticID: Int64?
    /// When the ledger was first used with its portal, in seconds since 1970 on the portal's clock.
    package var firstContact: Int64?
    /// The number of the latest request that could change something at the portal; 0 before the first one.
    package var sequence: Int64 = 0
    /// The key prefixes of sources that were checked for another integration, or need not be.
    package var neighboursChecked: Set<String> = []
    /// By how many seconds the clock of another integration was ahead; `nil` when that was never seen.
    package var neighbourOffset: Int64?
    /// Whether ``neighboursChecked`` holds more than the ledger remembers.
    package var mustRememberNeighbours = false
    /// Key prefix -> calls that wait to be sent and are left alone: the configuration has no source for them, or one that is
    /// not read now and was not checked for another integration yet.
    package var leftOut: [String: Int] = [:]
    /// Those of ``leftOut`` that the configuration no longer has, although calls of them were delivered.
    package var abandoned: Set<String> = []
    /// Calls of sources that were not checked for another integration yet.
    package var neighbourSamples: [NeighbourSample] = []
    /// What the pace has learned; `nil` for an unknown portal.
    package var pace: PaceMemory?

    package init() {}
}

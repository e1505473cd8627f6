// SPDX-License-Identifier: Apache-2.0

/// What the pace remembers from one run to the next.
package struct PaceMemory: Sendable, Equatable, Codable {
    /// The portal's request limit as it was left.
    package var bucket: RequestBucket.Snapshot
    /// The operating time that was used, and what commands cost.
    package var budget: OperatingBudget.Snapshot
    /// How long batches take, by the name of the phase.
    package var sizers: [String: BatchSizer.Snapshot]
    /// Seconds that a request takes without its commands; `nil`: not known.
    package var way: Double?
}

// SPDX-License-Identifier: Apache-2.0

/// How far a delivery is, for a progress line.
package struct DeliveryProgress: Sendable, Equatable {
    /// Calls that are over since the run began.
    package var done: Int
    /// Calls that this run has to bring to an end.
    package var total: Int
    /// Calls whose outcome is not known yet.
    package var unsettled: Int
    /// What the run waits for, if it waits.
    package var waitingFor: String?
    /// Time since delivery began.
    package var elapsed: Duration
}

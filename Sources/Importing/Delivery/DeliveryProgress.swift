// SPDX-License-Identifier: Apache-2.0

/// How far a delivery is, for a progress line.
package struct DeliveryProgress: Sendable, Equatable {
    /// Calls that are over since the run began.
    package var done: Int
    /// Calls that wait for their register or finish, as far as they are in memory.
    package var open: Int
    /// Calls whose outcome is not known yet.
    package var unsettled: Int
    /// Time since delivery began.
    package var elapsed: Duration
}

// SPDX-License-Identifier: Apache-2.0

/// How far a delivery is, for a progress line.
package struct RunProgress: Sendable, Equatable {
    /// Something that a run waits for, with nothing on its way.
    package struct Wait: Sendable, Equatable {
        /// What is waited for.
        package enum Cause: String, Sendable {
            case requests = "the portal's rate limit"
            case operatingTime = "the portal's operating limit"
            case statistics = "the portal's statistics"
            case portal = "the portal to respond"
            case answers = "replies"
        }

        /// What is waited for.
        package var cause: Cause
        /// How long from the moment of the report; it may prove too short.
        package var duration: Duration
    }

    /// Calls that are over since the run began.
    package var done: Int
    /// Calls that this run has to bring to an end.
    package var total: Int
    /// Calls whose outcome is not known yet.
    package var unsettled: Int
    /// What the run waits for, if it waits.
    package var wait: Wait?
    /// Time since delivery began.
    package var elapsed: Duration
    /// How long the rest will take at the portal's pace; `nil` while that is not known.
    package var remaining: Duration?
}

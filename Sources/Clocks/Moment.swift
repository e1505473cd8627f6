// SPDX-License-Identifier: Apache-2.0

/// A point in time for pacing: seconds since 1970 on a clock that never goes back.
///
/// A program takes it as the wall clock at its start plus the monotonic time since, so that a clock that is set in
/// between moves nothing, and what is kept from one run to the next still has its place. Tests move it by hand.
package struct Moment: Sendable, Hashable, Comparable, Codable {
    /// Seconds since 1970-01-01T00:00:00Z.
    package var seconds: Double

    package init(seconds: Double) {
        self.seconds = seconds
    }

    package static func < (left: Moment, right: Moment) -> Bool { left.seconds < right.seconds }

    /// The moment that much later; earlier for a negative duration.
    package static func + (moment: Moment, duration: Duration) -> Moment {
        Moment(seconds: moment.seconds + duration.inSeconds)
    }

    /// How long the second moment is before the first; negative when it is after it.
    package static func - (later: Moment, earlier: Moment) -> Duration {
        .seconds(later.seconds - earlier.seconds)
    }
}

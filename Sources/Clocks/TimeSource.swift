// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The clocks that an import uses; tests move them by hand.
package struct TimeSource: Sendable {
    /// Time since some fixed moment on a clock that is never set and that goes on while the machine sleeps, since the
    /// portal goes on too.
    package var monotonic: @Sendable () -> Duration
    /// Seconds since 1970 by the wall clock.
    package var wall: @Sendable () -> Double
    /// Returns when the monotonic clock has reached a moment; throws when the task is cancelled.
    package var sleep: @Sendable (_ until: Duration) async throws -> Void

    package init(
        monotonic: @escaping @Sendable () -> Duration, wall: @escaping @Sendable () -> Double,
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.monotonic = monotonic
        self.wall = wall
        self.sleep = sleep
    }

    /// The machine's own clocks.
    package static let system: TimeSource = {
        let clock = ContinuousClock()
        let origin = clock.now
        return TimeSource(
            monotonic: { origin.duration(to: clock.now) },
            wall: { Date().timeIntervalSince1970 },
            sleep: { try await clock.sleep(until: origin + $0, tolerance: .milliseconds(1)) })
    }()

    /// Seconds since 1970 by the wall clock, whole.
    package var wallSeconds: Int64 { Int64(wall()) }
}

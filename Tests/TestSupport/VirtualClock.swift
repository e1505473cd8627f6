// SPDX-License-Identifier: Apache-2.0

import Clocks
import PortalSimulator

/// The clock of a simulated portal that lives in virtual time.
package struct VirtualClock: PortalClock {
    private let time: VirtualTime

    /// The clock of a world.
    package init(_ time: VirtualTime) { self.time = time }

    /// Where the portal's tasks run: in its world.
    package var executor: (any TaskExecutor)? { time }

    /// Seconds since 1970 by the world's wall clock.
    package func now() -> Double { VirtualTime.origin + time.now.inSeconds }

    /// Returns when the world's clock has advanced by so many seconds.
    package func sleep(seconds: Double) async {
        // Only cancellation and the end of the world throw, and what a portal has begun is not cancelled.
        try? await time.sleep(until: time.now + .seconds(seconds))
    }
}

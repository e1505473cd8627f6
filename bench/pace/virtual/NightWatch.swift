// SPDX-License-Identifier: Apache-2.0

import Clocks
import Synchronization
import TestSupport

/// How long a night takes: from its first request to the last reply.
final class NightWatch: Sendable {
    private let period = Mutex<ClosedRange<Duration>?>(nil)

    /// Begins another night.
    func begin() { period.withLock { $0 = nil } }

    /// Takes note of a request and its reply.
    func note(_ exchange: SimulatedTransport.Exchange) {
        let one = exchange.period
        period.withLock { all in
            all = all.map { min($0.lowerBound, one.lowerBound)...max($0.upperBound, one.upperBound) } ?? one
        }
    }

    /// The seconds of this night.
    var seconds: Double { period.withLock { $0.map { ($0.upperBound - $0.lowerBound).inSeconds } ?? 0 } }
}

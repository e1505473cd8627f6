// SPDX-License-Identifier: Apache-2.0

package import CDRConfiguration
package import Clocks

extension OperatingBudget {
    /// What is kept from one run to the next.
    package struct Snapshot: Sendable, Hashable, Codable {
        var counters: [String: OperatingCounter]
        var wallPerCommand: [String: Double]
        var batchWeight: Double?
    }

    /// The state to keep; requests on their way are in it as if they had been lost.
    package func snapshot(at now: Moment) -> Snapshot {
        var settled = self
        for number in flights.keys { settled.lost(Ticket(number: number), at: now) }
        return Snapshot(
            counters: settled.counters, wallPerCommand: settled.wallPerCommand, batchWeight: settled.batchWeight)
    }

    /// Goes on where an earlier run stopped; what has lapsed since is dropped.
    package init(
        limit: Limit = .auto, window: Duration = .seconds(600), without: Set<PaceRule> = [], snapshot: Snapshot,
        at now: Moment
    ) {
        self.init(limit: limit, window: window, without: without)
        // Moments ahead of now come from a clock that was set back since; nothing may wait for them.
        counters = snapshot.counters.mapValues { $0.cut(at: now.seconds, block: now + .seconds(self.window)) }
        wallPerCommand = snapshot.wallPerCommand
        batchWeight = snapshot.batchWeight
        forget(at: now)
    }
}

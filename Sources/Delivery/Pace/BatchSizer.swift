// SPDX-License-Identifier: Apache-2.0

import Clocks

/// How many commands of one kind go into a batch, from how long earlier batches took.
///
/// It starts small and at most quadruples from one batch to the next, unless commands are so fast that even a large batch
/// should take a small part of the target time. It aims a little below the target time, and follows
/// a slower portal at once but a faster one by halves. It never plans more than a third of the portal's cap on a
/// request, so that even a portal that suddenly takes three times as long ends in time.
package struct BatchSizer: Sendable, Hashable {
    private let start: Int
    private let maximum: Int
    private let aim: Double
    private let target: Double

    /// Seconds per command, the request's own time included; `nil` before the first batch.
    private var perCommand: Double?
    /// The same without the request's own time, which a forecast counts once for a batch.
    private(set) var ownPerCommand: Double?
    /// What the growth from batch to batch permits.
    private var reach: Int

    /// - Parameters:
    ///   - start: The size of the first batch, at least 1.
    ///   - maximum: The largest size, whatever the time.
    ///   - target: The time that a batch should take.
    ///   - cap: The time after which the portal cuts a request off.
    package init(start: Int = 5, maximum: Int = 49, target: Duration = .seconds(20), cap: Duration = .seconds(60)) {
        precondition(start >= 1 && maximum >= 1, "a batch has at least one command")
        self.start = min(start, maximum)
        self.maximum = maximum
        self.target = target.inSeconds
        self.aim = 0.95 * min(target.inSeconds, cap.inSeconds / 3)
        self.reach = self.start
    }

    /// The number of commands that the next batch should have at most; at least 1.
    package var size: Int {
        let limit = min(reach, maximum)
        guard let perCommand, perCommand > 0 else { return limit }
        return max(1, min(limit, Int(min(aim / perCommand, 1e6))))
    }

    /// Seconds that one command takes, with its share of the request's own time; `nil` before the first batch.
    package var secondsPerCommand: Double? { perCommand }

    /// Seconds that one command takes in a batch of the size that batches will have; `nil` before the first batch.
    ///
    /// - Parameter way: Seconds that a request takes without its commands.
    package func eventualSeconds(way: Double) -> Double? {
        guard let perCommand else { return nil }
        guard let ownPerCommand else { return perCommand }
        return ownPerCommand + way / Double(eventualSize(secondsPerCommand: ownPerCommand))
    }

    /// The size that batches grow to when each command takes so many seconds.
    package func eventualSize(secondsPerCommand: Double) -> Int {
        guard secondsPerCommand > 0 else { return maximum }
        return max(1, min(maximum, Int(min(aim / secondsPerCommand, 1e6))))
    }

    /// How long a batch of so many commands should take; the target before anything is known.
    package func expected(commands: Int) -> Duration {
        guard let perCommand else { return .seconds(target) }
        return .seconds(perCommand * Double(commands))
    }

    /// Takes note of an answered batch.
    ///
    /// - Parameter way: Seconds that a request takes without its commands, as far as that is known.
    package mutating func measured(commands: Int, elapsed: Duration, way: Double = 0) {
        guard commands > 0 else { return }
        let seconds = max(elapsed.inSeconds, 0)
        // A question may have taken longer than these commands did: then they took something all the same.
        let own = max(seconds - way, seconds / 10) / Double(commands)
        ownPerCommand = ownPerCommand.map { own > $0 ? own : ($0 + own) / 2 } ?? own
        // In a batch much smaller than planned the request's own time weighs too much: a second of it is forgiven.
        let isTelling = perCommand == nil || commands * 2 >= size
        let sample = (isTelling ? seconds : max(0, seconds - 1)) / Double(commands)
        if let known = perCommand {
            if sample > known {
                perCommand = sample
            } else if isTelling {
                perCommand = (known + sample) / 2
            }
        } else {
            perCommand = sample
        }
        let harmless = sample > 0 ? Int(min(target / 8 / sample, 1e6)) : maximum
        reach = max(reach, min(maximum, max(commands * 4, harmless)))
    }

    /// Takes note of a batch that brought no reply.
    ///
    /// One that was lost early says nothing about the size. One that took long was too large: the next has at most a
    /// quarter of it.
    package mutating func lost(commands: Int, elapsed: Duration) {
        let seconds = elapsed.inSeconds
        guard commands > 0, seconds >= target / 2 else { return }
        perCommand = max((perCommand ?? 0) * 2, seconds / Double(commands))
        reach = max(1, commands / 4)
    }

    /// What is kept from one run to the next.
    package struct Snapshot: Sendable, Hashable, Codable {
        var perCommand: Double?
        var reach: Int
        /// `nil`: of a program that did not keep it.
        var ownPerCommand: Double?
    }

    /// The state to keep.
    package func snapshot() -> Snapshot {
        Snapshot(perCommand: perCommand, reach: reach, ownPerCommand: ownPerCommand)
    }

    /// Takes over what an earlier run learned.
    package mutating func restore(_ snapshot: Snapshot) {
        guard snapshot.perCommand.map({ $0 >= 0 && $0.isFinite }) ?? true else { return }
        perCommand = snapshot.perCommand
        ownPerCommand = snapshot.ownPerCommand.flatMap { $0 >= 0 && $0.isFinite ? $0 : nil }
        reach = min(max(snapshot.reach, 1), maximum)
    }
}

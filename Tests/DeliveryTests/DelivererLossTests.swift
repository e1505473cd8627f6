// SPDX-License-Identifier: Apache-2.0

import Delivery
import Foundation
import Ledger
import TestSupport
import Testing

/// Losses at every single request: each call exactly once, and every run ends.
///
/// With `CDR24_EVERY_LOSS=1` in the environment the sweeps are complete, which takes some minutes; without it the tests
/// of pairs and of batches of one take a sample that the seed chooses.
@Suite(.seeded) struct DelivererLossTests {
    struct Sweep: Sendable, CustomTestStringConvertible {
        /// The most commands of a batch; one of them is the look-up.
        var batch: Int
        var losses: [Loss]
        var testDescription: String { "batches of \(batch - 1), \(losses.map { "\($0)" }.joined(separator: " and "))" }
    }

    private static let isComplete = ProcessInfo.processInfo.environment["CDR24_EVERY_LOSS"] == "1"
    private static let calls = 60

    /// What one run came to.
    private struct Course {
        var requests: Int
        var seconds: Double
    }

    /// Delivers the calls with these losses and checks that each is there once.
    private func deliver(_ time: VirtualTime, batch: Int, losses: [Int: Loss]) async throws -> Course {
        let scene = try DeliveryScene(time, losses: losses, batch: batch)
        try scene.store(DeliveryScene.calls(Self.calls, time: time))
        let (reports, seconds) = try await scene.deliverAll()
        let rows = try await scene.rowsPerCall()
        #expect(rows.count == Self.calls && rows.values.allSatisfy { $0 == 1 }, "losses \(losses)")
        #expect(reports.last?.end == .finished, "losses \(losses): \(reports.map(\.end))")
        #expect(reports.reduce(0) { $0 + $1.delivered + $1.found } == Self.calls, "losses \(losses)")
        #expect(time.spins == 0)
        return Course(requests: scene.portal.requests, seconds: seconds)
    }

    private func tell(_ sweep: Sweep, _ courses: [Course]) {
        let seconds = courses.map(\.seconds).max() ?? 0
        let requests = courses.map(\.requests).max() ?? 0
        print("\(sweep.testDescription): \(courses.count) runs, at most \(seconds) s, \(requests) requests")
    }

    static let single: [Sweep] =
        [8, 50].flatMap { batch in [.before, .after].map { Sweep(batch: batch, losses: [$0]) } }
        + [.neverSent, .halfWay, .late].map { Sweep(batch: 8, losses: [$0]) }

    @Test(arguments: single)
    func `a loss at any request leaves each call exactly once`(_ sweep: Sweep) async throws {
        try await VirtualTime.run { time in
            var courses = [try await deliver(time, batch: sweep.batch, losses: [:])]
            var request = 1
            // A loss adds requests: the sweep goes on to the last that any run has had.
            while request <= courses.map(\.requests).max() ?? 0 {
                courses.append(try await deliver(time, batch: sweep.batch, losses: [request: sweep.losses[0]]))
                request += 1
            }
            tell(sweep, courses)
        }
    }

    @Test(arguments: [Loss.before, .after].map { Sweep(batch: 2, losses: [$0]) })
    func `a loss at any request of batches of one call`(_ sweep: Sweep) async throws {
        var random = SeededRandom(sweep.batch)
        let share = Self.isComplete ? 1 : 11
        let first = random.below(share)
        try await VirtualTime.run { time in
            var courses = [try await deliver(time, batch: sweep.batch, losses: [:])]
            var request = 1 + first
            while request <= courses.map(\.requests).max() ?? 0 {
                courses.append(try await deliver(time, batch: sweep.batch, losses: [request: sweep.losses[0]]))
                request += share
            }
            tell(sweep, courses)
        }
    }

    static let pairs: [Sweep] = [Loss.before, .after].flatMap { first in
        [.before, .after].map { Sweep(batch: 8, losses: [first, $0]) }
    }

    @Test(arguments: pairs)
    func `any two losses of batches of seven calls`(_ sweep: Sweep) async throws {
        var random = SeededRandom(sweep.batch)
        let share = Self.isComplete ? 1 : 25
        let skipped = random.below(share)
        try await VirtualTime.run { time in
            var courses: [Course] = []
            var number = 0
            var first = 1
            var last = try await deliver(time, batch: sweep.batch, losses: [:]).requests
            while first < last {
                var second = first + 1
                while second <= last {
                    if number % share == skipped {
                        let losses = [first: sweep.losses[0], second: sweep.losses[1]]
                        courses.append(try await deliver(time, batch: sweep.batch, losses: losses))
                        last = max(last, courses[courses.count - 1].requests)
                    }
                    number += 1
                    second += 1
                }
                first += 1
            }
            tell(sweep, courses)
        }
    }
}

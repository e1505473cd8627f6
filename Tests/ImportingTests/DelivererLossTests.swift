// SPDX-License-Identifier: Apache-2.0

import Ledger
import Testing
import VirtualTime

@testable import Importing

/// Losses at every single request: each call exactly once, and every run ends.
@Suite struct DelivererLossTests {
    struct Sweep: Sendable, CustomTestStringConvertible {
        var batch: Int
        var loss: FakePortal.Loss
        var testDescription: String { "batches of \(batch - 1), \(loss)" }
    }

    static let sweeps: [Sweep] =
        [2, 8, 50].flatMap { batch in [.before, .after].map { Sweep(batch: batch, loss: $0) } }
        + [.neverSent, .halfWay, .late].map { Sweep(batch: 8, loss: $0) }

    /// Where requests are many, several of them are lost in one run: every so many.
    private static let stride = 12

    @Test(arguments: sweeps)
    func `a loss at any request leaves each call exactly once`(_ sweep: Sweep) async throws {
        try await VirtualTime.run { time in
            var last = 1
            var request = 0
            var worst = (seconds: 0.0, requests: 0)
            let stride = sweep.batch == 2 ? Self.stride : 1_000
            while request <= min(last, stride) {
                let scene = try DeliveryScene(time, batch: sweep.batch)
                scene.portal.change { options in
                    guard request > 0 else { return }
                    for lost in Swift.stride(from: request, to: 1_000, by: stride) { options.losses[lost] = sweep.loss }
                }
                try scene.store(DeliveryScene.calls(60, time: time))
                let (reports, seconds) = try await scene.deliverAll()
                let rows = scene.rowsPerKey
                #expect(rows.count == 60 && rows.values.allSatisfy { $0 == 1 }, "request \(request)")
                #expect(reports.last?.end == .finished, "request \(request): \(reports.map(\.end))")
                #expect(reports.reduce(0) { $0 + $1.delivered + $1.found } == 60, "request \(request)")
                last = max(last, scene.portal.requests)
                worst = (max(worst.seconds, seconds), max(worst.requests, scene.portal.requests))
                request += 1
                #expect(time.spins == 0)
            }
            print("\(sweep.testDescription): \(request) runs, at most \(worst.seconds) s, \(worst.requests) requests")
        }
    }
}

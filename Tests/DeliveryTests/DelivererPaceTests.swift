// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CDRConfiguration
import Clocks
import Delivery
import Ledger
import PortalSimulator
import Synchronization
import TestSupport
import Testing

/// When a delivery ends before its work is done, and what is said on the way.
struct DelivererPaceTests {
    private func reason(_ report: DeliveryReport) -> String {
        if case .stopped(let reason) = report.end { reason } else { "\(report.end)" }
    }

    @Test(arguments: [(Fault.rateLimit, "rate limit"), (.operatingLimit, "operating limit")])
    func `a portal that refuses everything for its limits is not waited for without end`(
        _ fault: Fault, words: String
    ) async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time)
            scene.portal.change { $0.fault = fault }
            try scene.store(DeliveryScene.calls(20, time: time))
            let start = time.now
            let report = try await scene.deliverer().run()
            #expect(reason(report).contains(words))
            #expect((1_500...3_600).contains((time.now - start).inSeconds), "\(time.now - start)")
            #expect(scene.portal.requests < 100)
            scene.portal.change { $0.fault = nil }
            #expect(try await scene.deliverAll().reports.last?.end == .finished)
            #expect(try await scene.rowsPerCall().count == 20)
        }
    }

    @Test func `with --until it is waited for until then`() async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time)
            scene.portal.change { $0.fault = .rateLimit }
            try scene.store(DeliveryScene.calls(20, time: time))
            let deadline = time.now + .seconds(7_200)
            let report = try await scene.deliverer { $0.deadline = deadline }.run()
            #expect(reason(report).contains("--until"))
            #expect(time.now >= deadline && time.now < deadline + .seconds(1))
        }
    }

    @Test func `an unreachable portal is waited for with growing pauses within --until`() async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time)
            let end = time.now + .seconds(600)
            scene.portal.change { $0.unreachableUntil = end }
            try scene.store(DeliveryScene.calls(20, time: time))
            let deadline = time.now + .seconds(3_600)
            let report = try await scene.deliverer { $0.deadline = deadline }.run()
            #expect(report.end == .finished)
            #expect(try await scene.rowsPerCall().count == 20)
            // 1, 2, 4 … 30 seconds, half of it left to chance: never more than one try every 15 seconds in the end.
            #expect((20...60).contains(report.retries), "\(report.retries)")
        }
    }

    @Test func `without --until an unreachable portal ends the run after unreachable_seconds`() async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time)
            scene.portal.change { $0.unreachableUntil = .seconds(1_000_000) }
            try scene.store(DeliveryScene.calls(20, time: time))
            let start = time.now
            let report = try await scene.deliverer().run()
            #expect(reason(report).contains("cannot be reached"))
            #expect((120...160).contains((time.now - start).inSeconds), "\(time.now - start)")
        }
    }

    @Test(arguments: 1...8)
    func `the overload block stops the run at any request`(_ request: Int) async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time, batch: 8)
            scene.portal.change { $0.orders = [request: "{\"overloaded\":true}"] }
            try scene.store(DeliveryScene.calls(40, time: time))
            let report = try await scene.deliverer().run()
            guard case .rejected(let reason) = report.end else {
                Issue.record("\(report.end)")
                return
            }
            #expect(reason.contains("overload"))
            // What another lane had sent before is recorded; nothing is sent after.
            #expect(scene.portal.requests <= request + 1)
        }
    }

    @Test(arguments: [0, 1, 4, 5, 6, 39, 40, 41])
    func `--max-calls begins exactly so many calls`(_ most: Int) async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time)
            try scene.store(DeliveryScene.calls(40, time: time))
            let report = try await scene.deliverer { $0.maximumCalls = most }.run()
            #expect(try await scene.rows().count == min(most, 40))
            #expect(report.delivered == min(most, 40))
            if most < 40 { #expect(reason(report).contains("--max-calls")) } else { #expect(report.end == .finished) }
        }
    }

    @Test func `--max-calls 0 asks the portal for nothing, unless an earlier run has begun a call`() async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time)
            try scene.store(DeliveryScene.calls(3_000, time: time))
            let report = try await scene.deliverer { $0.maximumCalls = 0 }.run()
            #expect(scene.portal.requests == 0 && reason(report).contains("--max-calls"))
            // One that the user asks for looks all calls up all the same: 2,500 with a request.
            _ = try await scene.deliverer {
                $0.maximumCalls = 0
                $0.verifiesPortal = true
            }.run()
            #expect(scene.portal.requests > 2)
            #expect(try await scene.rows().isEmpty)
        }
        try await VirtualTime.run { time in
            // The second request is the first register; its reply is lost.
            let scene = try DeliveryScene(time, losses: [4: .after])
            try scene.store(DeliveryScene.calls(10, time: time))
            _ = try await scene.deliverer { $0.maximumCalls = 2 }.run()
            let before = scene.portal.requests
            let report = try await scene.deliverer { $0.maximumCalls = 0 }.run()
            #expect(scene.portal.requests - before <= 6, "\(scene.portal.requests - before)")
            #expect(try await scene.rows().count <= 2 && reason(report).contains("--max-calls"))
        }
    }

    @Test func `--until in the past sends nothing`() async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time)
            try scene.store(DeliveryScene.calls(5, time: time))
            let deadline = time.now
            let report = try await scene.deliverer { $0.deadline = deadline }.run()
            #expect(reason(report).contains("--until"))
            #expect(scene.portal.requests == 0)
        }
    }

    @Test func `the forecast is made as soon as costs are known and comes true`() async throws {
        try await VirtualTime.run { time in
            let scene = try DeliveryScene(time) { $0.costs = DeliveryScene.costs(.seconds(1)) }
            try scene.store(DeliveryScene.calls(400, time: time))
            // What is asked of the portal before the costs are known is no part of the forecast.
            let known = Mutex<Duration?>(nil)
            let report = try await scene.deliverer(onProgress: { progress in
                guard progress.remaining != nil else { return }
                known.withLock { $0 = $0 ?? time.now }
            }).run()
            let seconds = (time.now - (try #require(known.withLock { $0 }))).inSeconds
            let forecast = try #require(report.forecast)
            // The first five calls have shown the cost.
            #expect(forecast.calls == 395 && forecast.allowed == 395 && forecast.isPaceKnown)
            #expect((0.85...1.15).contains(forecast.duration.inSeconds / seconds), "\(forecast), took \(seconds)")
        }
    }

    @Test func `both lanes are used by a clock that goes on while decisions are made`() async throws {
        func seconds(_ ticks: Bool) async throws -> Double {
            try await VirtualTime.run { time in
                let scene = try DeliveryScene(time) { $0.costs = DeliveryScene.costs(.seconds(1)) }
                try scene.store(DeliveryScene.calls(300, time: time))
                let readings = Atomic(0)
                let source = TimeSource(
                    monotonic: {
                        guard ticks else { return time.now }
                        let number = readings.wrappingAdd(1, ordering: .relaxed).newValue
                        return time.now + .nanoseconds(317 * number)
                    },
                    wall: { VirtualTime.origin + 0.123_456_7 + time.now.inSeconds },
                    sleep: { try await time.sleep(until: $0) })
                let start = time.now
                let report = try await scene.deliverer(time: source).run()
                #expect(report.end == .finished && report.delivered == 300)
                return (time.now - start).inSeconds
            }
        }
        let (still, ticking) = (try await seconds(false), try await seconds(true))
        #expect(ticking < still * 1.03, "\(ticking) instead of \(still)")
    }

    @Test func `progress tells what is left and ends with everything done`() async throws {
        try await VirtualTime.run { time in
            let seen = Mutex<[RunProgress]>([])
            let scene = try DeliveryScene(time) { $0.costs = DeliveryScene.costs(.seconds(1)) }
            try scene.store(DeliveryScene.calls(100, time: time))
            _ = try await scene.deliverer(onProgress: { progress in seen.withLock { $0.append(progress) } }).run()
            let reports = seen.withLock { $0 }
            #expect(reports.last?.done == 100 && reports.last?.total == 100)
            #expect(reports.last?.remaining == .zero)
            let remaining = reports.compactMap(\.remaining).map(\.inSeconds)
            #expect((remaining.first ?? 0) > 80)
        }
    }
}

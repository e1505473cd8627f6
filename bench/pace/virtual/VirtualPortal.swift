// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import PortalSimulator
import Synchronization
import VirtualTime

/// The portal's clock in virtual time.
struct VirtualClock: PortalClock {
    let time: VirtualTime

    var executor: (any TaskExecutor)? { time }

    func now() -> Double { VirtualTime.origin + time.now.seconds }

    func sleep(seconds: Double) async {
        // Only cancellation throws, and what a portal has begun is not cancelled.
        try? await time.sleep(until: time.now + .seconds(seconds))
    }
}

/// The simulated portal at the end of a network that takes its time.
final class VirtualPortal: PortalTransport {
    private struct Record {
        var first: Duration?
        var last: Duration = .zero
    }

    let simulated: SimulatedPortal
    private let time: VirtualTime
    private let network: Duration
    private let record = Mutex(Record())

    init(_ regime: Regime, _ time: VirtualTime) throws {
        simulated = try SimulatedPortal(options: regime.portalOptions(), clock: VirtualClock(time: time))
        self.time = time
        network = .seconds(regime.network)
    }

    /// From the first request to the last reply, in seconds.
    var elapsed: Double { record.withLock { ($0.last - ($0.first ?? $0.last)).seconds } }

    func send(_ request: Bitrix24.PortalRequest) async -> PortalExchange {
        let start = time.now
        record.withLock { $0.first = $0.first ?? start }
        try? await time.sleep(until: start + network)
        let reply = await simulated.handle(
            .json("/rest/1/secret/\(request.method)", String(decoding: request.body, as: UTF8.self)))
        try? await time.sleep(until: time.now + network)
        let end = time.now
        record.withLock { $0.last = end }
        return .answered(HTTPAnswer(status: reply.status, body: reply.body, elapsed: end - start))
    }

    /// Sends requests of another program from the same address until the task is cancelled.
    func disturb(perSecond: Double) async {
        var next = time.now
        while !Task.isCancelled {
            next += .seconds(1 / perSecond)
            try? await time.sleep(until: next)
            if Task.isCancelled { return }
            _ = await simulated.handle(.json("/rest/1/secret/server.time", "{}"))
        }
    }

    /// Makes every command dearer from a moment after the first request on.
    func change(_ change: Regime.Change) async {
        while record.withLock({ $0.first }) == nil {
            try? await time.sleep(until: time.now + .milliseconds(100))
            if Task.isCancelled { return }
        }
        let first = record.withLock { $0.first } ?? time.now
        try? await time.sleep(until: first + .seconds(change.at))
        if Task.isCancelled { return }
        _ = await simulated.control("{\"costFactor\":\(change.factor)}")
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

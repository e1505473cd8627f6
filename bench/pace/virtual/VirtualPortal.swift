// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import Foundation
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
    private let isTraced: Bool
    private let record = Mutex(Record())

    /// - Parameter isTraced: Whether every request is shown on standard error, with its moment and what it was for.
    init(_ regime: Regime, _ time: VirtualTime, isTraced: Bool) throws {
        self.isTraced = isTraced
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
        if isTraced { trace(request, reply, start, end) }
        return .answered(HTTPAnswer(status: reply.status, body: reply.body, elapsed: end - start))
    }

    private func trace(
        _ request: Bitrix24.PortalRequest, _ reply: PortalReply, _ start: Duration, _ end: Duration
    ) {
        let first = record.withLock { $0.first } ?? start
        let body = String(decoding: request.body, as: UTF8.self)
        let counts = ["register", "finish", "statistic"].map { "\($0) \(body.ranges(of: "\($0)").count)" }
        let refused = reply.text.ranges(of: "OPERATION_TIME_LIMIT").count
        let moments = String(format: "%10.3f %8.3f", (start - first).seconds, (end - start).seconds)
        FileHandle.standardError.write(
            Data("\(moments)  \(counts.joined(separator: ", "))  status \(reply.status), \(refused) over limit\n".utf8))
    }

    /// Sends requests of another program from the same address until the task is cancelled.
    ///
    /// - Parameter phase: By how many seconds all of them come later.
    func disturb(perSecond: Double, phase: Double) async {
        var next = time.now + .seconds(phase)
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

// SPDX-License-Identifier: Apache-2.0

package import Bitrix24
package import Clocks
import Foundation
package import PortalSimulator
import Synchronization

/// The way to a simulated portal in the same process and in virtual time, with a network that loses what it is told to.
///
/// A reply takes no longer than the portal's request cap, so that a client's own deadline is never needed.
package final class SimulatedTransport: PortalTransport {
    /// A request and its reply, with the moments at which the client sent the one and had the other.
    package struct Exchange: Sendable {
        /// What was asked.
        package let request: Bitrix24.PortalRequest
        /// What the portal answered.
        package let reply: PortalReply
        /// When the client sent the request and when it had the reply, on the monotonic clock.
        package let period: ClosedRange<Duration>
    }

    private struct State {
        var mishaps: Mishaps
        var commands: [Int] = []
        var first: Duration?
        var last: Duration = .zero
    }

    /// What the transport has decided about a request before it leaves.
    private struct Passage {
        var loss: Loss?
        var fault: Fault?
        var orders: [String]
    }

    /// The portal at the other end.
    package let portal: SimulatedPortal
    /// The world of both.
    package let time: VirtualTime
    /// Is raised by the request that ``Mishaps/mostRequests`` names.
    package let stop = StopSignal()
    private let network: Duration
    private let onExchange: @Sendable (Exchange) -> Void
    private let state: Mutex<State>

    /// - Parameters:
    ///   - network: How long a request is on its way, and a reply on its way back.
    ///   - onExchange: Is told every exchange that brought a reply.
    package init(
        _ portal: SimulatedPortal, _ time: VirtualTime, network: Duration = .milliseconds(100),
        mishaps: Mishaps = Mishaps(), onExchange: @escaping @Sendable (Exchange) -> Void = { _ in }
    ) {
        self.portal = portal
        self.time = time
        self.network = network
        self.onExchange = onExchange
        state = Mutex(State(mishaps: mishaps))
    }

    /// A way to a new portal.
    package convenience init(
        _ time: VirtualTime, _ options: PortalOptions, network: Duration = .milliseconds(100),
        mishaps: Mishaps = Mishaps(), onExchange: @escaping @Sendable (Exchange) -> Void = { _ in }
    ) throws {
        self.init(
            try SimulatedPortal(options: options, clock: VirtualClock(time)), time, network: network, mishaps: mishaps,
            onExchange: onExchange)
    }

    /// How many commands each request had.
    package var commands: [Int] { state.withLock { $0.commands } }
    /// How many requests were sent, the lost ones included.
    package var requests: Int { commands.count }
    /// When the first request was sent.
    package var first: Duration? { state.withLock { $0.first } }
    /// From the first request to the last reply, in seconds.
    package var elapsed: Double { state.withLock { ($0.last - ($0.first ?? $0.last)).inSeconds } }

    /// Changes what goes wrong from the next request on.
    package func change(_ body: (inout Mishaps) -> Void) { state.withLock { body(&$0.mishaps) } }

    /// What the portal holds, once it is no longer at work on a request, be it one that its client gave up.
    package func audit() async throws -> PortalAudit {
        while true {
            let audit = try PortalAudit(json: await portal.audit(events: false))
            if audit.inFlight == 0 { return audit }
            try await time.sleep(until: time.now + .seconds(5))
        }
    }

    /// Sends one request; see ``Bitrix24/PortalTransport``.
    package func send(_ request: Bitrix24.PortalRequest) async -> PortalExchange {
        let start = time.now
        let passage = book(request)
        if passage.loss == .neverSent {
            await pass(.milliseconds(10))
            return .neverSent(TransportFailure(.connectionRefused))
        }
        await pass(network)
        for order in passage.orders { _ = await portal.control(order) }
        let arrived = PortalSimulator.PortalRequest.json(
            "/rest/1/secret/\(request.method)", String(decoding: request.body, as: UTF8.self))
        if passage.loss == .late {
            workLate(on: arrived)
            await pass(network)
            return .unknown(TransportFailure(.connectionClosed), elapsed: time.now - start)
        }
        let reply = await portal.handle(arrived, fault: passage.fault)
        await pass(network)
        let end = time.now
        state.withLock { $0.last = end }
        onExchange(Exchange(request: request, reply: reply, period: start...end))
        guard reply.delivery == .whole else {
            return .unknown(TransportFailure(.connectionClosed), elapsed: end - start)
        }
        let changed = state.withLock { $0.mishaps.rewritesReply }.map { Array($0(reply.text).utf8) }
        return .answered(HTTPAnswer(status: reply.status, body: changed ?? reply.body, elapsed: end - start))
    }

    /// Counts a request and chooses what happens to it.
    private func book(_ request: Bitrix24.PortalRequest) -> Passage {
        let body = String(decoding: request.body, as: UTF8.self)
        let commands = Self.commands(request)
        let now = time.now
        let (passage, isLast) = state.withLock { state in
            state.first = state.first ?? now
            state.commands.append(commands)
            let number = state.commands.count
            let mishaps = state.mishaps
            let loss = now < mishaps.unreachableUntil ? .neverSent : mishaps.losses[number]
            let called = mishaps.ordersByMethod.keys.filter { body.contains("\"\($0)?") }.sorted()
            for method in called { state.mishaps.ordersByMethod[method] = nil }
            let orders = [mishaps.orders[number]] + called.map { mishaps.ordersByMethod[$0] }
            let fault = loss.flatMap { Self.fault($0, commands) } ?? (now < mishaps.faultEnds ? mishaps.fault : nil)
            let passage = Passage(loss: loss, fault: fault, orders: orders.compactMap(\.self))
            return (passage, loss != .neverSent && number >= mishaps.mostRequests)
        }
        if isLast { stop.stop() }
        return passage
    }

    /// How many commands a request has: those of a batch, else one.
    private static func commands(_ request: Bitrix24.PortalRequest) -> Int {
        // A body that is no batch is one command.
        let object = try? JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any]
        return (object?["cmd"] as? [String: Any])?.count ?? 1
    }

    private static func fault(_ loss: Loss, _ commands: Int) -> Fault? {
        switch loss {
        case .before: .dropBefore
        case .after: .dropAfter
        case .halfWay: .kill(commands: commands / 2)
        case .neverSent, .late: nil
        }
    }

    /// Lets the portal work on a request that nobody waits for, as late as its cap permits.
    private func workLate(on request: PortalSimulator.PortalRequest) {
        let late = state.withLock { $0.mishaps.lateSeconds }
        Task(executorPreference: time) { [portal] in _ = await portal.handle(request, fault: .stall(seconds: late)) }
    }

    private func pass(_ duration: Duration) async {
        // Only the end of the world throws, and then nobody waits for the reply.
        try? await time.sleep(until: time.now + duration)
    }
}

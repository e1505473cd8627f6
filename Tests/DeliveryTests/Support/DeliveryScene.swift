// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CDRConfiguration
import CallLifecycle
import CallRecords
import Clocks
import Delivery
import Ledger
import Logging
import PortalSimulator
import TestSupport

/// A ledger with calls, a simulated portal, and runs of the deliverer between them.
struct DeliveryScene: Sendable {
    let time: VirtualTime
    let portal: SimulatedTransport
    let ledger: Ledger
    var settings: DeliverySettings

    static let silence = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Users 1 to 3 by extension, 104 by the portal's own look-up, everything else to user 1.
    static var users: UserSettings {
        var users = UserSettings()
        users.extensions = ["101": 1, "102": 2, "103": 3]
        users.fallback = 1
        return users
    }

    /// A scene with a new portal.
    ///
    /// - Parameters:
    ///   - losses: The requests that are lost, counted from 1.
    ///   - batch: The most commands of a batch.
    ///   - ledger: The ledger; without one, a new ledger in memory.
    ///   - configure: Changes the portal, which is fast and has no limits.
    init(
        _ time: VirtualTime, losses: [Int: Loss] = [:], batch: Int = 50, ledger: Ledger? = nil,
        _ configure: (inout PortalOptions) -> Void = { _ in }
    ) throws {
        var options = PortalOptions()
        options.costs = Self.costs(.milliseconds(50))
        configure(&options)
        let portal = try SimulatedTransport(time, options, mishaps: Mishaps(losses: losses))
        try self.init(portal, batch: batch, ledger: ledger)
    }

    /// A later process at the portal of another scene: it counts requests anew, and nothing goes wrong any more.
    init(after other: DeliveryScene, batch: Int = 50, ledger: Ledger? = nil) throws {
        try self.init(SimulatedTransport(other.portal.portal, other.time), batch: batch, ledger: ledger)
    }

    private init(_ portal: SimulatedTransport, batch: Int, ledger: Ledger?) throws {
        let time = portal.time
        self.time = time
        self.portal = portal
        self.ledger = try ledger ?? Ledger.temporary(wallClock: { time.wallSeconds })
        var portalSettings = PortalSettings()
        portalSettings.batchCommands = batch
        portalSettings.unreachableFor = .seconds(120)
        settings = DeliverySettings(portal: portalSettings, users: Self.users, keyPrefixes: ["pbx"])
        settings.host = "portal.test"
    }

    /// What every command costs: its time, and none of it counts as operating time.
    static func costs(_ command: Duration, question: Duration? = nil) -> [String: MethodCost] {
        let (command, question) = (command.inSeconds, (question ?? command).inSeconds)
        return [
            RegisterCall.method.lowercased(): MethodCost(latency: command, operating: 0),
            FinishCall.method.lowercased(): MethodCost(latency: command, operating: 0),
            StatisticQuery.method.lowercased(): MethodCost(latency: question, operating: 0),
        ]
    }

    /// Calls 20 seconds apart; every fourth call is from a number that calls three times, and some of these are
    /// look-alikes.
    ///
    /// - Parameter age: How many seconds ago the last one began.
    static func calls(_ count: Int, endingBefore age: Int64 = 7_200, time: VirtualTime) -> [LedgerCall] {
        (0..<count).map { index in
            let number = index % 4 == 3 ? index / 12 : 100 + index
            return .sample(
                Call.sample(
                    "pbx:\(index)", type: index % 5 == 0 ? .outgoing : .incoming,
                    start: time.wallSeconds - age - Int64(count - index) * 20, number: "+120255\(50_000 + number)",
                    employee: index % 7 == 6 ? nil : "\(101 + index % 4)", talk: index % 3 == 0 ? 0 : 30))
        }
    }

    @discardableResult
    func store(_ calls: [LedgerCall]) throws -> [LedgerCall] {
        _ = try ledger.source(keyPrefix: "pbx", keyRule: "rule")
        return try ledger.intake { writer in
            try calls.map { call in
                var call = call
                call.id = try writer.insert(call)
                return call
            }
        }
    }

    func deliverer(
        _ change: (inout DeliverySettings) -> Void = { _ in }, time source: TimeSource? = nil,
        onProgress: @escaping @Sendable (RunProgress) -> Void = { _ in }
    ) -> Deliverer {
        var settings = settings
        change(&settings)
        return Deliverer(
            ledger: ledger, portal: Portal(transport: portal, timeout: settings.portal.replyTimeout),
            settings: settings, time: source ?? time.source, stop: portal.stop, log: Self.silence,
            onProgress: onProgress)
    }

    /// Runs until a run finishes, at most `most` times.
    func deliverAll(most: Int = 4) async throws -> (reports: [DeliveryReport], seconds: Double) {
        var reports: [DeliveryReport] = []
        let start = time.now
        for _ in 0..<most {
            reports.append(try await deliverer().run())
            if reports.last?.end == .finished { break }
            time.advance(by: .seconds(5))
        }
        return (reports, (time.now - start).inSeconds)
    }

    /// The rows of the portal's statistics.
    func rows() async throws -> [PortalAudit.Row] { try await portal.audit().rows }

    /// How many rows each call has.
    func rowsPerCall() async throws -> [String: Int] { try await portal.audit().rowsPerCall }

    /// Registers a call as another process would, and returns its CALL_ID.
    ///
    /// - Parameter user: The portal's user that the call belongs to.
    @discardableResult
    func registerElsewhere(_ call: Call, user: Int = 1) async throws -> String {
        let register = RegisterCall(
            userID: user, phoneNumber: call.phoneNumber, type: call.type.rawValue,
            startDate: PortalDate(epochSeconds: call.start.epochSeconds), externalCallID: call.key)
        return try RegisteredCall(await answer(to: register.command(key: "r"))).callID
    }

    /// Registers and finishes a call as another importer would.
    func deliverElsewhere(_ call: Call, user: Int = 1) async throws {
        try await finishElsewhere(call, try await registerElsewhere(call, user: user), user: user)
    }

    /// Finishes a call under its CALL_ID as another process would.
    func finishElsewhere(_ call: Call, _ callID: String, user: Int = 1) async throws {
        let finish = FinishCall(
            callID: callID, userID: user, duration: call.talk, statusCode: call.status.rawValue)
        _ = try await answer(to: finish.command(key: "f"))
    }

    /// The calls as they are after a run that ended right after it had registered them.
    func registered(_ calls: [LedgerCall]) async throws -> [LedgerCall] {
        var calls = calls
        for index in calls.indices {
            let callID = try await registerElsewhere(calls[index].call)
            calls[index].progress = DeliveryProgress(stored: .registered, portalCallID: callID, registrations: 1)
        }
        return calls
    }

    /// What the portal answers to a command of somebody else, whose requests count for nothing here.
    func answer(to command: Command) async throws -> JSONValue {
        let other = Portal(transport: SimulatedTransport(portal.portal, time), timeout: .seconds(75))
        let outcome = await other.batch([command])
        guard case .answered(let reply) = outcome, case .succeeded(let answer)? = reply.outcomes[command.key] else {
            throw Unanswered(outcome: outcome)
        }
        return answer.result
    }

    /// A command of somebody else that the portal did not carry out.
    struct Unanswered: Error { let outcome: BatchOutcome }

    func state(of key: String) throws -> CallState? { try ledger.call(key: key)?.state }

    func count(_ state: CallState) throws -> Int {
        try ledger.openCounts()[state]?.values.reduce(0, +) ?? 0
    }
}

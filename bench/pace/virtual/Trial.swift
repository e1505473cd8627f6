// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CDRConfiguration
import CallRecords
import Clocks
import Delivery
import ExitCodes
import Foundation
import Importing
import Logging
import PortalSimulator
import Reporting
import TestSupport

/// Imports of files of calls in virtual time, by the parts of the importer wired as the program wires them.
struct Trial {
    /// What came of one night; printed as one JSON object.
    struct Result: Codable, Sendable {
        var seconds = 0.0
        var requests = 0
        var rateLimited = 0
        var operatingLimited = 0
        var overCap = 0
        var lost = 0
        var doubled = 0
        /// What the importer expected before its first full batch, in seconds; `nil` if it said nothing.
        var expected: Double?
        var processorSeconds = 0.0
    }

    let regime: Regime
    let isTraced: Bool
    private let folder: TemporaryFolder

    init(_ regime: Regime, isTraced: Bool) throws {
        self.regime = regime
        self.isTraced = isTraced
        folder = try TemporaryFolder()
    }

    /// Imports one file a night; what came of each night.
    func run() async throws -> [Result] {
        try await VirtualTime.run { time in try await run(time) }
    }

    private func run(_ time: VirtualTime) async throws -> [Result] {
        let exchanges = NightWatch()
        let portal = try portal(time, exchanges)
        let disturbances = Disturbances(portal: portal, time: time)
        return try await withThrowingTaskGroup(of: Void.self) { [regime] group in
            if regime.othersPerSecond > 0 {
                group.addTask {
                    await disturbances.send(
                        perSecond: regime.othersPerSecond, phase: regime.othersPhase,
                        isRandom: regime.othersRandom ?? false, method: regime.othersMethod ?? "server.time")
                }
            }
            if let change = regime.change { group.addTask { await disturbances.change(change) } }
            defer { group.cancelAll() }
            let evening = time.now
            var results: [Result] = []
            for night in 0..<(regime.nights ?? 1) {
                // Each night at the same hour, as a timer starts it.
                try await time.sleep(until: evening + .seconds(86_400 * night))
                results.append(try await deliver(night, to: portal, exchanges, time))
            }
            return results
        }
    }

    /// One night.
    private func deliver(
        _ night: Int, to portal: SimulatedTransport, _ exchanges: NightWatch, _ time: VirtualTime
    ) async throws -> Result {
        let began = Self.processorSeconds
        let isAlone = (regime.nights ?? 1) == 1
        let file = CallFile(
            count: regime.calls, spacing: isAlone ? 20 : min(20, 80_000 / regime.calls),
            endingAt: Int(time.wallSeconds) - 7_200)
        let name = "Master\(night).csv"
        try folder.write(file.text, to: name)
        let before = try await portal.audit()
        exchanges.begin()
        let summary = try await deliver(file, name, to: portal, time)
        var result = try await judge(summary, file, portal, since: before)
        result.seconds = exchanges.seconds
        result.processorSeconds = Self.processorSeconds - began
        return result
    }

    private func portal(_ time: VirtualTime, _ exchanges: NightWatch) throws -> SimulatedTransport {
        // The first request that is traced is the first of all.
        let start = time.now
        return try SimulatedTransport(
            time, regime.portalOptions(), network: .seconds(regime.network),
            onExchange: { [isTraced] exchange in
                exchanges.note(exchange)
                if isTraced { trace(exchange, since: start) }
            })
    }

    private func deliver(
        _ file: CallFile, _ name: String, to portal: SimulatedTransport, _ time: VirtualTime
    ) async throws -> Summary {
        let host = "pace-\(folder.path.suffix(12)).invalid"
        let run = ImportRun(
            configuration: try configuration(name, notBefore: Int64(file.firstStart) - 60),
            options: ImportRun.Options(),
            time: time.source, stop: StopSignal(), log: Logger(label: "pace") { _ in SwiftLogNoOpLogHandler() }
        ) { settings throws(ImportFault) in
            PortalConnection(
                portal: Portal(transport: portal, timeout: settings.replyTimeout), host: host, close: {})
        }
        let result = await run.run()
        if let complaint = result.complaint { throw Misuse(description: complaint) }
        return result.summary
    }

    private func configuration(_ name: String, notBefore: Int64) throws -> ImportConfiguration {
        var configuration = ImportConfiguration()
        configuration.ledger = folder.file()
        configuration.numbers.region = "RU"
        configuration.numbers.internal = "^\\d{3}$"
        configuration.users.extensions = ["101": 1, "102": 2, "103": 3, "104": 4, "105": 5]
        configuration.users.fallback = 1
        configuration.portal.lanes = regime.lanes
        configuration.portal.withoutRules = Set(regime.without ?? [])
        // Where the portal counts no requests its administrator says so.
        configuration.portal.requestsPerSecond = regime.requestsPerSecond ?? 1_000
        configuration.portal.burst = Int(regime.burst ?? 1_000)
        if regime.operatingLimit != 420 { configuration.portal.operatingSeconds = regime.operatingLimit }
        var source = SourceSettings()
        source.files = [folder.file(name)]
        source.format = try FormatDefinition.preset("asterisk")
        source.timeZone = "UTC"
        source.trunks = ["trunk1"]
        source.notBefore = notBefore
        configuration.sources = [source]
        return configuration
    }

    /// Compares what the portal holds with what the file says.
    private func judge(
        _ summary: Summary, _ file: CallFile, _ portal: SimulatedTransport, since before: PortalAudit
    ) async throws -> Result {
        let audit = try await portal.audit()
        let rows = audit.rowsPerCall
        var result = Result()
        result.requests = summary.portal.requests
        result.expected = summary.estimate?.seconds
        result.rateLimited = summary.portal.rateLimited
        // The portal counts those of all; the summary counts our own requests that met one.
        result.operatingLimited =
            regime.othersMethod == nil
            ? audit.counter("operatingLimited") - before.counter("operatingLimited") : summary.portal.operatingLimited
        result.overCap = audit.counter("overCap") - before.counter("overCap")
        result.lost = file.ids.count { rows["pbx:\($0)"] == nil }
        result.doubled = file.ids.count { rows["pbx:\($0)"] ?? 0 > 1 }
        return result
    }

    private static var processorSeconds: Double {
        Double(clock()) / Double(CLOCKS_PER_SEC)
    }
}

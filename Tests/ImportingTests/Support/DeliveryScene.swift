// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CallRecords
import Foundation
import Ledger
import Logging
import VirtualTime

@testable import Importing

/// A ledger with calls, a portal in memory, and runs of the deliverer between them.
struct DeliveryScene: Sendable {
    let time: VirtualTime
    let portal: FakePortal
    var ledger: Ledger
    var settings: DeliverySettings

    static let silence = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Users 1 to 3 by extension, 104 by the portal's own look-up, everything else to user 1.
    static var users: UserSettings {
        var users = UserSettings()
        users.extensions = ["101": 1, "102": 2, "103": 3]
        users.fallback = 1
        return users
    }

    init(
        _ time: VirtualTime, _ options: FakePortal.Options = .init(), portal: FakePortal? = nil, batch: Int = 50,
        ledger: Ledger? = nil
    ) throws {
        self.time = time
        self.portal = portal.map { FakePortal(copying: $0) } ?? FakePortal(time, options)
        self.ledger = try ledger ?? Ledger.scratch(over: nil, wallClock: { time.wallSeconds })
        var portalSettings = PortalSettings()
        portalSettings.batchCommands = batch
        portalSettings.unreachableFor = .seconds(120)
        settings = DeliverySettings(portal: portalSettings, users: Self.users, keyPrefixes: ["pbx"])
        settings.host = "portal.test"
    }

    /// Calls a minute apart; every fourth number calls three times, and some of these calls are look-alikes.
    static func calls(_ count: Int, endingBefore age: Int64 = 7_200, time: VirtualTime) -> [LedgerCall] {
        (0..<count).map { index in
            let start = CallTime(epochSeconds: time.wallSeconds - age - Int64(count - index) * 20)
            let number = index % 4 == 3 ? index / 12 : 100 + index
            let talk = index % 3 == 0 ? 0 : 30
            var call = LedgerCall(
                sourceID: 1,
                call: Call(
                    key: "pbx:\(index)", type: index % 5 == 0 ? .outgoing : .incoming, start: start, end: start,
                    phoneNumber: "+120255\(50_000 + number)",
                    employeeExtension: index % 7 == 6 ? nil : "\(101 + index % 4)", talk: .seconds(talk),
                    status: talk > 0 ? .success : .missed),
                state: .pending, legs: [1], fingerprints: [UInt64(index)], runID: 1, runLegs: 1)
            call.id = 0
            return call
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

    func deliverer(_ change: (inout DeliverySettings) -> Void = { _ in }) -> Deliverer {
        var settings = settings
        change(&settings)
        return Deliverer(
            ledger: ledger, portal: Portal(transport: portal, timeout: settings.portal.replyTimeout),
            settings: settings, time: time.source, stop: portal.stop,
            log: Self.silence)
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

    /// Keys of the portal's rows with their number.
    var rowsPerKey: [String: Int] {
        portal.rows.reduce(into: [:]) { $0[$1.key ?? "\($1.phone) \($1.start)", default: 0] += 1 }
    }

    func state(of key: String) throws -> CallState? { try ledger.call(key: key)?.state }

    func count(_ state: CallState) throws -> Int {
        try ledger.openCounts()[state]?.values.reduce(0, +) ?? 0
    }
}

// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CDRConfiguration
import CallLifecycle
import CallRecords
import Clocks
import Delivery
import ExitCodes
import Foundation
import Importing
import Ledger
import PortalSimulator
import TestSupport
import Testing

/// A ledger file and a simulated portal, and what a person does with them between imports.
struct AdministrationScene: Sendable {
    /// A name of its own, since the programs of a machine lock portals by their names.
    let host = "\(UUID().uuidString.lowercased()).test"
    /// Some time in the past at which calls began, in seconds since 1970.
    static let start: Int64 = 1_789_990_000

    let time: VirtualTime
    let portal: SimulatedTransport
    private let folder: TemporaryFolder

    init(_ time: VirtualTime, _ configure: (inout PortalOptions) -> Void = { _ in }) throws {
        var options = PortalOptions()
        configure(&options)
        self.time = time
        portal = try SimulatedTransport(time, options)
        folder = try TemporaryFolder()
    }

    var ledger: LedgerAccess {
        LedgerAccess(path: folder.file(), wallClock: { [time] in time.wallSeconds })
    }

    var connection: PortalConnection {
        PortalConnection(portal: Portal(transport: portal, timeout: .seconds(75)), host: host, close: {})
    }

    /// Stores calls, in a ledger that is bound to the portal.
    func store(_ calls: [(Call, DeliveryProgress)], facts: [LedgerFact: String]? = nil) throws {
        let ledger = try ledger.lock().open()
        let source = try ledger.source(keyPrefix: "pbx", keyRule: "rule")
        try ledger.intake { writer in
            for (call, progress) in calls {
                _ = try writer.insert(.sample(call, source: source.id, progress: progress))
            }
        }
        try ledger.remember(facts ?? [.portalHost: host])
        try ledger.close()
    }

    /// The state of a call in the ledger.
    func state(_ key: String) throws -> CallState? {
        try ledger.reading { ledger throws(LedgerFault) in try ledger.trackedCall(key: key)?.state }
    }

    /// Gives the portal a finished call, and returns its CALL_ID.
    @discardableResult
    func finish(_ call: Call) async throws -> String {
        let register = try await answer(call.registerCommand(key: "r", employee: .user(1)))
        let callID = try #require(register["CALL_ID"]?.text)
        _ = try await answer(call.finishCommand(key: "f", callID: callID, employee: .user(1)))
        return callID
    }

    private func answer(_ command: Command) async throws -> JSONValue {
        guard case .answered(let reply, _) = await connection.portal.call(command) else {
            throw Unanswered(method: command.method)
        }
        return reply.result
    }

    struct Unanswered: Error { let method: String }
}

extension Call {
    /// An invented call whose key is `pbx:` and a number, 40 seconds after the one before.
    static func numbered(_ number: Int, prefix: String = "pbx") -> Call {
        .sample(
            "\(prefix):\(number)", start: AdministrationScene.start + Int64(number) * 40,
            number: "+120255\(50_000 + number)")
    }
}

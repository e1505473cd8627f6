// SPDX-License-Identifier: Apache-2.0

import CDRConfiguration
import CallLifecycle
import CallRecords
import Clocks
import ExitCodes
import Importing
import Ledger
import Phrases
import Reporting
import TestSupport
import Testing

@testable import Administration

/// What a person sees of a ledger.
@Suite struct OverviewTests {
    @Test func `the status counts calls by state and reason`() async throws {
        try await VirtualTime.run { time in
            let scene = try AdministrationScene(time)
            var found = DeliveryProgress.sample(.delivered)
            found = DeliveryProgress(stored: .delivered, portalCallID: found.portalCallID, wasFoundThere: true)
            try scene.store([
                (.numbered(1), .sample(.delivered)), (.numbered(2), found), (.numbered(3), .sample(.pending)),
                (.numbered(4), .sample(.unsettled)), (.numbered(5), DeliveryProgress(heldFor: .noEmployee)),
            ])
            let status = try StatusReader(scene.ledger).status()
            #expect(status.delivered == 1 && status.found == 1 && status.portal == scene.host)
            let counts = Dictionary(uniqueKeysWithValues: status.open.map { ("\($0.state) \($0.reason)", $0.count) })
            #expect(counts == ["pending ": 1, "unsettled ": 1, "held noEmployee": 1])
            #expect(status.oldestOpen == UTCText.instant(Call.numbered(3).start.epochSeconds))
            #expect(status.text.contains("  unconfirmed: 1\n  held (noEmployee): 1\n"), "\(status.text)")
        }
    }

    @Test func `failures name the key where a command needs it`() async throws {
        try await VirtualTime.run { time in
            let scene = try AdministrationScene(time)
            try scene.store([
                (.numbered(1), DeliveryProgress(heldFor: .unknownOutcome)),
                (.numbered(2), DeliveryProgress(stored: .refused, reason: "refusedByPortal", note: "Unknown TYPE")),
                (.numbered(3), DeliveryProgress(heldFor: .noEmployee)),
            ])
            let list = try FailureListing(scene.ledger).list(limit: 10)
            #expect(list.calls.map(\.key) == ["pbx:2", "pbx:1", "pbx:3"])
            #expect(list.calls[0].remedy?.english.contains("run: cdr24 retry pbx:2; after a change of rules: ") == true)
            #expect(list.calls[0].text(in: .english).contains("the portal replied: Unknown TYPE"))
            #expect(list.calls[1].remedy?.english.hasSuffix("cdr24 resolve pbx:1") == true)
            #expect(list.text.contains("\n  no extension is known and users.default is not set\n  set users.default, "))
            #expect(try FailureListing(scene.ledger).list(limit: 1).calls.count == 2)
        }
    }

    @Test func `no command makes a ledger that is not there`() async throws {
        try await VirtualTime.run { time in
            let scene = try AdministrationScene(time)
            let commands: [@Sendable () async throws -> Void] = [
                { _ = try StatusReader(scene.ledger).status() },
                { _ = try FailureListing(scene.ledger).list(limit: 1) },
                { _ = try await Retry(ImportConfiguration(), scene.ledger).run(keys: []) },
                { _ = try Rebind(scene.ledger).run(host: "new.test") },
                { _ = try Resolve(scene.ledger, key: "pbx:1").call() },
            ]
            for command in commands {
                let fault = await #expect(throws: ImportFault.self) { try await command() }
                #expect(fault?.exitStatus == .inputOutput)
            }
            #expect(try scene.ledger.openForReading() == nil)
        }
    }
}

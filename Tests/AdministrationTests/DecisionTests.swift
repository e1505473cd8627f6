// SPDX-License-Identifier: Apache-2.0

import CDRConfiguration
import CallLifecycle
import CallRecords
import ExitCodes
import Importing
import Ledger
import PortalSimulator
import Reporting
import TestSupport
import Testing

@testable import Administration

/// What a person decides about held and refused calls.
@Suite struct DecisionTests {
    private static func held(_ reason: HoldReason) -> DeliveryProgress { DeliveryProgress(heldFor: reason) }

    private func scene(_ time: VirtualTime) throws -> AdministrationScene {
        let scene = try AdministrationScene(time)
        try scene.store([
            (.numbered(1), Self.held(.noEmployee)), (.numbered(2), Self.held(.databaseError)),
            (.numbered(3), DeliveryProgress(stored: .refused, reason: "refusedByPortal", note: "Unknown TYPE")),
            (.numbered(4), .sample(.delivered)),
        ])
        return scene
    }

    @Test func `all held and refused calls are retried, except those that a retry might double`() async throws {
        try await VirtualTime.run { time in
            let scene = try scene(time)
            let report = try await Retry(ImportConfiguration(), scene.ledger).run(keys: [])
            #expect(report.changed == 2)
            #expect(report.refusals.map(\.key) == ["pbx:2"])
            #expect(report.text == "2 of 3 calls will be retried by the next import\n")
            #expect(try scene.state("pbx:1") == .pending && scene.state("pbx:3") == .pending)
            #expect(try scene.state("pbx:2") == .held && scene.state("pbx:4") == .delivered)
        }
    }

    @Test func `named calls are retried, and keys that are not there are said`() async throws {
        try await VirtualTime.run { time in
            let scene = try scene(time)
            let report = try await Retry(ImportConfiguration(), scene.ledger).run(keys: ["pbx:1", "pbx:4", "pbx:99"])
            #expect(report.changed == 1)
            #expect(report.refusals.map(\.key) == ["pbx:4", "pbx:99"])
            #expect(report.refusals[1].reason == "the ledger has no call with this key")
            #expect(try scene.state("pbx:3") == .refused)
        }
    }

    @Test func `a call is shown as ledger and portal know it, and decided`() async throws {
        try await VirtualTime.run { time in
            let scene = try scene(time)
            try await scene.finish(.numbered(2))
            let resolve = Resolve(scene.ledger, key: "pbx:2", time: time.source)
            #expect(try resolve.call().state == "held" && resolve.call().reason == "databaseError")
            let rows = try await resolve.portalRows(scene.connection)
            #expect(rows.count == 1 && rows[0].contains("+12025550002"), "\(rows)")
            #expect(try resolve.decide(.delivered).state == "delivered")
            #expect(try scene.state("pbx:2") == .delivered)
        }
    }

    @Test func `for a lost register that may have created a lead the cards of the number are shown`() async throws {
        try await VirtualTime.run { time in
            let scene = try AdministrationScene(time)
            let lost = DeliveryProgress(
                stored: .held, reason: HoldReason.unknownRegister.rawValue, lostRegister: true, mayHaveCreated: true)
            try scene.store([
                (.numbered(1), lost), (.numbered(2), lost), (.numbered(3), Self.held(.noEmployee)),
            ])
            _ = await scene.portal.portal.control(
                #"{"addEntity": {"type": "LEAD", "id": 12, "name": "New", "phones": ["+12025550001"], "user": 1}}"#)
            let cards = { key in
                try await Resolve(scene.ledger, key: key, time: time.source).portalCards(scene.connection)
            }
            #expect(try await cards("pbx:1") == ["LEAD 12"])
            #expect(try await cards("pbx:2") == [])
            #expect(try await cards("pbx:3") == nil)
            #expect(try await Retry(ImportConfiguration(), scene.ledger).run(keys: ["pbx:1"]).refusals.count == 1)
        }
    }

    @Test func `a decision that is not possible changes nothing`() async throws {
        try await VirtualTime.run { time in
            let scene = try scene(time)
            for key in ["pbx:4", "pbx:99"] {
                let resolve = Resolve(scene.ledger, key: key, time: time.source)
                let fault = #expect(throws: ImportFault.self) { try resolve.decide(.sendAgain) }
                #expect(fault?.exitStatus == .usage && fault?.description.contains(key) == true)
            }
            #expect(try scene.state("pbx:4") == .delivered)
        }
    }

    @Test func `a ledger that a run holds is left alone`() async throws {
        try await VirtualTime.run { time in
            let scene = try scene(time)
            let lock = try scene.ledger.lock()
            let retry = await #expect(throws: ImportFault.self) {
                try await Retry(ImportConfiguration(), scene.ledger).run(keys: [])
            }
            let rebind = #expect(throws: ImportFault.self) { try Rebind(scene.ledger).run(host: "new.test") }
            #expect(retry?.exitStatus == .busy && rebind?.exitStatus == .busy)
            _ = consume lock
            #expect(try await Retry(ImportConfiguration(), scene.ledger).run(keys: ["pbx:1"]).changed == 1)
        }
    }

    @Test func `a delivered call whose row is gone is sent again, and none else`() async throws {
        try await VirtualTime.run { time in
            let scene = try scene(time)
            let resolve = Resolve(scene.ledger, key: "pbx:4", time: time.source)
            #expect(try await resolve.portalRows(scene.connection).isEmpty)
            #expect(try resolve.decide(.sendLost).state == "pending")
            #expect(try scene.state("pbx:4") == .pending)
            #expect(throws: ImportFault.self) { try resolve.decide(.sendLost) }
        }
    }

    @Test func `dismissed calls are not retried unless they are named`() async throws {
        try await VirtualTime.run { time in
            let scene = try scene(time)
            var choice = Dismissal.Choice()
            choice.keys = ["pbx:1", "pbx:77"]
            let report = try Dismissal(scene.ledger, choice).run(isUndone: false)
            #expect(report.calls == 1 && report.unknown == ["pbx:77"] && report.attention.held == 1)
            #expect(try StatusReader(scene.ledger).status().attention.dismissed == 1)
            let retry = try await Retry(ImportConfiguration(), scene.ledger).run(keys: [])
            #expect(retry.changed == 1)
            #expect(try scene.state("pbx:1") == .held)
            #expect(try FailureListing(scene.ledger).list(limit: 9, isDismissed: true).calls.map(\.key) == ["pbx:1"])
            choice.keys = ["pbx:1"]
            #expect(try Dismissal(scene.ledger, choice).run(isUndone: true).attention.held == 2)
            _ = try Dismissal(scene.ledger, choice).run(isUndone: false)
            #expect(try await Retry(ImportConfiguration(), scene.ledger).run(keys: ["pbx:1"]).changed == 1)
            #expect(try StatusReader(scene.ledger).status().attention.dismissed == 0)
        }
    }

    @Test func `a ledger is bound only to a portal that has its calls`() async throws {
        try await VirtualTime.run { time in
            let scene = try scene(time)
            let rebind = Rebind(scene.ledger)
            let other = await #expect(throws: ImportFault.self) {
                try await rebind.evidence(scene.connection, host: scene.host)
            }
            #expect(other?.exitStatus == .configuration && other?.description.contains("--even-if-absent") == true)
            let unnamed = await #expect(throws: ImportFault.self) {
                try await rebind.evidence(scene.connection, host: "new.test")
            }
            #expect(unnamed?.description.contains("configure the new address first") == true)
            try await scene.finish(.numbered(4))
            #expect(
                try await rebind.evidence(scene.connection, host: scene.host)
                    == "the portal has the call pbx:4")
        }
    }

    @Test(arguments: [
        ("Company.bitrix24.com", "company.bitrix24.com"),
        ("https://company.bitrix24.com/rest/1/x/", "company.bitrix24.com"),
        ("https://company.bitrix24.com:443", "company.bitrix24.com"), ("http://127.0.0.1:8000/", "127.0.0.1:8000"),
        ("", nil), ("https://", nil), ("a b", nil),
    ])
    func `a host is understood as people write it`(_ text: String, _ host: String?) {
        #expect(Rebind.host(text) == host)
    }

    @Test func `the ledger follows a portal that was renamed`() async throws {
        try await VirtualTime.run { time in
            let scene = try scene(time)
            #expect(try Rebind(scene.ledger).run(host: "new.test") == scene.host)
            #expect(try StatusReader(scene.ledger).status().portal == "new.test")
        }
    }
}

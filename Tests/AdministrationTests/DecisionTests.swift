// SPDX-License-Identifier: Apache-2.0

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
            let report = try Retry(scene.ledger).run(keys: [])
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
            let report = try Retry(scene.ledger).run(keys: ["pbx:1", "pbx:4", "pbx:99"])
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
            #expect(try Retry(scene.ledger).run(keys: ["pbx:1"]).refusals.count == 1)
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
            let retry = #expect(throws: ImportFault.self) { try Retry(scene.ledger).run(keys: []) }
            let rebind = #expect(throws: ImportFault.self) { try Rebind(scene.ledger).run(host: "new.test") }
            #expect(retry?.exitStatus == .busy && rebind?.exitStatus == .busy)
            _ = consume lock
            #expect(try Retry(scene.ledger).run(keys: ["pbx:1"]).changed == 1)
        }
    }

    @Test func `the ledger follows a portal that was renamed`() async throws {
        try await VirtualTime.run { time in
            let scene = try scene(time)
            #expect(try Rebind(scene.ledger).run(host: "new.test") == AdministrationScene.host)
            #expect(try StatusReader(scene.ledger).status().portal == "new.test")
        }
    }
}

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

/// What ledger and portal say about the same calls.
@Suite struct ReconcileTests {
    private func reconcile(
        _ scene: AdministrationScene, since: Int64? = nil, marks: Bool = false, trustsEmptiness: Bool = false
    ) async throws -> Reconciliation {
        try await Reconcile(
            scene.ledger, keyPrefixes: ["pbx"], since: since, marks: marks,
            trustsEmptiness: trustsEmptiness, time: scene.time.source
        ).run(scene.connection)
    }

    /// A delivered call that the portal has, one that it lost, and one that it has while the ledger holds it.
    private func differingScene(_ time: VirtualTime) async throws -> AdministrationScene {
        let scene = try AdministrationScene(time)
        try scene.store([
            (.numbered(1), .sample(.delivered)), (.numbered(2), .sample(.delivered)),
            (.numbered(3), DeliveryProgress(heldFor: .unknownOutcome)), (.numbered(4), .sample(.pending)),
            (.numbered(5), .sample(.waiting)),
        ])
        for number in [1, 3, 5, 6] { try await scene.finish(.numbered(number)) }
        return scene
    }

    @Test func `every kind of difference is named, and nothing is changed`() async throws {
        try await VirtualTime.run { time in
            let scene = try await differingScene(time)
            let result = try await reconcile(scene)
            #expect(result.rows == 4 && result.agreed == 1)
            #expect(result.missing.map(\.key) == ["pbx:2"])
            #expect(result.undelivered.map(\.key) == ["pbx:3", "pbx:5"])
            #expect(result.undelivered.map(\.state) == ["held", "waiting"])
            #expect(result.unknown == ["pbx:6"])
            #expect(result.duplicates.isEmpty && result.marked == 0 && result.hasDifferences)
            #expect(try scene.state("pbx:3") == .held)
        }
    }

    @Test func `what the portal has is marked as delivered, except where legs may still join`() async throws {
        try await VirtualTime.run { time in
            let scene = try await differingScene(time)
            let result = try await reconcile(scene, marks: true)
            #expect(result.marked == 1)
            #expect(try scene.state("pbx:3") == .delivered)
            #expect(try scene.state("pbx:4") == .pending)
            #expect(try scene.state("pbx:5") == .waiting)
        }
    }

    @Test func `a delivered call that is gone from the portal is put back to be sent`() async throws {
        try await VirtualTime.run { time in
            let scene = try await differingScene(time)
            let listed = try await reconcile(scene)
            #expect(listed.missing.map(\.key) == ["pbx:2"] && listed.putBack == 0 && listed.canBeCorrected)
            #expect(
                listed.text.contains("pbx:2: delivered according to the ledger, missing at the portal; cdr24 reconcile")
            )
            let result = try await reconcile(scene, marks: true)
            #expect(result.putBack == 1 && result.text.contains("the next import sends it again"))
            #expect(try scene.state("pbx:2") == .pending && scene.state("pbx:1") == .delivered)
            #expect(try await reconcile(scene).missing.isEmpty)
        }
    }

    @Test func `a delivered call whose row may be late is left as it is`() async throws {
        try await VirtualTime.run { time in
            let scene = try AdministrationScene(time)
            let late = DeliveryProgress(stored: .delivered, portalCallID: "c2", statisticID: 1_000_000)
            try scene.store([(.numbered(1), .sample(.delivered)), (.numbered(2), late)])
            try await scene.finish(.numbered(1))
            let result = try await reconcile(scene, marks: true)
            #expect(result.missing.map(\.key) == ["pbx:2"] && result.putBack == 0 && !result.canBeCorrected)
            #expect(result.text.contains("its row may still be to come"), "\(result.text)")
            #expect(try scene.state("pbx:2") == .delivered)
        }
    }

    @Test func `a delivered call whose number was removed cannot be sent again`() async throws {
        try await VirtualTime.run { time in
            let scene = try await differingScene(time)
            try scene.ledger.writing { ledger throws(LedgerFault) in
                _ = try ledger.prune(before: .max)
            }
            let listed = try await reconcile(scene)
            #expect(listed.missing.map { $0.obstacle != nil } == [true])
            let result = try await reconcile(scene, marks: true)
            #expect(result.putBack == 0 && !result.canBeCorrected && result.hasDifferences)
            #expect(
                result.text.contains("its number was removed by cdr24 prune, so it cannot be sent again"),
                "\(result.text)")
            #expect(try scene.state("pbx:2") == .delivered)
            let resolve = Resolve(scene.ledger, key: "pbx:2", time: time.source)
            #expect(throws: ImportFault.self) { try resolve.decide(.sendLost) }
        }
    }

    @Test func `a delivered call that is there without its key is noted and left as it is`() async throws {
        try await VirtualTime.run { time in
            let scene = try AdministrationScene(time)
            try scene.store([(.numbered(1), .sample(.delivered)), (.numbered(2), .sample(.delivered))])
            try await scene.finish(.numbered(2))
            var plan = NeighbourPlan()
            let call = Call.numbered(1)
            plan.calls = [
                .init(
                    phone: call.phoneNumber, type: call.type.rawValue, start: Double(call.start.epochSeconds + 20),
                    duration: 30, user: 1)
            ]
            await scene.portal.portal.play(plan)
            let result = try await reconcile(scene, marks: true)
            #expect(result.missing.isEmpty && result.putBack == 0 && !result.hasDifferences)
            #expect(result.elsewhere.map(\.key) == ["pbx:1"] && result.elsewhere[0].application == plan.applicationName)
            #expect(try scene.state("pbx:1") == .delivered)
        }
    }

    @Test func `a user who may not see all calls has nothing put back`() async throws {
        try await VirtualTime.run { time in
            let scene = try AdministrationScene(time) { $0.administrator = 2 }
            try scene.store([(.numbered(1), .sample(.delivered))])
            let result = try await reconcile(scene, marks: true)
            #expect(result.missing.map(\.key) == ["pbx:1"] && result.putBack == 0 && !result.canBeCorrected)
            #expect(try scene.state("pbx:1") == .delivered)
        }
    }

    @Test func `a portal that shows none of the calls proves nothing`() async throws {
        try await VirtualTime.run { time in
            let scene = try AdministrationScene(time)
            try scene.store([(.numbered(1), .sample(.delivered)), (.numbered(2), .sample(.delivered))])
            let result = try await reconcile(scene, marks: true)
            #expect(result.missing.map(\.isPutBack) == [false, false] && !result.canBeCorrected)
            #expect(result.text.contains("the portal shows none of these calls"))
            #expect(try scene.state("pbx:1") == .delivered)
            // A person knows better.
            let trusting = try await reconcile(scene, marks: true, trustsEmptiness: true)
            #expect(trusting.putBack == 2 && !trusting.hasDifferences)
            #expect(try scene.state("pbx:1") == .pending)
        }
    }

    @Test func `a call that another integration has too is there twice`() async throws {
        try await VirtualTime.run { time in
            let scene = try AdministrationScene(time)
            try scene.store([(.numbered(1), .sample(.deliveredByOthers))])
            try await scene.finish(.numbered(1))
            let result = try await reconcile(scene, marks: true)
            #expect(result.duplicates == [.init(key: "pbx:1", rows: 2)] && result.undelivered.isEmpty)
            #expect(try scene.state("pbx:1") == .deliveredByOthers)
        }
    }

    @Test func `a call that the portal has twice is named`() async throws {
        try await VirtualTime.run { time in
            let scene = try AdministrationScene(time)
            try scene.store([(.numbered(1), .sample(.delivered))])
            try await scene.finish(.numbered(1))
            try await scene.finish(.numbered(1))
            let result = try await reconcile(scene)
            #expect(result.duplicates == [Reconciliation.Duplicate(key: "pbx:1", rows: 2)])
            #expect(result.agreed == 0 && result.hasDifferences)
        }
    }

    @Test func `only calls from a moment on are compared`() async throws {
        try await VirtualTime.run { time in
            let scene = try await differingScene(time)
            let result = try await reconcile(scene, since: Call.numbered(6).start.epochSeconds)
            #expect(result.rows == 1 && result.missing.isEmpty && result.unknown == ["pbx:6"])
        }
    }

    @Test(arguments: [
        [LedgerFact.portalHost: "other.test"],
        [.keepsExternalCallIDs: "no"],
    ])
    func `a ledger that cannot be compared with this portal is refused before a request`(
        _ facts: [LedgerFact: String]
    ) async throws {
        try await VirtualTime.run { time in
            let scene = try AdministrationScene(time)
            let facts = [.portalHost: scene.host].merging(facts) { $1 }
            try scene.store([(.numbered(1), .sample(.delivered))], facts: facts)
            let fault = await #expect(throws: ImportFault.self) { try await reconcile(scene) }
            #expect(fault?.exitStatus == .configuration, "\(String(describing: fault))")
            #expect(scene.portal.requests == 0)
        }
    }

    @Test func `a portal that gives no reply is an error, and nothing is marked`() async throws {
        try await VirtualTime.run { time in
            let scene = try AdministrationScene(time)
            try scene.store([(.numbered(1), DeliveryProgress(heldFor: .unknownOutcome))])
            try await scene.finish(.numbered(1))
            scene.portal.change { $0.unreachableUntil = .seconds(1_000_000) }
            let fault = await #expect(throws: ImportFault.self) { try await reconcile(scene, marks: true) }
            #expect(fault?.exitStatus == .portalRefuses)
            #expect(try scene.state("pbx:1") == .held)
        }
    }

    @Test func `without a source nothing can be recognised`() async throws {
        try await VirtualTime.run { time in
            let scene = try AdministrationScene(time)
            let fault = await #expect(throws: ImportFault.self) {
                try await Reconcile(
                    scene.ledger, keyPrefixes: [], since: nil, marks: false, time: scene.time.source
                ).run(scene.connection)
            }
            #expect(fault?.exitStatus == .configuration)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import CDRConfiguration
import CallLifecycle
import ExitCodes
import Importing
import Ledger
import PortalSimulator
import Reporting
import TestSupport
import Testing

@testable import Administration

/// `cdr24 lines`: what the portal has, and what it lacks.
@Suite struct LinesTests {
    private func lines(_ scene: AdministrationScene, creates: Bool = false) async throws -> LineListing {
        var configuration = ImportConfiguration()
        configuration.ledger = scene.ledger.path
        configuration.lines = ["trunk1": "+74950000001"]
        return try await Lines(configuration, creates: creates, time: scene.time.source).run(scene.connection)
    }

    @Test func `missing lines are listed with their calls, and created on request, once`() async throws {
        try await VirtualTime.run { time in
            let scene = try AdministrationScene(time)
            try scene.store([
                (.sample("pbx:1", line: "+74950000002"), .sample(.pending)),
                (.sample("pbx:2", line: "+74950000003"), .sample(.delivered)),
            ])
            let before = try await lines(scene)
            #expect(before.exitStatus == .needsAttention)
            #expect(before.lines.map(\.number) == ["+74950000001", "+74950000002"])
            #expect(before.lines.map(\.calls) == [0, 1])
            #expect(before.text.contains("2 lines missing in the portal; create with: cdr24 lines --create"))
            #expect(try await scene.portal.audit().lines.isEmpty)

            let made = try await lines(scene, creates: true)
            #expect(made.exitStatus == .success)
            #expect(made.lines.allSatisfy { $0.isNew && $0.inPortal && $0.createsLeads == false })
            #expect(made.lines.map(\.name) == ["trunk1", "+74950000002"])
            let again = try await lines(scene, creates: true)
            #expect(again.lines.allSatisfy { !$0.isNew && $0.isUsed })
            #expect(try await scene.portal.audit().counter("linesCreated") == 2)
        }
    }

    @Test func `a line whose creation is not known is not created again by itself`() async throws {
        try await VirtualTime.run { time in
            let scene = try AdministrationScene(time)
            scene.portal.change { $0.losses = [2: .after] }
            let fault = await #expect(throws: ImportFault.self) { try await lines(scene, creates: true) }
            #expect(fault?.exitStatus == .portalRefuses)
            #expect(fault?.description.contains("not known whether the line +74950000001 was created") == true)
            #expect(try await lines(scene, creates: true).lines.map(\.isNew) == [false])
            #expect(try await scene.portal.audit().counter("linesCreated") == 1)
        }
    }

    @Test func `a ledger of another portal creates nothing`() async throws {
        try await VirtualTime.run { time in
            let scene = try AdministrationScene(time)
            try scene.store([], facts: [.portalHost: "other.test"])
            let fault = await #expect(throws: ImportFault.self) { try await lines(scene, creates: true) }
            #expect(fault?.exitStatus == .configuration)
            #expect(scene.portal.requests == 0)
        }
    }
}

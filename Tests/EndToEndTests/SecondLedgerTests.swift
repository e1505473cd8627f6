// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Calls that another ledger, or this one before it was lost, has delivered: they are asked for before they are sent.
@Suite(.serialized) struct SecondLedgerTests {
    /// A request cap of two seconds: a request that is held is known for long enough to end the run that waits for it.
    private static let limits = ", request_cap_seconds: 2, target_request_seconds: 0.1, batch_commands: 5, lanes: 1"

    private func workspace(_ calls: [AsteriskCall]) throws -> Workspace {
        let workspace = try Workspace()
        try workspace.write(calls.file, to: "Master.csv")
        try workspace.write(Workspace.configuration(limits: Self.limits), to: "cdr24.yaml")
        return workspace
    }

    /// Runs the plain command until it has nothing left that another run could do.
    private func finish(_ workspace: Workspace, _ portal: Portal) async throws -> Outcome {
        var outcome = try await workspace.run(["import"], portal: portal)
        for _ in 0..<5 where outcome.status == 4 { outcome = try await workspace.run(["import"], portal: portal) }
        return outcome
    }

    private func expectEachOnce(
        _ portal: Portal, _ count: Int, location: SourceLocation = #_sourceLocation
    ) async throws {
        let rows = try await portal.audit().rowsPerMoment
        #expect(rows.count == count, sourceLocation: location)
        #expect(rows.values.allSatisfy { $0 == 1 }, "\(rows.filter { $0.value > 1 })", sourceLocation: location)
    }

    // MARK: Finishes that this run did not register

    @Test(arguments: ["keep", "drop"])
    func `a copy that was made while calls were finished comes back after another ledger`(_ keys: String) async throws {
        let portal = try await Portal.start([
            "--request-cap", "2", "--external-ids", keys, "--fault", "stall@finish:1",
        ])
        let calls = AsteriskCall.day(10)
        let copy = try workspace(calls)
        let victim = try copy.start(["import"], portal: portal)
        #expect(try await portal.holdsRequest())
        victim.send(SIGKILL)
        _ = await victim.outcome()
        #expect(try await finish(try workspace(calls), portal).status == 0)
        try await expectEachOnce(portal, 10)
        let outcome = try await finish(copy, portal)
        #expect(outcome.status == 0, "\(outcome.errors)")
        try await expectEachOnce(portal, 10)
    }

    @Test func `a copy that was made while calls were registered comes back with new calls`() async throws {
        let portal = try await Portal.start([
            "--request-cap", "2", "--external-ids", "drop", "--fault", "stall-after@register:1",
        ])
        let calls = AsteriskCall.day(10)
        let copy = try workspace(Array(calls.prefix(5)))
        let stopped = try copy.start(["import"], portal: portal)
        #expect(try await portal.holdsRequest())
        stopped.send(SIGTERM)
        try await Task.sleep(for: .milliseconds(200))
        try await portal.order(#"{"releaseAll": true}"#)
        _ = await stopped.outcome()
        #expect(try await finish(try workspace(Array(calls.prefix(5))), portal).status == 0)
        try await expectEachOnce(portal, 5)
        try copy.write(calls.file, to: "Master.csv")
        let outcome = try await finish(copy, portal)
        #expect(outcome.status == 0, "\(outcome.errors)")
        try await expectEachOnce(portal, 10)
    }

    @Test(arguments: ["keep", "drop"])
    func `a finish that failed in unknown words and worked is not made anew by retry`(_ keys: String) async throws {
        let portal = try await Portal.start([
            "--request-cap", "2", "--external-ids", keys, "--statistics-rights", "none",
            "--fault-rate", "odd-error-after=1",
        ])
        let workspace = try workspace(AsteriskCall.day(12))
        #expect(try await finish(workspace, portal).status == 3)
        try await expectEachOnce(portal, 12)
        try await portal.order(#"{"faultRate": "odd-error-after=0"}"#)
        #expect(try await workspace.run(["retry"]).status == 0)
        // Nobody can say that the calls are there, or that they are not: a person has to look.
        #expect(try await finish(workspace, portal).status == 3)
        try await expectEachOnce(portal, 12)
    }

    // MARK: Lost ledgers

    /// Orders that make a portal blind, and those that open its eyes.
    static let blindness = [
        (#"{"statisticsView": "empty"}"#, #"{"statisticsView": "all"}"#),
        (#"{"statisticsView": "first-value"}"#, #"{"statisticsView": "all"}"#),
        (#"{"statisticsRights": "own"}"#, #"{"statisticsRights": "any"}"#),
        (#"{"statisticsDelay": 40000}"#, #"{"statisticsDelay": 0}"#),
    ]

    @Test(arguments: blindness, ["keep", "drop"])
    func `a lost ledger at a portal that does not show what was delivered sends nothing`(
        _ orders: (blind: String, seeing: String), _ keys: String
    ) async throws {
        let portal = try await Portal.start(["--request-cap", "2", "--external-ids", keys])
        let workspace = try workspace(AsteriskCall.day(12))
        #expect(try await finish(workspace, portal).status == 0)
        for name in try FileManager.default.contentsOfDirectory(atPath: workspace.folder)
        where name.hasPrefix("cdr24.sqlite") {
            try FileManager.default.removeItem(atPath: workspace.path(name))
        }
        try await portal.order(orders.blind)
        let blind = try await finish(workspace, portal)
        #expect(blind.status == 78, "\(blind.errors)")
        try await expectEachOnce(portal, 12)
        try await portal.order(orders.seeing)
        let seeing = try await finish(workspace, portal)
        #expect(seeing.status == 0, "\(seeing.errors)")
        try await expectEachOnce(portal, 12)
    }

    @Test func `a changed key_prefix sends no call again`() async throws {
        let portal = try await Portal.start()
        let calls = AsteriskCall.day(6)
        let workspace = try workspace(calls)
        #expect(try await finish(workspace, portal).status == 0)
        try workspace.write(workspace.read("cdr24.yaml").replacing("pbx1", with: "pbx2"), to: "cdr24.yaml")
        let changed = try await finish(workspace, portal)
        #expect(changed.status == 78 && changed.errors.contains("key_prefix: pbx1"), "\(changed.errors)")
        // The same calls in a file that the ledger does not know.
        try workspace.write(Array(calls.suffix(4)).file, to: "other.csv")
        let other = try await workspace.run(["import", "other.csv"], portal: portal)
        #expect(other.status == 78 && other.errors.contains("key_prefix: pbx1"), "\(other.errors)")
        try await expectEachOnce(portal, 6)
    }

    // MARK: Two runs at once

    /// A run that delivers ten calls, while the portal holds one of its requests until it is told to go on.
    private func heldRun(_ portal: Portal, _ calls: [AsteriskCall]) async throws -> (Workspace, RunningProgram) {
        let workspace = try workspace(calls)
        // A cap that outlasts everything that happens meanwhile.
        let settings = workspace.read("cdr24.yaml").replacing("cap_seconds: 2,", with: "cap_seconds: 120,")
        try workspace.write(settings, to: "cdr24.yaml")
        let running = try workspace.start(["import"], portal: portal)
        #expect(try await portal.holdsRequest())
        return (workspace, running)
    }

    private func letGo(_ running: RunningProgram, _ portal: Portal) async throws {
        try await portal.order(#"{"releaseAll": true}"#)
        #expect(await running.outcome().status == 0)
        try await expectEachOnce(portal, 10)
    }

    @Test func `two names of a portal and two of a ledger have one lock each`() async throws {
        let portal = try await Portal.start(["--fault", "stall@finish:1"])
        let calls = AsteriskCall.day(10)
        let (first, running) = try await heldRun(portal, calls)
        let second = try workspace(calls)
        let environment = [
            "BITRIX24_WEBHOOK_URL": portal.url.replacing("127.0.0.1", with: "localhost"),
            "STATE_DIRECTORY": second.path("state"),
        ]
        let other = try await second.run(["import"], environment: environment)
        #expect(other.status == 75, "\(other.errors)")

        try FileManager.default.createSymbolicLink(
            atPath: first.path("link.sqlite"), withDestinationPath: "cdr24.sqlite")
        for command in [["retry"], ["reconcile", "--apply"]] {
            let linked = try await first.run(command + ["--ledger", "link.sqlite"], portal: portal)
            #expect(linked.status == 75, "\(command): \(linked.errors)\(linked.output)")
        }
        try await letGo(running, portal)
    }

    @Test func `a run that cannot see the lock files of another is kept out as well`() async throws {
        let portal = try await Portal.start(["--fault", "stall@finish:1"])
        let calls = AsteriskCall.day(10)
        let (first, running) = try await heldRun(portal, calls)
        defer { withExtendedLifetime(first) {} }
        let second = try workspace(calls)
        let script = "mount -t tmpfs none /run/lock && exec \"$0\" import"
        let other = await
            (try RunningProgram(
                "/usr/bin/unshare",
                ["--mount", "--map-root-user", "/bin/sh", "-c", script, try Programs.path("cdr24")],
                environment: ["PATH": "/usr/sbin:/sbin:/usr/bin:/bin", "BITRIX24_WEBHOOK_URL": portal.url],
                in: second.folder)).outcome()
        #expect(other.status == 75, "\(other.errors)")
        try await letGo(running, portal)
    }
}

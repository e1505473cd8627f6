// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A ledger that is lost, restored or one of two: the plain command, as cron runs it, sends each call once.
@Suite(.serialized) struct LostLedgerTests {
    private static let calls = 60
    /// A request cap of half a second, so that what is settled after 66 seconds at a portal takes 0.55 here.
    private static let limits = ", request_cap_seconds: 0.5, target_request_seconds: 0.1, batch_commands: 5"

    private func workspace() throws -> Workspace {
        let workspace = try Workspace()
        try workspace.write(AsteriskCall.day(Self.calls).file, to: "Master.csv")
        try workspace.write(Workspace.configuration(limits: Self.limits), to: "cdr24.yaml")
        return workspace
    }

    private func ledgerFiles(_ workspace: Workspace) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: workspace.folder).filter { $0.hasPrefix("cdr24.sqlite") }
    }

    /// Runs the plain command until it has nothing left to do, and compares with the portal.
    private func finish(_ workspace: Workspace, _ portal: Portal) async throws {
        var status = 4
        for _ in 0..<6 where status == 4 { status = try await workspace.importing(portal: portal).outcome.status }
        #expect(status == 0)
        let audit = try await portal.audit()
        #expect(audit.rowsPerKey.count == Self.calls)
        #expect(audit.rowsPerKey.values.allSatisfy { $0 == 1 }, "\(audit.rowsPerKey.filter { $0.value > 1 })")
        #expect(audit.isQuiet)
    }

    @Test(arguments: [4, 9, 10, 15], ["arrived", "executed", "replied"])
    func `a ledger that is deleted after a crash half-way`(_ request: Int, _ event: String) async throws {
        // A reply that never comes keeps the run at work for long enough to be killed.
        let fault = event == "replied" ? [] : ["--fault", "stall-after=5@\(request)"]
        let portal = try await Portal.start(["--request-cap", "0.5"] + fault)
        let workspace = try workspace()
        let victim = try workspace.start(["import"], portal: portal)
        #expect(await portal.waits(for: event, ofRequest: request) { victim.send(SIGKILL) })
        let status = await victim.outcome().status
        // Behind an answer the run may be over before it is killed; then its ledger is deleted all the same.
        #expect(status == -9 || event == "replied")
        for name in try ledgerFiles(workspace) { try FileManager.default.removeItem(atPath: workspace.path(name)) }
        try await finish(workspace, portal)
    }

    /// A portal whose statistics show a row only after more than half of the time that a request may take.
    private static let slow = ["--request-cap", "0.5", "--statistics-delay", "0.3"]

    @Test func `a ledger that is deleted after a run, before the portal shows what that run sent`() async throws {
        let portal = try await Portal.start(Self.slow)
        let workspace = try workspace()
        let all = workspace.read("Master.csv")
        let records = all.split(separator: "\n", omittingEmptySubsequences: true)
        try workspace.write(records.dropLast(5).joined(separator: "\n") + "\n", to: "Master.csv")
        #expect(try await workspace.importing(portal: portal).outcome.status == 0)
        try workspace.write(all, to: "Master.csv")
        #expect(try await workspace.importing(portal: portal).outcome.status == 0)
        for name in try ledgerFiles(workspace) { try FileManager.default.removeItem(atPath: workspace.path(name)) }
        let (_, summary) = try await workspace.importing(portal: portal)
        #expect((summary["calls"] as? [String: Any])?["alreadyDelivered"] as? Int == Self.calls)
        try await finish(workspace, portal)
    }

    @Test(arguments: [[], Self.slow])
    func `a ledger that is restored from a copy made half-way`(_ options: [String]) async throws {
        let portal = try await Portal.start(options.isEmpty ? ["--request-cap", "0.5"] : options)
        let workspace = try workspace()
        #expect(try await workspace.importing(["--max-calls", "25"], portal: portal).outcome.status == 4)
        #expect(try await portal.audit().rows.count == 25)
        try FileManager.default.copyItem(atPath: workspace.path("cdr24.sqlite"), toPath: workspace.path("backup"))
        try await finish(workspace, portal)
        for name in try ledgerFiles(workspace) { try FileManager.default.removeItem(atPath: workspace.path(name)) }
        try FileManager.default.moveItem(atPath: workspace.path("backup"), toPath: workspace.path("cdr24.sqlite"))
        let (outcome, summary) = try await workspace.importing(portal: portal)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let calls = try #require(summary["calls"] as? [String: Any])
        #expect(calls["alreadyDelivered"] as? Int == Self.calls - 25)
        #expect(calls["delivered"] as? Int == 0)
        try await finish(workspace, portal)
    }

    @Test func `two folders with a ledger each, one after the other`() async throws {
        let portal = try await Portal.start(Self.slow)
        let folders = [try workspace(), try workspace()]
        // One and the same file: the calls of a day are dated by the moment at which they are made up.
        try folders[1].write(folders[0].read("Master.csv"), to: "Master.csv")
        for round in 0..<6 {
            let outcome = try await folders[round % 2].importing(["--max-calls", "9"], portal: portal).outcome
            #expect([0, 4].contains(outcome.status), "\(outcome.errors)")
        }
        for folder in folders { try await finish(folder, portal) }
    }
}

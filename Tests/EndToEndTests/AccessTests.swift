// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// An application at the portal: from the refusal of a webhook to calls delivered through expiring tokens.
@Suite(.serialized) struct AccessTests {
    private func workspace(_ portal: Portal, calls: Int = 10) throws -> Workspace {
        let workspace = try Workspace()
        try workspace.write(AsteriskCall.day(calls).file, to: "Master.csv")
        try workspace.configureApplication(portal)
        return workspace
    }

    // MARK: A webhook that is refused

    @Test func `a portal that takes no calls from a webhook is found before any call leaves`() async throws {
        let portal = try await Portal.start(["--webhook", "deny"])
        let workspace = try Workspace()
        try workspace.write(AsteriskCall.day(10).file, to: "Master.csv")
        try workspace.write(Workspace.configuration(), to: "cdr24.yaml")

        let check = try await workspace.run(["check"], portal: portal)
        #expect(check.status == 69, "\(check.output)")
        #expect(check.output.contains("from applications only"), "\(check.output)")
        #expect(check.output.contains("cdr24 login"), "\(check.output)")
        let (outcome, summary) = try await workspace.importing(portal: portal)
        #expect(outcome.status == 69, "\(outcome.errors)")
        #expect(outcome.errors.contains("cdr24 login"), "\(outcome.errors)")
        #expect((summary["calls"] as? [String: Any])?["pending"] as? Int == 10)
        let audit = try await portal.audit()
        #expect(audit.rows.isEmpty)
        #expect(audit.counter("registers") == 0)
        // One request of the check and one of the import: the first shows it.
        #expect(audit.counter("requests") == 2)
        #expect(audit.counter("linesCreated") == 0)
    }

    @Test func `after a login the same calls are delivered by the application`() async throws {
        let portal = try await Portal.start(["--webhook", "deny"])
        let workspace = try workspace(portal)
        let login = try await workspace.logIn(portal)
        #expect(login.status == 0, "\(login.errors)")
        #expect(login.output.contains("Alma Reed (USER_ID 1), administrator"), "\(login.output)")
        #expect(login.output.contains("scopes  crm, telephony, user, user_basic, user_brief"))
        #expect(login.output.contains("member id 0123456789abcdef0123456789abcdef"))
        #expect(try workspace.tokens()["user_id"] as? Int == 1)

        let check = try await workspace.run(["check"])
        #expect([0, 3].contains(check.status), "\(check.output)")
        #expect(check.output.contains("the portal accepts calls from the application"), "\(check.output)")
        let (outcome, _) = try await workspace.importing()
        #expect(outcome.status == 0, "\(outcome.errors)")
        let audit = try await portal.audit()
        #expect(audit.rowsPerKey.count == 10)
        #expect(audit.rows.allSatisfy { $0["REST_APP_NAME"] as? String == "Local application" })
        #expect(audit.isQuiet)
    }

    // MARK: Expiry

    @Test func `five hundred calls arrive once each while tokens expire under them`() async throws {
        let expiries = [3, 6, 9, 12, 15, 18, 21].flatMap { ["--fault", "expired-token@\($0)"] }
        let portal = try await Portal.start(["--webhook", "deny"] + expiries)
        let workspace = try workspace(portal, calls: 500)
        #expect(try await workspace.logIn(portal).status == 0)
        let (outcome, _) = try await workspace.importing(["--log-level", "debug"])
        #expect(outcome.status == 0, "\(outcome.errors)")
        let audit = try await portal.audit()
        #expect(audit.rowsPerKey.count == 500)
        #expect(audit.rowsPerKey.values.allSatisfy { $0 == 1 })
        #expect(audit.isQuiet)
        // One pair at the login, and one for each expiry that was met.
        #expect(audit.counter("tokensIssued") >= 6)
        #expect(audit.counter("tokensIssued") == audit.counter("tokenRequests"))
        #expect(audit.counter("tokenOverlaps") == 0)
        try expectNoSecret(workspace, outcome)
    }

    @Test func `tokens that live for a second are renewed as often as needed, and no oftener`() async throws {
        let portal = try await Portal.start([
            "--webhook", "deny", "--token-lifetime", "1", "--latency", "telephony.externalCall.finish=0.04",
        ])
        let workspace = try workspace(portal, calls: 300)
        #expect(try await workspace.logIn(portal).status == 0)
        let (outcome, _) = try await workspace.importing()
        #expect(outcome.status == 0, "\(outcome.errors)")
        let audit = try await portal.audit()
        #expect(audit.rowsPerKey.count == 300)
        // Fifty finishes take two seconds, so that the third request of a lane cannot have the token of the second, nor this
        // that of the first; how many requests there are depends on the machine.
        #expect(audit.counter("tokensIssued") >= 3)
        #expect(audit.counter("tokensIssued") <= audit.counter("requests"))
        #expect(audit.counter("tokenOverlaps") == 0)
    }

    /// Looks for the client secret, tokens and codes in everything that was printed or written, but for their own files.
    private func expectNoSecret(_ workspace: Workspace, _ outcomes: Outcome...) throws {
        let secrets = ["app-secret", "access-", "refresh-", "code-"].map { Data($0.utf8) }
        let own: Set<String> = ["tokens.json", "client-secret", "cdr24.yaml"]
        // Folders too: what a run remembers of the portal lies in one.
        let names = try FileManager.default.subpathsOfDirectory(atPath: workspace.folder)
        for name in names where !own.contains(name) {
            let data = FileManager.default.contents(atPath: workspace.path(name)) ?? Data()
            for secret in secrets { #expect(data.range(of: secret) == nil, "\(name)") }
        }
        // What is looked for is what the portal gives out.
        let kept = workspace.read("tokens.json")
        #expect(kept.contains("access-") && kept.contains("refresh-"))
        #expect(workspace.read("client-secret").contains("app-secret"))
        #expect(names.contains("cdr24.sqlite"))
        for outcome in outcomes {
            let text = Data((outcome.output + outcome.errors).utf8)
            for secret in secrets { #expect(text.range(of: secret) == nil, "\(outcome)") }
        }
    }

    @Test func `the secret and the tokens are in no message, file, process list or core`() async throws {
        let portal = try await Portal.start(["--fault", "expired-token@1"])
        let workspace = try workspace(portal)
        let login = try await workspace.logIn(portal)
        _ = try await workspace.run(["check"])
        try await portal.order(#"{"revokeTokens":true}"#)
        let lost = try await workspace.run(["import", "--log-level", "debug", "--summary-json", "summary.json"])
        #expect(lost.status == 69)
        let json = try await workspace.run(["check"])
        try expectNoSecret(workspace, login, lost, json)

        let program = try workspace.start(["login", "--listen", "0"])
        while program.outputSoFar.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
        let line = FileManager.default.contents(atPath: "/proc/\(program.pid)/cmdline") ?? Data()
        #expect(line.range(of: Data("app-secret".utf8)) == nil)
        program.send(SIGKILL)
        _ = await program.outcome()
    }

    @Test(arguments: ["debug", "info", "notice", "warning", "error"])
    func `no log level shows a secret, and no file that a run writes`(_ level: String) async throws {
        let portal = try await Portal.start(["--fault", "expired-token@2", "--fault", "expired-token@5"])
        let workspace = try workspace(portal)
        #expect(try await workspace.logIn(portal).status == 0)
        let files = ["--summary-json", "summary.json", "--report", "report.html", "--metrics", "metrics.prom"]
        let good = try await workspace.run(["import", "--log-level", level] + files)
        #expect(good.status == 0, "\(good.errors)")
        try expectNoSecret(workspace, good)
        try workspace.write(AsteriskCall.day(20).file, to: "Master.csv")
        try await portal.order(#"{"revokeTokens":true}"#)
        let lost = try await workspace.run(["import", "--log-level", level] + files)
        #expect(lost.status == 69)
        try expectNoSecret(workspace, lost)
    }

    @Test func `a program that holds secrets may leave no core`() async throws {
        let portal = try await Portal.start()
        let workspace = try workspace(portal)
        let (program, _) = try await workspace.startLogin(["--listen", "0"])
        defer { program.send(SIGKILL) }
        let limits = try String(contentsOfFile: "/proc/\(program.pid)/limits", encoding: .utf8)
        // One byte: 0 would leave out files only, and not programs that collect cores.
        #expect(limits.firstMatch(of: /Max core file size +[01] +[01] +bytes/) != nil, "\(limits)")
    }

    // MARK: Lost access

    @Test func `revoked access ends the run, loses nothing, and leads to a login`() async throws {
        let portal = try await Portal.start()
        let workspace = try workspace(portal)
        #expect(try await workspace.logIn(portal).status == 0)
        try await portal.order(#"{"revokeTokens":true}"#)
        let (refused, _) = try await workspace.importing()
        #expect(refused.status == 69)
        #expect(refused.errors.contains("invalid_grant"), "\(refused.errors)")
        #expect(refused.errors.contains("cdr24 login"), "\(refused.errors)")
        #expect(try await portal.audit().rows.isEmpty)
        #expect(try await workspace.run(["check"]).status == 69)
        #expect(try await workspace.logIn(portal).status == 0)
        #expect(try await workspace.importing().outcome.status == 0)
        #expect(try await portal.audit().rowsPerKey.count == 10)
    }

    @Test func `an authorization server that is away is waited for like a portal that is away`() async throws {
        let portal = try await Portal.start(["--token-fault", "unavailable@2..1000"])
        let workspace = try workspace(portal)
        #expect(try await workspace.logIn(portal).status == 0)
        try await portal.order(#"{"expireTokens":true}"#)
        let (outcome, _) = try await workspace.importing()
        #expect(outcome.status == 4, "\(outcome.errors)")
        #expect(outcome.errors.contains("authorization server"), "\(outcome.errors)")
        try await portal.order(#"{"clearFaults":true}"#)
        #expect(try await workspace.importing().outcome.status == 0)
        #expect(try await portal.audit().rowsPerKey.count == 10)
    }

    @Test func `tokens that cannot be saved end the run with the code for files, and lose nothing`() async throws {
        let portal = try await Portal.start()
        let workspace = try workspace(portal)
        #expect(try await workspace.logIn(portal).status == 0)
        try await portal.order(#"{"expireTokens":true}"#)
        // The new file is written beside the old one.
        let draft = workspace.path("tokens.json.new")
        try FileManager.default.createDirectory(atPath: draft, withIntermediateDirectories: false)
        let (outcome, summary) = try await workspace.importing()
        #expect(outcome.status == 74, "\(outcome.errors)")
        #expect(outcome.errors.contains("access tokens cannot be saved"), "\(outcome.errors)")
        #expect((summary["calls"] as? [String: Any])?["pending"] as? Int == 10)
        // Nothing was asked for that could not be kept.
        #expect(try await portal.audit().counter("tokensIssued") == 1)
        try FileManager.default.removeItem(atPath: draft)
        #expect(try await workspace.importing().outcome.status == 0)
        #expect(try await portal.audit().rowsPerKey.count == 10)
    }

    @Test func `a lost answer of the authorization server costs nothing`() async throws {
        let portal = try await Portal.start(["--token-fault", "drop-after@2"])
        let workspace = try workspace(portal)
        #expect(try await workspace.logIn(portal).status == 0)
        try await portal.order(#"{"expireTokens":true}"#)
        #expect(try await workspace.importing().outcome.status == 0)
        let audit = try await portal.audit()
        #expect(audit.rowsPerKey.count == 10)
        #expect(audit.counter("tokenRefusals") == 0)
        #expect(audit.counter("tokenRequests") == 3)
    }

    @Test func `a renamed portal goes on by itself`() async throws {
        let portal = try await Portal.start()
        let workspace = try workspace(portal)
        #expect(try await workspace.logIn(portal).status == 0)
        #expect(try await workspace.importing().outcome.status == 0)
        try await portal.order(#"{"rename":"localhost"}"#)
        try workspace.write(AsteriskCall.day(20).file, to: "Master.csv")
        let first = try await workspace.importing()
        #expect(first.outcome.status == 0, "\(first.outcome.errors)")
        #expect(try await portal.audit().rowsPerKey.count == 30)
        // The next run knows the new name from the start, and the ledger is still the portal's.
        try workspace.write(AsteriskCall.day(21).file, to: "Master.csv")
        let second = try await workspace.importing()
        #expect(second.outcome.status == 0, "\(second.outcome.errors)")
        #expect(second.outcome.errors.contains("was renamed to localhost"), "\(second.outcome.errors)")
        let status = try await workspace.run(["status"])
        #expect(status.output.contains("localhost"), "\(status.output)")
        #expect(try await workspace.run(["check"]).status != 78)
    }
}

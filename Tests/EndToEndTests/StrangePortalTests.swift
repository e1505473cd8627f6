// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// A portal, or a gateway before it, that answers what no portal should: the run ends, and nothing is lost, sent twice or
/// repeated to whoever reads.
@Suite(.serialized) struct StrangePortalTests {
    private static let limits = ", request_cap_seconds: 5, target_request_seconds: 0.1, batch_commands: 5, lanes: 1"
    private static let secret = "s3cr3tw0rd16char"
    /// Much longer than any of these runs takes, and the end of one that goes on for ever.
    private static let patience = Duration.seconds(90)

    private func workspace(_ count: Int = 10) throws -> Workspace {
        let workspace = try Workspace()
        try workspace.write(AsteriskCall.day(count).file, to: "Master.csv")
        try workspace.write(Workspace.configuration(limits: Self.limits), to: "cdr24.yaml")
        return workspace
    }

    private func importing(_ workspace: Workspace, _ portal: Portal, _ gateway: Gateway? = nil) async throws -> Outcome
    {
        let environment = gateway.map { ["BITRIX24_WEBHOOK_URL": $0.url] } ?? [:]
        return try await workspace.start(["import"], portal: portal, environment: environment)
            .outcome(within: Self.patience)
    }

    // MARK: Answers without an end

    @Test(arguments: ["false", "without-id", "missing"])
    func `registers that are never answered with a CALL_ID end the run`(_ answer: String) async throws {
        let portal = try await Portal.start(["--register-answer", answer])
        let workspace = try workspace()
        // Each of three tries waits until the one before has certainly ended.
        let settings = workspace.read("cdr24.yaml").replacing(
            "unreachable_seconds: 2", with: "unreachable_seconds: 120")
        try workspace.write(settings, to: "cdr24.yaml")
        let outcome = try await importing(workspace, portal)
        #expect(outcome.status == 69, "\(outcome.errors)")
        let audit = try await portal.audit()
        #expect(audit.counter("registers") + audit.counter("duplicateRegisters") <= 30)
        #expect(audit.rows.isEmpty)
    }

    @Test func `statistics that always announce a next page end the run`() async throws {
        let portal = try await Portal.start(["--statistics-view", "endless"])
        let outcome = try await importing(try workspace(), portal)
        #expect(outcome.status == 69, "\(outcome.errors)")
        #expect(try await portal.audit().counter("registers") == 0)
    }

    @Test func `statistics that always fail end the run, and the next one is not locked out`() async throws {
        let portal = try await Portal.start(["--statistics-view", "failing"])
        let workspace = try workspace()
        for _ in 0..<2 { #expect(try await importing(workspace, portal).status == 4) }
        try await portal.order(#"{"statisticsView": "all"}"#)
        #expect(try await importing(workspace, portal).status == 0)
        #expect(try await portal.audit().rowsPerKey.count == 10)
    }

    // MARK: Answers that are wrong

    @Test func `replies to other requests are not believed`() async throws {
        let portal = try await Portal.start()
        let gateway = try await Gateway.start("replay", to: portal)
        let workspace = try workspace(30)
        var outcome = try await importing(workspace, portal, gateway)
        for _ in 0..<3 where outcome.status != 0 { outcome = try await importing(workspace, portal, gateway) }
        #expect(outcome.status == 0, "\(outcome.errors)")
        // What the ledger calls delivered is at the portal.
        let rows = try await portal.audit().rowsPerKey
        #expect(rows.count == 30 && rows.values.allSatisfy { $0 == 1 }, "\(rows)")
    }

    @Test func `a clock that no number can hold is no reason to stop`() async throws {
        let portal = try await Portal.start()
        let gateway = try await Gateway.start("clock", to: portal)
        let outcome = try await importing(try workspace(), portal, gateway)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try await portal.audit().rowsPerKey.count == 10)
    }

    // MARK: Texts

    /// Runs a command, and expects that it shows no secret and nothing that steers a terminal.
    private func expectHarmless(
        _ arguments: [String], _ workspace: Workspace, _ portal: Portal, _ gateway: Gateway
    ) async throws -> Outcome {
        let outcome = try await workspace.run(
            arguments, portal: portal, environment: ["BITRIX24_WEBHOOK_URL": gateway.url])
        let shown = outcome.output + outcome.errors
        #expect(!shown.contains(Self.secret), "\(arguments): \(shown)")
        let steering = shown.unicodeScalars.filter {
            $0.properties.generalCategory == .control && $0 != "\n" || $0.properties.generalCategory == .format
        }
        #expect(steering.isEmpty, "\(arguments): \(steering.map(\.value))")
        #expect(!shown.split(separator: "\n").contains { $0.hasPrefix("forged") }, "\(arguments): \(shown)")
        // 300 characters of the text, and what stands around it.
        #expect(shown.split(separator: "\n").allSatisfy { $0.count < 600 }, "\(arguments): \(shown)")
        return outcome
    }

    @Test func `the path of a webhook that a gateway repeats is not shown`() async throws {
        let portal = try await Portal.start(["--secret", Self.secret])
        let gateway = try await Gateway.start("echo", to: portal)
        let workspace = try workspace()
        for command in ["import", "check"] {
            let outcome = try await expectHarmless([command], workspace, portal, gateway)
            #expect(outcome.status == 69, "\(outcome.errors)")
            #expect((outcome.output + outcome.errors).contains("Cannot POST /rest/1/"), "\(outcome)")
        }
        #expect(!keepsSecret(workspace))
    }

    @Test func `a portal's words are shown and kept without secrets, control characters and their tail`() async throws {
        let portal = try await Portal.start(["--secret", Self.secret])
        let gateway = try await Gateway.start("words", to: portal)
        let workspace = try workspace()
        let call = AsteriskCall.day(10)[0]
        try workspace.write(call.record, to: "Master.csv")
        let outcome = try await expectHarmless(["import", "--log-level", "debug"], workspace, portal, gateway)
        #expect(outcome.status == 3, "\(outcome.errors)")
        for command in [["failures"], ["status"], ["check"], ["resolve", call.key]] {
            _ = try await expectHarmless(command, workspace, portal, gateway)
        }
        let failures = try await workspace.run(["failures"])
        #expect(failures.output.contains("Cannot POST /rest/1/"), "\(failures.output)")
        #expect(!keepsSecret(workspace))
    }

    /// Whether the secret is in a file of a workspace's ledger.
    private func keepsSecret(_ workspace: Workspace) -> Bool {
        ["cdr24.sqlite", "cdr24.sqlite-wal"].contains { workspace.read($0).contains(Self.secret) }
    }

    @Test func `an import may leave no core while it holds the secret`() async throws {
        let portal = try await Portal.start(["--fault", "stall@1"])
        let workspace = try workspace()
        let program = try workspace.start(["import"], portal: portal)
        defer { program.send(SIGKILL) }
        #expect(try await portal.holdsRequest())
        let limits = try String(contentsOfFile: "/proc/\(program.pid)/limits", encoding: .utf8)
        // One byte: 0 would leave out files only, and not programs that collect cores.
        #expect(limits.firstMatch(of: /Max core file size +[01] +[01] +bytes/) != nil, "\(limits)")
    }
}

/// Texts that are cheap to write and dear to read.
@Suite(.serialized) struct ExpensiveTextTests {
    /// Runs an import for 90 s and in 3 GiB of memory at most; 124 is the status of one that did not end by itself.
    private func importing(
        _ workspace: Workspace, _ arguments: [String] = ["--dry-run"], environment: [String: String] = [:]
    ) async throws -> (outcome: Outcome, mebibytes: Int) {
        let script = "\(PackageFolder.path)/Tests/EndToEndTests/Sinks/peak.py"
        let outcome = await
            (try RunningProgram(
                "/usr/bin/python3", [script, "peak", try Programs.path("cdr24"), "import"] + arguments,
                environment: environment, in: workspace.folder)).outcome()
        return (outcome, Int(workspace.read("peak")) ?? .max)
    }

    private func workspace(_ text: String, _ configuration: String = Workspace.configuration()) throws -> Workspace {
        let workspace = try Workspace()
        try workspace.write(text, to: "Master.csv")
        try workspace.write(configuration, to: "cdr24.yaml")
        return workspace
    }

    @Test func `a reply of a million lists is no reply`() async throws {
        let portal = try await Portal.start()
        let gateway = try await Gateway.start("lists", to: portal)
        let workspace = try workspace(AsteriskCall.day(10).file)
        let environment = ["BITRIX24_WEBHOOK_URL": gateway.url]
        let (outcome, mebibytes) = try await importing(workspace, [], environment: environment)
        #expect(outcome.status == 4, "\(outcome.errors)")
        #expect(mebibytes < 250)
    }

    @Test func `aliases that multiply in a configuration are refused`() async throws {
        var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...7 {
            let names = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            bomb += "a\(level): &a\(level) [\(names)]\n"
        }
        let workspace = try workspace(AsteriskCall.day(2).file, Workspace.configuration() + bomb)
        let (outcome, mebibytes) = try await importing(workspace)
        #expect(outcome.status == 78 && outcome.errors.contains("an alias counts as many times"), "\(outcome.errors)")
        #expect(mebibytes < 250)
    }

    @Test func `a pattern that would take for ever is refused`() async throws {
        let configuration = Workspace.configuration().replacing(#"'^\d{3}$'"#, with: #"'^(\d+)+0$'"#)
        let long = AsteriskCall.day(2).file.replacing("89000000000", with: String(repeating: "1", count: 34))
        let (outcome, _) = try await importing(try workspace(long, configuration))
        #expect(outcome.status == 78 && outcome.errors.contains("write one repetition"), "\(outcome.errors)")
    }

    @Test func `a million columns take hardly more memory than none`() async throws {
        let calls = AsteriskCall.day(10).file
        let (plain, usual) = try await importing(try workspace(calls))
        #expect(plain.status == 0, "\(plain.errors)")
        let (outcome, most) = try await importing(
            try workspace(String(repeating: ",", count: 1_000_000) + "\n" + calls))
        #expect(outcome.status == 3, "\(outcome.errors)")
        // Eight are the parts of the file that are in memory at a time, and what the run allocates by chance.
        #expect(most - usual < 16, "\(most) and \(usual) MiB")
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What an administrator sees when something is wrong: one clear sentence, the right exit code, nothing lost.
@Suite(.serialized) struct FaultTests {
    private func workspace(_ count: Int = 10, configuration: String = Workspace.configuration()) throws -> Workspace {
        let workspace = try Workspace()
        try workspace.write(AsteriskCall.day(count).file, to: "Master.csv")
        try workspace.write(configuration, to: "cdr24.yaml")
        return workspace
    }

    /// One line on standard error, with these words in it and no secret.
    private func complains(_ outcome: Outcome, _ words: String..., secret: String = "secret") -> Bool {
        let lines = outcome.errors.split(separator: "\n")
        return lines.count == 1 && words.allSatisfy { outcome.errors.contains($0) }
            && !outcome.errors.contains(secret) && !outcome.output.contains(secret)
    }

    @Test func `a webhook that the portal does not know`() async throws {
        let portal = try await Portal.start()
        let workspace = try workspace()
        let wrong = portal.url.replacingOccurrences(of: "secret", with: "wrongone")
        let (outcome, _) = try await workspace.importing(environment: ["BITRIX24_WEBHOOK_URL": wrong])
        #expect(outcome.status == 69)
        #expect(complains(outcome, "check webhook_url", secret: "wrongone"), "\(outcome.errors)")
        #expect(try await portal.audit().rows.isEmpty)
        let (next, _) = try await workspace.importing(portal: portal)
        #expect(next.status == 0)
        #expect(try await portal.audit().rowsPerKey.count == 10)
    }

    @Test func `a portal that cannot be reached`() async throws {
        let workspace = try workspace()
        // A port that nobody uses any more, and that no other test on this machine locks.
        let gone = try await Portal.start()
        let address = gone.url
        await gone.stop()
        let (outcome, summary) = try await workspace.importing(environment: ["BITRIX24_WEBHOOK_URL": address])
        #expect(outcome.status == 4)
        #expect(complains(outcome, "cannot be reached", "run the same command again"), "\(outcome.errors)")
        #expect((summary["portal"] as? [String: Any])?["requests"] as? Int == 0)
        let portal = try await Portal.start()
        let (next, _) = try await workspace.importing(portal: portal)
        #expect(next.status == 0, "\(next.errors)")
        #expect(try await portal.audit().rowsPerKey.count == 10)
    }

    @Test func `a file that is not there`() async throws {
        let portal = try await Portal.start()
        let workspace = try workspace()
        let outcome = try await workspace.run(["import", "gone.csv"], portal: portal)
        #expect(outcome.status == 74)
        #expect(complains(outcome, "gone.csv"), "\(outcome.errors)")
        #expect(try await portal.audit().counter("requests") == 0)
    }

    @Test func `a ledger that cannot be written`() async throws {
        let portal = try await Portal.start()
        let workspace = try workspace()
        let outcome = try await workspace.run(
            ["import", "--ledger", "/proc/nowhere/cdr24.sqlite"], portal: portal)
        #expect(outcome.status == 74)
        #expect(
            complains(outcome, "/proc/nowhere/cdr24.sqlite", "the folder /proc/nowhere does not exist"),
            "\(outcome.errors)")
        #expect(try await portal.audit().counter("requests") == 0)
    }

    @Test func `a ledger that is no ledger`() async throws {
        let portal = try await Portal.start()
        let workspace = try workspace()
        try workspace.write("this is not a database, it is a letter to the accountant\n", to: "cdr24.sqlite")
        let outcome = try await workspace.run(["import"], portal: portal)
        #expect(outcome.status == 74)
        #expect(complains(outcome, "is not usable", "move it away"), "\(outcome.errors)")
        #expect(workspace.read("cdr24.sqlite").hasPrefix("this is not a database"))
    }

    @Test func `a key that the configuration does not know`() async throws {
        let configuration = Workspace.configuration().replacingOccurrences(of: "key_prefix", with: "key_prefiks")
        let outcome = try await workspace(configuration: configuration).run(["import"])
        #expect(outcome.status == 78)
        #expect(complains(outcome, "cdr24.yaml:9:", "did you mean \"key_prefix\"?"), "\(outcome.errors)")
    }

    @Test func `a ledger of another portal`() async throws {
        let first = try await Portal.start()
        let second = try await Portal.start()
        let workspace = try workspace()
        #expect(try await workspace.importing(portal: first).outcome.status == 0)
        let outcome = try await workspace.run(["import"], portal: second)
        #expect(outcome.status == 78)
        #expect(complains(outcome, "is bound to the portal", "a separate ledger"), "\(outcome.errors)")
        #expect(try await second.audit().counter("requests") == 0)
    }

    @Test func `years of history without not_before`() async throws {
        let portal = try await Portal.start()
        let workspace = try workspace(configuration: Workspace.configuration(notBefore: nil))
        let now = Int(Date().timeIntervalSince1970)
        let old = AsteriskCall.day(10).map { call in
            var call = call
            call.start = now - 400 * 86_400 + call.number * 60
            return call
        }
        try workspace.write(old.file + AsteriskCall.day(10).file, to: "Master.csv")
        let outcome = try await workspace.run(["import"], portal: portal)
        #expect(outcome.status == 78)
        #expect(complains(outcome, "10 calls of pbx1", "write not_before:"), "\(outcome.errors)")
        #expect(try await portal.audit().counter("requests") == 0)

        let day = String(AsteriskCall.time(now - 2 * 86_400).prefix(10))
        try workspace.write(Workspace.configuration(notBefore: day), to: "cdr24.yaml")
        let (next, summary) = try await workspace.importing(portal: portal)
        #expect(next.status == 0, "\(next.errors)")
        let records = try #require(summary["records"] as? [String: Any])
        #expect((records["skipped"] as? [String: Int])?["tooOld"] == 10)
        #expect(try await portal.audit().rowsPerKey.count == 10)
    }

    @Test func `two runs at once`() async throws {
        // Longer than a busy machine needs for the two runs that are refused meanwhile.
        let portal = try await Portal.start(["--fault", "stall=30@1"])
        let workspace = try workspace()
        let first = try workspace.start(["import"], portal: portal)
        #expect(await portal.waits(for: "arrived", ofRequest: 1))
        let second = try await workspace.run(["import"], portal: portal)
        #expect(second.status == 75)
        #expect(complains(second, "another run holds"), "\(second.errors)")
        let otherLedger = try await workspace.run(["import", "--ledger", "other.sqlite"], portal: portal)
        #expect(otherLedger.status == 75)
        #expect(complains(otherLedger, "another run delivers to"), "\(otherLedger.errors)")
        #expect(await first.outcome().status == 0)
        #expect(try await portal.audit().rowsPerKey.count == 10)
    }

    @Test func `a signal lets the requests in flight end and leaves the rest to the next run`() async throws {
        let portal = try await Portal.start(["--latency", "telephony.externalcall.finish=0.3"])
        let workspace = try workspace(60)
        let run = try workspace.start(["import", "--summary-json", "summary.json"], portal: portal)
        #expect(await portal.waits(for: "arrived", ofRequest: 4) { run.send(SIGTERM) })
        let outcome = await run.outcome()
        #expect(outcome.status == 4, "\(outcome.errors)")
        #expect(outcome.errors.contains("by a signal"))
        let inBetween = try await portal.audit()
        #expect(inBetween.rows.count < 60)
        let (next, _) = try await workspace.importing(portal: portal)
        #expect(next.status == 0, "\(next.errors)")
        let audit = try await portal.audit()
        #expect(audit.rowsPerKey.count == 60 && audit.rowsPerKey.values.allSatisfy { $0 == 1 })
    }

    @Test func `a phone system that has gone silent`() async throws {
        let portal = try await Portal.start()
        let workspace = try workspace(configuration: Workspace.configuration(source: "expect_within: 1h"))
        let (outcome, summary) = try await workspace.importing(portal: portal)
        #expect(outcome.status == 3)
        #expect(outcome.output.contains(#/! .*pbx1.* since/#))
        #expect((summary["calls"] as? [String: Any])?["delivered"] as? Int == 10)
        try workspace.write(Workspace.configuration(source: "expect_within: 3h"), to: "cdr24.yaml")
        #expect(try await workspace.importing(portal: portal).outcome.status == 0)
    }

    @Test func `a dry run writes and sends nothing`() async throws {
        let portal = try await Portal.start()
        let workspace = try workspace()
        let (outcome, summary) = try await workspace.importing(["--dry-run", "--offline"], portal: portal)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect((summary["calls"] as? [String: Any])?["pending"] as? Int == 10)
        #expect(try await portal.audit().counter("requests") == 0)
        // Without --offline it asks the portal about people and lines, and changes nothing there.
        #expect(try await workspace.run(["import", "--dry-run"], portal: portal).status == 0)
        let audit = try await portal.audit()
        #expect(audit.counter("requests") > 0 && audit.counter("registers") == 0)
        #expect(audit.counter("linesCreated") == 0 && audit.rows.isEmpty)
        let names = try FileManager.default.contentsOfDirectory(atPath: workspace.folder).filter {
            $0.contains("sqlite")
        }
        #expect(names.isEmpty)
    }

    @Test func `a wrong zone is said before anything is sent`() async throws {
        let portal = try await Portal.start()
        let configuration = Workspace.configuration().replacingOccurrences(
            of: "time_zone: UTC", with: "time_zone: '+01:00'")
        let workspace = try workspace(20, configuration: configuration)
        let outcome = try await workspace.run(["import"], portal: portal)
        #expect(outcome.status == 78)
        #expect(complains(outcome, "1.0 hours too early", "time_zone"), "\(outcome.errors)")
        #expect(try await portal.audit().counter("requests") == 0)
    }

    @Test func `the summary can be read by scripts, people and Prometheus`() async throws {
        let portal = try await Portal.start()
        let workspace = try workspace()
        let outcome = try await workspace.run(
            ["import", "--report", "r.html", "--metrics", "m.prom", "--summary-json", "-", "--quiet"], portal: portal)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.isEmpty)
        let summary = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
        #expect(summary?["schema"] as? String == "cdr24.summary/1")
        #expect(workspace.read("r.html").hasSuffix("</html>\n"))
        #expect(workspace.read("m.prom").firstMatch(of: /cdr24_last_run_exit_code\{portal="[^"]+"\} 0\n/) != nil)
    }

    @Test func `another user's exporter can read the metrics, whatever the umask`() async throws {
        let portal = try await Portal.start()
        let workspace = try workspace()
        let words = [
            "-c", "umask 077; exec \"$0\" import --metrics m.prom --report r.html", try Programs.path("cdr24"),
        ]
        let variables = ["BITRIX24_WEBHOOK_URL": portal.url, "STATE_DIRECTORY": portal.stateFolder]
        let outcome = await (try RunningProgram("/bin/sh", words, environment: variables, in: workspace.folder))
            .outcome()
        #expect(outcome.status == 0, "\(outcome.errors)")
        func mode(_ name: String) throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: workspace.path(name))[.posixPermissions] as? Int
        }
        #expect(try mode("m.prom") == 0o644 && mode("r.html") == 0o600)
    }

    @Test(arguments: [["--max-calls", "-1"], ["--until", "25:00"], ["--nonsense"], ["--format", "asterix"]])
    func `a wrong command line`(_ arguments: [String]) async throws {
        let outcome = try await workspace().run(["import"] + arguments)
        #expect(outcome.status == 64, "\(outcome.errors)")
        #expect(!outcome.errors.isEmpty)
    }
}

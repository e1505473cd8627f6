// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// What `check` and `import --dry-run` know of the portal before a call is sent.
@Suite(.serialized) struct PortalCheckTests {
    /// Extensions 101 to 105 by the portal's own look-up; 104 works there, 105 was dismissed, and 101 to 103 are nobody's.
    private static let people = [
        "--user", "1:100:Alma Reed", "--user", "4:104:Dora Hall", "--user", "5:105:Emil Lind:dismissed",
    ]

    private func workspace() throws -> Workspace {
        let workspace = try Workspace()
        try workspace.write(AsteriskCall.day(20).file, to: "Master.csv")
        let text = Workspace.configuration().replacing(
            #"extensions: { "101": 1, "102": 2, "103": 3, "104": 4, "105": 5 }"#, with: #"extensions: { "200": 44 }"#)
        try workspace.write(text, to: "cdr24.yaml")
        return workspace
    }

    private static let findings = [
        "3 extensions are unknown there: 12 calls would be held",
        "1 extension belongs to dismissed users there: 4 calls would be held", "105 (4 calls)",
        "1 USER_ID is unknown there: 0 calls would be held", "44 (0 calls)",
        "the portal does not have these lines, so the import creates them: +74950000000 (20 calls)",
    ]

    @Test func `check counts the calls that would be held, and the import holds as many`() async throws {
        let portal = try await Portal.start(Self.people)
        let workspace = try workspace()
        let check = try await workspace.run(["check"], portal: portal)
        #expect(check.status == 3, "\(check.output)")
        for words in Self.findings { #expect(check.output.contains(words), "\(words): \(check.output)") }
        #expect(check.output.contains("MiB are free"), "\(check.output)")
        #expect(check.output.contains("20 calls to deliver"), "\(check.output)")
        #expect(!FileManager.default.fileExists(atPath: workspace.path("cdr24.sqlite")))
        #expect(try await portal.audit().counter("registers") == 0)

        let (_, summary) = try await workspace.importing(portal: portal)
        let held = (summary["calls"] as? [String: Any])?["held"] as? [String: Int] ?? [:]
        #expect(held.values.reduce(0, +) == 16, "\(held)")
        #expect(try await portal.audit().rowsPerKey.count == 4)
    }

    @Test func `a dry run says the same, unless it is offline`() async throws {
        let portal = try await Portal.start(Self.people)
        let workspace = try workspace()
        let (run, summary) = try await workspace.importing(["--dry-run"], portal: portal)
        #expect(run.status == 3, "\(run.output)\(run.errors)")
        for words in Self.findings { #expect(run.output.contains(words), "\(words): \(run.output)") }
        let warnings = summary["warnings"] as? [String] ?? []
        #expect(warnings.contains { $0.contains("12 calls would be held") })
        let audit = try await portal.audit()
        #expect(audit.counter("registers") == 0 && audit.lines.isEmpty)

        let offline = try await workspace.importing(["--dry-run", "--offline"], portal: portal)
        #expect(offline.outcome.status == 0, "\(offline.outcome.output)")
        #expect(!offline.outcome.output.contains("unknown there"))
        #expect(try await portal.audit().counter("requests") == audit.counter("requests"))
        #expect(try await workspace.run(["import", "--offline"], portal: portal).status == 64)
    }

    @Test func `a dry run needs no portal`() async throws {
        let workspace = try workspace()
        let unset = try await workspace.run(["import", "--dry-run"])
        #expect(unset.status == 0, "\(unset.output)")
        #expect(unset.output.contains("the portal was not asked"), "\(unset.output)")
        let away = try await workspace.run(
            ["import", "--dry-run", "--webhook-url", "http://127.0.0.1:9/rest/1/abcdefgh12345678/"])
        #expect(away.status == 0, "\(away.output)")
        #expect(away.output.contains("cannot be reached"), "\(away.output)")
    }

    /// The answers of a portal whose CRM works without leads to 20 calls that ask for something to be created.
    @Test func `what the CRM would create, and names that it lacks, are known before a call is sent`() async throws {
        let portal = try await Portal.start(["--crm", "simple"])
        let workspace = try Workspace()
        try workspace.write(AsteriskCall.day(20).file, to: "Master.csv")
        let text =
            Workspace.configuration(source: "currency: XYZ")
            + "crm: { create: true, source: WEBB, lines: { \"+74950000000\": { source: SITE } } }\n"
        try workspace.write(text, to: "cdr24.yaml")
        let announcement = "CRM_CREATE is on for 20 calls; the CRM works without leads: it creates a contact and a deal"
        let names = ["the portal does not have the CRM_SOURCE", "the portal does not have the currency XYZ"]
        let check = try await workspace.run(["check"], portal: portal)
        for words in names + [announcement, "SITE (20 calls), WEBB", "CALLBACK", "EUR, RUB, USD"] {
            #expect(check.output.contains(words), "\(words): \(check.output)")
        }
        let dry = try await workspace.run(["import", "--dry-run"], portal: portal)
        for words in names + [announcement] { #expect(dry.output.contains(words), "\(words): \(dry.output)") }
        for command in [["check", "--offline"], ["import", "--dry-run", "--offline"]] {
            let outcome = try await workspace.run(command, portal: portal)
            #expect(
                outcome.output.contains("CRM_CREATE is on for 20 calls; the portal was not asked"), "\(outcome.output)")
        }
        #expect(try await portal.audit().counter("registers") == 0)

        let (run, summary) = try await workspace.importing(["--max-calls", "1"], portal: portal)
        #expect(run.errors.contains(announcement), "\(run.errors)")
        let warnings = summary["warnings"] as? [String] ?? []
        for words in names { #expect(warnings.contains { $0.contains(words) }, "\(words): \(warnings)") }
    }

    @Test func `names that the CRM knows are fine, and an access without "crm" is told what to add`() async throws {
        let workspace = try Workspace()
        try workspace.write(AsteriskCall.day(2).file, to: "Master.csv")
        try workspace.write(
            Workspace.configuration(source: "currency: EUR") + "crm: { create: true, source: WEB }\n", to: "cdr24.yaml")
        let known = try await workspace.run(["check"], portal: try await Portal.start())
        #expect(known.output.contains("the portal has every CRM_SOURCE"), "\(known.output)")
        #expect(known.output.contains("the portal has every currency"), "\(known.output)")
        let closed = try await workspace.run(
            ["check"], portal: try await Portal.start(["--scopes", "telephony,user"]))
        #expect(closed.output.contains("lacks the permission \"crm\", so CRM_SOURCE cannot be checked"))
        #expect(closed.output.contains("lacks the permission \"crm\", so currency cannot be checked"))
        #expect(closed.output.contains("its mode cannot be read"), "\(closed.output)")
    }

    @Test func `check prints its findings as JSON`() async throws {
        let portal = try await Portal.start(Self.people)
        let check = try await workspace().run(["check", "--json", "--until", "00:00"], portal: portal)
        let report = try #require(
            try JSONSerialization.jsonObject(with: Data(check.output.utf8)) as? [String: Any])
        let findings = try #require(report["findings"] as? [[String: Any]])
        let unknown = try #require(
            findings.first { ($0["message"] as? String)?.contains("12 calls would be held") == true })
        #expect(unknown["severity"] as? String == "warning")
        #expect(unknown["exitCode"] as? Int == 3)
        #expect((unknown["subject"] as? String)?.hasPrefix("portal 127.0.0.1:") == true)
    }
}

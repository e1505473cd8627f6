// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Files that are none: pipes, a log whose last line has no end, the program's own files, a million columns.
@Suite(.serialized) struct OddFileTests {
    /// The account of a summary.
    private func count(_ name: String, _ summary: [String: Any]) -> Int {
        let records = summary["records"] as? [String: Any] ?? [:]
        return records[name] as? Int ?? (records[name] as? [String: Int])?.values.reduce(0, +) ?? -1
    }

    private func summary(_ workspace: Workspace) throws -> [String: Any] {
        let data = Data(workspace.read("summary.json").utf8)
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    @Test(arguments: [10, 600], ["fifo", "substitution"])
    func `a named pipe gives all its records`(_ calls: Int, _ kind: String) async throws {
        let portal = try await Portal.start()
        let workspace = try Workspace()
        try workspace.write(AsteriskCall.day(calls).file, to: "cdr.csv")
        try workspace.write(Workspace.configuration(files: "none*.csv"), to: "cdr24.yaml")
        let script =
            kind == "fifo"
            ? "mkfifo pipe; cat cdr.csv > pipe & exec \"$0\" import --dry-run --summary-json summary.json pipe"
            : "exec \"$0\" import --dry-run --summary-json summary.json <(cat cdr.csv)"
        let outcome = try await RunningProgram(
            "/bin/bash", ["-c", script, try Programs.path("cdr24")],
            environment: ["BITRIX24_WEBHOOK_URL": portal.url], in: workspace.folder
        ).outcome(within: .seconds(90))
        #expect(outcome.status == 0, "\(outcome.errors)\(outcome.output)")
        let summary = try summary(workspace)
        #expect(count("read", summary) == calls && count("calls", summary) == calls)
    }

    @Test func `a folder's pipes are left alone`() async throws {
        let workspace = try Workspace()
        try workspace.write(AsteriskCall.day(3).file, to: "cdr.csv")
        try workspace.write(Workspace.configuration(files: "."), to: "cdr24.yaml")
        let made = try await RunningProgram("/usr/bin/mkfifo", ["pipe.csv"], in: workspace.folder).outcome()
        #expect(made.status == 0)
        // A run that opened the pipe would wait for a writer for ever.
        let outcome = try await workspace.start(["import", "--dry-run", "--summary-json", "summary.json"])
            .outcome(within: .seconds(90))
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(count("read", try summary(workspace)) == 3)
    }

    @Test func `the last line of a live log waits for its end, and is taken when nobody writes any more`() async throws
    {
        let portal = try await Portal.start()
        let workspace = try Workspace()
        let calls = AsteriskCall.day(3)
        try workspace.write(String(calls.file.dropLast()), to: "Master.csv")
        try workspace.write(Workspace.configuration(), to: "cdr24.yaml")
        let (first, waiting) = try await workspace.importing(portal: portal)
        #expect(first.status == 0, "\(first.errors)\(first.output)")
        #expect(count("read", waiting) == 3 && count("calls", waiting) == 2 && count("waiting", waiting) == 1)
        #expect(first.output.contains("has no line end yet"), "\(first.output)")

        let path = workspace.path("Master.csv")
        try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -700)], ofItemAtPath: path)
        let (second, taken) = try await workspace.importing(portal: portal)
        #expect(second.status == 0, "\(second.errors)\(second.output)")
        #expect(count("read", taken) == 1 && count("calls", taken) == 1 && count("waiting", taken) == 0)
        #expect(try await portal.audit().rowsPerKey.count == 3)

        // The writer comes back: what follows is read, and nothing twice.
        try workspace.write(calls.file + AsteriskCall.day(4)[3].record, to: "Master.csv")
        let (third, more) = try await workspace.importing(portal: portal)
        #expect(third.status == 0, "\(third.errors)\(third.output)")
        #expect(count("calls", more) == 1 && count("rejected", more) == 0)
        #expect(try await portal.audit().rowsPerKey.values.allSatisfy { $0 == 1 })
    }

    @Test(arguments: ["--report", "--summary-json", "--metrics"])
    func `no output replaces what the run lives on`(_ option: String) async throws {
        let portal = try await Portal.start()
        let workspace = try Workspace()
        try workspace.write(AsteriskCall.day(2).file, to: "Master.csv")
        try workspace.write(Workspace.configuration(), to: "cdr24.yaml")
        #expect(try await workspace.importing(portal: portal).outcome.status == 0)
        try FileManager.default.createSymbolicLink(
            atPath: workspace.path("link.html"), withDestinationPath: "cdr24.sqlite")
        let before = ["cdr24.sqlite", "Master.csv", "cdr24.yaml"].map(workspace.read)
        for target in ["cdr24.sqlite", "./cdr24.sqlite", "link.html", "cdr24.sqlite-wal", "Master.csv", "cdr24.yaml"] {
            let refused = try await workspace.run(["import", option, target], portal: portal)
            #expect(refused.status == 64, "\(target): \(refused.errors)")
            #expect(refused.errors.contains("would replace"), "\(refused.errors)")
        }
        #expect(["cdr24.sqlite", "Master.csv", "cdr24.yaml"].map(workspace.read) == before)
    }

    @Test func `a glob that leads to the ledger is refused`() async throws {
        let portal = try await Portal.start()
        let workspace = try Workspace()
        try workspace.write(AsteriskCall.day(2).file, to: "cdr24.csv")
        try workspace.write(Workspace.configuration(files: "cdr24.csv"), to: "cdr24.yaml")
        #expect(try await workspace.importing(portal: portal).outcome.status == 0)
        for (pattern, what) in [("cdr24.sq*", "the ledger"), ("cdr24.y*", "the configuration")] {
            let refused = try await workspace.run(["import", pattern], portal: portal)
            #expect(refused.status == 78, "\(refused.errors)")
            #expect(refused.errors.contains("which is \(what)"), "\(refused.errors)")
        }
    }

    @Test func `a ledger that everybody can change is closed to others`() async throws {
        let portal = try await Portal.start()
        let workspace = try Workspace()
        try workspace.write(AsteriskCall.day(2).file, to: "Master.csv")
        try workspace.write(Workspace.configuration(), to: "cdr24.yaml")
        #expect(try await workspace.importing(portal: portal).outcome.status == 0)
        let path = workspace.path("cdr24.sqlite")
        func mode() throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        }
        #expect(try mode() == 0o600)
        try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: path)
        #expect(try await workspace.importing(portal: portal).outcome.status == 0)
        #expect(try mode() == 0o660)
    }

    @Test func `a million columns are one rejected record`() async throws {
        let workspace = try Workspace()
        let wide = String(repeating: "a,", count: 1_000_000) + "a\n"
        try workspace.write(wide + AsteriskCall.day(2).file, to: "Master.csv")
        try workspace.write(Workspace.configuration(), to: "cdr24.yaml")
        let (outcome, summary) = try await workspace.importing(["--dry-run"])
        #expect(outcome.status == 3, "\(outcome.errors)\(outcome.output)")
        #expect(count("rejected", summary) == 1 && count("calls", summary) == 2)
        #expect(outcome.output.contains("brokenRecord"), "\(outcome.output)")
    }
}

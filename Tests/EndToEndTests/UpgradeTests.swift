// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// The morning after an upgrade: commands that only read work at once, and leave the ledger to the first import.
@Suite(.serialized) struct UpgradeTests {
    private static let key = "pbx:1795840737.16"
    /// Commands that need no portal, each with something of the ledger that it prints.
    private static let reading: [(command: [String], word: String)] = [
        (["status"], "waiting"), (["status", "--json"], "waiting"), (["failures"], "badDate"),
        (["failures", "--csv"], "yesterday"), (["show", key], key), (["resolve", key], key),
        (["find", "+12025550181"], key), (["report", "--since", "2026-01-01"], "<html"),
        (["report", "--json", "--since", "2026-01-01"], "cdr24.report/1"),
    ]
    /// What of it does not depend on the time of the day.
    private static let lasting = [["failures"], ["failures", "--csv"], ["show", key], ["resolve", key]]

    /// A workspace with the ledger that version 0.1.0 has left, as SQLite's own program makes it of the dump.
    private func upgraded() async throws -> Workspace {
        let workspace = try Workspace()
        let dump = PackageFolder.file("Tests/LedgerTests/Fixtures/ledger_0_1_0.sql")
        let made = try await RunningProgram(
            "/usr/bin/python3",
            [
                "-c",
                "import sqlite3; d = sqlite3.connect('cdr24.sqlite'); d.executescript(open('\(dump)').read()); "
                    + "d.execute('PRAGMA journal_mode = WAL'); d.close()",
            ], in: workspace.folder
        ).outcome()
        try #require(made.status == 0, "\(made.errors)")
        try workspace.write(
            Workspace.configuration().replacing("key_prefix: pbx1", with: "key_prefix: pbx"), to: "cdr24.yaml")
        try workspace.write("", to: "Master.csv")
        return workspace
    }

    private func ledger(_ workspace: Workspace) -> Data? {
        FileManager.default.contents(atPath: workspace.path("cdr24.sqlite"))
    }

    private func lasting(_ workspace: Workspace) async throws -> [String] {
        var said: [String] = []
        for command in Self.lasting {
            said.append(try await workspace.run(command).output.replacing(workspace.folder, with: "FOLDER"))
        }
        return said
    }

    @Test func `commands that read work before the first import, and leave the ledger as it is`() async throws {
        let workspace = try await upgraded()
        let before = try #require(ledger(workspace))
        for (command, word) in Self.reading {
            let outcome = try await workspace.run(command)
            #expect(outcome.status == 0, "\(command): \(outcome.output)\(outcome.errors)")
            #expect(outcome.output.contains(word), "\(command): \(outcome.output)")
        }
        // An import that only shows what it would do is one of them.
        let rehearsal = try await workspace.run(["import", "--dry-run"])
        #expect([0, 3].contains(rehearsal.status), "\(rehearsal.output)\(rehearsal.errors)")
        #expect(ledger(workspace) == before)
    }

    @Test func `a command that changes something converts the ledger, and the others say the same as before`()
        async throws
    {
        let workspace = try await upgraded()
        let before = try #require(ledger(workspace))
        let said = try await lasting(workspace)
        #expect(ledger(workspace) == before)
        let pruned = try await workspace.run(["prune", "--before", "2000-01-01"])
        #expect(pruned.status == 0, "\(pruned.errors)")
        #expect(ledger(workspace) != before)
        #expect(try await lasting(workspace) == said)
    }
}

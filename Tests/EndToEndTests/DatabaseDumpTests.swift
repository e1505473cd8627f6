// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// The queries that docs/systems has for databases of phone systems, run by the database's own program, and their output
/// imported.
@Suite(.serialized) struct DatabaseDumpTests {
    /// The first line of a page that holds a word and ends in a redirection, without that.
    private func query(_ page: String, _ word: String) throws -> String {
        let text = try String(contentsOfFile: "\(PackageFolder.path)/docs/systems/\(page)", encoding: .utf8)
        let line = try #require(text.split(separator: "\n").first { $0.contains(word) && $0.contains(" > ") })
        return line.components(separatedBy: " > ")[0...].dropLast().joined(separator: " > ")
    }

    private func shell(_ command: String, in workspace: Workspace) async throws -> Outcome {
        try await RunningProgram("/bin/sh", ["-c", command], in: workspace.folder).outcome()
    }

    /// Imports a dump with the configuration of a sample, and compares the portal's keys with those of the sample.
    private func expectCalls(of preset: String, from dump: String, in workspace: Workspace) async throws {
        let samples = PackageFolder.path + "/samples"
        let configuration = try String(contentsOfFile: "\(samples)/\(preset).yaml", encoding: .utf8)
        try workspace.write(
            configuration.replacingOccurrences(of: "[\(preset).csv]", with: "[\(dump)]"), to: "cdr24.yaml")
        let portal = try await Portal.start()
        let (outcome, _) = try await workspace.importing(portal: portal)
        #expect(outcome.status == 0, "\(outcome.errors)\(outcome.output)")
        let expected = try JSONSerialization.jsonObject(
            with: Data(contentsOf: URL(fileURLWithPath: "\(samples)/\(preset).expected.json")))
        let keys = (expected as? [[String: Any]])?.compactMap { $0["EXTERNAL_CALL_ID"] as? String }
        #expect(try await portal.audit().rowsPerKey.keys.sorted() == keys?.sorted())
    }

    @Test func `MikoPBX, by sqlite3`() async throws {
        let workspace = try Workspace()
        let sample = "\(PackageFolder.path)/samples/mikopbx.csv"
        // The table as MikoPBX has it: every column is a text but the key.
        let load = try await shell(
            """
            sqlite3 cdr.db "CREATE TABLE cdr_general (id INTEGER PRIMARY KEY, $(head -n 1 \(sample) | cut -d, -f2- \
            | sed 's/,/ TEXT, /g') TEXT)" && sqlite3 cdr.db ".import --csv --skip 1 \(sample) cdr_general"
            """, in: workspace)
        try #require(load.status == 0, "\(load.errors)")
        let remote = try query("mikopbx.md", "sqlite3")
        let command = remote.replacingOccurrences(of: "ssh root@mikopbx ", with: "")
            .replacingOccurrences(of: "/storage/usbdisk1/mikopbx/astlogs/asterisk/cdr.db", with: "cdr.db")
            .replacingOccurrences(of: "\"\\\"", with: "\"").replacingOccurrences(of: "\\\"\"", with: "\"")
            .replacingOccurrences(of: "-2 days", with: "-36500 days")
        #expect(command != remote && command.contains("-readonly"))
        let dump = try await shell(command + " > cdr_general.csv", in: workspace)
        try #require(dump.status == 0, "\(command)\n\(dump.errors)")
        try await expectCalls(of: "mikopbx", from: "cdr_general.csv", in: workspace)
    }

    @Test(
        .enabled(
            if: FileManager.default.isExecutableFile(atPath: "/usr/sbin/mariadbd"), "mariadb-server is not installed"))
    func `FreePBX, by mysql -B from MariaDB`() async throws {
        let workspace = try Workspace()
        let remote = try query("freepbx.md", "mysql -B")
        let command = remote.replacingOccurrences(of: "INTERVAL 2 DAY", with: "INTERVAL 36500 DAY")
        #expect(command != remote)
        try workspace.write(command, to: "query")
        let sample = "\(PackageFolder.path)/samples/freepbx_database.csv"
        let script = "\(PackageFolder.path)/Tests/EndToEndTests/Databases/mariadb"
        let dump = try await RunningProgram(script, [sample, "query", "cdr.tsv"], in: workspace.folder).outcome()
        try #require(dump.status == 0, "\(dump.output)\(dump.errors)")
        let rows = { (text: String) in text.split(separator: "\n").sorted() }
        #expect(rows(workspace.read("cdr.tsv")) == rows(try String(contentsOfFile: sample, encoding: .utf8)))
        try await expectCalls(of: "freepbx_database", from: "cdr.tsv", in: workspace)
    }

    @Test func `a ledger that sqlite3 has copied is restored, and nothing is sent twice`() async throws {
        let portal = try await Portal.start(["--request-cap", "0.5"])
        let workspace = try Workspace()
        try workspace.write(AsteriskCall.day(40).file, to: "Master.csv")
        try workspace.write(
            Workspace.configuration(limits: ", request_cap_seconds: 0.5, target_request_seconds: 0.1"), to: "cdr24.yaml"
        )
        #expect(try await workspace.importing(["--max-calls", "15"], portal: portal).outcome.status == 4)
        let copy = try await shell(
            "sqlite3 cdr24.sqlite '.backup restored.sqlite' && sqlite3 restored.sqlite 'PRAGMA integrity_check'",
            in: workspace)
        #expect(copy.output == "ok\n", "\(copy.errors)")
        #expect(try await workspace.importing(portal: portal).outcome.status == 0)
        let restore = try await shell(
            "mv restored.sqlite cdr24.sqlite && rm -f cdr24.sqlite-wal cdr24.sqlite-shm", in: workspace)
        #expect(restore.status == 0)
        let (outcome, summary) = try await workspace.importing(portal: portal)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let calls = summary["calls"] as? [String: Any]
        #expect(calls?["alreadyDelivered"] as? Int == 25 && calls?["delivered"] as? Int == 0)
        let audit = try await portal.audit()
        #expect(audit.rowsPerKey.count == 40 && audit.rowsPerKey.values.allSatisfy { $0 == 1 })
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A file that another program hands over through a pipe.
@Suite(.serialized) struct StandardInputTests {
    @Test func `what comes through a pipe is read whole each time, and each call is sent once`() async throws {
        let portal = try await Portal.start()
        let workspace = try Workspace()
        let calls = AsteriskCall.day(60)
        try workspace.write(Workspace.configuration(), to: "cdr24.yaml")
        try workspace.write(Array(calls.prefix(50)).file, to: "cdr.csv")
        let (first, firstSummary) = try await piping("cat cdr.csv", in: workspace, portal)
        #expect(first.status == 0, "\(first.errors)\(first.output)")
        expect(firstSummary, read: 50, duplicates: 0, delivered: 50)
        let file = try #require((firstSummary["files"] as? [[String: Any]])?.first)
        #expect(file["path"] as? String == "-" && file["bytes"] as? Int == workspace.read("cdr.csv").utf8.count)

        let (again, againSummary) = try await piping("cat cdr.csv", in: workspace, portal)
        #expect(again.status == 0, "\(again.errors)\(again.output)")
        expect(againSummary, read: 50, duplicates: 50, delivered: 0)

        // A live log would be continued behind its 50 records; a pipe brings what it brings.
        try workspace.write(calls.file, to: "cdr.csv")
        let (longer, longerSummary) = try await piping("cat cdr.csv", in: workspace, portal)
        #expect(longer.status == 0, "\(longer.errors)\(longer.output)")
        expect(longerSummary, read: 60, duplicates: 50, delivered: 10)
        let audit = try await portal.audit()
        #expect(audit.rowsPerKey.count == 60 && audit.rowsPerKey.values.allSatisfy { $0 == 1 })
        #expect(audit.method("telephony.externalcall.register") == 60)
    }

    @Test func `a last line without its end is a record, whole or not`() async throws {
        let portal = try await Portal.start()
        let workspace = try Workspace()
        let text = AsteriskCall.day(5).file
        try workspace.write(Workspace.configuration(), to: "cdr24.yaml")
        try workspace.write(String(text.dropLast()), to: "cdr.csv")
        let (whole, wholeSummary) = try await piping("cat cdr.csv", in: workspace, portal)
        #expect(whole.status == 0, "\(whole.errors)\(whole.output)")
        expect(wholeSummary, read: 5, duplicates: 0, delivered: 5)

        // The writer of a log may be in the middle of a record; the writer of a pipe has ended.
        try workspace.write(text + "\"\",\"89000000001\",\"1", to: "cdr.csv")
        let (cut, cutSummary) = try await piping("cat cdr.csv", in: workspace, portal)
        #expect(cut.status == 3, "\(cut.errors)\(cut.output)")
        expect(cutSummary, read: 6, duplicates: 5, delivered: 0, rejected: 1)
        let failures = try await workspace.run(["failures"])
        #expect(failures.output.contains("-:6: "), "\(failures.output)")
        #expect(try await portal.audit().rows.count == 5)
    }

    @Test func `gzip data comes through a pipe as well`() async throws {
        let portal = try await Portal.start()
        let workspace = try Workspace()
        try workspace.write(Workspace.configuration(), to: "cdr24.yaml")
        try workspace.write(AsteriskCall.day(20).file, to: "cdr.csv")
        let (outcome, summary) = try await piping("gzip -c cdr.csv", in: workspace, portal)
        #expect(outcome.status == 0, "\(outcome.errors)\(outcome.output)")
        expect(summary, read: 20, duplicates: 0, delivered: 20)
    }

    @Test func `options alone say how standard input is read`() async throws {
        let portal = try await Portal.start()
        let workspace = try Workspace()
        // No option says of which country the numbers are.
        let calls = AsteriskCall.day(5).map { call in
            var call = call
            call.phone = "+7" + call.phone.dropFirst()
            return call
        }
        try workspace.write(calls.file, to: "cdr.csv")
        let options = ["--format", "asterisk", "--time-zone", "UTC", "--webhook-url", "env:HOOK"]
        for (delivered, duplicates) in [(5, 0), (0, 5)] {
            let (outcome, summary) = try await piping(
                "cat cdr.csv", in: workspace, portal, options: options, environment: ["HOOK": portal.url])
            #expect(outcome.status == 0, "\(outcome.errors)\(outcome.output)")
            expect(summary, read: 5, duplicates: duplicates, delivered: delivered)
        }
        #expect(try await portal.audit().rows.count == 5)
    }

    /// Runs `cdr24 import -` behind a pipe, which cannot be gone back in as a file can.
    private func piping(
        _ command: String, in workspace: Workspace, _ portal: Portal, options: [String] = [],
        environment: [String: String]? = nil
    ) async throws -> (outcome: Outcome, summary: [String: Any]) {
        let script = command + " | \"$0\" import --summary-json summary.json \"$@\" -"
        let outcome = try await RunningProgram(
            "/bin/sh", ["-c", script, try Programs.path("cdr24")] + options,
            environment: environment ?? ["BITRIX24_WEBHOOK_URL": portal.url], in: workspace.folder
        ).outcome()
        let summary = try JSONSerialization.jsonObject(with: Data(workspace.read("summary.json").utf8))
        return (outcome, try #require(summary as? [String: Any]))
    }

    private func expect(
        _ summary: [String: Any], read: Int, duplicates: Int, delivered: Int, rejected: Int = 0,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let records = summary["records"] as? [String: Any]
        #expect(records?["read"] as? Int == read, sourceLocation: sourceLocation)
        #expect(records?["duplicates"] as? Int == duplicates, sourceLocation: sourceLocation)
        let rejects = records?["rejected"] as? [String: Int]
        #expect(rejects?.values.reduce(0, +) == rejected, sourceLocation: sourceLocation)
        let calls = summary["calls"] as? [String: Any]
        #expect(calls?["delivered"] as? Int == delivered, sourceLocation: sourceLocation)
    }
}

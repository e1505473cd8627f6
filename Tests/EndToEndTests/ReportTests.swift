// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// The HTML report of the built program.
@Suite struct ReportTests {
    /// Calls over some weeks, so that every part of the page has something to show.
    private static func calls(_ count: Int) -> [AsteriskCall] {
        var random = SeededRandom(18)
        let now = Int(Date().timeIntervalSince1970)
        let end = now - now % 86_400
        let starts = (0..<count).map { _ in
            let day = Int.random(in: 1...60, using: &random)
            return end - day * 86_400 + Int.random(in: 8 * 3_600..<18 * 3_600, using: &random)
        }.sorted()
        return starts.enumerated().map { index, start in
            let isAnswered = Int.random(in: 0..<3, using: &random) > 0
            return AsteriskCall(
                number: index + 1, start: start, isIncoming: Int.random(in: 0..<3, using: &random) > 0,
                phone: String(format: "8900%07d", Int.random(in: 0..<count / 4, using: &random)),
                employee: 101 + index % 5, talk: isAnswered ? Int.random(in: 5...600, using: &random) : 0,
                disposition: isAnswered ? "ANSWERED" : "NO ANSWER")
        }
    }

    private static func imported(_ count: Int, _ portal: Portal) async throws -> Workspace {
        let workspace = try Workspace()
        try workspace.write(calls(count).file + "a,broken,record\n", to: "Master.csv")
        try workspace.write(Workspace.configuration(), to: "cdr24.yaml")
        let (outcome, _) = try await workspace.importing(["--report", "run.html"], portal: portal)
        #expect(outcome.status == 3, "\(outcome.errors)")
        return workspace
    }

    @Test func `never called back equals the portal's open missed calls`() async throws {
        let portal = try await Portal.start()
        let workspace = try await Self.imported(1_000, portal)
        let audit = try await portal.audit()
        let outcome = try await workspace.run(["report", "--output", "report.html"])
        #expect(outcome.status == 0, "\(outcome.errors)")
        let page = workspace.read("report.html")
        let open = audit.counter("missedCalls") - audit.counter("missedCallsClosed")
        #expect(open > 50 && audit.counter("missedCallsClosed") > 20)
        #expect(page.contains("\(audit.counter("missedCalls")) missed calls, "), "\(page)")
        #expect(page.contains("; never called back: \(open)."))
        let json = try await workspace.run(["report", "--json", "--output", "report.json"])
        #expect(json.status == 0 && json.output.isEmpty, "\(json.errors)")
        let text = workspace.read("report.json")
        let schema = try JSONSchema(path: "\(PackageFolder.path)/docs/schemas/report.json")
        #expect(schema.problems(in: text).isEmpty, "\(schema.problems(in: text))")
        let figures = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let missed = try #require(figures["missed"] as? [String: Any])
        let list = try #require(missed["neverCalledBack"] as? [[String: Any]])
        #expect(list.count == open && missed["calls"] as? Int == audit.counter("missedCalls"))
        #expect(list.allSatisfy { ($0["number"] as? String)?.hasPrefix("+79•••••••") == true })
        #expect((figures["totals"] as? [String: Int])?["calls"] == 1_000)
        #expect(figures["rejects"] as? [String: Int] == ["tooFewColumns": 1], "\(figures["rejects"] ?? "")")
        let summary = try #require(figures["lastRun"] as? [String: Any])
        #expect(summary["exitCode"] as? Int == 3)
        // An import writes the same page about its run.
        #expect(workspace.read("run.html").contains("; never called back: \(open)."))
        #expect(workspace.read("run.html").contains("<h1>Completed; needs attention: "))
        #expect(!page.contains("+7900000") && page.contains("+79•••••••"))
        let numbers = try await workspace.run(["report", "--show-numbers"])
        #expect(numbers.output.contains("+7900000"))
    }

    @Test func `a report without a ledger, of a wrong day, and onto no folder`() async throws {
        let workspace = try Workspace()
        try workspace.write(Workspace.configuration(), to: "cdr24.yaml")
        let missing = try await workspace.run(["report"])
        #expect(missing.status == 74 && missing.errors.contains("does not exist"), "\(missing.errors)")
        let wrong = try await workspace.run(["report", "--since", "2026-02-30"])
        #expect(wrong.status == 64 && wrong.errors.contains("is not a day"), "\(wrong.errors)")
        try await workspace.writeEmptyLedger()
        let nowhere = try await workspace.run(["report", "--output", "no/such/folder.html"])
        #expect(
            nowhere.status == 74 && nowhere.errors.contains("cannot write no/such/folder.html"), "\(nowhere.errors)")
        let empty = try await workspace.run(["report"])
        #expect(empty.status == 0 && empty.output.hasSuffix("</html>\n"), "\(empty.errors)")
    }

    // MARK: The page itself

    static let browser = "/usr/bin/chromedriver"
    static let validator = "/usr/bin/tidy"

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: validator), "needs: apt-get install tidy"))
    func `a validator of HTML finds nothing`() async throws {
        let workspace = try await Self.imported(200, try await Portal.start())
        let found = try await Self.outcome(of: Self.validator, ["-quiet", "-errors", "run.html"], in: workspace)
        #expect(found.status == 0, "\(found.errors)")
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: browser), "needs: apt-get install chromium-driver"))
    func `the page is accessible, asks for nothing and never scrolls sideways`() async throws {
        let venv = try #require(
            ProcessInfo.processInfo.environment["CDR24_PEERS_VENV"], "run the tests by scripts/test, which sets it")
        let workspace = try await Self.imported(1_000, try await Portal.start())
        let script = PackageFolder.url.appendingPathComponent("Tests/EndToEndTests/Pages/audit_page.py").path
        let found = try await Self.outcome(of: "\(venv)/bin/python", [script, "run.html"], in: workspace)
        #expect(found.status == 0 && found.output.isEmpty, "\(found.output)\(found.errors)")
    }

    private static func outcome(
        of program: String, _ arguments: [String], in workspace: Workspace
    ) async throws -> Outcome {
        await (try RunningProgram(program, arguments, in: workspace.folder)).outcome()
    }
}

extension Workspace {
    /// A ledger as an import leaves it that took in nothing.
    fileprivate func writeEmptyLedger() async throws {
        try write("", to: "Master.csv")
        let portal = try await Portal.start()
        _ = try await importing(portal: portal)
    }
}

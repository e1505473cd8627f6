// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// What a run leaves behind, and writes to standard error, however it ends.
@Suite(.serialized) struct RunOutputTests {
    private static let files = ["--summary-json", "s.json", "--report", "r.html", "--metrics", "m.prom"]

    private func check(_ workspace: Workspace, _ outcome: Outcome, _ status: Int32, _ word: String) throws {
        #expect(outcome.status == status, "\(outcome.errors)")
        let json = try JSONSerialization.jsonObject(with: Data(workspace.read("s.json").utf8)) as? [String: Any]
        let run = try #require(json?["run"] as? [String: Any])
        #expect(run["exitCode"] as? Int == Int(status))
        #expect((run["message"] as? String)?.contains(word) == true, "\(run)")
        #expect(workspace.read("r.html").contains(word))
        #expect(workspace.read("m.prom").contains("cdr24_last_run_exit_code \(status)\n"))
    }

    @Test func `a broken configuration leaves a summary`() async throws {
        let workspace = try Workspace()
        try workspace.write("sauces: []\n", to: "cdr24.yaml")
        try check(workspace, try await workspace.run(["import"] + Self.files), 78, "sauces")
    }

    @Test func `a configuration that is not there leaves a summary`() async throws {
        let workspace = try Workspace()
        let outcome = try await workspace.run(["import", "--config", "none.yaml"] + Self.files)
        try check(workspace, outcome, 74, "none.yaml")
    }

    @Test(arguments: ["CDR24_LOG_LEVEL", "CDR24_LOG_FORMAT"])
    func `an unknown value in the environment is refused`(_ name: String) async throws {
        let workspace = try Workspace()
        let outcome = try await workspace.run(["import"] + Self.files, environment: [name: "verbose"])
        try check(workspace, outcome, 64, name)
        #expect(outcome.errors.contains("verbose"))
    }

    @Test func `one file that cannot be written leaves the others`() async throws {
        let workspace = try Workspace()
        let outcome = try await workspace.run(
            ["import", "--summary-json", "s.json", "--report", "none/r.html", "--metrics", "m.prom"])
        #expect(outcome.status == 74)
        #expect(outcome.errors.contains("none/r.html"))
        #expect(workspace.read("s.json").contains("none/r.html"))
        #expect(workspace.read("m.prom").contains("cdr24_last_run_exit_code 74"))
    }

    @Test func `log lines are JSON objects, with one for each request`() async throws {
        let workspace = try Workspace()
        try workspace.write(Workspace.configuration(), to: "cdr24.yaml")
        try workspace.write(AsteriskCall.day(3).file, to: "Master.csv")
        let portal = try await Portal.start()
        let outcome = try await workspace.run(
            ["import", "--log-format", "json", "--log-level", "debug"], portal: portal)
        await portal.stop()
        #expect(outcome.status == 0, "\(outcome.errors)")
        let lines = outcome.errors.split(separator: "\n")
        var messages: [String] = []
        for line in lines {
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String]
            #expect(object?["time"] != nil && object?["level"] != nil)
            messages.append(object?["message"] ?? "")
        }
        #expect(messages.contains { $0.contains("telephony.externalCall.finish") && $0.contains("answered in") })
        #expect(messages.contains { $0.contains("PHONE_NUMBER=+****") })
        #expect(!outcome.errors.contains(portal.url))
    }
}

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

    @Test func `streams that lead to one place get the reason once`() async throws {
        let workspace = try Workspace()
        try workspace.write(Workspace.configuration(), to: "cdr24.yaml")
        try workspace.write(AsteriskCall.day(3).file, to: "Master.csv")
        let portal = try await Portal.start()
        let program = try Programs.path("cdr24")
        let wrong = ["BITRIX24_WEBHOOK_URL": portal.url.replacingOccurrences(of: "secret", with: "wrong")]
        // As cron starts it; a job without a file to read prints no summary.
        for (arguments, heading) in [("", "cdr24 import: failed: "), ("none.csv", "cdr24: the file none.csv")] {
            let outcome = await
                (try RunningProgram(
                    "/bin/sh", ["-c", "\(program) import \(arguments) 2>&1"], environment: wrong, in: workspace.folder))
                .outcome()
            let word = arguments.isEmpty ? "[INVALID_CREDENTIALS]" : "none.csv"
            #expect(outcome.output.contains(heading), "\(outcome.output)")
            #expect(outcome.output.components(separatedBy: word).count == 2, "\(outcome.output)")
        }
        await portal.stop()
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

    /// What a terminal got from an import, piece by piece between the moments at which the line was taken away.
    private func terminal(
        _ columns: Int, _ arguments: [String], _ workspace: Workspace, _ portal: Portal, _ environment: [String: String]
    ) async throws -> (status: Int, pieces: [String]) {
        let script = PackageFolder.path + "/Tests/EndToEndTests/Sinks/terminal.py"
        let variables = environment.merging(["BITRIX24_WEBHOOK_URL": portal.url]) { $1 }
        let outcome = await
            (try RunningProgram(
                "/usr/bin/python3", [script, "\(columns)", try Programs.path("cdr24"), "import"] + arguments,
                environment: variables, in: workspace.folder)).outcome()
        return (outcome.status, outcome.output.components(separatedBy: "\r\u{1B}[K"))
    }

    @Test func `a terminal shows a bar in the language chosen, takes it away, and gets each reason once`() async throws
    {
        // A reply that lets wait, so that the line is drawn anew while nothing changes.
        let portal = try await Portal.start(["--fault", "stall=3@8"])
        let workspace = try Workspace()
        try workspace.write(Workspace.configuration(), to: "cdr24.yaml")
        try workspace.write(AsteriskCall.day(300).file, to: "Master.csv")
        let (status, pieces) = try await terminal(
            120, ["--max-calls", "200"], workspace, portal, ["LANG": "ru_RU.UTF-8"])
        #expect(status == 4, "\(pieces)")
        let lines = pieces.filter { $0.hasPrefix("[") }
        let percents = lines.compactMap { $0.prefixMatch(of: /\[#*\.*\] +(\d+) % \d+\/\d+.звон/).flatMap { Int($0.1) } }
        #expect(percents.count == lines.count && lines.count > 3, "\(lines)")
        #expect(
            percents == percents.sorted() && Set(percents).count > 2 && percents.allSatisfy { $0 <= 100 }, "\(lines)")
        #expect(lines.allSatisfy { $0.count < 120 && $0.prefix { $0 != "]" }.count == 21 }, "\(lines)")
        #expect(lines.contains { $0.contains(" в секунду") && $0.contains(", осталось ") }, "\(lines)")
        let rest = try #require(pieces.last)
        #expect(rest.hasPrefix("cdr24 import: остановлено, осталась работа: достигнуто число звонков"), "\(rest)")
        #expect(rest.components(separatedBy: "достигнуто число").count == 2 && !rest.contains("stopped"), "\(rest)")
        let (next, narrow) = try await terminal(60, [], workspace, portal, [:])
        #expect(next == 0 && narrow.contains { $0.contains("] ") && $0.contains("/100 calls, ") }, "\(narrow)")
        #expect(narrow.filter { $0.hasPrefix("[") }.allSatisfy { $0.count < 60 }, "\(narrow)")
        await portal.stop()
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

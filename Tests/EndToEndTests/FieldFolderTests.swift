// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Files after public reports give the calls that people had, with the format that `init` recognises.
@Suite(.serialized) struct FieldFolderTests {
    private typealias Case = FieldFolder.Case

    @Test(.fieldFolder) func `the folder has its cases`() { #expect(FieldFolder.cases.count >= 30) }

    @Test(.fieldFolder, arguments: FieldFolder.cases)
    func filesGiveTheCallsThatPeopleHad(_ field: FieldFolder.Case) async throws {
        let workspace = try Workspace()
        try workspace.write(FieldFolder.bytes(field.file), to: field.name)
        try workspace.write(Self.configuration(field, try await format(field, in: workspace)), to: "cdr24.yaml")
        let preview = try await workspace.run(["preview", field.name, "--json", "--limit", "100"])
        let report = try JSONSerialization.jsonObject(with: Data(preview.output.utf8)) as? [String: Any]
        let all = report?["calls"] as? [[String: Any]] ?? []
        // A call that the portal registered itself is only finished; that is as right as to skip it.
        let registered = all.filter(Self.isRegistered)
        let found = registered.map(Self.line).sorted()
        #expect(found.map(\.call) == field.calls.map { Self.line($0, of: found).call }.sorted())
        let (outcome, summary) = try await workspace.importing(["--dry-run"])
        #expect([0, 3].contains(outcome.status), "\(outcome.errors)")
        let records = try #require(summary["records"] as? [String: Any])
        func count(_ name: String) -> Int {
            records[name] as? Int ?? (records[name] as? [String: Int])?.values.reduce(0, +) ?? -1
        }
        let names = ["read", "calls", "merged", "rejected", "skipped", "duplicates", "waiting", "late"]
        #expect(
            names.map(count) == [
                field.rows, field.calls.count + all.count - registered.count, field.merged, field.rejected,
                field.skipped - (all.count - registered.count), field.duplicates, 0, 0,
            ], "\(records)")
    }

    private static func isRegistered(_ call: [String: Any]) -> Bool {
        let requests = call["requests"] as? [[String: Any]] ?? []
        return requests.contains { ($0["method"] as? String)?.lowercased().hasSuffix("register") == true }
    }

    /// The `format:` block that `init` writes, else the system that is named.
    private func format(_ field: Case, in workspace: Workspace) async throws -> String {
        let made = try await workspace.run(["init", field.name, "--output", "init.yaml"])
        let lines = workspace.read("init.yaml").split(separator: "\n")
        guard made.status == 0, let first = lines.firstIndex(where: { $0.hasPrefix("    format:") }) else {
            return "    format: \(field.format_hint)"
        }
        let rest = lines[(first + 1)...].prefix { $0.hasPrefix("     ") }
        return ([lines[first]] + rest).joined(separator: "\n")
    }

    private static func configuration(_ field: Case, _ format: String) -> String {
        let lines = field.config.lines.map { "\"\($0.key)\": \"\($0.value)\"" }.joined(separator: ", ")
        return """
            portal: { webhook_url: "http://127.0.0.1:9/rest/1/secret/" }
            ledger: cdr24.sqlite
            sources:
              - files: ["\(field.name)"]
            \(format)
                time_zone: \(field.time_zone)
                key_prefix: pbx1
                not_before: \(field.config.not_before ?? "2000-01-01")
            numbers: { region: \(field.config.region), internal: '\(field.config.internal)' }
            lines: { \(lines) }
            users: { default: \(field.config.default_user) }

            """
    }

    /// One call in a line; the start is in UTC.
    private struct Line: Comparable {
        var call: String
        var start: String
        var status: String

        static func < (a: Line, b: Line) -> Bool { a.call < b.call }
    }

    private static func line(_ call: [String: Any]) -> Line {
        let reader = ISO8601DateFormatter()
        let start = (call["start"] as? String).flatMap { reader.date(from: $0) }
        let text = start.map { reader.string(from: $0) } ?? "no start"
        let status = call["status"] as? String ?? "no status"
        let told = call["employee"] as? String ?? ""
        // "101 (looked up by the portal)", "101 (user 7)", or whoever is the default.
        let digits = told.prefix { $0 == "+" || $0.isNumber }
        return line(
            call["direction"] as? String ?? "", call["phone"] as? String ?? "", text, call["talkSeconds"] as? Int ?? -1,
            digits.isEmpty ? "-" : String(digits), status)
    }

    /// A call that is right; where any status is, with the one that was found.
    private static func line(_ call: Case.Call, of found: [Line]) -> Line {
        let status = call.status ?? found.first { $0.start == call.start_utc }?.status ?? "any"
        return line(call.direction, call.number, call.start_utc, call.talk, call.extension ?? "-", status)
    }

    private static func line(
        _ direction: String, _ number: String, _ start: String, _ talk: Int, _ employee: String, _ status: String
    ) -> Line {
        Line(call: "\(direction) \(number) \(start) \(talk) \(employee) \(status)", start: start, status: status)
    }
}

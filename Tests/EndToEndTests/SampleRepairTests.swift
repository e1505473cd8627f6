// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Rejected records of every format come back as a file that can be corrected and imported again.
@Suite(.serialized) struct SampleRepairTests {
    /// A way in which a record goes wrong.
    private enum Damage: CaseIterable { case date, number, columns }

    /// A call of a sample and the lines of its records.
    private struct SampleCall {
        let key: String
        let records: [(line: Int, fields: [[String: Any]])]

        init(_ json: [String: Any]) throws {
            key = try #require(json["key"] as? String)
            records = try #require(json["records"] as? [[String: Any]]).map {
                (try #require($0["line"] as? Int), $0["fields"] as? [[String: Any]] ?? [])
            }
        }

        /// The columns, from 0, from which a rule may take its value.
        func columns(_ rule: String, ofRecord index: Int) -> [Int] {
            let field = records[index].fields.first { $0["rule"] as? String == rule }
            return (field?["columns"] as? [[String: Any]] ?? []).compactMap { ($0["number"] as? Int).map { $0 - 1 } }
        }
    }

    @Test(arguments: SetupTests.presets)
    func `exactly the corrected calls are sent, once, and the list is empty`(_ preset: String) async throws {
        let samples = PackageFolder.path + "/samples"
        let expected = try #require(
            try JSONSerialization.jsonObject(
                with: Data(contentsOf: URL(fileURLWithPath: "\(samples)/\(preset).expected.json"))) as? [Any])
        let portal = try await Portal.start()
        let workspace = try Workspace()
        let configuration = try String(contentsOfFile: "\(samples)/\(preset).yaml", encoding: .utf8)
        let file = try String(contentsOfFile: "\(samples)/\(preset).csv", encoding: .utf8)
        try workspace.write(configuration, to: "cdr24.yaml")
        try workspace.write(file, to: "\(preset).csv")
        let damaged = try await damage(file, preset, workspace)
        try workspace.write(damaged.lines.joined(separator: "\n"), to: "\(preset).csv")

        let (first, summary) = try await workspace.importing(portal: portal)
        #expect(first.status == 3, "\(first.output)\(first.errors)")
        let records = summary["records"] as? [String: Any]
        let rejected = (records?["rejected"] as? [String: Int])?.values.reduce(0, +)
        #expect(rejected == damaged.right.count, "\(first.output)")
        #expect(try await portal.audit().rows.count == expected.count - damaged.calls)

        let failures = try await workspace.run(["failures", "--csv", "--output", "rejected"])
        #expect(failures.status == 0 && failures.output.contains("cdr24 import --source pbx1"), "\(failures)")
        var corrected = workspace.read("rejected/pbx1.csv")
        for (wrong, right) in damaged.right {
            corrected = corrected.replacingOccurrences(of: wrong + "\n", with: right + "\n")
        }
        #expect(!corrected.isEmpty && !damaged.right.keys.contains { corrected.contains($0 + "\n") }, "\(corrected)")
        try workspace.write(corrected, to: "corrected.csv")
        let (second, after) = try await workspace.importing(["--source", "pbx1", "corrected.csv"], portal: portal)
        let left = try await workspace.run(["failures"]).output
        #expect(second.status == 0, "\(second.output)\(second.errors)\(left)")
        #expect((after["calls"] as? [String: Any])?["delivered"] as? Int == damaged.calls)
        #expect(left.hasPrefix("no rejected records"))
        // The damaged file is still there, and no call is sent twice.
        let (third, _) = try await workspace.importing(portal: portal)
        #expect(third.status == 0, "\(third.output)")
        let audit = try await portal.audit()
        #expect(audit.rows.count == expected.count && audit.rowsPerKey.values.allSatisfy { $0 == 1 })
    }

    /// The lines of a file with three calls damaged, and wrong line -> right line.
    private func damage(
        _ file: String, _ preset: String, _ workspace: Workspace
    ) async throws -> (lines: [String], right: [String: String], calls: Int) {
        let json = try await workspace.run(["preview", "\(preset).csv", "--json", "--limit", "99"]).output
        let report = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        let calls = try #require(report["calls"] as? [[String: Any]]).map(SampleCall.init)
        let victims = calls.sorted { $0.records.count < $1.records.count }.prefix(3)
        try #require(victims.count == 3)
        var lines = file.replacingOccurrences(of: "\r\n", with: "\n").components(separatedBy: "\n")
        var right: [String: String] = [:]
        for (damage, call) in zip(Damage.allCases, victims) {
            for index in call.records.indices {
                let line = call.records[index].line - 1
                let wrong = try damaged(lines[line], damage, call, index)
                right[wrong] = lines[line]
                lines[line] = wrong
            }
        }
        return (lines, right, victims.count)
    }

    private func damaged(_ line: String, _ damage: Damage, _ call: SampleCall, _ index: Int) throws -> String {
        let delimiter = try #require(
            [",", "|", ";", "\t"].max { a, b in
                line.components(separatedBy: a).count < line.components(separatedBy: b).count
            })
        var fields = Self.fields(line, Character(delimiter))
        switch damage {
        case .date: for column in call.columns("start", ofRecord: index) { fields[column] = "20xx-13-45" }
        case .number:
            fields[try #require(call.columns("external", ofRecord: index).first)] = "8900000000189000000001890000"
        case .columns: fields.removeSubrange(3...)
        }
        return fields.joined(separator: delimiter)
    }

    /// The fields of a line as they stand there, with their quotes.
    private static func fields(_ line: String, _ delimiter: Character) -> [String] {
        var fields = [""]
        var isQuoted = false
        for character in line {
            if character == "\"" { isQuoted.toggle() }
            if character == delimiter, !isQuoted {
                fields.append("")
            } else {
                fields[fields.count - 1].append(character)
            }
        }
        return fields
    }
}

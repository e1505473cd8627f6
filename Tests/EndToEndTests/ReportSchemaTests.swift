// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// What programs read is what docs/schemas promises.
@Suite(.serialized) struct ReportSchemaTests {
    @Test func `every command has JSON`() async throws {
        let help = try await Workspace().run(["--help"]).output
        let commands = help.matches(of: /(?m)^  ([a-z]+) (\(default\))? +/).map { String($0.1) }
        #expect(Set(commands).isSuperset(of: ["import", "status", "failures", "find", "prune", "formats"]))
        for command in commands where command != "help" {
            let arguments = command == "formats" ? [command, "list", "--help"] : [command, "--help"]
            let text = try await Workspace().run(arguments).output
            #expect(text.contains("--json"), "\(command)")
        }
    }

    @Test func `the JSON of every command is valid`() async throws {
        let portal = try await Portal.start()
        let workspace = try Workspace()
        var calls = AsteriskCall.day(6)
        calls[1].employee = 199
        var lines = calls.map(\.record)
        lines[3] = lines[3].replacingOccurrences(of: "8900", with: "89x0")
        try workspace.write(lines.joined(), to: "Master.csv")
        try workspace.write(Workspace.configuration(), to: "cdr24.yaml")
        let held = calls[1].key
        let host = String(portal.base.dropFirst("http://".count))
        let commands: [(schema: String, arguments: [String])] = [
            ("init", ["init", "Master.csv", "--json"]), ("preview", ["preview", "Master.csv", "--json"]),
            ("check", ["check", "--json"]), ("formats", ["formats", "--json"]),
            ("format", ["formats", "show", "asterisk", "--json"]), ("summary", ["import", "--dry-run", "--json"]),
            ("summary", ["import", "--json", "--until", "2999-01-01T06:00"]), ("status", ["status", "--json"]),
            ("audit", ["audit", "--json"]), ("reconciliation", ["reconcile", "--json"]),
            ("failures", ["failures", "--json"]),
            ("find", ["find", calls[3].phone, "--json"]),
            ("find", ["find", calls[0].phone, "--json", "--day", "2026-11-20"]),
            ("resolve", ["resolve", held, "--json"]),
            ("call", ["show", held, "--json"]), ("call", ["show", calls[0].key, "--json"]),
            ("report", ["report", "--json"]), ("report", ["report", "--since", "2999-01-01", "--json"]),
            ("retry", ["retry", "--json"]), ("dismissal", ["failures", "--dismiss", "--source", "pbx1", "--json"]),
            ("dismissal", ["failures", "--undo", "nobody:1", "--json"]),
            ("failures", ["failures", "--dismissed", "--json"]),
            ("prune", ["prune", "--before", "2020-01-01", "--dry-run", "--json"]),
            ("prune", ["prune", "--before", "2999-01-01", "--vacuum", "--json"]),
            ("rebind", ["rebind", "--host", host, "--json"]), ("status", ["status", "--json"]),
        ]
        for (name, arguments) in commands {
            let outcome = try await workspace.run(arguments, portal: portal)
            let schema = try JSONSchema(path: "\(PackageFolder.path)/docs/schemas/\(name).json")
            let problems = schema.problems(in: outcome.output)
            #expect(problems.isEmpty, "\(arguments): \(problems)\n\(outcome.output)\(outcome.errors)")
        }
    }

    @Test func `a schema finds what breaks it`() throws {
        let schema = try JSONSchema(path: "\(PackageFolder.path)/docs/schemas/retry.json")
        let right = #"{"schema":"cdr24.retry/1","changed":1,"refusals":[],"rejects":0,"accepted":0}"#
        #expect(schema.problems(in: right) == [])
        for (old, new) in [
            ("retry/1", "retry/2"), (#""changed":1,"#, ""), (#""changed":1"#, #""changed":"1""#),
            (#""changed":1"#, #""changed":true"#), ("[]", #"[{"key":"a"}]"#), ("{", #"{"more":1,"#), ("}", ""),
        ] {
            #expect(!schema.problems(in: right.replacingOccurrences(of: old, with: new)).isEmpty, "\(new)")
        }
    }
}

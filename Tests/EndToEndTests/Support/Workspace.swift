// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// A folder of its own with a configuration, a ledger and CDR files, and the importer run in it.
final class Workspace: Sendable {
    private let files: TemporaryFolder

    init() throws { files = try TemporaryFolder() }

    var folder: String { files.path }

    func path(_ name: String) -> String { files.file(name) }

    func write(_ text: String, to name: String) throws { try files.write(text, to: name) }

    func write(_ bytes: [UInt8], to name: String) throws { try files.write(bytes, to: name) }

    func read(_ name: String) -> String { files.text(name) }

    /// Starts `cdr24` in the folder.
    func start(_ arguments: [String], portal: Portal? = nil, environment: [String: String] = [:]) throws
        -> RunningProgram
    {
        var variables = environment
        if let portal, variables["BITRIX24_WEBHOOK_URL"] == nil { variables["BITRIX24_WEBHOOK_URL"] = portal.url }
        if let portal, variables["STATE_DIRECTORY"] == nil { variables["STATE_DIRECTORY"] = portal.stateFolder }
        return try RunningProgram("cdr24", arguments, environment: variables, in: folder)
    }

    /// Runs `cdr24` in the folder to its end.
    func run(_ arguments: [String], portal: Portal? = nil, environment: [String: String] = [:]) async throws -> Outcome
    {
        try await start(arguments, portal: portal, environment: environment).outcome()
    }

    /// Runs `cdr24 import` with the configuration `cdr24.yaml` and returns its summary too.
    func importing(
        _ arguments: [String] = [], portal: Portal? = nil, environment: [String: String] = [:]
    ) async throws -> (outcome: Outcome, summary: [String: Any]) {
        let outcome = try await run(
            ["import", "--summary-json", "summary.json"] + arguments, portal: portal, environment: environment)
        let data = FileManager.default.contents(atPath: path("summary.json")) ?? Data("{}".utf8)
        let summary = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
        return (outcome, summary)
    }

    /// A configuration for Asterisk files; `limits` and `source` are added where they belong.
    static func configuration(
        files: String = "Master.csv", notBefore: String? = "2020-01-01", limits: String = "", source: String = ""
    ) -> String {
        """
        portal:
          webhook_url: ${BITRIX24_WEBHOOK_URL}
          limits: { requests_per_second: 1000, burst: 1000, unreachable_seconds: 2\(limits) }
        ledger: cdr24.sqlite
        sources:
          - files: [\(files)]
            format: asterisk
            time_zone: UTC
            key_prefix: pbx1
            \(notBefore.map { "not_before: \($0)" } ?? "complete_after: 600")
            trunks: [trunk1]
            \(source)
        numbers: { region: RU, internal: '^\\d{3}$' }
        users:
          extensions: { "101": 1, "102": 2, "103": 3, "104": 4, "105": 5 }
          default: 1
        lines: { trunk1: "+74950000000" }
        call_lists: { campaign-7: 7 }

        """
    }
}

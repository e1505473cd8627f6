// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// From a file that nobody has looked at to a configuration that works.
@Suite(.serialized) struct SetupTests {
    static let presets = [
        "asterisk", "asterisk_custom", "avaya_ipoffice", "cucm", "freepbx", "freeswitch", "fusionpbx", "grandstream",
        "issabel", "mikopbx", "opensips", "threecx", "threecx_report", "yeastar_p", "yeastar_s",
    ]

    private func sample(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(Programs.package)/samples/\(name).csv")))
    }

    @Test(arguments: presets)
    func `init writes a configuration that works as it stands`(_ preset: String) async throws {
        let workspace = try Workspace()
        try workspace.write(try sample(preset), to: "calls.txt")
        let made = try await workspace.run(["init", "calls.txt", "--output", "cdr24.yaml"])
        #expect(made.status == 0, "\(made.errors)")
        #expect(made.output.isEmpty)
        #expect(made.errors.contains("format: \(preset))"), "\(made.errors)")
        #expect(made.errors.contains("confidence 9"), "\(made.errors)")
        let outcome = try await workspace.run(["import", "--dry-run"])
        #expect([0, 3].contains(outcome.status), "\(outcome.errors)\n\(workspace.read("cdr24.yaml"))")
        #expect(outcome.output.contains("would be sent"))
    }

    @Test func `a file that was written anew is recognised, and read as it was written`() async throws {
        let workspace = try Workspace()
        let text = String(decoding: try sample("opensips"), as: UTF8.self)
        let rows = text.split(separator: "\n").map { row in
            row.split(separator: "|", omittingEmptySubsequences: false).map { "\"\($0)\"" }.joined(separator: ";")
        }
        try workspace.write(rows.joined(separator: "\r\n") + "\r\n", to: "x")
        let made = try await workspace.run(["init", "x", "-o", "cdr24.yaml"])
        #expect(made.status == 0, "\(made.errors)")
        #expect(workspace.read("cdr24.yaml").contains("extends: opensips"))
        let outcome = try await workspace.run(["import", "--dry-run"])
        #expect([0, 3].contains(outcome.status), "\(outcome.errors)")
        #expect(!outcome.output.contains("ejected: 1"), "\(outcome.output)")
    }

    @Test func `init never writes over a file, and refuses what holds no calls`() async throws {
        let workspace = try Workspace()
        try workspace.write(try sample("asterisk"), to: "calls")
        try workspace.write("mine\n", to: "cdr24.yaml")
        let outcome = try await workspace.run(["init", "calls", "--output", "cdr24.yaml"])
        #expect(outcome.status == 74)
        #expect(workspace.read("cdr24.yaml") == "mine\n")

        try workspace.write("Agent,Login,Logout\nAnna,9:00,17:00\nBoris,9:00,17:00\n", to: "agents.csv")
        let refused = try await workspace.run(["init", "agents.csv"])
        #expect(refused.status == 74)
        #expect(refused.errors.contains("agents"))
        #expect(refused.output.isEmpty)
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Lines that the portal does not know: created with a name, refused, or left out, by the built program.
@Suite(.serialized) struct LineTests {
    private static let line = "+74950000000"

    private func workspace(_ newLines: String? = nil) throws -> Workspace {
        let workspace = try Workspace()
        try workspace.write(AsteriskCall.day(12).file, to: "Master.csv")
        let text = Workspace.configuration()
        try workspace.write(
            newLines.map { text.replacing("\nlines:", with: "\nnew_lines: \($0)\nlines:") } ?? text, to: "cdr24.yaml")
        return workspace
    }

    @Test func `an import creates a line once, with the name of the trunk and without leads, and says so`() async throws
    {
        let portal = try await Portal.start()
        let workspace = try workspace()
        let (outcome, summary) = try await workspace.importing(portal: portal)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("lines created in the portal: \(Self.line)"), "\(outcome.output)")
        #expect((summary["portal"] as? [String: Any])?["linesCreated"] as? [String] == [Self.line])
        let audit = try await portal.audit()
        #expect(audit.lines.count == 1)
        #expect(audit.lines.first?["NAME"] as? String == "trunk1")
        #expect(audit.lines.first?["CRM_AUTO_CREATE"] as? Bool == false)
        #expect(audit.rowsPerKey.count == 12 && audit.isQuiet)
        #expect(audit.rows.allSatisfy { $0["PORTAL_NUMBER"] as? String == Self.line })

        try workspace.write(AsteriskCall.day(20).file, to: "Master.csv")
        let again = try await workspace.importing(portal: portal)
        #expect(again.outcome.status == 0 && !again.outcome.output.contains("lines created"))
        #expect(try await portal.audit().counter("linesCreated") == 1)
    }

    @Test func `new_lines stop sends nothing until the line is there`() async throws {
        let portal = try await Portal.start()
        let workspace = try workspace("stop")
        let (outcome, _) = try await workspace.importing(portal: portal)
        #expect(outcome.status == 78, "\(outcome.errors)")
        #expect(outcome.errors.contains("\(Self.line) (12 calls)"), "\(outcome.errors)")
        #expect(try await portal.audit().counter("registers") == 0)

        let missing = try await workspace.run(["lines"], portal: portal)
        #expect(missing.status == 3)
        #expect(missing.output.contains("missing   \(Self.line) trunk1, 12 undelivered calls"), "\(missing.output)")
        let created = try await workspace.run(["lines", "--create", "--json"], portal: portal)
        #expect(created.status == 0, "\(created.errors)")
        let listing = try JSONSerialization.jsonObject(with: Data(created.output.utf8)) as? [String: Any]
        #expect((listing?["lines"] as? [[String: Any]])?.first?["isNew"] as? Bool == true)
        #expect(try await workspace.importing(portal: portal).outcome.status == 0)
        #expect(try await portal.audit().rowsPerKey.count == 12)
        #expect(try await portal.audit().counter("linesCreated") == 1)
    }

    @Test func `new_lines omit sends calls without the line`() async throws {
        let portal = try await Portal.start()
        let workspace = try workspace("omit")
        let (outcome, _) = try await workspace.importing(portal: portal)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("sent without them: \(Self.line) (12 calls)"), "\(outcome.output)")
        let audit = try await portal.audit()
        #expect(audit.lines.isEmpty && audit.rowsPerKey.count == 12)
        let key = try #require(audit.rowsPerKey.keys.first)
        let shown = try await workspace.run(["show", key])
        #expect(shown.output.contains(Self.line), "\(shown.output)")
        #expect(shown.output.contains("PHONE_NUMBER=") && !shown.output.contains("LINE_NUMBER"), "\(shown.output)")
    }
}

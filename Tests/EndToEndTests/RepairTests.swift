// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The morning after a mistake: each ends with every call at the portal once and exit code 0; see also
/// `RepairTranscriptTests`.
@Suite(.serialized) struct RepairTests {
    private struct Scene {
        let portal: Portal
        let workspace: Workspace

        func importing(_ arguments: [String] = []) async throws -> (outcome: Outcome, summary: [String: Any]) {
            try await workspace.importing(arguments, portal: portal)
        }
    }

    private func scene(_ file: String, _ configuration: String) async throws -> Scene {
        let scene = Scene(portal: try await Portal.start(), workspace: try Workspace())
        try scene.workspace.write(file, to: "Master.csv")
        try scene.workspace.write(configuration, to: "cdr24.yaml")
        return scene
    }

    /// Runs a command that a text suggests; the text must name it.
    private func follow(_ text: String, _ command: String, _ scene: Scene) async throws -> Outcome {
        #expect(text.contains(command), "\(text)")
        let words = command.split(separator: " ").map(String.init).dropFirst()
        return try await scene.workspace.run(Array(words), portal: scene.portal)
    }

    @Test func `held calls are exit code 3 every night until somebody has dealt with them`() async throws {
        var calls = AsteriskCall.day(4)
        calls[1].employee = 199
        let scene = try await scene(calls.file, Workspace.configuration())
        #expect(try await scene.importing().outcome.status == 3)
        let second = try await scene.importing(["--quiet"])
        #expect(second.outcome.status == 3, "\(second.outcome.output)")
        #expect(second.outcome.output.contains("completed; needs attention: 1 held call\n"))
        let attention = try #require(second.summary["attention"] as? [String: Any])
        #expect(attention["held"] as? Int == 1 && attention["rejected"] as? Int == 0)
        let dismissed = try await scene.workspace.run(["failures", "--dismiss", "--reason", "unknownExtension"])
        #expect(dismissed.status == 0 && dismissed.output.contains("0 rejected records and 1 call dismissed"))
        #expect(try await scene.importing().outcome.status == 0)
        #expect(try await scene.workspace.run(["status"]).output.contains("  dismissed: 1\n"))
        #expect(try await scene.workspace.run(["failures"]).output.contains("no rejected records"))
        let undone = try await scene.workspace.run(["failures", "--undo", calls[1].key])
        #expect(undone.status == 0, "\(undone.errors)")
        #expect(try await scene.importing().outcome.status == 3)
        #expect(try await scene.portal.audit().rows.count == 3)
    }

    @Test func `a rejected record is corrected in a file of its own`() async throws {
        let calls = AsteriskCall.day(5)
        var lines = calls.map(\.record)
        let right = lines[2]
        lines[2] = right.replacingOccurrences(of: "8900", with: "89x0")
        let scene = try await scene(lines.joined(), Workspace.configuration())
        #expect(try await scene.importing().outcome.status == 3)
        let status = try await scene.workspace.run(["status"])
        #expect(status.output.contains("rejected records (badNumber): 1"), "\(status.output)")
        let csv = try await scene.workspace.run(["failures", "--csv"])
        #expect(csv.output == lines[2] && csv.errors.contains("cdr24 import --source pbx1 FILE"), "\(csv.errors)")
        try scene.workspace.write(String(right.dropLast()), to: "corrected.csv")
        let mended = try await scene.importing(["--source", "pbx1", "corrected.csv"])
        #expect(mended.outcome.status == 0, "\(mended.outcome.output)\(mended.outcome.errors)")
        #expect((mended.summary["calls"] as? [String: Any])?["delivered"] as? Int == 1)
        #expect(try await scene.workspace.run(["failures"]).output.hasPrefix("no rejected records"))
        let shown = try await scene.workspace.run(["show", calls[2].key])
        let words = shown.output.split(whereSeparator: \.isWhitespace).joined()
        #expect(words.contains("Master.csv:3:badNumber"), "\(shown.output)\(shown.errors)")
        // The log is continued where it was, and its rejected record stays dealt with.
        let next = try await scene.importing(["--reread"])
        #expect(next.outcome.status == 0, "\(next.outcome.output)")
        #expect(try await scene.portal.audit().rowsPerKey.count == 5)
        #expect(try await scene.portal.audit().rows.count == 5)
    }

    @Test func `a rejected record is corrected by a later file of the same run`() async throws {
        let calls = AsteriskCall.day(6)
        let lines = calls.map(\.record)
        let wrong = lines.map { $0.replacingOccurrences(of: "8900", with: "89x0") }
        let scene = try await scene("", Workspace.configuration())
        try scene.workspace.write(wrong[0] + lines[1], to: "1.csv")
        try scene.workspace.write(wrong[2] + wrong[3], to: "2.csv")
        try scene.workspace.write(lines[2] + lines[0] + wrong[5], to: "3.csv")
        try scene.workspace.write(lines[4] + lines[5], to: "4.csv")
        let run = try await scene.importing(["--source", "pbx1", "1.csv", "2.csv", "3.csv", "4.csv"])
        #expect(run.outcome.status == 3, "\(run.outcome.output)\(run.outcome.errors)")
        #expect((run.summary["calls"] as? [String: Any])?["delivered"] as? Int == 5)
        // Only the fourth call has no other record.
        #expect(try await scene.workspace.run(["failures", "--csv"]).output == wrong[3])
    }

    @Test func `a decision that was wrong is taken back, and the portal has each call once`() async throws {
        let calls = AsteriskCall.day(3)
        let scene = try await scene(calls.file, Workspace.configuration())
        #expect(try await scene.importing().outcome.status == 0)
        // Somebody has emptied the portal.
        try await scene.portal.forgetsAll()
        let listed = try await scene.workspace.run(["reconcile"], portal: scene.portal)
        _ = try await follow(listed.output, "cdr24 reconcile --apply --even-if-empty", scene)
        #expect(try await scene.importing().outcome.status == 0)
        #expect(try await scene.portal.audit().rows.count == 3)
        // And once more, with a decision about each call.
        try await scene.portal.forgetsAll()
        let known = calls.map(\.key)
        for key in known {
            let sent = try await scene.workspace.run(["resolve", key, "--send-again"], portal: scene.portal)
            #expect(sent.status == 0, "\(sent.output)\(sent.errors)")
        }
        #expect(try await scene.importing().outcome.status == 0)
        #expect(try await scene.portal.audit().rows.count == 3)
        // Now that it is there, it is not sent again.
        let refused = try await scene.workspace.run(["resolve", known[0], "--send-again"], portal: scene.portal)
        #expect(refused.status == 64 && refused.errors.contains("already delivered"))
    }

    @Test func `a ledger does not follow to a portal that has none of its calls`() async throws {
        let scene = try await scene(AsteriskCall.day(2).file, Workspace.configuration())
        #expect(try await scene.importing().outcome.status == 0)
        let other = try await Portal.start()
        let refused = try await scene.workspace.run(["rebind", "--host", other.base], portal: other)
        #expect(refused.status == 78 && refused.errors.contains("probably another portal"), "\(refused.errors)")
        #expect(try await scene.importing().outcome.status == 0)
        let word = try await scene.workspace.run(["rebind", "--host", other.base, "--even-if-absent"], portal: other)
        #expect(word.status == 0, "\(word.errors)")
        // Back to the portal that has them.
        let back = try await scene.workspace.run(["rebind", "--host", scene.portal.base], portal: scene.portal)
        #expect(back.status == 0 && back.output.contains("the portal has the call"), "\(back.output)\(back.errors)")
        #expect(try await scene.importing().outcome.status == 0)
        #expect(try await scene.portal.audit().rows.count == 2)
    }
}

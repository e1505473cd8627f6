// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// The built program at a portal where a public client has registered the same calls, as an application of its own.
@Suite(.serialized) struct NeighbourTests {
    /// The interpreter of the environment that scripts/peer-venv makes.
    private static func python() throws -> String {
        let venv =
            ProcessInfo.processInfo.environment["CDR24_PEERS_VENV"]
            ?? PackageFolder.url.appendingPathComponent(".build/peers").path
        let python = venv + "/bin/python"
        try #require(
            FileManager.default.isExecutableFile(atPath: python),
            "the public clients are not installed in \(venv): run scripts/peer-venv")
        return python
    }

    /// Has the public client register calls, 20 seconds later than the phone system has them.
    private static func registerLive(_ calls: [AsteriskCall], at portal: Portal) async throws {
        let folder = try Workspace()
        let lines = calls.map { call in
            "+7\(call.phone.dropFirst()) \(call.isIncoming ? 2 : 1) \(call.start + 20) \(call.talk) 7\n"
        }
        let script = PackageFolder.path + "/Tests/PortalSimulatorTests/Peers/b24pysdk_live.py"
        let host = String(portal.base.dropFirst("http://".count))
        let client = try RunningProgram(python(), [script, host], input: lines.joined(), in: folder.folder)
        let outcome = await client.outcome()
        try #require(outcome.status == 0, "\(outcome.errors)")
    }

    /// Calls of another phone system: none of its numbers is one of the first.
    private static func otherDay(_ count: Int) -> [AsteriskCall] {
        AsteriskCall.day(count).map { call in
            var call = call
            call.phone = "8911" + call.phone.dropFirst(4)
            return call
        }
    }

    @Test func `a portal that an application has filled gets nothing, and one screen says why`() async throws {
        let portal = try await Portal.start()
        let calls = AsteriskCall.day(500)
        try await Self.registerLive(calls, at: portal)
        let workspace = try Workspace()
        try workspace.write(calls.file, to: "Master.csv")
        try workspace.write(Workspace.configuration(), to: "cdr24.yaml")
        let (stopped, summary) = try await workspace.importing(portal: portal)
        #expect(stopped.status == 78, "\(stopped.errors)")
        let rows = try await portal.audit().rows
        #expect(rows.count == 500 && rows.allSatisfy { $0["REST_APP_NAME"] as? String == "Local application" })
        let found = try #require((summary["neighbours"] as? [[String: Any]])?.first)
        #expect(found["checked"] as? Int == 200 && found["found"] as? Int == 200)
        let screen = stopped.output
        #expect(screen.split(separator: "\n").count <= 24, "\(screen)")
        for words in [
            "Another integration already registers the calls of pbx1. Nothing was sent.",
            #"written by "Local application""#, "leave the source out", "neighbours: fill", "neighbours: ignore",
        ] {
            #expect(screen.contains(words), "\(words)\n\(screen)")
        }
        #expect(screen.matches(of: /for example .*\+79•+/).count == 3)

        // Another phone system of the same office, whose calls nobody registers.
        let second = try Workspace()
        try second.write(Self.otherDay(60).file, to: "Master.csv")
        try second.write(
            Workspace.configuration().replacingOccurrences(of: "pbx1", with: "pbx2"), to: "cdr24.yaml")
        let sent = try await second.importing(portal: portal).outcome
        #expect(sent.status == 0, "\(sent.errors)\(sent.output)")
        #expect(try await portal.audit().rows.count == 560)
    }

    @Test func `the way on that leaves the source out sends nothing of it`() async throws {
        let portal = try await Portal.start()
        let calls = AsteriskCall.day(40)
        try await Self.registerLive(calls, at: portal)
        let workspace = try Workspace()
        try workspace.write(calls.file, to: "Master.csv")
        try workspace.write(Self.otherDay(20).file, to: "other.csv")
        let configuration = Workspace.configuration()
        let start = try #require(configuration.range(of: "  - files:")?.lowerBound)
        let end = try #require(configuration.range(of: "numbers:")?.lowerBound)
        let other = configuration[start..<end].replacingOccurrences(of: "pbx1", with: "pbx2")
            .replacingOccurrences(of: "Master.csv", with: "other.csv")
        let both = configuration.replacingCharacters(in: start..<start, with: other)
        let onlyOther = configuration.replacingCharacters(in: start..<end, with: other)
        try workspace.write(both, to: "cdr24.yaml")
        #expect(try await workspace.importing(portal: portal).outcome.status == 78)
        #expect(try await portal.audit().rows.count == 40)

        try workspace.write(onlyOther, to: "cdr24.yaml")
        let (leftOut, summary) = try await workspace.importing(portal: portal)
        #expect(leftOut.status == 0, "\(leftOut.errors)\(leftOut.output)")
        #expect((summary["calls"] as? [String: Any])?["leftOut"] as? Int == 40)
        #expect(leftOut.output.contains("of sources that are left out"))
        #expect(try await portal.audit().rows.count == 60)

        // The other two ways, with both sources again.
        try workspace.write(
            both.replacingOccurrences(of: "key_prefix: pbx1", with: "key_prefix: pbx1\n    neighbours: fill"),
            to: "cdr24.yaml")
        let filled = try await workspace.importing(portal: portal)
        #expect(filled.outcome.status == 0, "\(filled.outcome.errors)\(filled.outcome.output)")
        #expect((filled.summary["calls"] as? [String: Any])?["deliveredByOthers"] as? Int == 40)
        #expect(try await portal.audit().rows.count == 60)
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What the program says of the time that a delivery will take.
@Suite(.serialized) struct ForesightTests {
    private static let limits = """
        , operating_seconds: 21, operating_window_seconds: 30, request_cap_seconds: 3, target_request_seconds: 1
        """

    private func workspace(_ calls: Int) throws -> Workspace {
        let workspace = try Workspace()
        try workspace.write(AsteriskCall.day(calls).file, to: "Master.csv")
        try workspace.write(Workspace.configuration(limits: Self.limits), to: "cdr24.yaml")
        return workspace
    }

    /// The present minute and three more: two to three minutes from now, so that a slow machine has time to begin.
    private func soon() -> String {
        String(AsteriskCall.time(Int(Date().timeIntervalSince1970) + 180).prefix(16).suffix(5))
    }

    @Test func `a window that is too short is said before it is over, and not to those who want quiet`() async throws {
        let portal = try await Portal.start(["--costs", "documented", "--limiter", "A", "--time-scale", "20"])
        let workspace = try workspace(4_000)
        let check = try await workspace.run(["check", "--offline"], portal: portal)
        #expect(check.output.contains("estimate: 4,000 calls to deliver: about"), "\(check.output)")
        let dry = try await workspace.run(["import", "--dry-run"], portal: portal)
        #expect(dry.output.contains("Estimate: 4,000 calls to deliver: about"), "\(dry.output)")
        #expect(dry.output.contains("document"))

        let program = try workspace.start(
            ["import", "--until", soon(), "--summary-json", "summary.json"], portal: portal)
        _ = await portal.waits(for: "replied", ofRequest: 16)
        program.send(SIGTERM)
        let outcome = await program.outcome()
        #expect(outcome.status == 4)
        #expect(outcome.errors.contains("3,995 calls to deliver: about"), "\(outcome.errors)")
        #expect(outcome.errors.contains("at this portal's pace"))
        #expect(outcome.errors.contains("next run"))
        let json = Data(workspace.read("summary.json").utf8)
        let summary = try JSONSerialization.jsonObject(with: json) as? [String: Any]
        let estimate = try #require(summary?["estimate"] as? [String: Any])
        #expect(estimate["calls"] as? Int == 3_995 && estimate["paceKnown"] as? Bool == true)
        #expect((estimate["byDeadline"] as? Int ?? .max) < 3_995)

        // The ledger knows the pace now: the next run says it before it asks the portal for anything.
        let known = try await workspace.run(["check", "--offline"], portal: portal)
        #expect(known.output.contains("calls to deliver: about") && known.output.contains("at this portal's pace"))
        let quiet = try await workspace.run(["import", "--quiet", "--max-calls", "1"], portal: portal)
        #expect(quiet.status == 4 && !quiet.errors.contains("to deliver"), "\(quiet.errors)")
    }
}

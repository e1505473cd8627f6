// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The importer against a portal with the documented costs, both limiters and the cap on a request, a hundred times
/// faster than real ones.
@Suite(.serialized) struct PaceTests {
    private static let limits = """
        , operating_seconds: 4.2, operating_window_seconds: 6, request_cap_seconds: 0.6, target_request_seconds: 0.2
        """

    private func workspace(_ calls: [AsteriskCall], limits: String? = nil) throws -> Workspace {
        let workspace = try Workspace()
        try workspace.write(calls.file, to: "Master.csv")
        guard let limits else {
            try workspace.write(Workspace.configuration(), to: "cdr24.yaml")
            return workspace
        }
        let configuration = Workspace.configuration(limits: limits)
            .replacingOccurrences(
                of: "requests_per_second: 1000, burst: 1000", with: "requests_per_second: 200, burst: 50")
        try workspace.write(configuration, to: "cdr24.yaml")
        return workspace
    }

    @Test(arguments: ["A", "B"])
    func `no call is lost to the portal's limits`(_ limiter: String) async throws {
        let portal = try await Portal.start([
            "--costs", "documented", "--limiter", limiter, "--rate-limit", "on", "--time-scale", "100",
        ])
        let calls = AsteriskCall.day(400)
        let workspace = try workspace(calls, limits: Self.limits)
        let (outcome, summary) = try await workspace.importing(portal: portal)
        #expect(outcome.status == 0, "\(outcome.errors)\(outcome.output)")
        let audit = try await portal.audit()
        #expect(audit.rowsPerKey.count == 400)
        #expect(audit.rowsPerKey.values.allSatisfy { $0 == 1 })
        // That no request is over the cap is shown in virtual time: here a busy machine can hold one up.
        #expect((summary["portal"] as? [String: Any])?["operatingLimited"] as? Int == audit.counter("operatingLimited"))
    }

    @Test func `a run that is told to stop early leaves the rest to the next one`() async throws {
        let portal = try await Portal.start()
        let workspace = try workspace(AsteriskCall.day(100))
        let (first, summary) = try await workspace.importing(["--max-calls", "30"], portal: portal)
        #expect(first.status == 4)
        #expect(first.errors.contains("--max-calls"))
        #expect((summary["calls"] as? [String: Any])?["pending"] as? Int == 70)
        #expect(try await portal.audit().rowsPerKey.count == 30)
        #expect(try await workspace.importing(portal: portal).outcome.status == 0)
        #expect(try await portal.audit().rowsPerKey.count == 100)
    }

    @Test func `a fast portal is asked twice for every forty-nine calls`() async throws {
        let portal = try await Portal.start()
        // Each number calls once: a second call of a number rightly waits for the first one's finish.
        func alone(_ call: AsteriskCall) -> AsteriskCall {
            var call = call
            call.phone = String(format: "8900%07d", call.number)
            return call
        }
        let workspace = try workspace(AsteriskCall.day(5 + 15 + 45 + 49 * 4).map(alone))
        _ = try await workspace.importing(portal: portal)
        let first = try await portal.audit().counter("requests")
        // Preflight, a new line, look-up and reading back; the first five calls in two requests, and at most six more that are not
        // full, before two carry 49: 256 calls fill five and leave a sixth.
        #expect(first <= 4 + 2 + 6 + 2 * 5, "\(first)")
        #expect(first >= 4 + 2 + 2 * 6)
        // What was learnt is remembered: the next night begins with full batches.
        let more = AsteriskCall.day(98).map(alone).map { call in
            var call = call
            call.start += 3_600
            return call
        }
        try workspace.write(workspace.read("Master.csv") + more.file, to: "Master.csv")
        let (outcome, _) = try await workspace.importing(portal: portal)
        #expect(outcome.status == 0, "\(outcome.errors)\(outcome.output)")
        #expect(try await portal.audit().counter("requests") == first + 1 + 2 * 2)
    }
}

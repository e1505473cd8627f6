// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The importer killed with SIGKILL around the k-th request, and run again until it is done: each call once.
@Suite(.serialized) struct KillTests {
    /// Where in the life of a request the kill falls.
    enum Moment: CaseIterable {
        case beforeTheWork, betweenWorkAndReply, afterTheReply

        /// What the portal is asked to do, so that the kill finds the request there.
        func fault(ofRequest k: Int) -> [String] {
            switch self {
            case .beforeTheWork: ["--fault", "stall=0.2@\(k)"]
            case .betweenWorkAndReply: ["--fault", "stall-after=5@\(k)"]
            case .afterTheReply: []
            }
        }

        /// The portal's word for what has happened when the kill is due.
        var event: String {
            switch self {
            case .beforeTheWork: "arrived"
            case .betweenWorkAndReply: "executed"
            case .afterTheReply: "replied"
            }
        }
    }

    private static let calls = 60
    /// A request cap of half a second, so that what is settled after 66 seconds at a portal takes 0.55 here.
    private static let limits = ", request_cap_seconds: 0.5, target_request_seconds: 0.1, batch_commands: 3"

    @Test(arguments: 1...50, Moment.allCases)
    func `each call arrives once, whichever request the kill falls on`(_ k: Int, _ moment: Moment) async throws {
        // On a busy machine a shot can come when the run is over: that run must have been right, and is repeated.
        for _ in 0..<5 {
            if try await killing(request: k, moment) { return }
        }
        Issue.record("five runs were over before they could be killed around request \(k)")
    }

    /// Whether the run that was to be killed was still at work, after all calls have been delivered.
    private func killing(request k: Int, _ moment: Moment) async throws -> Bool {
        let portal = try await Portal.start(["--request-cap", "0.5"] + moment.fault(ofRequest: k))
        let workspace = try Workspace()
        let calls = AsteriskCall.day(Self.calls)
        try workspace.write(calls.file, to: "Master.csv")
        try workspace.write(Workspace.configuration(limits: Self.limits), to: "cdr24.yaml")

        let victim = try workspace.start(["import"], portal: portal)
        let wasShot = await portal.waits(for: moment.event, ofRequest: k) { victim.send(SIGKILL) }
        #expect(wasShot, "request \(k) never came")
        let died = await victim.outcome().status

        var status = died == -9 ? 4 : died
        for _ in 0..<4 where status == 4 {
            status = try await workspace.importing(portal: portal).outcome.status
        }
        #expect(status == 0)
        let audit = try await portal.audit()
        #expect(audit.rowsPerKey.count == Self.calls)
        #expect(audit.rowsPerKey.values.allSatisfy { $0 == 1 }, "\(audit.rowsPerKey.filter { $0.value > 1 })")
        #expect(audit.isQuiet)
        return died == -9
    }
}

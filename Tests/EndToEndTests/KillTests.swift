// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The importer killed with SIGKILL around the k-th request, and run again until it is done: each call once.
@Suite(.serialized) struct KillTests {
    /// Where in the life of a request the kill falls.
    enum Moment: CaseIterable {
        case beforeTheWork, betweenWorkAndReply, afterTheReply
    }

    private static let calls = 60
    /// A request cap of half a second, so that what is settled after 66 seconds at a portal takes 0.55 here.
    private static let limits = ", request_cap_seconds: 0.5, target_request_seconds: 0.1, batch_commands: 3"

    @Test(arguments: 1...50, Moment.allCases)
    func `each call arrives once, whichever request the kill falls on`(_ k: Int, _ moment: Moment) async throws {
        let fault: [String] =
            switch moment {
            case .beforeTheWork: ["--fault", "stall=0.2@\(k)"]
            case .betweenWorkAndReply: ["--fault", "stall-after=5@\(k)"]
            case .afterTheReply: []
            }
        let portal = try await Portal.start(["--request-cap", "0.5"] + fault)
        let workspace = try Workspace()
        let calls = AsteriskCall.day(Self.calls)
        try workspace.write(calls.file, to: "Master.csv")
        try workspace.write(Workspace.configuration(limits: Self.limits), to: "cdr24.yaml")

        let victim = try workspace.start(["import"], portal: portal)
        let event =
            switch moment {
            case .beforeTheWork: "arrived"
            case .betweenWorkAndReply: "executed"
            case .afterTheReply: "replied"
            }
        #expect(try await portal.waits(for: event, ofRequest: k), "request \(k) never came")
        victim.send(SIGKILL)
        #expect(await victim.outcome().status == -9)

        var status = 4
        for _ in 0..<4 where status == 4 {
            status = try await workspace.importing(portal: portal).outcome.status
        }
        #expect(status == 0)
        let audit = try await portal.audit()
        #expect(audit.rowsPerKey.count == Self.calls)
        #expect(audit.rowsPerKey.values.allSatisfy { $0 == 1 }, "\(audit.rowsPerKey.filter { $0.value > 1 })")
        #expect(audit.isQuiet)
    }
}

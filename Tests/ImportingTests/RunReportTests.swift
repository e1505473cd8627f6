// SPDX-License-Identifier: Apache-2.0

import CallLifecycle
import Clocks
import ExitCodes
import Intake
import Ledger
import Phrases
import Reporting
import TestSupport
import Testing

@testable import Delivery
@testable import Importing

/// What a run ends with, and what it says about it.
@Suite struct RunReportTests {
    private static let time = TimeSource(
        monotonic: { .zero }, wall: { 1_790_000_000 }, sleep: { _ in })

    private func report(
        _ end: DeliveryReport.End = .finished, _ change: (inout DeliveryReport) -> Void = { _ in }
    ) -> RunReport {
        var delivery = DeliveryReport()
        delivery.end = end
        change(&delivery)
        var report = RunReport(time: Self.time, isDryRun: false)
        report.began(7)
        report.delivered(delivery, deadline: nil)
        return report
    }

    @Test(
        arguments: [
            (DeliveryReport.End.finished, ExitCodes.ExitStatus.success, "completed", nil),
            (.stopped("A"), .workLeft, "stopped with work left: A", "stopped with work left: A"),
            (.rejected("B"), .portalRefuses, "failed: the portal refuses access", "delivery stopped: B"),
            (.misconfigured("C"), .configuration, "failed", "delivery stopped: C"),
            (.unwritable("D"), .inputOutput, "failed", "delivery stopped: D"),
        ] as [(DeliveryReport.End, ExitCodes.ExitStatus, String, String?)])
    func `the end of the delivery decides`(
        _ end: DeliveryReport.End, _ status: ExitCodes.ExitStatus, _ outcome: String, _ complaint: String?
    ) {
        let report = report(end)
        #expect(report.status == status && report.outcome == outcome)
        #expect(report.summary.run.exitCode == status.rawValue && report.summary.run.outcome == outcome)
        #expect(report.complaint?.hasPrefix(complaint ?? "-") ?? (complaint == nil))
    }

    @Test func `what needs a person makes a good end a 3, and a stop stays a stop`() throws {
        let ledger = try Ledger.temporary()
        _ = try ledger.source(keyPrefix: "pbx", keyRule: "rule")
        try ledger.intake { writer in
            _ = try writer.insert(.sample(.sample("pbx:h"), progress: DeliveryProgress(heldFor: .noEmployee)))
        }
        var held = report()
        held.left(try Remainder(ledger))
        #expect(held.status == .needsAttention && held.outcome == "completed; some items need attention")
        #expect(held.summary.text.hasPrefix("cdr24 import: completed; needs attention: 1 held call\n"))
        var stopped = report(.stopped("A"))
        stopped.left(try Remainder(ledger))
        #expect(stopped.status == .workLeft)
    }

    @Test func `a run that a limit of the user's has stopped is good, one that the portal has stopped is not`() throws {
        #expect(report().isGood && report(.stopped("A")).isGood)
        #expect(!report(.stopped("A")) { $0.lastRequestFailed = true }.isGood)
        #expect(!report(.rejected("B")).isGood && !report(.misconfigured("C")).isGood)
        let ledger = try Ledger.temporary()
        _ = try ledger.source(keyPrefix: "pbx", keyRule: "rule")
        try ledger.intake { writer in
            _ = try writer.insert(.sample(.sample("pbx:h"), progress: DeliveryProgress(heldFor: .noEmployee)))
        }
        var needy = report(.stopped("A"))
        needy.left(try Remainder(ledger))
        #expect(needy.status == .workLeft && !needy.isGood)
    }

    @Test func `a fault outweighs a good end, and the heaviest of several decides`() {
        var failed = report()
        failed.failed(.input("the disk is full"))
        #expect(failed.status == .inputOutput && failed.complaint == "the disk is full")
        failed.failed(.input("the disk is full"))
        failed.failed(.configuration("it is newer"))
        #expect(failed.status == .configuration && failed.complaint == "the disk is full; also: it is newer")
        var refused = report(.rejected("B"))
        refused.failed(.input("the disk is full"))
        #expect(refused.status == .inputOutput)
        #expect(refused.complaint == "the disk is full; also: delivery stopped: B")
        var stopped = report(.stopped("A"))
        stopped.failed(.input("the disk is full"))
        #expect(stopped.complaint == "the disk is full")
    }

    @Test func `what is left in the ledger is counted, or said to be unknown`() throws {
        let ledger = try Ledger.temporary()
        _ = try ledger.source(keyPrefix: "pbx", keyRule: "rule")
        try ledger.intake { writer in
            let states: [CallState] = [
                .waiting, .pending, .registered, .registering, .finishing, .unsettled, .delivered,
            ]
            for (number, state) in states.enumerated() {
                _ = try writer.insert(.sample(.sample("pbx:\(number)"), progress: .sample(state)))
            }
            _ = try writer.insert(.sample(.sample("pbx:h"), progress: DeliveryProgress(heldFor: .noEmployee)))
        }
        var report = report()
        #expect(!report.summary.calls.ledgerRead)
        report.left(try Remainder(ledger))
        let calls = report.summary.calls
        #expect(calls.ledgerRead && calls.waiting == 1 && calls.pending == 3 && calls.unsettled == 2)
        // A held call needs a person in every run, until somebody has dealt with it.
        #expect(calls.held == ["noEmployee": 1] && report.status == .needsAttention)
        #expect(report.summary.attention.held == 1)
        let need = try #require(report.summary.needs.first)
        #expect(report.summary.needs.count == 1 && need.kind == .held && need.reason == "noEmployee")
        #expect(need.remedy?.english == "set users.default, then run: cdr24 retry")
        #expect(report.summary.warnings.contains { $0.hasPrefix("held (noEmployee): 1 call; ") })
        let held = try #require(try ledger.trackedCall(key: "pbx:h"))
        try ledger.dismiss(callIDs: [held.id])
        report.left(try Remainder(ledger))
        #expect(report.status == .success && report.summary.attention.dismissed == 1)
        #expect(report.summary.calls.held.isEmpty)
    }

    @Test func `extensions without an entry are listed with their calls, the most frequent first`() {
        var report = report()
        report.found(unmappedExtensions: ["107": 1, "106": 4])
        #expect(report.summary.warnings.contains { $0.hasSuffix("106 (4 calls), 107 (1 call)") })
    }
}

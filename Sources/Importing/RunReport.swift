// SPDX-License-Identifier: Apache-2.0

import CallRecords
import Foundation
import Ledger
import Reporting

/// Collects what a run does and makes its summary and its exit code of it.
struct RunReport {
    private let time: TimeSource
    private let startedAt: Int64
    private let isDryRun: Bool
    var ledger: Ledger?
    var runID: Int64 = 0
    var delivery = DeliveryReport()
    /// How long the delivery takes, and the moment that `--until` gives.
    var forecast: Forecast?
    var until: Double?
    var fault: ImportFault?
    /// Sources that are too silent: sentences that make the run end with exit code 3.
    var alarms: [String] = []
    /// Newly held by intake: reason -> calls.
    var newlyHeld: [String: Int] = [:]
    private var records = Summary.Records()
    private var newRejects = 0
    private var files: [Summary.File] = []
    private var unmappedLines: [String: Int] = [:]
    private var clockDoubts = ClockDoubts()
    private var remarks: [String] = []
    /// Extensions that the portal has to look up: extension -> calls that are still to be sent.
    var unmappedExtensions: [String: Int] = [:]
    private var open: [CallState: [String: Int]] = [:]
    private var hasOldHeldCall = false

    init(time: TimeSource, isDryRun: Bool) {
        self.time = time
        self.isDryRun = isDryRun
        startedAt = time.wallSeconds
    }

    /// Adds what a source has brought.
    mutating func take(_ intake: SourceIntake) {
        let tally = intake.tally.records
        records.read += tally.read
        records.calls += tally.calls
        records.merged += tally.merged
        records.waiting += tally.waiting
        records.late += tally.late
        records.duplicates += tally.duplicates
        records.skipped.merge(tally.skipped, uniquingKeysWith: +)
        records.rejected.merge(tally.rejected, uniquingKeysWith: +)
        newRejects += intake.tally.newRejects
        files += intake.files
        unmappedLines.merge(intake.unmappedLines, uniquingKeysWith: +)
        clockDoubts.merge(intake.clockDoubts)
        remarks += intake.remarks
    }

    /// Looks up what is left in the ledger.
    mutating func countOpenCalls() {
        guard let ledger, let counts = try? ledger.openCounts() else { return }
        open = counts
    }

    /// Writes the end of the run into the ledger.
    mutating func finish(remindAfter: Duration) {
        countOpenCalls()
        if let oldest = try? ledger?.oldestHeld() {
            hasOldHeldCall = Duration.seconds(time.wallSeconds - oldest) > remindAfter
        }
        guard !isDryRun, runID > 0, let ledger else { return }
        let summary = summary
        try? ledger.endRun(
            runID, outcome: summary.run.outcome, exitCode: summary.run.exitCode, summary: summary.json)
    }

    /// The summary of everything until now.
    var summary: Summary {
        var summary = Summary()
        summary.run.id = runID
        summary.run.startedAt = Self.instant(startedAt)
        summary.run.endedAt = Self.instant(time.wallSeconds)
        summary.run.dryRun = isDryRun
        (summary.run.exitCode, summary.run.outcome) = ending
        summary.records = records
        summary.files = files
        summary.calls.delivered = delivery.delivered
        summary.calls.alreadyDelivered = delivery.found
        summary.calls.waiting = count(.waiting)
        summary.calls.pending = count(.pending) + count(.registering) + count(.registered)
        summary.calls.unsettled = count(.unsettled) + count(.finishing)
        summary.calls.refused = open[.refused] ?? [:]
        summary.calls.held = open[.held] ?? [:]
        summary.portal.requests = delivery.requests
        summary.portal.commands = delivery.commands
        summary.portal.rateLimited = delivery.rateLimited
        summary.portal.operatingLimited = delivery.operatingLimited
        summary.portal.retries = delivery.retries
        summary.portal.unknownReplies = delivery.unknownReplies
        summary.portal.waitSeconds = (delivery.waited.inSeconds * 1_000).rounded() / 1_000
        summary.estimate = (forecast ?? delivery.forecast).map { forecast in
            Summary.Estimate(
                calls: forecast.calls, allowed: forecast.allowed, seconds: forecast.duration.inSeconds.rounded(),
                byDeadline: forecast.byDeadline, paceKnown: forecast.isPaceKnown,
                text: forecast.text(now: nil, deadline: until))
        }
        summary.warnings = warnings
        return summary
    }

    /// What the run complains about, for standard error; `nil` when it came to its end.
    var complaint: String? {
        if let fault { return "\(fault)" }
        switch delivery.end {
        case .finished: return nil
        case .stopped(let reason):
            return "stopped with work left: \(reason); nothing is lost, run the same command again"
        case .rejected(let reason), .misconfigured(let reason): return "nothing more is sent: \(reason)"
        }
    }

    private func count(_ state: CallState) -> Int {
        open[state]?.values.reduce(0, +) ?? 0
    }

    /// The extensions that `users.extensions` does not name, the most frequent first; `nil` when there are none.
    var unmappedExtensionsRemark: String? {
        guard !unmappedExtensions.isEmpty else { return nil }
        let ranked = unmappedExtensions.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let shown = ranked.prefix(20).map { "\($0.key) (\($0.value))" }.joined(separator: ", ")
        let more = ranked.count > 20 ? " and \(ranked.count - 20) more" : ""
        return "extensions that users.extensions does not name, which the portal looks up by the inner number, with "
            + "the calls to be sent: \(shown)\(more)"
    }

    private var warnings: [String] {
        var warnings = alarms + delivery.warnings + remarks + clockDoubts.remarks
        if let unmapped = unmappedExtensionsRemark { warnings.append(unmapped) }
        for (line, count) in unmappedLines.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }).prefix(20) {
            warnings.append("\(count) records came over \(line), which has no line in lines:; sent without LINE_NUMBER")
        }
        for (reason, _) in (open[.held] ?? [:]).sorted(by: { $0.key < $1.key }) {
            if let reason = HoldReason(rawValue: reason) {
                warnings.append("calls are held (\(reason.rawValue)): \(reason.remedy)")
            }
        }
        return warnings
    }

    /// The exit code, the first that applies from the top of the documented list, and the outcome in words.
    private var ending: (code: Int, outcome: String) {
        if let fault { return (fault.exitCode, "failed") }
        switch delivery.end {
        case .misconfigured: return (78, "failed")
        case .rejected: return (69, "the portal does not accept calls from here")
        case .stopped(let reason): return (4, "stopped with work left: \(reason)")
        case .finished: break
        }
        let needsPerson =
            newRejects > 0 || !newlyHeld.isEmpty || !delivery.newlyHeld.isEmpty
            || !delivery.newlyRefused.isEmpty || !alarms.isEmpty || hasOldHeldCall
        if isDryRun {
            return (needsPerson ? 3 : 0, needsPerson ? "looked, and found something for a person" : "looked")
        }
        return needsPerson ? (3, "finished, with something for a person") : (0, "finished")
    }

    /// A moment as ISO 8601 in UTC.
    static func instant(_ seconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
    }

    /// A moment's day in UTC.
    static func day(_ seconds: Int64) -> String {
        String(instant(seconds).prefix(10))
    }
}

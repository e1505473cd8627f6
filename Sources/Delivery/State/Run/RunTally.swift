// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CallLifecycle

/// The account of a delivery: what became of calls and requests, and why nothing more is sent, once that is decided.
struct RunTally: Sendable {
    /// Everything but how the run ended.
    private(set) var report = DeliveryReport()
    /// Why no further request is sent; the first reason stays.
    private(set) var ending: DeliveryReport.End?
    /// What whoever follows the run should read with the next commit.
    private var remarks: [DeliveryRemark] = []

    /// Calls that this run has brought to an end.
    var callsOver: Int {
        callsDone + report.newlyHeld.values.reduce(0, +)
            + report.newlyRefused.values.reduce(0, +)
    }

    /// Calls that this run knows to be at the portal.
    var callsDone: Int { report.delivered + report.found + report.byOthers }

    /// Notes calls that are left alone, by their key prefixes.
    mutating func leavesOut(_ calls: [String: Int], abandoned: Set<String>) {
        report.leftOut = calls
        report.abandoned = calls.filter { abandoned.contains($0.key) }
    }

    /// Counts calls that are left to another integration for now.
    mutating func leavesToOthers(_ calls: Int) { report.leftToOthers += calls }

    /// Decides that nothing more is sent.
    mutating func end(_ reason: DeliveryReport.End) { ending = ending ?? reason }

    /// Notes a sentence for a person, once.
    mutating func warn(_ text: String) {
        if !report.warnings.contains(text) { report.warnings.append(text) }
    }

    /// Notes a line for whoever follows the run.
    mutating func remark(_ level: DeliveryRemark.Level, _ text: String) {
        remarks.append(DeliveryRemark(level: level, text: text))
    }

    /// The lines that were not told yet.
    mutating func takeRemarks() -> [DeliveryRemark] {
        defer { remarks = [] }
        return remarks
    }

    /// Notes how long the run was expected to take, the first time.
    mutating func expect(_ forecast: Forecast) { report.forecast = report.forecast ?? forecast }

    /// Counts time in which nothing was on its way.
    mutating func waited(_ duration: Duration) { report.waited += duration }

    /// Counts a request that leaves.
    mutating func sends(commands: Int) {
        report.requests += 1
        report.commands += commands
    }

    /// Counts a call if it is over.
    mutating func note(_ call: TrackedCall) {
        switch call.state {
        case .delivered:
            if call.progress.wasFoundThere { report.found += 1 } else { report.delivered += 1 }
        case .deliveredByOthers: report.byOthers += 1
        case .refused: report.newlyRefused[call.progress.reason ?? "", default: 0] += 1
        case .held: report.newlyHeld[call.progress.reason ?? "", default: 0] += 1
        case .waiting, .pending, .registering, .registered, .finishing, .unsettled: break
        }
    }

    /// Counts what became of a request: one that never left is taken back, and an answer tells about the operating time that
    /// the portal counts.
    mutating func note(_ outcome: BatchOutcome, to commands: [Command]) {
        switch outcome {
        case .neverSent:
            report.requests -= 1
            report.commands -= commands.count
        case .answered(let reply):
            note(reply.time, of: "batch")
            for command in commands {
                if case .succeeded(let answer)? = reply.outcomes[command.key] { note(answer.time, of: command.method) }
            }
        case .refused, .moved, .unknown: break
        }
    }

    private mutating func note(_ time: ServerTime?, of method: String) {
        guard let total = time?.operating else { return }
        report.operatingTotals[method] = max(total, report.operatingTotals[method] ?? 0)
    }

    /// Notes what an outcome means for the account of the run.
    ///
    /// - Parameter changed: The calls that have changed by it.
    mutating func note(_ news: Consequences, _ changed: [TrackedCall]) {
        report.cards.add(news.cards)
        report.linesCreated += news.createdLines
        if !news.neighbours.findings.isEmpty { report.neighbours = news.neighbours.findings }
        for warning in news.warnings { warn(warning) }
        for notice in news.notices { remark(.notice, notice) }
        if let reason = news.end { end(reason) }
        if let (reason, ending) = news.endIfHeld, changed.contains(where: { $0.progress.reason == reason.rawValue }) {
            end(ending)
        }
    }

    /// Counts what a request's outcome means for the run.
    ///
    /// - Parameter access: How the portal knows this program, for what a person should do.
    /// - Returns: What to tell whoever follows the run, and how the run should end if this has gone on for too long.
    mutating func note(
        _ verdict: RequestVerdict, _ access: PortalAccess
    ) -> (remark: String, givingUp: DeliveryReport.End)? {
        report.lastRequestFailed = verdict != .ok
        switch verdict {
        case .ok:
            return nil
        case .rateLimited:
            report.rateLimited += 1
            report.retries += 1
            return (
                "rate limit reached (QUERY_LIMIT_EXCEEDED); waiting",
                .stopped(
                    "the rate limit has been exhausted for too long; find out which other program sends requests to this "
                        + "portal")
            )
        case .operatingLimited:
            report.operatingLimited += 1
            report.retries += 1
            return (
                "operating limit reached (OPERATION_TIME_LIMIT); waiting",
                .stopped(
                    "the operating limit has been exhausted for too long; find out which other program uses this "
                        + "portal's REST methods")
            )
        case .unreachable(let reason):
            report.retries += 1
            return ("the portal cannot be reached: \(reason)", .stopped("the portal cannot be reached: \(reason)"))
        case .unsaved(let reason):
            report.retries += 1
            return (reason, .unwritable(reason))
        case .unknown(let reason):
            report.unknownReplies += 1
            report.retries += 1
            return ("no usable reply: \(reason)", .stopped("the portal gave no usable reply: \(reason)"))
        case .rejected(let refusal):
            end(.rejected(refusal.text(for: access)))
            return nil
        case .nonsense(let reason):
            end(.rejected(reason))
            return nil
        }
    }
}

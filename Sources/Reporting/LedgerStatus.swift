// SPDX-License-Identifier: Apache-2.0

/// The state of a ledger, for `cdr24 status`.
package struct LedgerStatus: CommandReport, Equatable, Codable {
    /// The name and version of this form of report.
    package var schema = "cdr24.status/1"
    /// The ledger's path.
    package var path = ""
    /// The host that the ledger is bound to; `nil` before the first delivery.
    package var portal: String?
    /// Calls that were delivered from this ledger.
    package var delivered = 0
    /// Calls that were already at the portal.
    package var found = 0
    /// Every state but delivered, with its calls.
    package var open: [Count] = []
    /// What needs a person and nobody has dealt with.
    package var attention = Attention()
    /// Reason -> rejected records that nobody has dealt with.
    package var rejected: [String: Int] = [:]
    /// Whether an import is in progress; `nil` where this cannot be found out.
    package var isRunning: Bool?
    /// When the oldest call that is still to be delivered began: ISO 8601, UTC; `nil` when there is none.
    package var oldestOpen: String?
    /// The last runs, newest first.
    package var runs: [Run] = []

    /// The status of an empty ledger.
    package init() {}
}

extension LedgerStatus {
    /// How many calls are in a state for a reason.
    package struct Count: Sendable, Equatable, Codable {
        /// The state's name.
        package let state: String
        /// A stable camel-case word; empty where the state has no reasons.
        package let reason: String
        /// How many calls.
        package let count: Int
        /// Where the state stands on a call's way: states are listed in ascending order.
        package let order: Int

        /// A count; see the properties.
        package init(state: String, reason: String, count: Int, order: Int) {
            self.state = state
            self.reason = reason
            self.count = count
            self.order = order
        }
    }

    /// One run.
    package struct Run: Sendable, Equatable, Codable {
        /// Its number in the ledger, from 1.
        package let id: Int64
        /// When it began: ISO 8601, UTC.
        package let startedAt: String
        /// When it ended; `nil` for a run that is in progress or was killed.
        package let endedAt: String?
        /// How it ended, in a few words; `nil` likewise.
        package let outcome: String?
        /// Its exit code; `nil` likewise.
        package let exitCode: Int?

        /// A run; see the properties.
        package init(id: Int64, startedAt: String, endedAt: String?, outcome: String?, exitCode: Int?) {
            self.id = id
            self.startedAt = startedAt
            self.endedAt = endedAt
            self.outcome = outcome
            self.exitCode = exitCode
        }
    }
}

extension LedgerStatus {
    /// The status as text; ends with a line break.
    package var text: String {
        var lines = ["ledger \(path), \(portal.map { "bound to the portal \($0)" } ?? "not bound to a portal yet")"]
        lines.append("  delivered: \(grouped(delivered))")
        if found > 0 { lines.append("  already at the portal: \(grouped(found))") }
        for count in open.sorted(by: { ($0.order, $0.reason) < ($1.order, $1.reason) }) {
            let reason = count.reason.isEmpty ? "" : " (\(count.reason))"
            lines.append("  \(stateLabel(count.state))\(reason): \(grouped(count.count))")
        }
        for (reason, count) in rejected.sorted(by: { $0.key < $1.key }) {
            lines.append("  rejected records (\(reason)): \(grouped(count))")
        }
        if attention.dismissed > 0 { lines.append("  dismissed: \(grouped(attention.dismissed))") }
        if let sentence = attention.sentence { lines.append("  \(sentence)") }
        if let oldestOpen { lines.append("  oldest undelivered call: \(LocalTime.text(oldestOpen))") }
        if let first = runs.first { lines.append("last runs (times: \(LocalTime.zoneName(at: first.startedAt)))") }
        for run in runs {
            lines.append(
                "  \(run.id): \(period(of: run))" + (run.outcome.map { ", \($0)" } ?? "")
                    + (run.exitCode.map { " (exit code \($0))" } ?? ""))
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension LedgerStatus {
    private func period(of run: Run) -> String {
        let start = LocalTime.text(run.startedAt)
        if let end = run.endedAt { return "\(start) to \(LocalTime.text(end))" }
        let mayRun = run.id == runs.first?.id
        switch isRunning {
        case true? where mayRun: return "is running since \(start)"
        case nil where mayRun: return "\(start), in progress or killed"
        default: return "\(start), killed"
        }
    }
}

/// What people read for the name of a call's state.
///
/// Names that explain themselves stay; the keys of JSON and the labels of metrics keep all of them.
func stateLabel(_ state: String) -> String {
    switch state {
    case "waiting": "waiting for further legs"
    case "unsettled": "unconfirmed"
    default: state
    }
}

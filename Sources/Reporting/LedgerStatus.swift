// SPDX-License-Identifier: Apache-2.0

/// The state of a ledger, for `cdr24 status`.
package struct LedgerStatus: Sendable, Equatable, Codable {
    /// How many calls are in a state, for a reason.
    package struct Count: Sendable, Equatable, Codable {
        package var state: String
        /// Empty where the state has no reasons.
        package var reason: String
        package var count: Int
        /// Where the state stands on a call's way.
        package var order: Int

        package init(state: String, reason: String, count: Int, order: Int) {
            self.state = state
            self.reason = reason
            self.count = count
            self.order = order
        }
    }

    /// One run.
    package struct Run: Sendable, Equatable, Codable {
        package var id: Int64
        package var startedAt: String
        package var endedAt: String?
        package var outcome: String?
        package var exitCode: Int?

        package init(id: Int64, startedAt: String, endedAt: String?, outcome: String?, exitCode: Int?) {
            self.id = id
            self.startedAt = startedAt
            self.endedAt = endedAt
            self.outcome = outcome
            self.exitCode = exitCode
        }
    }

    package var path = ""
    /// The host that the ledger is bound to; `nil` before the first delivery.
    package var portal: String?
    package var delivered = 0
    package var found = 0
    /// Every state but delivered.
    package var open: [Count] = []
    /// The start of the oldest call that is on its way.
    package var oldestOpen: String?
    /// Newest first.
    package var runs: [Run] = []

    package init() {}

    /// The status as text; ends with a line break.
    package var text: String {
        var lines = ["ledger \(path), \(portal.map { "bound to \($0)" } ?? "not bound to a portal yet")"]
        lines.append(
            "  delivered: \(grouped(delivered))" + (found > 0 ? ", found at the portal: \(grouped(found))" : ""))
        for count in open.sorted(by: { ($0.order, $0.reason) < ($1.order, $1.reason) }) {
            lines.append("  \(count.state)\(count.reason.isEmpty ? "" : " (\(count.reason))"): \(grouped(count.count))")
        }
        if let oldestOpen { lines.append("  the oldest call on its way began \(oldestOpen)") }
        if !runs.isEmpty { lines.append("last runs") }
        for run in runs {
            let end = run.endedAt.map { "to \($0)" } ?? "and did not end by itself"
            lines.append(
                "  \(run.id): \(run.startedAt) \(end)" + (run.outcome.map { ", \($0)" } ?? "")
                    + (run.exitCode.map { " (exit code \($0))" } ?? ""))
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

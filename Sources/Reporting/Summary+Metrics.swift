// SPDX-License-Identifier: Apache-2.0

package import CallReport
import Foundation

extension Summary {
    /// The summary in the text format of Prometheus, for the textfile collector of node_exporter; ends with a line break.
    ///
    /// Every series carries the host of the portal, so that the files of several portals can lie in one folder.
    ///
    /// - Parameter coverage: The last days of every source.
    package func metrics(coverage: [SourceCoverage]) -> String {
        var page = MetricsPage(portal: run.portal)
        runMetrics(&page)
        recordMetrics(&page)
        callMetrics(&page)
        portalMetrics(&page)
        page.gauges(
            "source_coverage", "The last seven days of a source, by how complete they look.",
            coverage.flatMap { source in
                Self.dayStates.map { state, name in
                    ([("source", source.source), ("state", name)], Double(source.days.count { $0.state == state }))
                }
            })
        return page.text
    }

    private static let dayStates: [(CoveredDay.State, String)] = [
        (.complete, "complete"), (.partial, "partial"), (.missing, "missing"), (.quiet, "quiet"),
        (.unknown, "not_judged"),
    ]

    private func runMetrics(_ page: inout MetricsPage) {
        page.gauge("last_run_exit_code", "Exit code of the last import.", Double(run.exitCode))
        page.gauge("last_run_timestamp_seconds", "When the last import ended.", Self.seconds(run.endedAt))
        page.gauge(
            "last_success_timestamp_seconds", "When an import last ended with exit code 0.",
            run.lastSuccessAt.flatMap(Self.seconds))
        if let start = Self.seconds(run.startedAt), let end = Self.seconds(run.endedAt) {
            page.gauge("last_run_duration_seconds", "How long the last import took.", max(0, end - start))
        }
        page.gauges(
            "source_newest_call_timestamp_seconds", "When the newest call of a source ended.", label: "source",
            sources.compactMap { source in
                source.newestRecordAt.flatMap(Self.seconds).map { (source.name, $0) }
            })
    }

    private func recordMetrics(_ page: inout MetricsPage) {
        page.gauges(
            "last_run_records", "Records read by the last import, by what became of them.", label: "fate",
            [
                ("read", Double(records.read)), ("calls", Double(records.calls)), ("merged", Double(records.merged)),
                ("waiting", Double(records.waiting)), ("late", Double(records.late)),
                ("duplicates", Double(records.duplicates)),
            ])
        page.gauges(
            "last_run_records_skipped", "Records skipped by the last import.", label: "reason",
            Self.sorted(records.skipped))
        page.gauges(
            "last_run_records_rejected", "Records rejected by the last import.", label: "reason",
            Self.sorted(records.rejected))
    }

    private func callMetrics(_ page: inout MetricsPage) {
        var states = [("delivered", Double(calls.delivered)), ("already_delivered", Double(calls.alreadyDelivered))]
        // Of a ledger that could not be read a 0 would be a lie.
        if calls.ledgerRead {
            states += [
                ("waiting", Double(calls.waiting)), ("pending", Double(calls.pending)),
                ("unsettled", Double(calls.unsettled)),
            ]
        }
        page.gauges(
            "calls",
            "Calls delivered or found at the portal by the last import, and calls left waiting, pending or unconfirmed.",
            label: "state", states)
        page.gauges(
            "calls_refused", "Calls in the ledger that the portal refused.", label: "reason", Self.sorted(calls.refused)
        )
        page.gauges(
            "calls_held", "Calls in the ledger that are held for a decision.", label: "reason", Self.sorted(calls.held))
        page.gauge(
            "oldest_pending_call_timestamp_seconds", "When the oldest call that is still to be delivered began.",
            calls.oldestPendingAt.flatMap(Self.seconds))
    }

    private func portalMetrics(_ page: inout MetricsPage) {
        page.gauges(
            "portal_requests", "Requests of the last import, by the portal's reply.", label: "answer",
            [
                ("all", Double(portal.requests)), ("rate_limited", Double(portal.rateLimited)),
                ("operating_limited", Double(portal.operatingLimited)), ("unknown", Double(portal.unknownReplies)),
            ])
        page.gauges(
            "portal_operating_seconds",
            "The highest operating time in the portal's window that it reported to the last import, by method.",
            label: "method", (portal.operatingSeconds ?? [:]).sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        page.gauge(
            "portal_wait_seconds", "Seconds for which the last import waited for the portal's limits.",
            portal.waitSeconds)
    }

    private static func sorted(_ counts: [String: Int]) -> [(String, Double)] {
        counts.sorted { $0.key < $1.key }.map { ($0.key, Double($0.value)) }
    }

    /// A moment of the summary in seconds since 1970; `nil` for an empty one.
    private static func seconds(_ moment: String) -> Double? {
        // A run that has not begun or ended has no moment.
        (try? Date(moment, strategy: .iso8601))?.timeIntervalSince1970
    }
}

/// A file in the text format of Prometheus.
private struct MetricsPage {
    let portal: String?
    private(set) var text = ""

    /// - Parameter portal: The host that every series is labelled with; `nil` where it is not known.
    init(portal: String?) { self.portal = portal }

    /// A gauge of one series; nothing where the value is not known.
    mutating func gauge(_ name: String, _ help: String, _ value: Double?) {
        guard let value else { return }
        head(name, help)
        line(name, [], value)
    }

    /// A gauge of several series that differ in one label; nothing without series.
    mutating func gauges(_ name: String, _ help: String, label: String, _ series: [(String, Double)]) {
        gauges(name, help, series.map { ([(label, $0)], $1) })
    }

    /// A gauge of several series with labels of their own; nothing without series.
    mutating func gauges(_ name: String, _ help: String, _ series: [([(String, String)], Double)]) {
        guard !series.isEmpty else { return }
        head(name, help)
        for (labels, number) in series { line(name, labels, number) }
    }

    private mutating func head(_ name: String, _ help: String) {
        text += "# HELP cdr24_\(name) \(help)\n# TYPE cdr24_\(name) gauge\n"
    }

    private mutating func line(_ name: String, _ labels: [(String, String)], _ value: Double) {
        let all = (portal.map { [("portal", $0)] } ?? []) + labels
        let list = all.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",")
        let isWhole = value.rounded() == value && value.magnitude < 1e15
        text += "cdr24_\(name)\(list.isEmpty ? "" : "{\(list)}") \(isWhole ? String(Int64(value)) : String(value))\n"
    }

    private static func escaped(_ label: String) -> String {
        label.map { character in
            switch character {
            case "\\": "\\\\"
            case "\"": "\\\""
            case "\n": "\\n"
            default: String(character)
            }
        }.joined()
    }
}

// SPDX-License-Identifier: Apache-2.0

extension Summary {
    /// The summary in Prometheus' text format, for the textfile collector of node_exporter.
    package var metrics: String {
        var text = ""
        func metric(_ name: String, _ help: String, _ samples: [(labels: String, value: Double)]) {
            guard !samples.isEmpty else { return }
            text += "# HELP cdr24_\(name) \(help)\n# TYPE cdr24_\(name) gauge\n"
            for sample in samples {
                let whole = sample.value.rounded() == sample.value && sample.value.magnitude < 1e15
                text += "cdr24_\(name)\(sample.labels) \(whole ? String(Int64(sample.value)) : String(sample.value))\n"
            }
        }
        func reasons(_ counts: [String: Int]) -> [(labels: String, value: Double)] {
            counts.sorted { $0.key < $1.key }.map { ("{reason=\"\(escaped($0.key))\"}", Double($0.value)) }
        }
        metric("last_run_exit_code", "Exit code of the last import.", [("", Double(run.exitCode))])
        metric(
            "last_run_records", "Records of the last import by what became of them.",
            [
                ("{fate=\"read\"}", Double(records.read)), ("{fate=\"calls\"}", Double(records.calls)),
                ("{fate=\"merged\"}", Double(records.merged)), ("{fate=\"waiting\"}", Double(records.waiting)),
                ("{fate=\"late\"}", Double(records.late)), ("{fate=\"duplicates\"}", Double(records.duplicates)),
            ])
        metric("last_run_records_skipped", "Records of the last import that were skipped.", reasons(records.skipped))
        metric("last_run_records_rejected", "Records of the last import that were rejected.", reasons(records.rejected))
        metric(
            "calls", "Calls: delivered by the last import, and in the ledger after it.",
            [
                ("{state=\"delivered\"}", Double(calls.delivered)),
                ("{state=\"already_delivered\"}", Double(calls.alreadyDelivered)),
                ("{state=\"waiting\"}", Double(calls.waiting)), ("{state=\"pending\"}", Double(calls.pending)),
                ("{state=\"unsettled\"}", Double(calls.unsettled)),
            ])
        metric("calls_refused", "Calls in the ledger that the portal refused.", reasons(calls.refused))
        metric("calls_held", "Calls in the ledger that wait for a person.", reasons(calls.held))
        metric(
            "portal_requests", "Requests of the last import.",
            [
                ("{answer=\"all\"}", Double(portal.requests)),
                ("{answer=\"rate_limited\"}", Double(portal.rateLimited)),
                ("{answer=\"operating_limited\"}", Double(portal.operatingLimited)),
                ("{answer=\"unknown\"}", Double(portal.unknownReplies)),
            ])
        metric("portal_wait_seconds", "Time the last import waited for the pace.", [("", portal.waitSeconds)])
        return text
    }

    private func escaped(_ label: String) -> String {
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

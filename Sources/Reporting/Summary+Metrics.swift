// SPDX-License-Identifier: Apache-2.0

extension Summary {
    /// The summary in the text format of Prometheus, for the textfile collector of node_exporter; ends with a line break.
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
            "last_run_records", "Records read by the last import, by what became of them.",
            [
                ("{fate=\"read\"}", Double(records.read)), ("{fate=\"calls\"}", Double(records.calls)),
                ("{fate=\"merged\"}", Double(records.merged)), ("{fate=\"waiting\"}", Double(records.waiting)),
                ("{fate=\"late\"}", Double(records.late)), ("{fate=\"duplicates\"}", Double(records.duplicates)),
            ])
        metric("last_run_records_skipped", "Records skipped by the last import.", reasons(records.skipped))
        metric("last_run_records_rejected", "Records rejected by the last import.", reasons(records.rejected))
        let delivered = [
            ("{state=\"delivered\"}", Double(calls.delivered)),
            ("{state=\"already_delivered\"}", Double(calls.alreadyDelivered)),
        ]
        // Of a ledger that could not be read a 0 would be a lie.
        let open =
            calls.ledgerRead
            ? [
                ("{state=\"waiting\"}", Double(calls.waiting)), ("{state=\"pending\"}", Double(calls.pending)),
                ("{state=\"unsettled\"}", Double(calls.unsettled)),
            ] : []
        metric(
            "calls",
            "Calls delivered or found at the portal by the last import, and calls left waiting, pending or unconfirmed.",
            delivered + open)
        metric("calls_refused", "Calls in the ledger that the portal refused.", reasons(calls.refused))
        metric("calls_held", "Calls in the ledger that are held for a decision.", reasons(calls.held))
        metric(
            "portal_requests", "Requests of the last import, by the portal's reply.",
            [
                ("{answer=\"all\"}", Double(portal.requests)),
                ("{answer=\"rate_limited\"}", Double(portal.rateLimited)),
                ("{answer=\"operating_limited\"}", Double(portal.operatingLimited)),
                ("{answer=\"unknown\"}", Double(portal.unknownReplies)),
            ])
        metric(
            "portal_wait_seconds", "Seconds for which the last import waited for the portal's limits.",
            [("", portal.waitSeconds)])
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

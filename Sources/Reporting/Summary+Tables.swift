// SPDX-License-Identifier: Apache-2.0

extension Summary {
    /// A labelled count, in the words that text and HTML share.
    struct Row {
        /// What is counted.
        let label: String
        /// How many.
        let count: Int
        /// Whether a person should look at it when it is not 0.
        let needsAttention: Bool

        init(_ label: String, _ count: Int, needsAttention: Bool = false) {
            self.label = label
            self.count = count
            self.needsAttention = needsAttention
        }
    }

    /// What became of the records that were read.
    var recordRows: [Row] {
        [
            Row("new calls", records.calls), Row("further legs of calls", records.merged),
            Row("waiting for further legs", records.waiting), Row("late (call already delivered)", records.late),
            Row("duplicates", records.duplicates),
        ] + rows("skipped", records.skipped) + rows("rejected", records.rejected, needAttention: true)
    }

    /// What became of calls: of those in the ledger only where it could be read.
    var callRows: [Row] {
        let sent = [
            Row("delivered", calls.delivered), Row("  without a CRM card", crm?.withoutCard ?? 0),
            Row("  with a new lead, contact or deal", crm?.created ?? 0),
            Row("already at the portal", calls.alreadyDelivered),
            Row("registered by another integration", calls.deliveredByOthers ?? 0),
        ]
        guard calls.ledgerRead else { return sent }
        return sent + [
            Row("waiting for further legs", calls.waiting),
            Row(run.dryRun ? "would be delivered" : "pending", calls.pending),
            Row("left to another integration for now", calls.leftToOthers ?? 0),
            Row("of sources that are left out", calls.leftOut ?? 0),
            Row("unconfirmed", calls.unsettled, needsAttention: true),
        ] + rows("refused", calls.refused, needAttention: true) + rows("held", calls.held, needAttention: true)
    }

    /// What was asked of the portal.
    var portalRows: [Row] {
        var rows = [
            Row("requests", portal.requests), Row("commands", portal.commands),
            Row("refused for the rate limit", portal.rateLimited),
            Row("refused for the operating limit", portal.operatingLimited), Row("repeated", portal.retries),
            Row("lost or unreadable replies", portal.unknownReplies),
        ]
        if portal.waitSeconds >= 1 { rows.append(Row("seconds waited for limits", Int(portal.waitSeconds))) }
        return rows
    }

    /// What stands in place of the counts of a ledger that could not be read; `nil` where it was.
    var ledgerRemark: String? {
        calls.ledgerRead ? nil : "undelivered calls: unknown, the ledger could not be read"
    }

    private func rows(_ label: String, _ counts: [String: Int], needAttention: Bool = false) -> [Row] {
        counts.sorted { $0.key < $1.key }.map { Row("\(label): \($0.key)", $0.value, needsAttention: needAttention) }
    }
}

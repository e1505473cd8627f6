// SPDX-License-Identifier: Apache-2.0

/// What came of `cdr24 prune`.
package struct PruneReport: CommandReport, Equatable {
    /// The name and version of this form of report.
    package let schema = "cdr24.prune/1"
    /// The day before which calls began, `yyyy-mm-dd` in UTC.
    package let before: String
    /// Whether nothing was changed.
    package let isDryRun: Bool
    /// Delivered calls that lost their personal data, or would.
    package var calls = 0
    /// Rejected records that were dealt with and lost their bytes, or would.
    package var rejects = 0
    /// The size of the ledger before; `nil` in a dry run.
    package var bytesBefore: Int?
    /// The size of the ledger now; `nil` in a dry run.
    package var bytesAfter: Int?

    /// A report of nothing.
    package init(before: String, isDryRun: Bool) {
        self.before = before
        self.isDryRun = isDryRun
    }

    /// What was removed, and from where; ends with a line break.
    package var text: String {
        let verb = isDryRun ? "would be removed" : "removed"
        var text =
            "personal data \(verb): of \(counted(calls, "delivered call")) before \(before) and of "
            + "\(counted(rejects, "rejected record")) that \(rejects == 1 ? "was" : "were") dealt with\n"
        if let bytesBefore, let bytesAfter {
            text += "ledger: \(counted(bytesBefore, "byte")) before, \(counted(bytesAfter, "byte")) now\n"
        }
        return text
    }
}

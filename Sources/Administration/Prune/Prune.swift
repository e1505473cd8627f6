// SPDX-License-Identifier: Apache-2.0

import Clocks
package import ExitCodes
package import Importing
import Ledger
package import Reporting

/// `cdr24 prune`: removes personal data of old delivered calls from a ledger.
package struct Prune: Sendable {
    private let ledger: LedgerAccess
    private let moment: Int64

    /// Prepares to prune a ledger.
    ///
    /// - Parameter moment: Only calls that began before this are pruned, in seconds since 1970.
    package init(_ ledger: LedgerAccess, before moment: Int64) {
        self.ledger = ledger
        self.moment = moment
    }

    /// Counts what would be removed.
    ///
    /// - Throws: ``ImportFault``; `input` when there is no ledger or it cannot be read.
    package func rehearse() throws(ImportFault) -> PruneReport {
        try ledger.reading { ledger throws(LedgerFault) in
            var report = PruneReport(before: UTCText.day(moment), isDryRun: true)
            report.take(try ledger.prunable(before: moment))
            return report
        }
    }

    /// Removes it.
    ///
    /// - Parameter vacuums: Whether the file is written anew, so that it becomes smaller.
    /// - Throws: ``ImportFault``; `input` when there is no ledger or it cannot be written, `busy` when a run is in progress.
    package func run(vacuums: Bool) throws(ImportFault) -> PruneReport {
        try ledger.writing { ledger throws(LedgerFault) in
            var report = PruneReport(before: UTCText.day(moment), isDryRun: false)
            report.bytesBefore = try ledger.byteCount()
            report.take(try ledger.prune(before: moment))
            if vacuums { try ledger.vacuum() }
            report.bytesAfter = try ledger.byteCount()
            return report
        }
    }
}

extension PruneReport {
    fileprivate mutating func take(_ content: PrunedContent) {
        calls = content.calls
        rejects = content.rejects
    }
}

// SPDX-License-Identifier: Apache-2.0

import CallLifecycle
import Clocks
package import ExitCodes
package import Importing
import Ledger
package import Reporting

/// `cdr24 status`: the ledger at a glance.
package struct StatusReader: Sendable {
    private let ledger: LedgerAccess

    /// How many runs are shown.
    private static let runs = 5

    /// Prepares to read a ledger.
    package init(_ ledger: LedgerAccess) {
        self.ledger = ledger
    }

    /// The state of the ledger.
    ///
    /// - Throws: ``ImportFault``; `input` when there is no ledger or it cannot be read.
    package func status() throws(ImportFault) -> LedgerStatus {
        try ledger.reading { ledger throws(LedgerFault) in
            var status = LedgerStatus()
            status.path = ledger.path
            status.portal = try LedgerBinding(ledger).host
            (status.delivered, status.found) = try ledger.deliveredCounts()
            for (state, reasons) in try ledger.openCounts() {
                for (reason, count) in reasons {
                    status.open.append(
                        LedgerStatus.Count(state: "\(state)", reason: reason, count: count, order: state.rawValue))
                }
            }
            let attention = try ledger.attention()
            status.attention = Attention(attention)
            status.rejected = attention.rejects
            status.isRunning = FileLock.isHeld(path: LedgerAccess.lockPath(of: ledger.path))
            status.oldestOpen = try ledger.oldestOpen().map(UTCText.instant)
            status.runs = try ledger.lastRuns(Self.runs).map(LedgerStatus.Run.init)
            return status
        }
    }
}

extension LedgerStatus.Run {
    fileprivate init(_ run: LedgerRun) {
        self.init(
            id: run.id, startedAt: UTCText.instant(run.startedAt), endedAt: run.endedAt.map(UTCText.instant),
            outcome: run.outcome, exitCode: run.exitCode)
    }
}

// SPDX-License-Identifier: Apache-2.0

import CallLifecycle
package import ExitCodes
package import Importing
import Ledger
package import Reporting

/// `cdr24 failures --dismiss`: a person gives up rejected records, refused and held calls, or takes that back.
package struct Dismissal: Sendable {
    /// What is dismissed: everything that fits all that is named.
    package struct Choice: Sendable {
        /// Keys of calls, and names of rejected records such as `r17`; none: all.
        package var keys: [String] = []
        /// The only reason; `nil`: all.
        package var reason: String?
        /// The key prefix of the only source; `nil`: all.
        package var source: String?

        /// A choice of everything.
        package init() {}
    }

    private let ledger: LedgerAccess
    private let choice: Choice

    /// Prepares to change a ledger.
    package init(_ ledger: LedgerAccess, _ choice: Choice) {
        self.ledger = ledger
        self.choice = choice
    }

    /// Dismisses what was chosen.
    ///
    /// - Parameter isUndone: Whether what was dismissed needs a person again.
    /// - Throws: ``ImportFault``; `input` when there is no ledger or it cannot be used, `busy` when a run is in progress,
    ///   `usage` for an unknown source.
    package func run(isUndone: Bool) throws(ImportFault) -> DismissalReport {
        try ledger.writing { ledger throws(LedgerFault) -> Result<DismissalReport, ImportFault> in
            let sources = try ledger.sources()
            guard let chosen = FailureListing.chosen(choice.source, of: sources) else {
                return .failure(.unknownSource(choice.source ?? "", among: sources))
            }
            let rejects = try ledger.rejects(isDismissed: isUndone, limit: .max).filter { reject in
                fits("r\(reject.id)", reject.reason) && chosen.contains { $0.id == reject.sourceID }
            }
            var calls: [TrackedCall] = []
            for state in [CallState.refused, .held] {
                calls += try ledger.unfinishedCalls(in: state, isDismissed: isUndone, limit: .max).filter { call in
                    fits(call.key, call.progress.reason ?? "")
                        && (choice.source == nil || chosen.contains { call.key.hasPrefix($0.keyPrefix + ":") })
                }
            }
            try ledger.dismiss(rejectIDs: rejects.map(\.id), isWanted: isUndone)
            try ledger.dismiss(callIDs: calls.map(\.id), isWanted: isUndone)
            var report = DismissalReport(isUndone: isUndone)
            report.rejects = rejects.count
            report.calls = calls.count
            let met = Set(rejects.map { "r\($0.id)" } + calls.map(\.key))
            report.unknown = choice.keys.filter { !met.contains($0) }
            report.attention = Attention(try ledger.attention())
            return .success(report)
        }.get()
    }

    private func fits(_ key: String, _ reason: String) -> Bool {
        (choice.keys.isEmpty || choice.keys.contains(key)) && (choice.reason.map { $0 == reason } ?? true)
    }
}

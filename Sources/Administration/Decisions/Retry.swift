// SPDX-License-Identifier: Apache-2.0

import CallLifecycle
package import ExitCodes
package import Importing
import Ledger
package import Reporting

/// `cdr24 retry`: held and refused calls return to the state from which they can safely go on.
package struct Retry: Sendable {
    private let ledger: LedgerAccess

    /// Prepares to change a ledger.
    package init(_ ledger: LedgerAccess) {
        self.ledger = ledger
    }

    /// Returns calls to the state that is safe.
    ///
    /// - Parameter keys: The calls; none means all refused and held calls.
    /// - Throws: ``ImportFault``; `input` when there is no ledger or it cannot be used, `busy` when a run is in progress.
    package func run(keys: [String]) throws(ImportFault) -> RetryReport {
        try ledger.writing { ledger throws(LedgerFault) in
            var report = RetryReport()
            var changed: [TrackedCall] = []
            for (key, call) in try Self.calls(keys, ledger) {
                guard var call else {
                    report.refusals.append(
                        RetryReport.Refusal(key: key, reason: "the ledger has no call with this key"))
                    continue
                }
                switch call.decide(.retry) {
                case .changed: changed.append(call)
                case .refused(let reason): report.refusals.append(RetryReport.Refusal(key: key, reason: reason))
                }
            }
            try ledger.save(progressOf: changed)
            report.changed = changed.count
            return report
        }
    }

    /// The calls of some keys, or all that a person may decide about.
    private static func calls(
        _ keys: [String], _ ledger: Ledger
    ) throws(LedgerFault) -> [(key: String, call: TrackedCall?)] {
        guard keys.isEmpty else {
            var calls: [(key: String, call: TrackedCall?)] = []
            for key in keys { calls.append((key, try ledger.trackedCall(key: key))) }
            return calls
        }
        let all = try ledger.trackedCalls(in: .refused, limit: .max) + ledger.trackedCalls(in: .held, limit: .max)
        return all.map { ($0.key, $0) }
    }
}

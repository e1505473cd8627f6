// SPDX-License-Identifier: Apache-2.0

package import CDRConfiguration
import CallLifecycle
package import Clocks
package import ExitCodes
package import Importing
import Ledger
package import Reporting

/// `cdr24 retry`: held and refused calls return to the state from which they can safely go on, and rejected records are
/// read anew by the present rules.
package struct Retry: Sendable {
    private let configuration: ImportConfiguration
    private let ledger: LedgerAccess
    private let time: TimeSource

    /// Prepares to change the ledger of a configuration.
    package init(_ configuration: ImportConfiguration, time: TimeSource = .system) {
        self.init(configuration, LedgerAccess(path: configuration.ledger), time: time)
    }

    /// Prepares to change a ledger.
    package init(_ configuration: ImportConfiguration, _ ledger: LedgerAccess, time: TimeSource = .system) {
        self.configuration = configuration
        self.ledger = ledger
        self.time = time
    }

    /// Returns calls to the state that is safe, and reads rejected records anew if no calls are named.
    ///
    /// - Parameter keys: The calls; none means all refused and held calls that nobody has dismissed.
    /// - Throws: ``ImportFault``; `input` when there is no ledger or it cannot be used, `busy` when a run is in progress,
    ///   `configuration` when the rules of a source cannot be used.
    package func run(keys: [String]) async throws(ImportFault) -> RetryReport {
        var report = try ledger.writing { ledger throws(LedgerFault) in try Self.returnCalls(keys, ledger) }
        if keys.isEmpty {
            let retaken = try await RejectRetaking(configuration, ledger, time: time).run()
            report.rejects = retaken.read
            report.accepted = retaken.accepted
        }
        return report
    }

    private static func returnCalls(_ keys: [String], _ ledger: Ledger) throws(LedgerFault) -> RetryReport {
        var report = RetryReport()
        var changed: [TrackedCall] = []
        for (key, call) in try calls(keys, ledger) {
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
        // Whoever retries a call wants it, whatever was said before.
        try ledger.dismiss(callIDs: changed.map(\.id), isWanted: true)
        report.changed = changed.count
        return report
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
        let all =
            try ledger.unfinishedCalls(in: .refused, limit: .max) + ledger.unfinishedCalls(in: .held, limit: .max)
        return all.map { ($0.key, $0) }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Bitrix24
package import CallLifecycle
import CallRecords
package import Clocks
package import ExitCodes
package import Importing
import Ledger
package import Reporting

/// `cdr24 resolve`: a person decides about one call what cannot be known, and sees first what is known.
package struct Resolve: Sendable {
    private let ledger: LedgerAccess
    private let key: String
    private let time: TimeSource

    /// How long pauses between repeated questions to the portal may take together.
    private static let patience = Duration.seconds(7)

    /// Prepares to decide about a call.
    ///
    /// - Parameter key: Its key, as `cdr24 failures` shows it.
    package init(_ ledger: LedgerAccess, key: String, time: TimeSource = .system) {
        self.ledger = ledger
        self.key = key
        self.time = time
    }

    /// The call as the ledger knows it.
    ///
    /// - Throws: ``ImportFault``; `usage` when the ledger has no such call.
    package func call() throws(ImportFault) -> FailureList.Call { FailureList.Call(try tracked()) }

    /// What the portal's statistics have of the call: a line of text for each row, without a line break.
    ///
    /// - Throws: ``ImportFault``; `rejected` when the portal gives no usable reply, `configuration` when the ledger belongs to
    ///   another portal, whose answer would mislead.
    package func portalRows(_ connection: PortalConnection) async throws(ImportFault) -> [String] {
        let binding = try ledger.reading { ledger throws(LedgerFault) in try LedgerBinding(ledger) }
        try binding.check(against: connection)
        let call = try tracked()
        let probe = PortalProbe(connection, time: time, patience: Self.patience)
        do throws(PortalProbe.Failure) {
            let offset = Int(call.call.start.offsetSeconds)
            return try await probe.rows(key: call.key, callID: call.progress.portalCallID)
                .map { Self.line($0, offset: offset) }
        } catch {
            throw .rejected("\(error)")
        }
    }

    /// The cards of the portal's CRM that have the call's number, where a lost register may have created one.
    ///
    /// - Returns: `nil` for a call of which that is no question; otherwise each card as its kind and ID.
    /// - Throws: ``ImportFault``; `rejected` when the portal gives no usable reply.
    package func portalCards(_ connection: PortalConnection) async throws(ImportFault) -> [String]? {
        let call = try tracked()
        guard call.progress.mayHaveCreated else { return nil }
        let probe = PortalProbe(connection, time: time, patience: Self.patience)
        do throws(PortalProbe.Failure) {
            return try await probe.cards(phone: call.phoneNumber)
        } catch {
            throw .rejected("\(error)")
        }
    }

    /// - Parameter offset: By how many seconds the clock of the call's source is ahead of UTC.
    private static func line(_ row: StatisticRow, offset: Int) -> String {
        """
        row \(row.id): \(row.phoneNumber ?? "?"), user \(row.userID.map(String.init) ?? "?"), start \
        \(row.startEpoch.map { UTCText.local($0, offset: offset) } ?? "?"), \(row.durationSeconds ?? 0) s, \
        code \(row.failedCode ?? "?")
        """
    }

    /// Applies a decision.
    ///
    /// - Returns: The call as it is now.
    /// - Throws: ``ImportFault``; `usage` when the ledger has no such call or the decision is not possible for it, `busy`
    ///   when a run is in progress.
    package func decide(_ decision: CallDecision) throws(ImportFault) -> FailureList.Call {
        let key = key
        let (call, refusal) = try ledger.writing { ledger throws(LedgerFault) -> (TrackedCall?, String?) in
            guard var call = try ledger.trackedCall(key: key) else { return (nil, nil) }
            if case .refused(let reason) = call.decide(decision) { return (call, reason) }
            try ledger.save(progressOf: [call])
            // Whoever decides about a call wants it, whatever was said before.
            try ledger.dismiss(callIDs: [call.id], isWanted: true)
            return (call, nil)
        }
        guard let call else { throw unknownKey }
        if let refusal { throw .usage("\(key) is unchanged: \(refusal)") }
        return FailureList.Call(call)
    }

    private func tracked() throws(ImportFault) -> TrackedCall {
        let key = key
        let call = try ledger.reading { ledger throws(LedgerFault) in try ledger.trackedCall(key: key) }
        guard let call else { throw unknownKey }
        return call
    }

    private var unknownKey: ImportFault {
        .usage("the ledger has no call with the key \(key); run cdr24 failures to list the keys")
    }
}

// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CallLifecycle
import CallRecords
package import Clocks
import Delivery
package import ExitCodes
package import Importing
import Ledger
package import Reporting

/// `cdr24 reconcile`: compares the ledger with the portal's statistics, and corrects the ledger if it is told to; nothing is
/// ever sent.
package struct Reconcile: Sendable {
    private let ledger: LedgerAccess
    private let keyPrefixes: [String]
    private let since: Int64?
    private let marks: Bool
    private let trustsEmptiness: Bool
    private let spelling: NumberSpelling
    private let rereadAfter: Duration
    private let time: TimeSource

    /// How long pauses between repeated questions to the portal may take together.
    private static let patience = Duration.seconds(62)

    /// Prepares a comparison.
    ///
    /// - Parameters:
    ///   - keyPrefixes: Rows whose EXTERNAL_CALL_ID begins with one of them are ours; at least one.
    ///   - since: Only calls that began at or after this moment, in seconds since 1970; `nil`: all.
    ///   - marks: Whether a call whose row is there is marked as delivered, and one whose row is gone is put back to be sent.
    ///   - trustsEmptiness: Whether calls are put back even though the portal shows none of ours: somebody has emptied it.
    ///   - rereadAfter: How long after the first read the portal is asked once more for calls that it did not show; see
    ///     `PortalSettings.rereadAfter`.
    ///   - region: The region whose national numbers others may have registered; `nil`: only E.164 is recognised.
    package init(
        _ ledger: LedgerAccess, keyPrefixes: [String], since: Int64?, marks: Bool, trustsEmptiness: Bool = false,
        rereadAfter: Duration = .seconds(5), region: String? = nil, time: TimeSource = .system
    ) {
        self.ledger = ledger
        self.keyPrefixes = keyPrefixes
        self.since = since
        self.marks = marks
        self.trustsEmptiness = trustsEmptiness
        self.rereadAfter = rereadAfter
        spelling = NumberSpelling(region: region)
        self.time = time
    }

    /// Compares.
    ///
    /// - Throws: ``ImportFault``; `rejected` when the portal gives no usable reply, `configuration` when the ledger belongs
    ///   to another portal or this one does not store the IDs that rows would be recognised by, `busy` when a run is in
    ///   progress and the ledger was to be corrected.
    package func run(_ connection: PortalConnection) async throws(ImportFault) -> Reconciliation {
        guard !keyPrefixes.isEmpty else {
            throw .configuration("no source is configured, so the calls at the portal cannot be recognised")
        }
        try check(connection)
        // Before the portal is asked: what an import delivers meanwhile must not seem to be gone.
        let delivered = try ledger.reading { ledger throws(LedgerFault) in
            try ledger.deliveredKeys(since: since ?? .min)
        }
        let rows = try await portalRows(connection)
        let gone = try ledger.reading { ledger throws(LedgerFault) in
            var calls: [TrackedCall] = []
            for key in delivered where rows[key.lowercased()] == nil {
                if let call = try ledger.trackedCall(key: key) { calls.append(call) }
            }
            return calls
        }
        // Statistics may show a row a little later than it was written: an absence is believed when it is seen twice.
        if marks, !gone.isEmpty { try await pause(rereadAfter) }
        let search = try await MissingCalls.search(
            gone, PortalProbe(connection, time: time, patience: Self.patience), keyPrefixes, spelling)
        let compare: (Ledger) throws(LedgerFault) -> Result<Reconciliation, ImportFault> = {
            ledger throws(LedgerFault) in try self.compare(rows, search, ledger)
        }
        return try (marks ? ledger.writing(compare) : ledger.reading(compare)).get()
    }

    private func pause(_ duration: Duration) async throws(ImportFault) {
        do {
            try await time.sleep(time.monotonic() + duration)
        } catch {
            throw .rejected("interrupted; nothing was changed")
        }
    }

    private func check(_ connection: PortalConnection) throws(ImportFault) {
        let (binding, keepsKeys) = try ledger.reading { ledger throws(LedgerFault) in
            (try LedgerBinding(ledger), try ledger.fact(.keepsExternalCallIDs))
        }
        try binding.check(against: connection)
        if keepsKeys == "no" {
            throw .configuration(
                "the portal does not store EXTERNAL_CALL_ID, so its rows cannot be assigned to calls of the ledger")
        }
    }

    /// The IDs of our rows by their keys, in lower case.
    private func portalRows(_ connection: PortalConnection) async throws(ImportFault) -> [String: [Int64]] {
        let probe = PortalProbe(connection, time: time, patience: Self.patience)
        var rows: [String: [Int64]] = [:]
        do throws(PortalProbe.Failure) {
            for prefix in keyPrefixes {
                try await probe.forEachRow(keyPrefix: prefix, since: since) { row in
                    rows[row.externalCallID?.lowercased() ?? "", default: []].append(row.id)
                }
            }
        } catch {
            throw .rejected("\(error)")
        }
        return rows
    }

    private func compare(
        _ rows: [String: [Int64]], _ search: MissingCalls, _ ledger: Ledger
    ) throws(LedgerFault) -> Result<Reconciliation, ImportFault> {
        var result = Reconciliation()
        result.since = since.map(UTCText.day)
        var changed: [TrackedCall] = []
        for (key, ids) in rows.sorted(by: { $0.key < $1.key }) {
            result.rows += ids.count
            result.newestRow = max(result.newestRow, ids.max() ?? 0)
            guard let call = try ledger.trackedCall(key: key) else {
                if ids.count > 1 { result.duplicates.append(Reconciliation.Duplicate(key: key, rows: ids.count)) }
                result.unknown.append(key)
                continue
            }
            do throws(ImpossibleTransition) {
                changed += [try take(call, ids, &result)].compactMap(\.self)
            } catch {
                return .failure(.input("the call \(key) of the ledger \(ledger.path): \(error)"))
            }
        }
        result.seesAllCalls = search.seesAllCalls
        for call in search.calls {
            guard let call = try ledger.trackedCall(key: call.key) else { continue }
            changed += [take(missing: call, search, &result)].compactMap(\.self)
        }
        try ledger.save(progressOf: changed)
        return .success(result)
    }

    /// Notes a call that has rows.
    ///
    /// - Returns: The call as it is from now on; `nil` when it stays as it is.
    private func take(
        _ call: TrackedCall, _ ids: [Int64], _ result: inout Reconciliation
    ) throws(ImpossibleTransition) -> TrackedCall? {
        // Where another integration has the call too, ours is one row more.
        let count = ids.count + (call.state == .deliveredByOthers ? 1 : 0)
        if count > 1 { result.duplicates.append(Reconciliation.Duplicate(key: call.key, rows: count)) }
        switch call.state {
        case .deliveredByOthers: return nil
        case .delivered:
            if count == 1 { result.agreed += 1 }
            return nil
        default: break
        }
        let marked =
            marks ? try ids.first.flatMap { id throws(ImpossibleTransition) in try Self.delivered(call, id) } : nil
        result.undelivered.append(
            Reconciliation.Undelivered(key: call.key, state: "\(call.state)", isMarked: marked != nil))
        return marked
    }

    /// Notes a delivered call that has no row with its key.
    ///
    /// - Returns: The call as it is from now on, if it is sent again.
    private func take(
        missing call: TrackedCall, _ search: MissingCalls, _ result: inout Reconciliation
    ) -> TrackedCall? {
        guard call.state == .delivered else { return nil }
        if let row = search.elsewhere[call.id] {
            result.elsewhere.append(
                Reconciliation.Elsewhere(key: call.key, statisticsID: row.id, application: row.applicationName))
            return nil
        }
        guard !search.there.contains(call.id) else {
            result.agreed += 1
            return nil
        }
        var call = call
        var isPutBack = false
        // Statistics may be late: a row that is to come has a higher ID than all that are shown.
        let isOlder = call.progress.statisticID.map { $0 < result.newestRow } ?? true
        let isGone =
            (result.provesAbsence && isOlder) || (trustsEmptiness && result.seesAllCalls && result.rows == 0)
        if marks, isGone, case .changed = call.decide(.sendLost) { isPutBack = true }
        result.missing.append(
            Reconciliation.Missing(
                key: call.key, isPutBack: isPutBack, obstacle: obstacle(to: call, isOlder: isOlder)))
        return isPutBack ? call : nil
    }

    private func obstacle(to call: TrackedCall, isOlder: Bool) -> String? {
        if call.isPruned { return "its number was removed by cdr24 prune, so it cannot be sent again" }
        if isOlder { return nil }
        return "its row may still be to come; if it is not there tomorrow, run: cdr24 resolve \(call.key) --send-again"
    }

    /// The call as delivered; `nil` where a row does not decide it, since legs may still join it.
    private static func delivered(
        _ call: TrackedCall, _ statisticID: Int64
    ) throws(ImpossibleTransition) -> TrackedCall? {
        var call = call
        // Its age matters to events of another kind only.
        let action = try call.apply(.foundAtPortal(statisticID: statisticID), now: 0)
        return action == .forget ? call : nil
    }
}

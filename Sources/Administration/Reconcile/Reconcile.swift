// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CallLifecycle
package import Clocks
package import ExitCodes
package import Importing
import Ledger
package import Reporting

/// `cdr24 reconcile`: compares the ledger with the portal's statistics; nothing is ever sent.
package struct Reconcile: Sendable {
    private let ledger: LedgerAccess
    private let keyPrefixes: [String]
    private let since: Int64?
    private let marks: Bool
    private let time: TimeSource

    /// How long pauses between repeated questions to the portal may take together.
    private static let patience = Duration.seconds(62)

    /// Prepares a comparison.
    ///
    /// - Parameters:
    ///   - keyPrefixes: Rows whose EXTERNAL_CALL_ID begins with one of them are ours; at least one.
    ///   - since: Only calls that began at or after this moment, in seconds since 1970; `nil`: all.
    ///   - marks: Whether a call whose row is there is marked as delivered.
    package init(
        _ ledger: LedgerAccess, keyPrefixes: [String], since: Int64?, marks: Bool, time: TimeSource = .system
    ) {
        self.ledger = ledger
        self.keyPrefixes = keyPrefixes
        self.since = since
        self.marks = marks
        self.time = time
    }

    /// Compares.
    ///
    /// - Throws: ``ImportFault``; `rejected` when the portal gives no usable reply, `configuration` when the ledger belongs
    ///   to another portal or this one does not store the IDs that rows would be recognised by, `busy` when a run is in
    ///   progress and calls were to be marked.
    package func run(_ connection: PortalConnection) async throws(ImportFault) -> Reconciliation {
        guard !keyPrefixes.isEmpty else {
            throw .configuration("no source is configured, so the calls at the portal cannot be recognised")
        }
        try check(connection)
        let rows = try await portalRows(connection)
        let compare: (Ledger) throws(LedgerFault) -> Result<Reconciliation, ImportFault> = {
            ledger throws(LedgerFault) in try self.compare(rows, ledger)
        }
        return try (marks ? ledger.writing(compare) : ledger.reading(compare)).get()
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
        _ rows: [String: [Int64]], _ ledger: Ledger
    ) throws(LedgerFault) -> Result<Reconciliation, ImportFault> {
        var result = Reconciliation()
        result.since = since.map(UTCText.day)
        var marked: [TrackedCall] = []
        for (key, ids) in rows.sorted(by: { $0.key < $1.key }) {
            result.rows += ids.count
            if ids.count > 1 { result.duplicates.append(Reconciliation.Duplicate(key: key, rows: ids.count)) }
            guard let call = try ledger.trackedCall(key: key) else {
                result.unknown.append(key)
                continue
            }
            guard call.state != .delivered else {
                if ids.count == 1 { result.agreed += 1 }
                continue
            }
            result.undelivered.append(Reconciliation.Undelivered(key: key, state: "\(call.state)"))
            guard marks, let id = ids.first else { continue }
            do throws(ImpossibleTransition) {
                if let call = try Self.delivered(call, statisticID: id) { marked.append(call) }
            } catch {
                return .failure(.input("the call \(key) of the ledger \(ledger.path): \(error)"))
            }
        }
        try ledger.save(progressOf: marked)
        result.marked = marked.count
        result.missing = try ledger.deliveredKeys(since: since ?? .min).filter { rows[$0.lowercased()] == nil }
        return .success(result)
    }

    /// The call as delivered; `nil` where a row does not decide it, since legs may still join it.
    private static func delivered(
        _ call: TrackedCall, statisticID: Int64
    ) throws(ImpossibleTransition) -> TrackedCall? {
        var call = call
        // Its age matters to events of another kind only.
        let action = try call.apply(.foundAtPortal(statisticID: statisticID), now: 0)
        return action == .forget ? call : nil
    }
}

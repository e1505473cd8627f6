// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CallRecords
import Ledger
package import Reporting

/// What a person does with a ledger between imports: look, and decide.
package struct LedgerDesk: Sendable {
    private let path: String

    /// - Parameter path: The ledger's path.
    package init(path: String) {
        self.path = path
    }

    /// The state of the ledger.
    package func status() throws(ImportFault) -> LedgerStatus {
        try reading { ledger throws(LedgerFault) in
            var status = LedgerStatus()
            status.path = path
            status.portal = try ledger.fact(.portalHost)
            let done = try ledger.deliveredCounts()
            status.delivered = done.delivered
            status.found = done.found
            for (state, reasons) in try ledger.openCounts() {
                for (reason, count) in reasons {
                    status.open.append(
                        LedgerStatus.Count(state: "\(state)", reason: reason, count: count, order: state.rawValue))
                }
            }
            status.oldestOpen = try ledger.oldestOpen().map(RunReport.instant)
            status.runs = try ledger.lastRuns(5).map { run in
                LedgerStatus.Run(
                    id: run.id, startedAt: RunReport.instant(run.startedAt),
                    endedAt: run.endedAt.map(RunReport.instant),
                    outcome: run.outcome, exitCode: run.exitCode)
            }
            return status
        }
    }

    /// Rejected records, refused and held calls, each with its reason and what can be done.
    package func failures(limit: Int) throws(ImportFault) -> FailureList {
        try reading { ledger throws(LedgerFault) in
            var list = FailureList()
            let rejects = try ledger.rejects(limit: limit)
            let rows = RejectedRows(rejects)
            list.csv = rows.bytes
            list.isConverted = rows.isConverted
            list.rejects = rejects.map { reject in
                FailureList.Reject(
                    path: reject.path, line: reject.line, byte: reject.byte, column: reject.field,
                    reason: reject.reason, message: reject.message, raw: reject.raw, content: reject.content)
            }
            for state in [CallState.refused, .held] {
                list.calls += try ledger.calls(in: state, limit: limit).map(FailureList.Call.init)
            }
            return list
        }
    }

    /// Applies a decision to calls; no key means all held and refused calls.
    ///
    /// - Returns: The key of each call with what came of it.
    package func decide(
        _ decision: CallDecision, keys: [String]
    ) throws(ImportFault) -> [(key: String, outcome: DecisionOutcome)] {
        try writing { ledger throws(LedgerFault) in
            var calls: [LedgerCall] = []
            var outcomes: [(key: String, outcome: DecisionOutcome)] = []
            for key in keys {
                if let call = try ledger.call(key: key) {
                    calls.append(call)
                } else {
                    outcomes.append((key, .refused("the ledger knows no call of this key")))
                }
            }
            if keys.isEmpty {
                calls = try ledger.calls(in: .refused, limit: .max) + ledger.calls(in: .held, limit: .max)
            }
            for index in calls.indices {
                outcomes.append((calls[index].call.key, calls[index].decide(decision)))
            }
            try ledger.save(calls)
            return outcomes
        }
    }

    /// Binds the ledger to another host and returns the one it was bound to.
    package func rebind(to host: String) throws(ImportFault) -> String? {
        try writing { ledger throws(LedgerFault) in
            let former = try ledger.fact(.portalHost)
            try ledger.remember([.portalHost: host])
            return former
        }
    }

    /// The call of a key with what is known of it.
    package func call(key: String) throws(ImportFault) -> FailureList.Call? {
        try reading { ledger throws(LedgerFault) in try ledger.call(key: key).map(FailureList.Call.init) }
    }

    /// What the portal's statistics hold of a call, as one line a row; `nil` when they cannot be asked.
    package func portalRows(key: String, connection: PortalConnection) async throws(ImportFault) -> [String]? {
        let found = try reading { ledger throws(LedgerFault) in try ledger.call(key: key) }
        guard let found else { return nil }
        let lookUp = LookUp("q", keysAndCallIDsOf: [found])
        guard case .answered(let reply) = await connection.portal.batch(lookUp.commands) else { return nil }
        var rows: [Int64: StatisticRow] = [:]
        for case .succeeded(let answer) in reply.outcomes.values {
            guard let page = try? StatisticRow.rows(answer.result) else { return nil }
            for row in page where row.externalCallID == key || row.callID == found.portalCallID { rows[row.id] = row }
        }
        return rows.values.sorted { $0.id < $1.id }.map { row in
            """
            row \(row.id): \(row.phoneNumber ?? "?"), user \(row.userID.map(String.init) ?? "?"), began \
            \(row.startEpoch.map(RunReport.instant) ?? "?"), \(row.durationSeconds ?? 0) s, \
            code \(row.failedCode ?? "?")
            """
        }
    }

    func reading<T>(_ body: (Ledger) throws(LedgerFault) -> T) throws(ImportFault) -> T {
        do throws(LedgerFault) {
            guard let ledger = try Ledger.openForReading(path: path) else {
                throw LedgerFault.cannotOpen(path: path, reason: "there is no such file")
            }
            let result = try body(ledger)
            try ledger.close()
            return result
        } catch {
            throw ImportFault(error)
        }
    }

    func writing<T>(_ body: (Ledger) throws(LedgerFault) -> T) throws(ImportFault) -> T {
        do throws(LedgerFault) {
            // Opened for reading first: a mistyped path must not make a new ledger.
            guard let existing = try Ledger.openForReading(path: path) else {
                throw LedgerFault.cannotOpen(path: path, reason: "there is no such file")
            }
            try existing.close()
            let lock = try FileLock(path: path + ".lock")
            let ledger = try Ledger.open(path: path)
            let result = try body(ledger)
            try ledger.close()
            _ = consume lock
            return result
        } catch {
            throw ImportFault(error)
        }
    }
}

extension FailureList.Call {
    init(_ call: LedgerCall) {
        let hold = call.reason.flatMap(HoldReason.init(rawValue:))
        self.init(
            key: call.call.key, state: "\(call.state)", reason: call.reason ?? "", note: call.note,
            remedy: hold?.remedy ?? "mend the cause, then run: cdr24 retry \(call.call.key)",
            start: RunReport.instant(call.call.start.epochSeconds), phone: call.call.phoneNumber,
            employee: call.call.employeeExtension)
    }
}

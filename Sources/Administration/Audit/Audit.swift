// SPDX-License-Identifier: Apache-2.0

import Bitrix24
package import CDRConfiguration
import CMemory
import CallLifecycle
import CallRecords
package import Clocks
import Delivery
package import ExitCodes
package import Importing
import Ledger
package import Logging
import Matching
package import Reporting

/// `cdr24 audit`: compares what the phone system recorded with what the portal holds, whoever wrote it. It reads only, and
/// needs no ledger.
package struct Audit: Sendable {
    private let configuration: ImportConfiguration
    private let time: TimeSource
    private let log: Logger

    /// How long pauses between repeated questions to the portal may take together.
    private static let patience = Duration.seconds(62)
    /// How many calls are read from the store at a time.
    private static let pageSize = 1_000

    /// - Parameters:
    ///   - configuration: The sources with the files to read; the whole of each file is read.
    ///   - log: Is told how long the reading of the portal will take.
    package init(_ configuration: ImportConfiguration, time: TimeSource = .system, log: Logger) {
        self.configuration = configuration
        self.time = time
        self.log = log
    }

    /// Compares.
    ///
    /// - Parameter listsAll: Whether the report has every difference, or only those that its text shows; it counts all of them.
    /// - Throws: ``ImportFault``; `input` when a file cannot be read, `rejected` when the portal gives no usable reply.
    package func run(
        _ connection: PortalConnection, listsAll: Bool = true
    ) async throws(ImportFault) -> AuditReport {
        let files = RecordedCalls(configuration, time: time, log: log)
        let store = try await files.read()
        var report = AuditReport()
        report.leftOut = store.leftOut
        var numbers = AuditNumbers()
        let calls = try auditedCalls(store.ledger, &numbers)
        store.ledger.releaseCache()
        // Neither the comparison nor the portal needs what the threads of the intake had.
        memory_give_back()
        report.calls = calls.count
        guard let first = calls.lazy.map(\.start).min(), let last = calls.lazy.map(\.start).max() else {
            return report
        }
        report.from = UTCText.instant(first)
        report.to = UTCText.instant(last)
        var names = ApplicationNames()
        let rows = try await auditedRows(connection, first: first, last: last, &names, &numbers)
        memory_give_back()
        report.rows = rows.count
        let comparison = AuditComparison(
            calls, rows, AuditExpectations(substitute: configuration.users.substitute))
        report.offsetSeconds = comparison.offset
        for row in rows { report.applications[names.list[Int(row.application)], default: 0] += 1 }
        let differences = comparison.differences
        report.agreed = comparison.agreed(differences)
        for difference in differences {
            report.count(difference.kind)
            guard listsAll || report.shows(difference.kind) else { continue }
            report.findings.append(try finding(difference, calls, rows, names, numbers, store.ledger))
        }
        return report
    }

    private func auditedCalls(
        _ ledger: Ledger, _ numbers: inout AuditNumbers
    ) throws(ImportFault) -> [AuditedCall] {
        var calls: [AuditedCall] = []
        // What needs a person before it can be sent was a call all the same.
        for state in [CallState.waiting, .pending, .held] {
            var cursor = DeliveryCursor.beginning
            while true {
                let page = try ImportFault.translating { () throws(LedgerFault) in
                    try ledger.trackedCalls(in: state, after: cursor, limit: Self.pageSize)
                }
                guard let last = page.last else { break }
                cursor = DeliveryCursor(after: last)
                for call in page { calls.append(audited(call, &numbers)) }
            }
        }
        return calls
    }

    private func audited(_ call: TrackedCall, _ numbers: inout AuditNumbers) -> AuditedCall {
        var user = 0
        if case .user(let id)? = configuration.users.employee(of: call.call) { user = id }
        let trace = CallTrace(call.call)
        return AuditedCall(
            trace, number: numbers.pack(trace.number), id: call.id, keyHash: Self.hash(call.key), user: user,
            wasAnswered: call.call.status == .success)
    }

    private func auditedRows(
        _ connection: PortalConnection, first: Int64, last: Int64, _ names: inout ApplicationNames,
        _ numbers: inout AuditNumbers
    ) async throws(ImportFault) -> [AuditedRow] {
        let spelling = NumberSpelling(region: configuration.numbers.region)
        let others = otherPrefixes
        let pager = StatisticsPager(
            PortalProbe(connection, time: time, patience: Self.patience), time: time, log: log)
        var rows: [AuditedRow] = []
        do throws(PortalProbe.Failure) {
            try await pager.forEachRow(
                from: first - AuditComparison.mostShift, to: last + AuditComparison.mostShift
            ) { row in
                let key = row.externalCallID?.lowercased() ?? ""
                guard let trace = CallTrace(row, spelling), !others.contains(where: key.hasPrefix) else { return }
                rows.append(
                    AuditedRow(
                        trace, number: numbers.pack(trace.number), id: row.id,
                        keyHash: key.isEmpty ? AuditedRow.noKey : Self.hash(key),
                        user: row.userID ?? 0, wasAnswered: row.failedCode == "200",
                        application: names.place(row.applicationName ?? row.applicationID ?? "")))
            }
        } catch {
            throw .rejected("\(error)")
        }
        return rows
    }

    /// What the keys of other sources begin with: their calls are in other files.
    private var otherPrefixes: [String] {
        let audited = Set(configuration.sources.filter { !$0.files.isEmpty }.map(\.keyPrefix))
        return configuration.sources.map(\.keyPrefix).filter { !audited.contains($0) }.map { $0 + ":" }
    }

    private static func hash(_ key: String) -> UInt64 {
        max(1, Array(key.lowercased().utf8).withUnsafeBytes { StableHash.hash($0) })
    }
}

/// The words of a report.
extension Audit {
    private func finding(
        _ difference: AuditComparison.Difference, _ calls: [AuditedCall], _ rows: [AuditedRow],
        _ names: ApplicationNames, _ numbers: AuditNumbers, _ ledger: Ledger
    ) throws(ImportFault) -> AuditReport.Finding {
        let row = difference.row.map { rows[$0] }
        let call = difference.call.map { calls[$0] }
        let start = call?.start ?? row?.start ?? 0
        let number = numbers.text(call?.number ?? row?.number ?? 0)
        let key = try call.map { call throws(ImportFault) in
            try ImportFault.translating { () throws(LedgerFault) in try ledger.trackedCall(row: call.id)?.key ?? "" }
        }
        let (recorded, portal) = values(difference.kind, call, row)
        let application = row.map { names.list[Int($0.application)] } ?? ""
        return AuditReport.Finding(
            difference.kind, key: key, start: UTCText.instant(start),
            number: maskedNumber(number), type: call?.type ?? row?.type ?? 0, recorded: recorded, portal: portal,
            statisticsID: row?.id, application: application.isEmpty ? nil : application)
    }

    private func values(
        _ kind: AuditReport.Kind, _ call: AuditedCall?, _ row: AuditedRow?
    ) -> (recorded: String, portal: String) {
        guard let call, let row else { return ("", "") }
        switch kind {
        case .missing, .unrecorded, .doubled: return ("", "")
        case .otherEmployee: return ("user \(call.user)", "user \(row.user)")
        case .otherOutcome: return (Self.outcome(call.wasAnswered), Self.outcome(row.wasAnswered))
        case .otherDuration: return ("\(call.talk ?? 0) s", "\(row.talk ?? 0) s")
        case .otherType: return ("type \(call.type)", "type \(row.type)")
        case .shifted:
            let difference = row.start - call.start
            let direction = difference > 0 ? "later" : "earlier"
            return (UTCText.instant(call.start), "\(difference.magnitude) s \(direction)")
        }
    }

    private static func outcome(_ wasAnswered: Bool) -> String { wasAnswered ? "answered" : "not answered" }
}

/// The names of applications, each kept once.
private struct ApplicationNames {
    private(set) var list: [String] = []
    private var places: [String: Int32] = [:]

    mutating func place(_ name: String) -> Int32 {
        if let place = places[name] { return place }
        let place = Int32(list.count)
        places[name] = place
        list.append(name)
        return place
    }
}

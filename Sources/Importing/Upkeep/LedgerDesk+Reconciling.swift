// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CallRecords
import Ledger
package import Reporting

extension LedgerDesk {
    /// Compares ledger and portal; nothing is ever sent again.
    ///
    /// - Parameters:
    ///   - keyPrefixes: Rows whose EXTERNAL_CALL_ID begins with one of them are ours.
    ///   - since: Only calls that began at or after this moment, in seconds since 1970; `nil`: all.
    ///   - mends: Whether a call whose row is there is noted as delivered.
    /// - Throws: ``ImportFault``; `rejected` when the portal does not answer, `configuration` when it does not keep the
    ///   ids that rows would be recognised by.
    package func reconcile(
        keyPrefixes: [String], since: Int64?, mends: Bool, connection: PortalConnection, time: TimeSource
    ) async throws(ImportFault) -> Reconciliation {
        let facts = try reading { ledger throws(LedgerFault) in
            (try ledger.fact(.portalHost), try ledger.fact(.keepsExternalCallIDs))
        }
        if let bound = facts.0, bound != connection.host {
            throw .configuration("the ledger belongs to the portal \(bound), but webhook_url names \(connection.host)")
        }
        if facts.1 == "no" {
            throw .configuration("the portal does not keep EXTERNAL_CALL_ID: its rows cannot be told apart")
        }
        var rows: [String: [Int64]] = [:]
        for prefix in keyPrefixes {
            try await collect(prefix: prefix, since: since, connection, time, &rows)
        }
        let found = rows
        let compare: (Ledger) throws(LedgerFault) -> Reconciliation = { ledger throws(LedgerFault) in
            try Self.compare(found, ledger, since: since, mends: mends)
        }
        return mends ? try writing(compare) : try reading(compare)
    }

    private static func compare(
        _ rows: [String: [Int64]], _ ledger: Ledger, since: Int64?, mends: Bool
    ) throws(LedgerFault) -> Reconciliation {
        var result = Reconciliation()
        result.since = since.map(RunReport.day)
        var mended: [LedgerCall] = []
        for (key, ids) in rows.sorted(by: { $0.key < $1.key }) {
            result.rows += ids.count
            if ids.count > 1 { result.doubled.append((key, ids.count)) }
            guard var call = try ledger.call(key: key) else {
                result.unknown.append(key)
                continue
            }
            guard call.state != .delivered else {
                if ids.count == 1 { result.agreed += 1 }
                continue
            }
            result.undelivered.append((key, "\(call.state)"))
            guard mends, let id = ids.first else { continue }
            call.isThere(statisticID: id)
            if call.state == .delivered { mended.append(call) }
        }
        try ledger.save(mended)
        result.mended = mended.count
        result.missing = try ledger.deliveredKeys(since: since ?? .min).filter { rows[$0.lowercased()] == nil }
        return result
    }

    /// Reads all pages of one prefix, half a second apart: the portal allows two requests a second.
    private func collect(
        prefix: String, since: Int64?, _ connection: PortalConnection, _ time: TimeSource,
        _ rows: inout [String: [Int64]]
    ) async throws(ImportFault) {
        var highest: Int64 = 0
        while true {
            let query = StatisticQuery.carrying(
                prefix: prefix + ":", beyond: highest, since: since.map { PortalDate(epochSeconds: $0) })
            let page = try await page(query, connection, time)
            for row in page {
                guard row.id > highest else {
                    throw .rejected("the portal's statistics answered with rows that nobody asked for")
                }
                highest = row.id
                guard let key = row.externalCallID?.lowercased(), key.hasPrefix(prefix + ":"),
                    since.map({ (row.startEpoch ?? .max) >= $0 }) ?? true
                else { continue }
                rows[key, default: []].append(row.id)
            }
            if page.count < StatisticQuery.pageSize { return }
            try? await time.sleep(time.monotonic() + .milliseconds(500))
        }
    }

    /// One page; asked for again when the portal is busy, since a question does no harm.
    private func page(
        _ query: StatisticQuery, _ connection: PortalConnection, _ time: TimeSource
    ) async throws(ImportFault) -> [StatisticRow] {
        var trouble = ""
        for attempt in 0..<6 {
            if attempt > 0 { try? await time.sleep(time.monotonic() + .seconds(1 << attempt)) }
            switch await connection.portal.call(query.command(key: "rows")) {
            case .answered(let reply, _):
                guard let rows = try? StatisticRow.rows(reply.result) else {
                    throw .rejected("the portal's statistics could not be read")
                }
                return rows
            case .refused(let error):
                guard error.consequence == .retryLater else { throw .rejected("the portal says \"\(error)\"") }
                trouble = "\(error)"
            case .neverSent(let failure): trouble = "\(failure)"
            case .moved(let host): throw .rejected("the portal now answers under \(host ?? "another name")")
            case .unknown(let reason, _): trouble = reason
            }
        }
        throw .rejected("the portal does not answer: \(trouble)")
    }
}

extension LedgerCall {
    /// Notes that the portal has the call, unless legs may still join it.
    mutating func isThere(statisticID: Int64) {
        if state == .refused { _ = decide(.delivered) }
        _ = apply(.foundAtPortal(statisticID: statisticID), now: 0)
        if state == .delivered { self.statisticID = statisticID }
    }
}

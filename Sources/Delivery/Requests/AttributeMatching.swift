// SPDX-License-Identifier: Apache-2.0

package import Bitrix24
package import CDRConfiguration
package import CallLifecycle
import CallRecords
import Matching

/// Which of the portal's rows are which calls, where rows carry no key.
///
/// Number, type and the second of the start must be the same; the employee tells apart what is left. Every row is one
/// call's at most, so that two calls that are alike in everything need two rows.
package struct AttributeMatching: Sendable {
    /// What a call has at the portal.
    package enum Match: Sendable, Equatable {
        /// A row that is the call's.
        case row(StatisticRow)
        /// A row that differs in the employee only: it may be this call or another one.
        case ofAnotherEmployee
    }

    /// The calls that have something, by their rows in the ledger.
    package private(set) var matches: [Int64: Match] = [:]

    /// - Parameters:
    ///   - rows: The portal's rows that no other call of the ledger has.
    package init(_ calls: [TrackedCall], rows: [StatisticRow], users: UserSettings) {
        var seen: Set<Int64> = []
        let rows = rows.compactMap { row -> (row: StatisticRow, trace: CallTrace)? in
            guard (row.externalCallID ?? "").isEmpty, let trace = CallTrace(row), seen.insert(row.id).inserted else {
                return nil
            }
            return (row, trace.withoutTalk)
        }
        let traces = calls.map { CallTrace($0.call).withoutTalk }
        let matching = TraceMatching(calls: traces, rows: rows.map(\.trace), rules: .init(tolerance: 0)) { call, row in
            users.doubt(that: rows[row].row, is: calls[call].call)
        }
        for pair in matching.pairs { matches[calls[pair.call].id] = .row(rows[pair.row].row) }
        let taken = Set(matching.pairs.map(\.row))
        let free = Set(rows.indices.filter { !taken.contains($0) }.map { rows[$0].trace })
        for (call, trace) in zip(calls, traces) where matches[call.id] == nil && free.contains(trace) {
            matches[call.id] = .ofAnotherEmployee
        }
    }
}

extension AttributeMatching.Match {
    /// What a match means for the call.
    var event: CallEvent {
        switch self {
        case .row(let row): .matchedAtPortal(statisticID: row.id, portalCallID: row.callID)
        case .ofAnotherEmployee: .hold(.lookAlikeThere)
        }
    }
}

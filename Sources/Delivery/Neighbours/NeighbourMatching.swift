// SPDX-License-Identifier: Apache-2.0

package import Bitrix24
package import CallLifecycle
import CallRecords
package import Matching

/// Which calls another integration has registered already.
///
/// A lost ledger never turns into a neighbour: what this importer has sent, or may have sent, is taken away first.
package struct NeighbourMatching: Sendable {
    /// Calls that the portal has from us, by their rows in the ledger.
    package private(set) var own: Set<Int64> = []
    /// Calls that the portal has from others, with what it has, by their rows in the ledger.
    package private(set) var others: [Int64: StatisticRow] = [:]
    /// By how many seconds the others' clock is constantly ahead; `nil` when no offset was found.
    package private(set) var offset: Int64?

    /// - Parameters:
    ///   - calls: The calls that are in question, and those that may have their rows.
    ///   - rows: The portal's rows that no other call has.
    package init(
        _ calls: [TrackedCall], rows: [StatisticRow], _ judge: NeighbourJudge, rules: TraceMatching.Rules
    ) {
        var seen: Set<Int64> = []
        let rows = rows.filter { seen.insert($0.id).inserted }
        let ownKeys = Set(rows.filter(judge.isOurs).compactMap { $0.externalCallID?.lowercased() })
        own = Set(calls.filter { ownKeys.contains($0.key.lowercased()) }.map(\.id))

        let doubtful = rows.filter(judge.mayBeOurs)
        let exact = AttributeMatching(
            calls.filter { !own.contains($0.id) }, rows: doubtful, users: judge.users)
        var taken: Set<Int64> = []
        for case (let id, .row(let row)) in exact.matches {
            own.insert(id)
            taken.insert(row.id)
        }

        let free = calls.filter { !own.contains($0.id) }
        let foreign = rows.compactMap { row -> (row: StatisticRow, trace: CallTrace)? in
            guard !judge.isOurs(row), !taken.contains(row.id), !judge.isAnyOfOurs(row) else { return nil }
            return CallTrace(row, judge.spelling).map { (row, $0) }
        }
        let matching = TraceMatching(
            calls: free.map { CallTrace($0.call) }, rows: foreign.map(\.trace), rules: rules)
        offset = matching.offset
        for pair in matching.pairs { others[free[pair.call].id] = foreign[pair.row].row }
    }
}

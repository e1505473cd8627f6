// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CDRConfiguration
import CallLifecycle
import CallRecords
import Delivery
import ExitCodes
import Importing
import Matching

/// Delivered calls that the portal does not show by their keys, and what it has instead.
///
/// They are looked for a second time by what they are: a row may have lost its key, or may have been entered by hand after
/// somebody had removed ours.
struct MissingCalls {
    /// The calls, in the order of their starts.
    private(set) var calls: [TrackedCall]
    /// Those whose row was found after all, by their rows in the ledger.
    private(set) var there: Set<Int64> = []
    /// Rows of the same calls with other keys, by the calls' rows in the ledger.
    private(set) var elsewhere: [Int64: StatisticRow] = [:]
    /// Whether the portal shows all calls to this user.
    private(set) var seesAllCalls = true

    /// By how many seconds a row may begin earlier or later than the call that it is.
    private static let tolerance: Int64 = 90

    /// Asks the portal; nothing is asked when no call is missing.
    ///
    /// - Throws: ``ImportFault``; `rejected` when the portal gives no usable reply.
    static func search(
        _ calls: [TrackedCall], _ probe: PortalProbe, _ prefixes: [String], _ spelling: NumberSpelling
    ) async throws(ImportFault) -> MissingCalls {
        var missing = MissingCalls(calls: calls.sorted { $0.call.start < $1.call.start })
        guard !calls.isEmpty else { return missing }
        do throws(PortalProbe.Failure) {
            missing.seesAllCalls = try await probe.seesAllCalls()
            missing.read(
                try await probe.rows(like: missing.calls, margin: tolerance, spelling),
                // The ledger's portal keeps keys, so a row without one is not ours.
                NeighbourJudge(
                    prefixes: prefixes, keepsKeys: true, ownApplication: nil, users: UserSettings(), spelling: spelling)
            )
        } catch {
            throw .rejected("\(error)")
        }
        return missing
    }

    private mutating func read(_ rows: [StatisticRow], _ judge: NeighbourJudge) {
        let matching = NeighbourMatching(calls, rows: rows, judge, rules: .init(tolerance: Self.tolerance))
        there = matching.own
        elsewhere = matching.others
    }
}

// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CallLifecycle

/// What the portal's rows of ours, beyond the highest one that the ledger knows, say about the ledger.
struct LedgerComparison: Sendable {
    /// Whether every row belongs to a call that the ledger knows to be there or on its way there.
    private(set) var isExplained = true
    /// The highest row; 0 without rows.
    private(set) var highestRow: Int64 = 0
    /// Calls that a row proves to be there, each with its event: an answer that was lost is known then.
    private(set) var proven: [TrackedCall] = []
    private(set) var events: [CallEvent] = []

    /// - Parameters:
    ///   - rows: The rows that were found.
    ///   - hasMore: Whether there are more than these.
    ///   - calls: The ledger's calls by key.
    init(_ rows: [StatisticRow], hasMore: Bool, _ preflight: Preflight, calls: [String: TrackedCall]) {
        isExplained = !hasMore
        for row in rows {
            guard let key = row.externalCallID, preflight.wasAskedFor(row) else {
                // The filter was not understood; what else it would have shown is not known.
                isExplained = false
                return
            }
            highestRow = max(highestRow, row.id)
            guard preflight.isOurs(key) else { continue }
            guard let call = calls[key] else {
                isExplained = false
                return
            }
            compare(call, row)
        }
    }

    private mutating func compare(_ call: TrackedCall, _ row: StatisticRow) {
        switch call.state {
        case .unsettled, .held:
            // A call that this ledger never finished was finished by another.
            if call.progress.portalCallID == nil || !(call.progress.lostFinish || call.state == .held) {
                isExplained = false
            }
            proven.append(call)
            events.append(.foundAtPortal(statisticID: row.id))
        case .delivered, .refused, .deliveredByOthers:
            break
        case .waiting, .pending, .registering, .registered, .finishing:
            isExplained = false
        }
    }
}

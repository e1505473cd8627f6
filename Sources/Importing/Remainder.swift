// SPDX-License-Identifier: Apache-2.0

import CallLifecycle
import Ledger

/// What a run leaves in its ledger.
struct Remainder: Sendable, Equatable {
    /// State -> reason -> calls, for every state but delivered; the reason is empty where the state has none.
    let open: [CallState: [String: Int]]
    /// What needs a person, and nobody has dealt with.
    let attention: LedgerAttention

    /// Looks the ledger through.
    ///
    /// - Throws: `LedgerFault` when the ledger cannot be read: what is left is not known then.
    init(_ ledger: any CallStore) throws(LedgerFault) {
        open = try ledger.openCounts()
        attention = try ledger.attention()
    }

    /// How many calls are in some states.
    func count(_ states: CallState...) -> Int {
        states.reduce(0) { $0 + (open[$1]?.values.reduce(0, +) ?? 0) }
    }
}

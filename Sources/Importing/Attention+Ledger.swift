// SPDX-License-Identifier: Apache-2.0

import CallLifecycle
import Clocks
package import Ledger
import Phrases
package import Reporting

extension Attention {
    /// What needs a person, as the ledger counts it.
    package init(_ found: LedgerAttention) {
        self.init()
        rejected = found.rejects.values.reduce(0, +)
        refused = found.refused.values.reduce(0, +)
        held = found.held.values.reduce(0, +)
        dismissed = found.dismissedRejects + found.dismissedCalls
        since = found.oldest.map(UTCText.instant)
    }
}

extension LedgerAttention {
    /// What needs a person, a need for each cause, what is most first.
    package var needs: [Need] {
        let holds = held.map { reason, count in
            let hold = HoldReason(rawValue: reason)
            return Need(
                .held, reason: reason, count: count,
                cause: hold?.cause ?? Phrase("the call waits for a decision"), names: heldNames[reason],
                remedy: hold?.remedy() ?? Phrase("see: cdr24 failures"))
        }
        let refusals = refused.map { Need.refused($0.key, count: $0.value) }
        let rejections = rejects.map { Need.rejected($0.key, count: $0.value, files: rejectFiles[$0.key] ?? [:]) }
        return (holds + refusals + rejections).sorted {
            ($1.count, $0.kind.rawValue, $0.reason ?? "") < ($0.count, $1.kind.rawValue, $1.reason ?? "")
        }
    }
}

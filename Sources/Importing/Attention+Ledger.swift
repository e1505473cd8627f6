// SPDX-License-Identifier: Apache-2.0

import Clocks
package import Ledger
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

// SPDX-License-Identifier: Apache-2.0

package import ExitCodes
package import Importing
import Ledger

/// `cdr24 rebind`: the ledger follows a portal that was renamed.
package struct Rebind: Sendable {
    private let ledger: LedgerAccess

    /// Prepares to change a ledger.
    package init(_ ledger: LedgerAccess) {
        self.ledger = ledger
    }

    /// Binds the ledger to another host.
    ///
    /// - Parameter host: The portal's host in lower case, with its port where that is unusual.
    /// - Returns: The host that the ledger was bound to; `nil` when there was none.
    /// - Throws: ``ImportFault``; `input` when there is no ledger or it cannot be used, `busy` when a run is in progress.
    package func run(host: String) throws(ImportFault) -> String? {
        try ledger.writing { ledger throws(LedgerFault) in
            let former = try LedgerBinding(ledger).host
            // The portal's own id is learnt anew from the next delivery.
            try ledger.remember([.portalHost: host, .portalMember: ""])
            return former
        }
    }
}

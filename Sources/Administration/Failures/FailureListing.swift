// SPDX-License-Identifier: Apache-2.0

import CallLifecycle
package import ExitCodes
package import Importing
import Ledger
package import Reporting

/// `cdr24 failures`: rejected records, refused and held calls, each with its reason and what can be done.
package struct FailureListing: Sendable {
    private let ledger: LedgerAccess

    /// Prepares to read a ledger.
    package init(_ ledger: LedgerAccess) {
        self.ledger = ledger
    }

    /// Lists what needs a person.
    ///
    /// - Parameter limit: The most records, and the most calls of each state, that are listed; 0 or more.
    /// - Throws: ``ImportFault``; `input` when there is no ledger or it cannot be read.
    package func list(limit: Int) throws(ImportFault) -> FailureList {
        try ledger.reading { ledger throws(LedgerFault) in
            var list = FailureList()
            let rejects = try ledger.rejects(limit: limit)
            let file = RejectedRecords(rejects)
            list.csv = file.bytes
            list.isConverted = file.isConverted
            list.rejects = rejects.map(FailureList.Reject.init)
            for state in [CallState.refused, .held] {
                list.calls += try ledger.trackedCalls(in: state, limit: limit).map(FailureList.Call.init)
            }
            return list
        }
    }
}

extension FailureList.Reject {
    fileprivate init(_ reject: LedgerReject) {
        self.init(
            path: reject.path, line: reject.line, byte: reject.byte, column: reject.field, reason: reject.reason,
            message: reject.message, raw: reject.raw, content: reject.content)
    }
}

// SPDX-License-Identifier: Apache-2.0

package import ExitCodes

extension ImportFault {
    /// What a fault of the ledger means for a command.
    package init(_ fault: LedgerFault) {
        switch fault {
        case .locked: self = .busy("\(fault)")
        case .newer: self = .configuration("\(fault)")
        case .cannotOpen, .cannotAccess, .diskFull, .damaged: self = .input("\(fault)")
        }
    }

    /// Runs `body` and turns what the ledger throws into an ``ImportFault``.
    package static func translating<T: ~Copyable>(
        _ body: () throws(LedgerFault) -> T
    ) throws(ImportFault) -> T {
        do throws(LedgerFault) {
            return try body()
        } catch {
            throw ImportFault(error)
        }
    }
}

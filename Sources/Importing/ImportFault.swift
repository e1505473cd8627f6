// SPDX-License-Identifier: Apache-2.0

package import Ledger
package import Settings

/// Why an import cannot go on; each case has its exit code.
package enum ImportFault: Error, Sendable, Equatable {
    /// The command line is wrong.
    case usage(String)
    /// The configuration is wrong, or asks for something that would lose or double calls.
    case configuration(String)
    /// Another run is at work.
    case busy(String)
    /// The ledger or a named file cannot be read or written.
    case input(String)
    /// The portal does not accept us.
    case rejected(String)
}

extension ImportFault {
    /// The exit code of sysexits.h that fits, as the command line documents it.
    package var exitCode: Int {
        switch self {
        case .usage: 64
        case .configuration: 78
        case .busy: 75
        case .input: 74
        case .rejected: 69
        }
    }

    package init(_ fault: LedgerFault) {
        switch fault {
        case .locked: self = .busy("\(fault)")
        case .newer: self = .configuration("\(fault)")
        case .cannotOpen, .cannotAccess, .diskFull, .damaged: self = .input("\(fault)")
        }
    }

    package init(_ fault: SettingsFault) {
        self = .configuration("\(fault)")
    }
}

extension ImportFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .usage(let text), .configuration(let text), .busy(let text), .input(let text), .rejected(let text): text
        }
    }
}

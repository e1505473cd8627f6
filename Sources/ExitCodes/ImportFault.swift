// SPDX-License-Identifier: Apache-2.0

/// Why a command cannot go on; each case has its exit status.
///
/// The text is a whole sentence without a full stop: what is wrong, and what to do about it. It never has a secret in it.
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
    /// The exit status that a command ends with for this fault.
    package var exitStatus: ExitStatus {
        switch self {
        case .usage: .usage
        case .configuration: .configuration
        case .busy: .busy
        case .input: .inputOutput
        case .rejected: .portalRefuses
        }
    }
}

extension ImportFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .usage(let text), .configuration(let text), .busy(let text), .input(let text), .rejected(let text):
            Self.shown(text)
        }
    }

    /// A text with the address of a webhook that was written where the name of a file or variable belongs.
    private static func shown(_ text: String) -> String {
        let masked = HarmlessText.masked(text)
        let hint =
            " (this is the address of a webhook: store it in a file and give file:PATH, or in a variable and give env:NAME)"
        return masked == text ? text : masked + hint
    }
}

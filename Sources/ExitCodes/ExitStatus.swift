// SPDX-License-Identifier: Apache-2.0

/// The exit codes of cdr24, as the command line documents them; those from 64 up are those of sysexits.h.
///
/// A run takes the first that applies in the order of ``precedence``.
package enum ExitStatus: Int, Sendable, Hashable, CaseIterable {
    /// Every call is delivered, or was left out by a rule of the configuration.
    case success = 0
    /// Completed, but something needs a person: a rejected record, a refused or a held call.
    case needsAttention = 3
    /// Stopped with work left; the same command goes on with it.
    case workLeft = 4
    /// The command line is wrong.
    case usage = 64
    /// The portal does not accept us: credentials, rights, plan or an overload block.
    case portalRefuses = 69
    /// The ledger or a named file cannot be read or written.
    case inputOutput = 74
    /// Another run holds the ledger or the portal.
    case busy = 75
    /// The configuration is wrong, or asks for something that would lose or double calls.
    case configuration = 78

    /// All statuses, the one that outweighs the others first.
    package static let precedence: [ExitStatus] = [
        .usage, .configuration, .busy, .inputOutput, .portalRefuses, .workLeft, .needsAttention, .success,
    ]

    /// The status that a command ends with when several apply: the first of ``precedence``; success for none.
    package static func first(of statuses: some Sequence<ExitStatus>) -> ExitStatus {
        let found = Set(statuses)
        return precedence.first { found.contains($0) } ?? .success
    }

    /// Whether the command could not do its work at all, or not to its end, for a reason outside the calls.
    package var isFailure: Bool {
        switch self {
        case .success, .needsAttention, .workLeft: false
        case .usage, .portalRefuses, .inputOutput, .busy, .configuration: true
        }
    }
}

extension ExitStatus {
    /// What the status means, in the words of `cdr24 --help` and of the README: a clause without a full stop.
    package var meaning: String {
        switch self {
        case .success: "every call is delivered, or was left out by a rule of the configuration"
        case .needsAttention: "completed; some items need attention"
        case .workLeft: "stopped with work left; run the same command again"
        case .usage: "wrong usage"
        case .portalRefuses: "the portal refused access: credentials, permissions, plan or overload"
        case .inputOutput: "the ledger or a named file cannot be read or written"
        case .busy: "another run is in progress"
        case .configuration: "the configuration is wrong, or would lose or duplicate calls"
        }
    }

    /// All statuses as a table of plain text, a line each, the lowest first.
    ///
    /// - Parameter indent: What every line begins with.
    package static func table(indent: String) -> String {
        allCases.map { status in
            let code = String(status.rawValue)
            return indent + code + String(repeating: " ", count: max(1, 4 - code.count)) + status.meaning
        }.joined(separator: "\n")
    }
}

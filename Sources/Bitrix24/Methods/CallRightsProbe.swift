// SPDX-License-Identifier: Apache-2.0

/// Finds out whether the portal lets this caller register and finish calls, without a call.
///
/// A portal may refuse both to webhooks. The question is `telephony.externalCall.finish` without any parameter: the
/// portal looks at the kind of access first and at the parameters then, which are never enough.
package enum CallRightsProbe: Sendable, Equatable {
    /// The portal would have looked at a call.
    case allowed
    /// The portal refuses the caller.
    case refused(PortalError)
    /// The answer says nothing about the caller: a limit, a fault of the portal, or no answer.
    case unknown

    /// The method that is called.
    package static let method = "telephony.externalCall.finish"

    /// The question, as one command of a batch.
    package static func command(key: String = "calls") -> Command { Command(key: key, method: method) }

    /// Whether a command is this question, and no call.
    package static func isAsked(by command: Command) -> Bool {
        command.method == method && command.parameters.isEmpty
    }

    /// Reads what became of the question.
    package init(_ outcome: CommandOutcome?) {
        switch outcome {
        case .failed(let error)?:
            switch error.consequence {
            case .stop, .refreshToken: self = .refused(error)
            case .permanent: self = .allowed
            case .retryLater, .unknown: self = .unknown
            }
        case .succeeded?, .missing?, nil: self = .unknown
        }
    }
}

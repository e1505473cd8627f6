// SPDX-License-Identifier: Apache-2.0

import Bitrix24

/// What the outcome of a request means for the run, beside what it means for each call.
package enum RequestVerdict: Sendable, Equatable {
    /// Go on.
    case ok
    /// The portal answered "too many requests".
    case rateLimited
    /// Some command, or the request, was refused for its operating time.
    case operatingLimited
    /// Nothing left this machine.
    case unreachable(String)
    /// The answer was lost or could not be read.
    case unknown(String)
    /// The portal does not accept us.
    case rejected(String)
    /// The portal's answer cannot be right; nothing more is sent.
    case nonsense(String)
}

extension BatchOutcome {
    /// The reply, or what its lack means for the run.
    ///
    /// `wasExecuted` is `nil` when it is not known whether the portal carried anything out, and `false` when it surely
    /// did not.
    func reading() -> (reply: BatchReply?, wasExecuted: Bool?, verdict: RequestVerdict) {
        switch self {
        case .answered(let reply):
            return (reply, true, .ok)
        case .refused(let error):
            let verdict = RequestVerdict(error)
            if case .unknown = verdict { return (nil, nil, verdict) }
            return (nil, false, verdict)
        case .neverSent(let failure):
            return (nil, false, .unreachable("\(failure)"))
        case .moved(let host):
            let place = host.map { "under \($0)" } ?? "elsewhere"
            return (nil, false, .rejected("the portal now answers \(place); put its new address into webhook_url"))
        case .unknown(let reason, _):
            return (nil, nil, .unknown(reason))
        }
    }
}

extension RequestVerdict {
    /// Takes in what another command of the same request means: what ends the run outweighs what delays it.
    mutating func add(_ other: RequestVerdict) {
        switch (self, other) {
        case (.nonsense, _), (.rejected, .ok), (.rejected, .rateLimited), (.rejected, .operatingLimited),
            (.rejected, .unreachable), (.rejected, .unknown):
            break
        case (_, .ok):
            break
        default:
            self = other
        }
    }

    /// What an error means when it is about the request, or about the credentials behind a command.
    init(_ error: PortalError) {
        switch error.consequence {
        case .retryLater:
            self = error.kind == .operatingLimited ? .operatingLimited : .rateLimited
        case .unknown:
            self = .unknown("\(error)")
        case .stop, .refreshToken, .permanent:
            self = .rejected(Self.advice(error))
        }
    }

    private static func advice(_ error: PortalError) -> String {
        let remedy =
            switch error.kind {
            case .credentials, .invalidToken, .expiredToken, .authorizationServer:
                "check webhook_url: the webhook may be deleted, changed or expired, or its owner dismissed"
            case .insufficientScope: "give the webhook the permission \"telephony\" (telephony)"
            case .accessDenied: "the webhook's owner needs the right to see everybody's calls, and a plan with REST"
            case .wrongAuthType: "this portal takes calls from an application only, not from a webhook"
            case .overloaded: "the portal has blocked REST for overload; its support must lift the block"
            case .planRequired: "the portal's plan has no REST access"
            case .methodNotFound: "the portal has no telephony REST methods; is the address right?"
            default: "check webhook_url and the portal"
            }
        return "the portal says \"\(error)\"; \(remedy)"
    }
}

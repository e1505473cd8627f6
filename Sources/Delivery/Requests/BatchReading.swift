// SPDX-License-Identifier: Apache-2.0

package import Bitrix24

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
    package func reading() -> (reply: BatchReply?, wasExecuted: Bool?, verdict: RequestVerdict) {
        switch self {
        case .answered(let reply):
            return (reply, true, .ok)
        case .refused(let error):
            let verdict = RequestVerdict(error)
            if case .unknown = verdict { return (nil, nil, verdict) }
            return (nil, false, verdict)
        case .neverSent(let failure) where failure.kind == .accessLost:
            return (nil, false, .rejected("\(failure)"))
        case .neverSent(let failure):
            return (nil, false, .unreachable("\(failure)"))
        case .moved(let host):
            let place = host ?? "another address"
            return (nil, false, .rejected("the portal has moved to \(place); set webhook_url to the new address"))
        case .unknown(let reason, _):
            return (nil, nil, .unknown(reason))
        }
    }
}

extension RequestVerdict {
    /// The statistics announce another page behind one that is not full: whoever followed would never come to an end, and
    /// what is not shown proves nothing.
    static let endlessPages = RequestVerdict.nonsense(
        "the portal's statistics announce a next page after a page that is not full; ask who maintains the portal")

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
    package init(_ error: PortalError) {
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
            case .invalidToken, .expiredToken, .notInstalled:
                "the application no longer has access; grant access again: cdr24 login"
            case .credentials, .authorizationServer:
                "check webhook_url: the webhook may have been deleted or changed, or its owner dismissed"
            case .insufficientScope: "give the webhook the permission \"telephony\""
            case .accessDenied:
                "the webhook owner needs permission to view all calls, and the portal needs a plan with REST access"
            case .wrongAuthType:
                "this portal accepts calls from applications only, not from webhooks: create a local application, set "
                    + "portal.oauth, and run: cdr24 login (docs/access.md)"
            case .overloaded:
                "Bitrix24 has blocked REST on this portal because of overload; ask Bitrix24 support to lift the block"
            case .planRequired: "the portal's plan does not include REST access"
            case .methodNotFound: "the portal has no telephony REST methods; check the address"
            default: "check webhook_url and the portal"
            }
        return "the portal refused the request: \(error); \(remedy)"
    }
}

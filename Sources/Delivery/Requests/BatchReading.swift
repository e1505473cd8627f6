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
    /// New access tokens could not be saved, so nothing left this machine.
    case unsaved(String)
    /// The portal does not accept us.
    case rejected(PortalRefusal)
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
            return (nil, false, .rejected(.accessLost(failure)))
        case .neverSent(let failure) where failure.kind == .tokensNotSaved:
            return (nil, false, .unsaved("\(failure)"))
        case .neverSent(let failure):
            return (nil, false, .unreachable("\(failure)"))
        case .moved(let host):
            return (nil, false, .rejected(.moved(host: host)))
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
            (.rejected, .unreachable), (.rejected, .unsaved), (.rejected, .unknown):
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
            self = .rejected(.error(error))
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

package import Bitrix24

/// Why a portal does not accept us; a person has to act before any request is answered otherwise.
package enum PortalRefusal: Sendable, Equatable {
    /// The portal refused a request or a command.
    case error(PortalError)
    /// The application lost its access.
    case accessLost(TransportFailure)
    /// The portal answers that it has another address.
    case moved(host: String?)
    /// The webhook or the application may not use telephony methods.
    case lacksTelephony
    /// What was answered to a question for the call statistics is none.
    case notStatistics
    /// The portal does not make a line.
    case line(String, PortalError)
    /// The call statistics could be read when the run began, and no longer.
    case statisticsClosed
}

extension PortalRefusal {
    /// What happened and what to do, as a sentence without a full stop.
    ///
    /// - Parameter access: How the portal knows this program: the advice differs.
    package func text(for access: PortalAccess) -> String {
        switch self {
        case .error(let error): "the portal refused the request: \(error); \(Self.remedy(error.kind, access))"
        case .accessLost(let failure): "\(failure)"
        case .moved(let host):
            "the portal has moved to \(host ?? "another address"); set \(access.setting) to the new address"
        case .lacksTelephony: "\(access.actor) lacks the permission \"telephony\"; \(access.remedyForScope)"
        case .notStatistics:
            "the reply is not a call statistics of Bitrix24; check that \(access.setting) is the address of a Bitrix24 "
                + "portal"
        case .line(let number, let error):
            "the portal could not create the line \(number): \(error); create it in the portal, or set new_lines: omit"
        case .statisticsClosed: "\(access.owner) can no longer read the call statistics; restore the permission"
        }
    }

    /// What happened, in a few words and without what to do.
    var reason: String {
        switch self {
        case .error(let error), .line(_, let error): "\(error)"
        case .accessLost(let failure): "\(failure)"
        case .moved(let host): "the portal has moved to \(host ?? "another address")"
        case .lacksTelephony: "the permission \"telephony\" is missing"
        case .notStatistics: "the reply is not a call statistics"
        case .statisticsClosed: "no right to read the call statistics"
        }
    }

    private static func remedy(_ kind: PortalError.Kind, _ access: PortalAccess) -> String {
        switch kind {
        case .invalidToken, .expiredToken, .notInstalled:
            "the application no longer has access; grant access again: cdr24 login"
        case .credentials, .authorizationServer:
            access == .webhook
                ? "check webhook_url: the webhook may have been deleted or changed, or its owner dismissed"
                : "the user who granted access may have been dismissed, or the application removed; grant access again: "
                    + "cdr24 login"
        case .insufficientScope: "\(access.actor) lacks the permission \"telephony\"; \(access.remedyForScope)"
        case .accessDenied:
            "\(access.owner) needs permission to view all calls, and the portal needs a plan with REST access"
        case .wrongAuthType where access == .webhook:
            "this portal accepts calls from applications only, not from webhooks: create a local application, set "
                + "portal.oauth, and run: cdr24 login (docs/access.md)"
        case .wrongAuthType:
            "this portal does not accept calls from this application; create a local application with the permission "
                + "\"telephony\", set portal.oauth, and run: cdr24 login (docs/access.md)"
        case .overloaded:
            "Bitrix24 has blocked REST on this portal because of overload; ask Bitrix24 support to lift the block"
        case .planRequired: "the portal's plan does not include REST access"
        case .methodNotFound: "the portal has no telephony REST methods; check the address"
        default: "check \(access.setting) and the portal"
        }
    }
}

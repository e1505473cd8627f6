// SPDX-License-Identifier: Apache-2.0

package import Bitrix24

/// What is known after the authorization server was asked for tokens.
package enum TokenAnswer: Sendable, Equatable {
    /// It gave a new pair.
    case granted(TokenGrant)
    /// It refuses, and will go on refusing until a person has acted.
    case refused(TokenRefusal)
    /// It gave none for now, and cannot have: it was not reached, or says that it is busy or broken.
    case unavailable(TransportFailure)
    /// Its answer was lost or could not be read: it may have replaced the refresh token.
    case lost(TransportFailure)
}

/// A refusal of the authorization server.
package struct TokenRefusal: Error, Sendable, Hashable {
    /// The server's code in lower case, such as `invalid_grant`; cut to what a code can be.
    package var code: String

    /// Keeps the letters, digits and underscores of a code, up to 64.
    package init(code: String) {
        self.code = String(
            code.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }.prefix(64))
    }

    /// What the refusal means and what to do, as one sentence without a full stop.
    package var sentence: String {
        let name = code.isEmpty ? "no reason given" : code
        switch code {
        case "invalid_grant":
            return "the authorization server no longer accepts the stored tokens (\(name)); grant access again: "
                + "cdr24 login"
        case "invalid_client", "wrong_client":
            return "the authorization server does not know this application (\(name)); compare client_id and "
                + "client_secret of portal.oauth with the application in the portal, then run: cdr24 login"
        case "not_installed", "application_not_found", "error_oauth":
            return "the application is no longer installed in the portal (\(name)); install it again, then run: "
                + "cdr24 login"
        case "payment_required":
            return
                "the portal's plan or subscription does not include applications (\(name)); renew it, then run the same command again"
        case "insufficient_scope", "invalid_scope":
            return "the application lacks permissions (\(name)); add telephony, crm and user in the portal, then "
                + "run: cdr24 login"
        default:
            return "the authorization server refused to issue tokens (\(name)); if this persists, run: cdr24 login"
        }
    }
}

extension TokenAnswer {
    /// Codes that say nothing about the tokens: the same question will do later.
    private static let passing: Set<String> = [
        "query_limit_exceeded", "operation_time_limit", "overload_limit", "internal_server_error",
        "error_unexpected_answer", "connection_error", "temporarily_unavailable", "server_error",
    ]

    /// Reads an exchange with the authorization server.
    ///
    /// | exchange | meaning |
    /// |---|---|
    /// | never sent | unavailable |
    /// | no reply, or one that cannot be read, with a status below 500 | lost |
    /// | status 429 or from 500, a redirect, or a code of a passing fault | unavailable |
    /// | JSON with `error`, even with status 200 | refused |
    /// | JSON with both tokens | granted |
    init(_ exchange: PortalExchange, server: String) {
        func failure(_ cause: String) -> TransportFailure { .init(.authorizationServer, detail: "\(server): \(cause)") }
        switch exchange {
        case .neverSent(let cause): self = .unavailable(failure("\(cause)"))
        case .unknown(let cause, _): self = .lost(failure("\(cause)"))
        case .answered(let answer):
            let body = JSONValue(answer.body)
            let code = body?["error"].map { TokenRefusal(code: $0.text ?? "") }
            if answer.status == 429 || answer.status >= 500 || (300..<400).contains(answer.status) {
                self = .unavailable(failure("HTTP \(answer.status)"))
            } else if let code {
                self = Self.passing.contains(code.code) ? .unavailable(failure(code.code)) : .refused(code)
            } else if answer.status < 400, let grant = body.flatMap({ TokenGrant($0) }) {
                self = .granted(grant)
            } else {
                self = .lost(failure("unreadable reply (HTTP \(answer.status))"))
            }
        }
    }
}

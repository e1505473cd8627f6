// SPDX-License-Identifier: Apache-2.0

package import Bitrix24

/// Requests to one portal as an application: each carries the access token in its `Authorization` header.
///
/// A token whose end is known to be near is renewed first. A request that the portal refuses because its token has
/// expired is sent again with a new one, three times at most; nothing was executed before. The portal's interface is
/// where the authorization server says it is: a redirect is answered by asking that server.
package struct AuthorizedTransport: PortalTransport {
    private let vault: TokenVault
    private let carrier: any HTTPCarrier

    /// - Parameters:
    ///   - vault: The tokens.
    ///   - carrier: Carries the requests to the portal.
    package init(vault: TokenVault, carrier: any HTTPCarrier) {
        self.vault = vault
        self.carrier = carrier
    }

    /// Sends one request.
    ///
    /// ``PortalExchange/neverSent(_:)`` also means that there is no token to send it with, for now
    /// (`TransportFailure.Kind.authorizationServer`, `TransportFailure.Kind.tokensNotSaved`) or until a
    /// person grants access again (`TransportFailure.Kind.accessLost`). Nothing was executed then, though
    /// the portal may have seen and refused the request.
    package func send(_ request: PortalRequest) async -> PortalExchange {
        var tokens: OAuthTokens
        switch await vault.tokens() {
        case .failure(let failure): return .neverSent(failure)
        case .success(let found): tokens = found
        }
        var exchange = await send(request, with: tokens)
        for _ in 0..<Self.mostRepeats {
            guard case .answered(let answer) = exchange, let trouble = AccessTrouble(answer) else { return exchange }
            let next =
                switch trouble {
                case .token: await vault.tokens(insteadOf: tokens.access)
                case .moved: await vault.tokens(afterMoveFrom: tokens.endpoint)
                }
            switch next {
            case .failure(let failure): return .neverSent(failure)
            case .success(let fresh):
                guard fresh.access != tokens.access || fresh.endpoint != tokens.endpoint else { return exchange }
                tokens = fresh
            }
            exchange = await send(request, with: tokens)
        }
        return exchange
    }

    /// How often a request is sent again with a new token.
    ///
    /// Once is what an ended token costs; a new one may be revoked at once by another process that renews, and a
    /// portal may have moved as well. More in a row means that no token helps.
    private static let mostRepeats = 3

    private func send(_ request: PortalRequest, with tokens: OAuthTokens) async -> PortalExchange {
        let exchange = await carrier.send(
            HTTPMessage(
                url: tokens.endpoint.url(method: request.method), bearer: tokens.access, body: request.body,
                timeout: request.timeout))
        guard case .answered(let answer) = exchange else { return exchange }
        return .answered(tokens.access.redacting(answer))
    }
}

extension AuthorizedTransport: CustomStringConvertible, CustomReflectable {
    /// What it is, without tokens.
    package var description: String { "transport of an application" }
    /// A mirror without children.
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// An answer that is about the token or the address, and not about the request.
enum AccessTrouble: Equatable {
    /// The token is expired, or is none that the portal knows.
    case token
    /// The portal has another address.
    case moved

    /// Longer bodies are no refusal of a token, and not worth reading twice.
    private static let longest = 8_192

    init?(_ answer: HTTPAnswer) {
        if [301, 302, 303, 307, 308].contains(answer.status) {
            self = .moved
            return
        }
        guard (400..<500).contains(answer.status), answer.body.count <= Self.longest,
            let code = JSONValue(answer.body)?["error"]?.text?.lowercased(),
            ["expired_token", "invalid_token", "no_auth_found"].contains(code)
        else { return nil }
        self = .token
    }
}

// SPDX-License-Identifier: Apache-2.0

/// The authorization server, which gives tokens: the network, or a stand-in for it.
package protocol TokenServer: Sendable {
    /// Asks for tokens once; it never throws and never asks twice.
    func ask(_ question: TokenQuestion) async -> TokenAnswer
}

/// What is offered for new tokens.
package enum TokenQuestion: Sendable, Hashable {
    /// The code that a person's browser brought; it lives for 30 seconds and works once.
    case code(Secret)
    /// The refresh token of the last pair.
    case refresh(Secret)
}

/// The authorization server over HTTP.
///
/// All secrets travel in the body of a POST: a query would stand in the logs of every proxy on the way.
package struct HTTPTokenServer: TokenServer {
    private let client: OAuthClient
    private let carrier: any HTTPCarrier
    private let timeout: Duration

    /// - Parameters:
    ///   - client: The application that asks, and the server that is asked.
    ///   - carrier: Carries the question.
    ///   - timeout: How long an answer is waited for; the server usually takes less than a second.
    package init(client: OAuthClient, carrier: any HTTPCarrier, timeout: Duration = .seconds(30)) {
        self.client = client
        self.carrier = carrier
        self.timeout = timeout
    }

    /// Asks for tokens once.
    package func ask(_ question: TokenQuestion) async -> TokenAnswer {
        let offer: [(name: String, value: String)] =
            switch question {
            case .code(let code): [("grant_type", "authorization_code"), ("code", code.exposed)]
            case .refresh(let token): [("grant_type", "refresh_token"), ("refresh_token", token.exposed)]
            }
        let form = FormText(
            offer + [("client_id", client.clientID), ("client_secret", client.clientSecret.exposed)])
        let message = HTTPMessage(
            url: "\(client.server.text)/oauth/token/", kind: .form, body: Array(form.text.utf8), timeout: timeout)
        return TokenAnswer(await carrier.send(message), server: client.server.host)
    }
}

// SPDX-License-Identifier: Apache-2.0

import Bitrix24

/// The access that a person has granted to an application: two tokens and what belongs to them.
package struct OAuthTokens: Sendable, Equatable {
    /// The token that a request carries; it lives for an hour.
    package var access: Secret
    /// The token that brings the next pair; it lives for 180 days.
    package var refresh: Secret
    /// When ``access`` was asked for, in seconds since 1970 on this machine's clock.
    package var obtainedAt: Double
    /// When ``access`` ends, in seconds since 1970 on this machine's clock.
    package var expiresAt: Double
    /// Where the portal's REST interface is; the authorization server says so with each pair.
    package var endpoint: RESTEndpoint
    /// The portal's own id, which stays when its address changes; empty where it is not known.
    package var memberID: String
    /// The person who granted the access, and whose rights it has.
    package var userID: Int?
    /// The scopes of the application, in lower case.
    package var scopes: [String]
    /// The application's code.
    package var clientID: String
    /// The portal as the configuration named it when access was granted.
    package var portal: String
    /// The authorization server that gave them, as `https://HOST`.
    package var server: String

    /// Makes tokens of an answer of the authorization server.
    ///
    /// - Parameters:
    ///   - grant: The answer.
    ///   - client: The application that asked.
    ///   - former: The tokens that are replaced: what the answer leaves out stays as it was.
    ///   - now: The time before the question was sent, in seconds since 1970.
    package init(_ grant: TokenGrant, client: OAuthClient, replacing former: OAuthTokens?, now: Double) {
        access = grant.access
        refresh = grant.refresh
        obtainedAt = now
        expiresAt = now + grant.lifetime
        endpoint = grant.endpoint ?? former?.endpoint ?? RESTEndpoint(portal: client.portal)
        memberID = grant.memberID ?? former?.memberID ?? ""
        userID = grant.userID ?? former?.userID
        scopes = grant.scopes ?? former?.scopes ?? []
        clientID = client.clientID
        portal = former?.portal ?? client.portal.host
        server = client.server.text
    }

    /// Puts tokens together that were kept.
    init(
        _ grant: TokenGrant, portal: String, server: String, clientID: String, memberID: String, endpoint: RESTEndpoint,
        userID: Int?,
        scopes: [String], obtainedAt: Double
    ) {
        access = grant.access
        refresh = grant.refresh
        self.obtainedAt = obtainedAt
        expiresAt = obtainedAt + grant.lifetime
        self.endpoint = endpoint
        self.memberID = memberID
        self.userID = userID
        self.scopes = scopes
        self.clientID = clientID
        self.portal = portal
        self.server = server
    }

    /// The time before its end at which an access token is replaced: a minute, or a tenth of its life if that is less.
    package var margin: Double { min(60, (expiresAt - obtainedAt) / 10) }
}

extension OAuthTokens: CustomStringConvertible, CustomReflectable {
    /// Whose they are, without the tokens.
    package var description: String { "tokens of \(clientID) for \(endpoint.origin.host)" }
    /// A mirror that shows ``description`` alone.
    package var customMirror: Mirror { Mirror(self, children: ["tokens": description]) }
}

/// What the authorization server grants.
package struct TokenGrant: Sendable, Equatable {
    /// The new access token.
    package var access: Secret
    /// The new refresh token.
    package var refresh: Secret
    /// Seconds that the access token lives.
    package var lifetime: Double
    /// The portal's REST interface.
    package var endpoint: RESTEndpoint?
    /// The portal's own id.
    package var memberID: String?
    /// The person whose rights the token has.
    package var userID: Int?
    /// The scopes of the application, in lower case.
    package var scopes: [String]?

    /// Makes a grant.
    package init(access: Secret, refresh: Secret, lifetime: Double) {
        self.access = access
        self.refresh = refresh
        self.lifetime = lifetime
    }

    /// Reads the body of an answer; `nil` when one of the two tokens is missing.
    ///
    /// An answer without a life is taken to grant an hour, as all documents say.
    init?(_ body: JSONValue) {
        guard let access = body["access_token"]?.text, !access.isEmpty,
            let refresh = body["refresh_token"]?.text, !refresh.isEmpty
        else { return nil }
        self.access = Secret(access)
        self.refresh = Secret(refresh)
        lifetime = body["expires_in"]?.number.flatMap { $0 > 0 ? $0 : nil } ?? 3_600
        endpoint = body["client_endpoint"]?.text.flatMap { RESTEndpoint($0) }
        memberID = body["member_id"]?.text.flatMap { $0.isEmpty ? nil : $0 }
        userID = body["user_id"]?.integer.map(Int.init)
        scopes = body["scope"]?.text.map { text in
            text.lowercased().split(whereSeparator: { $0 == "," || $0 == " " }).map(String.init)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import ExitCodes

/// Why a request brought no reply.
///
/// It says nothing about whether the request was sent; ``PortalExchange`` does.
package struct TransportFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kinds of failure that a person treats differently.
    package enum Kind: Sendable, Hashable {
        /// Nothing listens at the address.
        case connectionRefused
        /// The host's name could not be looked up.
        case hostUnknown
        /// No connection within the time for connecting.
        case connectTimeout
        /// The network cannot reach the host.
        case unreachable
        /// The TLS handshake failed, for instance because the certificate is not trusted.
        case tls
        /// The proxy refused to connect, or did not answer as a proxy.
        case proxy
        /// No complete reply within the request's time.
        case deadline
        /// The connection was closed or reset before the reply was complete.
        case connectionClosed
        /// The reply is not HTTP.
        case notHTTP
        /// The reply is longer than is accepted.
        case replyTooLong
        /// The task that waited was cancelled.
        case cancelled
        /// The transport was shut down.
        case shutDown
        /// The authorization server gave no access token, for now.
        case authorizationServer
        /// New tokens could not be saved, and so must not be used.
        case tokensNotSaved
        /// The portal no longer lets this application in; a person has to grant it access again.
        case accessLost
        /// Anything else.
        case other
    }

    /// What kind of failure it was.
    package var kind: Kind
    /// What a lower layer said beyond the kind, without secrets; may be empty.
    package var detail: String

    /// Takes what a lower layer said, made harmless: printable, without secrets of webhooks, up to 300 characters.
    package init(_ kind: Kind, detail: String = "") {
        self.kind = kind
        self.detail = HarmlessText.fromOutside(detail)
    }

    package var description: String {
        let sentence =
            switch kind {
            case .connectionRefused: "connection refused"
            case .hostUnknown: "the host name could not be resolved"
            case .connectTimeout: "timeout while connecting"
            case .unreachable: "no route to the host"
            case .tls: "the TLS handshake failed"
            case .proxy: "the proxy did not establish the connection"
            case .deadline: "timeout while waiting for the reply"
            case .connectionClosed: "the connection was closed before the reply was complete"
            case .notHTTP: "the reply is not HTTP"
            case .replyTooLong: "the reply is too long"
            case .cancelled: "the request was cancelled"
            case .shutDown: "the transport was shut down"
            case .authorizationServer: "the authorization server issued no access token"
            case .tokensNotSaved: "the new access tokens cannot be saved"
            case .accessLost: "the application has no access to the portal"
            case .other: "the request failed"
            }
        switch kind {
        case _ where detail.isEmpty: return sentence
        // These details are sentences themselves, with what to do.
        case .authorizationServer, .tokensNotSaved, .accessLost: return "\(sentence): \(detail)"
        default: return "\(sentence) (\(detail))"
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

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
        /// Anything else.
        case other
    }

    /// What kind of failure it was.
    package var kind: Kind
    /// What a lower layer said beyond the kind, without secrets; may be empty.
    package var detail: String

    package init(_ kind: Kind, detail: String = "") {
        self.kind = kind
        self.detail = detail
    }

    package var description: String {
        let sentence =
            switch kind {
            case .connectionRefused: "the connection was refused"
            case .hostUnknown: "the host's name could not be looked up"
            case .connectTimeout: "no connection within the time for connecting"
            case .unreachable: "the host cannot be reached"
            case .tls: "the TLS handshake failed"
            case .proxy: "the proxy did not connect"
            case .deadline: "no complete reply within the time for a request"
            case .connectionClosed: "the connection was closed before the reply was complete"
            case .notHTTP: "the reply is not HTTP"
            case .replyTooLong: "the reply is too long"
            case .cancelled: "the request was cancelled"
            case .shutDown: "the transport was shut down"
            case .other: "the request failed"
            }
        return detail.isEmpty ? sentence : "\(sentence) (\(detail))"
    }
}

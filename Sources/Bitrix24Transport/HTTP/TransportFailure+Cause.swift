// SPDX-License-Identifier: Apache-2.0

internal import AsyncHTTPClient
import Bitrix24
internal import FoundationEssentials
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL

/// Raised by the transport itself when a reply grows beyond its limit.
struct ReplyTooLong: Error {
    var limit: Int
}

/// Raised by the transport itself when a request's time is over.
struct DeadlineReached: Error {}

extension TransportFailure {
    /// Sorts an error of the HTTP client, the network or TLS into a kind.
    init(_ error: any Error) {
        switch error {
        case let failure as TransportFailure: self = failure
        case let error as ReplyTooLong: self.init(.replyTooLong, detail: "more than \(error.limit) bytes")
        case is DeadlineReached: self.init(.deadline)
        case is CancellationError: self.init(.cancelled)
        case let error as HTTPClientError: self.init(client: error)
        case let error as NIOConnectionError: self.init(connecting: error)
        case let error as IOError: self.init(system: error)
        case let error as ChannelError: self.init(channel: error)
        case let error as NIOSSLError: self.init(.tls, detail: String(describing: error))
        case let error as BoringSSLError: self.init(.tls, detail: String(describing: error))
        case let error as NIOSSLExtraError: self.init(.tls, detail: String(describing: error))
        case let error as HTTPParserError:
            self.init(error == .invalidEOFState ? .connectionClosed : .notHTTP, detail: "")
        default: self.init(.other, detail: String(describing: type(of: error)))
        }
    }

    private init(client error: HTTPClientError) {
        switch error {
        case .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout: self.init(.connectTimeout)
        case .httpProxyHandshakeTimeout, .socksHandshakeTimeout: self.init(.proxy, detail: "no reply in time")
        case .invalidProxyResponse: self.init(.proxy, detail: "the reply is not that of a proxy")
        case .proxyAuthenticationRequired: self.init(.proxy, detail: "it requires a user name and a password")
        case .deadlineExceeded, .readTimeout, .writeTimeout: self.init(.deadline)
        case .remoteConnectionClosed, .uncleanShutdown: self.init(.connectionClosed)
        case .cancelled, .requestStreamCancelled: self.init(.cancelled)
        case .alreadyShutdown: self.init(.shutDown)
        default: self.init(.other, detail: error.shortDescription)
        }
    }

    private init(connecting error: NIOConnectionError) {
        if let first = error.connectionErrors.first {
            self = TransportFailure(first.error)
        } else if error.dnsAError != nil || error.dnsAAAAError != nil {
            self.init(.hostUnknown, detail: error.host)
        } else {
            self.init(.connectTimeout)
        }
    }

    private init(system error: IOError) {
        switch error.errnoCode {
        case ECONNREFUSED: self.init(.connectionRefused)
        case ECONNRESET, EPIPE, ECONNABORTED, ENOTCONN: self.init(.connectionClosed)
        case EHOSTUNREACH, ENETUNREACH, ENETDOWN, EHOSTDOWN: self.init(.unreachable)
        case ETIMEDOUT: self.init(.connectTimeout)
        default: self.init(.other, detail: "system error \(error.errnoCode)")
        }
    }

    private init(channel error: ChannelError) {
        switch error {
        case .connectTimeout: self.init(.connectTimeout)
        case .ioOnClosedChannel, .alreadyClosed, .inputClosed, .outputClosed, .eof: self.init(.connectionClosed)
        default: self.init(.other, detail: "network channel")
        }
    }
}

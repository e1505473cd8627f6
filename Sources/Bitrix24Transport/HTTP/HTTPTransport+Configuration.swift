// SPDX-License-Identifier: Apache-2.0

internal import AsyncHTTPClient
import Clocks
internal import NIOCore
internal import NIOPosix
internal import NIOSSL

/// Why a transport could not be set up.
package enum TransportSetupFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file of certificates cannot be read or contains no PEM certificate.
    case caFile(path: String)

    /// What is wrong and which setting to check, as a clause without a full stop.
    package var description: String {
        switch self {
        case .caFile(let path): "cannot read PEM certificates from \(path); check ca_file"
        }
    }
}

extension HTTPTransport {
    static func configuration(_ options: Options) throws(TransportSetupFault) -> HTTPClient.Configuration {
        var tls = TLSConfiguration.makeClientConfiguration()
        if let path = options.caFile {
            // Whatever the library says, the remedy is the same.
            guard let certificates = try? NIOSSLCertificate.fromPEMFile(path), !certificates.isEmpty else {
                throw .caFile(path: path)
            }
            tls.additionalTrustRoots = [.certificates(certificates)]
        }
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls,
            redirectConfiguration: .disallow,
            timeout: .init(connect: .nanoseconds(options.connectTimeout.wholeNanoseconds)),
            decompression: .disabled)
        configuration.httpVersion = .http1Only
        configuration.proxy = options.proxy.map(Self.proxy)
        configuration.connectionPool.retryConnectionEstablishment = false
        // Shorter than what servers usually grant an idle connection (5 s and more), since a request that meets a
        // connection in the moment of its closing has an unknown outcome. A new connection costs far less.
        configuration.connectionPool.idleTimeout = .seconds(4)
        configuration.tracing.tracer = nil
        configuration.http1_1ConnectionDebugInitializer = { channel in Self.watchForSilence(channel) }
        return configuration
    }

    private static func proxy(_ address: ProxyAddress) -> HTTPClient.Configuration.Proxy {
        switch address.kind {
        case .socks5: .socksServer(host: address.host, port: address.port)
        case .http:
            .server(
                host: address.host, port: address.port,
                authorization: address.user.map { .basic(username: $0, password: address.password ?? "") })
        }
    }

    /// Lets the system give a connection up when the other side has acknowledged nothing for 20 seconds.
    ///
    /// A portal that works on a reply acknowledges at once, so this tells a dead connection from a slow portal. The
    /// options are a help and no condition: where they cannot be set, the request's deadline remains.
    static func watchForSilence(_ channel: any Channel) -> EventLoopFuture<Void> {
        #if os(Linux)
            let options: [(level: NIOBSDSocket.OptionLevel, name: CInt, value: Int)] = [
                (.tcp, 18, 20_000),  // TCP_USER_TIMEOUT, milliseconds
                (.tcp, 4, 10),  // TCP_KEEPIDLE, seconds
                (.tcp, 5, 5),  // TCP_KEEPINTVL, seconds
                (.socket, 9, 1),  // SO_KEEPALIVE
            ]
            let settings = options.map { option in
                channel.setOption(
                    ChannelOptions.Types.SocketOption(level: option.level, name: .init(rawValue: option.name)),
                    value: option.value)
            }
            return EventLoopFuture.andAllComplete(settings, on: channel.eventLoop)
        #else
            return channel.eventLoop.makeSucceededVoidFuture()
        #endif
    }
}

extension Duration {
    /// The duration in whole nanoseconds, cut to what fits.
    var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? (seconds < 0 ? .min : .max) : scaled &+ attoseconds / 1_000_000_000
    }

    /// The duration in seconds as a floating-point number.
    var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}

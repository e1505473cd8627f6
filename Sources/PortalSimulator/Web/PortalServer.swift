// SPDX-License-Identifier: Apache-2.0

internal import Hummingbird
internal import Logging
internal import NIOCore

/// Serves a simulated portal over HTTP on one address.
///
/// | path | what |
/// |---|---|
/// | `/rest/…` | the REST interface |
/// | `/oauth/authorize/` | the page on which a person lets an application in |
/// | `/oauth/token/` | the authorization server: tokens for a code or for a refresh token |
/// | `/` | a page that shows the calls |
/// | `/audit` | everything held and counted, as JSON; `?events=0` leaves out the events, `?rows=0` all but counts |
/// | `POST /audit/reset` | forgets calls and counts |
/// | `/control` | GET tells what it can do, POST does it |
public struct PortalServer: Sendable {
    private let portal: SimulatedPortal
    private let host: String
    private let port: Int

    /// Sets up a server; nothing listens before ``run(onReady:)``.
    ///
    /// - Parameters:
    ///   - portal: The portal to serve.
    ///   - host: The address to listen on.
    ///   - port: The port; 0 takes a free one.
    public init(portal: SimulatedPortal, host: String = "127.0.0.1", port: Int = 0) {
        self.portal = portal
        self.host = host
        self.port = port
    }

    /// Serves until the task is cancelled.
    ///
    /// - Parameter onReady: Told the port as soon as connections are accepted.
    /// - Throws: When the address cannot be listened on.
    public func run(onReady: @escaping @Sendable (Int) async -> Void) async throws {
        var logger = Logger(label: "bitrix24-sim")
        logger.logLevel = .critical
        let application = Application(
            responder: PortalResponder(portal: portal),
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [], idleTimeout: nil)),
            configuration: .init(address: .hostname(host, port: port), serverName: "nginx"),
            onServerRunning: { channel in await onReady(channel.localAddress?.port ?? 0) },
            logger: logger)
        try await application.run()
    }
}

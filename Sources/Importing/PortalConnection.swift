// SPDX-License-Identifier: Apache-2.0

package import Bitrix24
package import Bitrix24Transport
package import CDRConfiguration
package import ExitCodes

/// Prepares the connection to the portal of a configuration; nothing is sent by that.
package typealias PortalConnector = @Sendable (PortalSettings) throws(ImportFault) -> PortalConnection

/// A portal that is ready to be spoken to.
package struct PortalConnection: Sendable {
    /// The portal's REST interface.
    package let portal: Portal
    /// The host that names the portal, with its port where that is unusual.
    package let host: String
    /// The portal's own id, which stays when its host changes; `nil` where it is not known.
    package let memberID: String?
    /// How the portal knows this program.
    package let access: PortalAccess
    /// Ends the connection; called once, after the last request.
    package let close: @Sendable () async -> Void

    /// A connection that somebody else has prepared.
    package init(
        portal: Portal, host: String, memberID: String? = nil, access: PortalAccess = .webhook,
        close: @escaping @Sendable () async -> Void
    ) {
        self.portal = portal
        self.host = host
        self.memberID = memberID
        self.access = access
        self.close = close
    }

    /// Prepares the connection to the portal of the configuration; nothing is sent yet.
    ///
    /// - Parameters:
    ///   - environment: The environment's variables: the secret may be among them, and so may a proxy.
    ///   - userAgent: The name and version under which the importer introduces itself.
    /// - Throws: ``ImportFault/configuration(_:)`` when the address, the application, the proxy or the CA file cannot be
    ///   used, ``ImportFault/rejected(_:)`` when nobody has granted the application access, ``ImportFault/input(_:)``
    ///   when its tokens cannot be read; never with a part of a secret in it.
    package static func open(
        _ settings: PortalSettings, environment: [String: String], userAgent: String
    ) throws(ImportFault) -> PortalConnection {
        if let oauth = settings.oauth {
            return try open(oauth, settings, environment: environment, userAgent: userAgent)
        }
        guard let source = settings.webhook else {
            throw .configuration(
                "no portal is configured; set webhook_url or oauth under portal: in the configuration, or use "
                    + "--webhook-url")
        }
        let address = try address(source, environment: environment)
        let transport: HTTPTransport
        do {
            transport = try HTTPTransport(
                address: address,
                options: try settings.transportOptions(
                    to: address.origin, environment: environment, userAgent: userAgent))
        } catch {
            throw .configuration("\(error)")
        }
        return PortalConnection(
            portal: Portal(transport: transport, timeout: settings.replyTimeout), host: address.host,
            close: { await transport.shutdown() })
    }

    private static func address(
        _ source: SecretSource, environment: [String: String]
    ) throws(ImportFault) -> WebhookAddress {
        let address: WebhookAddress
        do {
            address = try WebhookAddress(try source.read(environment: environment))
        } catch {
            throw .configuration("\(error)")
        }
        if case .literal = source, !address.isLoopback {
            throw .configuration(
                """
                the webhook address must not be written in the configuration or on the command line; keep it in an \
                environment variable (webhook_url: ${BITRIX24_WEBHOOK_URL}, --webhook-url env:NAME) or in a file \
                (webhook_url: { file: PATH }, --webhook-url file:PATH)
                """)
        }
        return address
    }
}

extension PortalSettings {
    /// How a server is reached: through which proxy, with which certificates, under which name.
    ///
    /// - Throws: ``ProxyFault`` when the address of the proxy cannot be used.
    package func transportOptions(
        to origin: HTTPOrigin, environment: [String: String], userAgent: String
    ) throws(ProxyFault) -> HTTPTransport.Options {
        var options = HTTPTransport.Options()
        options.userAgent = userAgent
        options.caFile = caFile
        options.proxy = try ProxyRule.proxy(for: origin, configured: proxy, environment: environment)
        return options
    }
}

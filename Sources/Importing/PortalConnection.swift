// SPDX-License-Identifier: Apache-2.0

package import Bitrix24

/// A portal that is ready to be spoken to.
package struct PortalConnection: Sendable {
    package var portal: Portal
    /// The host that names the portal, with its port where that is unusual.
    package var host: String
    /// Ends the connection.
    package var close: @Sendable () async -> Void

    package init(portal: Portal, host: String, close: @escaping @Sendable () async -> Void) {
        self.portal = portal
        self.host = host
        self.close = close
    }

    /// Prepares the connection to the portal of the configuration; nothing is sent yet.
    ///
    /// - Parameters:
    ///   - environment: The environment's variables: the secret may be among them, and so may a proxy.
    ///   - userAgent: The name and version under which the importer introduces itself.
    /// - Throws: ``ImportFault/configuration(_:)`` when the address, the proxy or the CA file cannot be used; never
    ///   with a part of the secret in it.
    package static func open(
        _ settings: PortalSettings, environment: [String: String], userAgent: String
    ) throws(ImportFault) -> PortalConnection {
        guard let source = settings.webhook else {
            throw .configuration(
                "no portal is named; write portal: webhook_url: ${NAME} into the configuration, or use --webhook-url")
        }
        let address = try address(source, environment: environment)
        var options = HTTPTransport.Options()
        options.userAgent = userAgent
        options.caFile = settings.caFile
        let transport: HTTPTransport
        do {
            options.proxy = try ProxyRule.proxy(
                for: address, configured: settings.proxy, environment: environment)
            transport = try HTTPTransport(address: address, options: options)
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
                the webhook's address stands openly in the configuration or on the command line; keep it in an \
                environment variable (webhook_url: ${BITRIX24_WEBHOOK_URL}, --webhook-url env:NAME) or in a file \
                (webhook_url: { file: PATH }, --webhook-url file:PATH)
                """)
        }
        return address
    }
}

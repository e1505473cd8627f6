// SPDX-License-Identifier: Apache-2.0

import Bitrix24
package import Bitrix24Transport
package import CDRConfiguration
package import ExitCodes
import Foundation

extension PortalConnection {
    /// Prepares the connection of an application with the tokens of its file; nothing is sent, and no token renewed.
    static func open(
        _ oauth: OAuthSettings, _ settings: PortalSettings, environment: [String: String], userAgent: String
    ) throws(ImportFault) -> PortalConnection {
        let file = oauth.tokenFile
        let tokens = try ImportFault.translating { () throws(TokenFileFault) in try file.read() }
        let client = try oauth.client(environment: environment, server: tokens.server)
        try tokens.check(for: client, file)
        guard FileManager.default.isWritableFile(atPath: (file.path as NSString).deletingLastPathComponent) else {
            throw .input(
                "the folder of \(file.path) is not writable, so tokens cannot be renewed; change its owner or permissions"
            )
        }
        return try open(
            client, tokens, file, settings, environment: environment, userAgent: userAgent)
    }

    /// Prepares the connection of an application with given tokens; nothing is sent.
    package static func open(
        _ client: OAuthClient, _ tokens: OAuthTokens, _ file: TokenFile, _ settings: PortalSettings,
        environment: [String: String], userAgent: String
    ) throws(ImportFault) -> PortalConnection {
        let portalSender: HTTPSender
        let tokenSender: HTTPSender
        do {
            portalSender = try HTTPSender(
                options: try settings.transportOptions(
                    to: tokens.endpoint.origin, environment: environment, userAgent: userAgent))
            tokenSender = try HTTPSender(
                options: try settings.transportOptions(
                    to: client.server, environment: environment, userAgent: userAgent))
        } catch {
            throw .configuration("\(error)")
        }
        let vault = TokenVault(
            client: client, tokens: tokens, file: file, server: HTTPTokenServer(client: client, carrier: tokenSender))
        return PortalConnection(
            portal: Portal(
                transport: AuthorizedTransport(vault: vault, carrier: portalSender), timeout: settings.replyTimeout),
            host: tokens.endpoint.origin.host, memberID: tokens.memberID.isEmpty ? nil : tokens.memberID,
            access: .application,
            close: {
                await portalSender.shutdown()
                await tokenSender.shutdown()
            })
    }
}

extension OAuthSettings {
    /// The file of tokens.
    package var tokenFile: TokenFile { TokenFile(path: tokens ?? "tokens.json") }

    /// The application with its secret.
    ///
    /// - Parameter server: The authorization server where the configuration names none; `nil`: the usual one.
    /// - Throws: ``ImportFault/configuration(_:)``, never with a part of the secret in it.
    package func client(environment: [String: String], server found: String? = nil) throws(ImportFault) -> OAuthClient {
        let portal = try Self.origin(portal, "portal")
        let server = try Self.origin(server ?? found ?? OAuthClient.knownServers[0], "server")
        let secret: String
        do throws(SecretFault) {
            secret = try clientSecret.read(environment: environment, what: "the client secret")
        } catch {
            throw .configuration("portal.oauth.client_secret: \(error)")
        }
        if case .literal = clientSecret, !(portal.isLoopback && server.isLoopback) {
            throw .configuration(
                """
                portal.oauth.client_secret must not be written in the configuration; keep it in a file \
                (client_secret: { file: PATH }), in a credential of the systemd unit (client_secret: { credential: NAME }) \
                or in an environment variable (client_secret: ${NAME})
                """)
        }
        return OAuthClient(portal: portal, clientID: clientID, clientSecret: Secret(secret), server: server)
    }

    private static func origin(_ text: String, _ key: String) throws(ImportFault) -> HTTPOrigin {
        do throws(OriginFault) {
            return try HTTPOrigin(text)
        } catch {
            throw .configuration("portal.oauth.\(key): \(error)")
        }
    }
}

extension OAuthTokens {
    /// Checks that the tokens are those of the configured application and portal.
    ///
    /// A renamed portal may be configured by its new name or by the one that it had when access was granted.
    ///
    /// - Throws: ``ImportFault/rejected(_:)``: the application of the configuration has not been let in.
    func check(for client: OAuthClient, _ file: TokenFile) throws(ImportFault) {
        guard clientID == client.clientID else {
            throw .rejected(
                "the tokens in \(file.path) belong to the application \(clientID), but portal.oauth.client_id is "
                    + "\(client.clientID); grant access: cdr24 login")
        }
        guard [portal, endpoint.origin.host].contains(client.portal.host) else {
            throw .rejected(
                "the tokens in \(file.path) belong to the portal \(endpoint.origin.host), but portal.oauth.portal is "
                    + "\(client.portal.host); grant access: cdr24 login")
        }
    }
}

extension ImportFault {
    /// Runs something that works with the file of tokens and gives its faults their exit statuses.
    package static func translating<Value>(
        _ body: () throws(TokenFileFault) -> Value
    ) throws(ImportFault) -> Value {
        do throws(TokenFileFault) {
            return try body()
        } catch {
            throw ImportFault(error)
        }
    }

    /// The fault of the tokens' file, with its exit status.
    package init(_ fault: TokenFileFault) {
        switch fault {
        case .missing: self = .rejected("\(fault)")
        case .openToOthers: self = .configuration("\(fault)")
        case .locked: self = .busy("\(fault)")
        case .unreadable, .notTokens, .unwritable: self = .input("\(fault)")
        }
    }
}

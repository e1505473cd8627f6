// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import Bitrix24Transport
import CDRConfiguration
import ExitCodes
import Foundation
import Importing
import Ledger
import TestSupport
import Testing

/// The application of a configuration, its tokens, and the ledger that belongs to its portal.
@Suite struct PortalAccessTests {
    private static let planted = "pl4nted"

    private func settings(_ folder: TemporaryFolder) -> OAuthSettings {
        OAuthSettings(
            portal: "company.test", clientID: "local.abc", clientSecret: .environment("SECRET"),
            tokens: folder.file("tokens.json"))
    }

    private func open(_ oauth: OAuthSettings) throws(ImportFault) -> PortalConnection {
        var settings = PortalSettings()
        settings.oauth = oauth
        return try PortalConnection.open(settings, environment: ["SECRET": Self.planted], userAgent: "test")
    }

    /// Writes tokens as a login would.
    private func grant(_ oauth: OAuthSettings, endpoint: String = "https://company.test/rest/") throws {
        var grant = TokenGrant(access: Secret(Self.planted), refresh: Secret(Self.planted), lifetime: 3_600)
        grant.endpoint = RESTEndpoint(endpoint)
        grant.memberID = "m1"
        let client = try oauth.client(environment: ["SECRET": Self.planted])
        try oauth.tokenFile.replace(OAuthTokens(grant, client: client, replacing: nil, now: 0))
    }

    @Test func `an application with tokens is ready, and names the portal by its id`() async throws {
        let folder = try TemporaryFolder()
        try grant(settings(folder))
        let connection = try open(settings(folder))
        #expect(connection.host == "company.test")
        #expect(connection.memberID == "m1")
        #expect(connection.access == .application)
        await connection.close()
    }

    @Test func `a renamed portal may be configured by its old or its new name`() async throws {
        let folder = try TemporaryFolder()
        var settings = settings(folder)
        try grant(settings, endpoint: "https://new.test/rest/")
        for name in ["company.test", "new.test"] {
            settings.portal = name
            let connection = try open(settings)
            #expect(connection.host == "new.test")
            await connection.close()
        }
    }

    /// What is changed in a set-up that works, the exit status that it leads to, and a word of the message.
    @Test(arguments: [
        ("no tokens", ExitCodes.ExitStatus.portalRefuses, "cdr24 login"),
        ("another application", .portalRefuses, "cdr24 login"),
        ("another portal", .portalRefuses, "cdr24 login"), ("open tokens", .configuration, "chmod 600"),
        ("damaged tokens", .inputOutput, "cdr24 login"), ("no secret", .configuration, "NO_SUCH_NAME"),
        ("literal secret", .configuration, "must not be written"),
        ("bad portal", .configuration, "portal.oauth.portal"),
        ("plain portal", .configuration, "portal.oauth.portal"), ("bad server", .configuration, "portal.oauth.server"),
    ])
    func `wrong set-ups`(_ change: String, _ status: ExitCodes.ExitStatus, _ word: String) throws {
        let folder = try TemporaryFolder()
        var settings = settings(folder)
        if change != "no tokens" { try grant(settings) }
        switch change {
        case "another application": settings.clientID = "local.other"
        case "another portal": settings.portal = "elsewhere.test"
        case "open tokens": chmod(folder.file("tokens.json"), 0o644)
        case "damaged tokens":
            try folder.write("{}", to: "tokens.json")
            chmod(folder.file("tokens.json"), 0o600)
        case "no secret": settings.clientSecret = .environment("NO_SUCH_NAME")
        case "literal secret": settings.clientSecret = .literal(Self.planted)
        case "bad portal": settings.portal = "company.test/rest/1/x/"
        case "plain portal": settings.portal = "http://company.test"
        case "bad server": settings.server = "ftp://oauth.test"
        default: break
        }
        let fault = #expect(throws: ImportFault.self) { try open(settings) }
        #expect(fault?.exitStatus == status)
        #expect(fault.map { "\($0)" }?.contains(word) == true, "\(fault.map { "\($0)" } ?? "")")
        #expect(fault.map { "\($0)" }?.contains(Self.planted) == false)
    }

    @Test func `a literal secret is accepted where nothing leaves this machine`() throws {
        var settings = OAuthSettings(portal: "127.0.0.1:1", clientID: "a", clientSecret: .literal("b"))
        settings.server = "http://localhost:1"
        #expect(try settings.client(environment: [:]).server.text == "http://localhost:1")
        settings.server = nil
        #expect(throws: ImportFault.self) { try settings.client(environment: [:]) }
    }

    @Test func `the server of the configuration wins over the one that gave the tokens`() throws {
        var settings = OAuthSettings(portal: "company.test", clientID: "a", clientSecret: .environment("S"))
        func server() throws -> String {
            try settings.client(environment: ["S": "s"], server: "https://oauth.bitrix24.tech").server.text
        }
        #expect(try server() == "https://oauth.bitrix24.tech")
        settings.server = "https://oauth.example.test"
        #expect(try server() == "https://oauth.example.test")
        settings.server = nil
        #expect(try settings.client(environment: ["S": "s"]).server.text == "https://oauth.bitrix.info")
    }

    // MARK: The ledger's portal

    private struct Silence: PortalTransport {
        func send(_ request: PortalRequest) async -> PortalExchange { .neverSent(TransportFailure(.shutDown)) }
    }

    /// What the ledger knows, what the connection leads to, and what comes of it: `nil` for a refusal.
    @Test(
        arguments: [
            (nil, nil, "a.test", "m1", .some(nil)), ("a.test", nil, "a.test", nil, .some(nil)),
            ("a.test", nil, "a.test", "m1", .some(nil)), ("a.test", "m1", "a.test", "m1", .some(nil)),
            ("a.test", "m1", "b.test", "m1", .some("a.test")), ("a.test", "m1", "a.test", "m2", nil),
            ("a.test", "m1", "b.test", "m2", nil), ("a.test", nil, "b.test", "m1", nil),
            ("a.test", "m1", "b.test", nil, nil),
            ("a.test", "", "b.test", "m1", nil), ("a.test", "m1", "a.test", nil, .some(nil)),
        ] as [(String?, String?, String, String?, String??)])
    func `a ledger follows a renamed portal, and no other`(
        _ host: String?, _ member: String?, _ newHost: String, _ newMember: String?, _ former: String??
    ) async throws {
        let folder = try TemporaryFolder()
        let ledger = try Ledger.open(path: folder.file())
        if let host { try ledger.remember([.portalHost: host]) }
        if let member { try ledger.remember([.portalMember: member]) }
        let connection = PortalConnection(
            portal: Portal(transport: Silence(), timeout: .zero), host: newHost, memberID: newMember,
            access: .application, close: {})
        let binding = try LedgerBinding(ledger)
        if let former {
            #expect(try binding.check(against: connection) == former)
        } else {
            let fault = #expect(throws: ImportFault.self) { try binding.check(against: connection) }
            #expect(fault?.exitStatus == .configuration)
            #expect(fault.map { "\($0)" }?.contains("portal.oauth") == true)
        }
        try ledger.close()
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import Settings
import TestSupport
import Testing

@testable import CDRConfiguration

/// `portal.oauth`: an application instead of a webhook.
@Suite struct OAuthSettingsTests {
    private static let full = """
        portal:
          oauth:
            portal: company.bitrix24.test
            client_id: local.0123456789abcdef.01234567
            client_secret: { file: client-secret }
            tokens: own/tokens.json
            server: https://oauth.example.test

        """

    private func settings(_ text: String) throws -> ImportConfiguration {
        try ImportConfiguration(text: text, file: "c.yaml")
    }

    @Test func `every key is read, and paths are relative to the configuration's folder`() throws {
        var configuration = try settings(Self.full)
        #expect(
            configuration.portal.oauth
                == OAuthSettings(
                    portal: "company.bitrix24.test", clientID: "local.0123456789abcdef.01234567",
                    clientSecret: .file("client-secret"), tokens: "own/tokens.json",
                    server: "https://oauth.example.test"))
        configuration.resolvePaths(against: "/etc/cdr24")
        #expect(configuration.portal.oauth?.tokens == "/etc/cdr24/own/tokens.json")
        #expect(configuration.portal.oauth?.clientSecret == .file("/etc/cdr24/client-secret"))
    }

    @Test(arguments: [
        ("${SECRET}", SecretSource.environment("SECRET")), ("{ file: /etc/s }", .file("/etc/s")),
        ("{ credential: oauth }", .credential("oauth")), ("abc", .literal("abc")),
    ])
    func `forms of the secret`(_ text: String, _ source: SecretSource) throws {
        let configuration = try settings(Self.full.replacingOccurrences(of: "{ file: client-secret }", with: text))
        #expect(configuration.portal.oauth?.clientSecret == source)
    }

    @Test(arguments: [
        ("    portal: company.bitrix24.test\n", "", 3, "portal"),
        ("    client_id: local.0123456789abcdef.01234567\n", "", 3, "client_id"),
        ("    client_secret: { file: client-secret }\n", "", 3, "client_secret"),
        ("    tokens:", "    token:", 6, "tokens"), ("client_id: local", "client_id: lo cal", 4, "client_id"),
        ("{ file: client-secret }", "{ path: x }", 5, "file"),
        ("  oauth:\n", "  webhook_url: ${A}\n  oauth:\n", 4, "both webhook_url and oauth"),
    ])
    func `refusals name their place`(_ old: String, _ new: String, _ line: Int, _ word: String) throws {
        let text = Self.full.replacingOccurrences(of: old, with: new)
        #expect(text != Self.full)
        let fault = #expect(throws: SettingsFault.self) { try settings(text) }
        #expect(fault?.place.line == line)
        #expect(fault.map { "\($0)" }?.contains(word) == true, "\(fault.map { "\($0)" } ?? "")")
    }

    @Test(arguments: [("cdr24.sqlite", "tokens.json"), ("/var/lib/cdr24/l.sqlite", "/var/lib/cdr24/tokens.json")])
    func `tokens lie beside the ledger unless a place is named`(_ ledger: String, _ tokens: String) throws {
        let folder = try TemporaryFolder()
        try folder.write(
            Self.full.replacingOccurrences(of: "    tokens: own/tokens.json\n", with: ""), to: "c.yaml")
        let assembly = ConfigurationAssembly(config: folder.file("c.yaml"), ledger: ledger, environment: [:])
        #expect(try assembly.configuration().portal.oauth?.tokens == tokens)
    }

    @Test func `a webhook of the command line or the environment takes the application's place`() throws {
        let folder = try TemporaryFolder()
        try folder.write(Self.full, to: "c.yaml")
        for (option, environment) in [("env:A", [:]), (nil, ["CDR24_WEBHOOK_URL": "x"])] {
            let assembly = ConfigurationAssembly(
                config: folder.file("c.yaml"), webhookUrl: option, environment: environment)
            let portal = try assembly.configuration().portal
            #expect(portal.oauth == nil)
            #expect(portal.webhook != nil)
        }
    }

    @Test func `a credential is read from systemd's folder, whatever its mode`() throws {
        let folder = try TemporaryFolder()
        try folder.write("s3cret\n", to: "oauth")
        // systemd grants the right to read by an access list, which shows as a right of the group.
        try FileManager.default.setAttributes([.posixPermissions: 0o440], ofItemAtPath: folder.file("oauth"))
        let directory = (folder.file("oauth") as NSString).deletingLastPathComponent
        let source = SecretSource.credential("oauth")
        #expect(try source.read(environment: ["CREDENTIALS_DIRECTORY": directory]) == "s3cret")
        let file = SecretSource.file(folder.file("oauth"))
        #expect(try file.read(environment: ["CREDENTIALS_DIRECTORY": directory]) == "s3cret")
        #expect(throws: SecretFault.self) { try file.read(environment: [:]) }
        #expect {
            try source.read(environment: [:], what: "the client secret")
        } throws: { "\($0)".contains("LoadCredential=oauth") && "\($0)".contains("the client secret") }
        #expect(throws: SecretFault.self) {
            try SecretSource.credential("none").read(environment: ["CREDENTIALS_DIRECTORY": directory])
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Everything that administrators set up wrongly: `check` and `import` name it, end with the code for it, and send nothing.
@Suite(.serialized) struct WrongSetupTests {
    /// A set-up with one fault in it.
    struct Fault: Sendable, CustomTestStringConvertible {
        /// What is wrong.
        let name: String
        /// What `check` and `import` end with.
        let status: Int32
        /// What `import` ends with, where that differs.
        var importStatus: Int32?
        /// What both say.
        let words: String
        /// How the portal is started.
        var portal: [String] = []
        /// What is replaced in the configuration, and by what; `{host}` is the portal's.
        var old = ""
        var new = ""
        /// What else is done to the set-up.
        var change: @Sendable (Workspace, Portal) async throws -> Void = { _, _ in }

        var testDescription: String { name }
    }

    private static let address = "webhook_url: ${BITRIX24_WEBHOOK_URL}"

    // MARK: Webhooks

    private static let webhooks: [Fault] = [
        Fault(name: "no portal", status: 78, words: "no portal is configured", old: address + "\n", new: "\n"),
        Fault(
            name: "a variable that is not set", status: 78, words: "NO_SUCH_NAME is not set", old: address,
            new: "webhook_url: ${NO_SUCH_NAME}"),
        Fault(
            name: "no address", status: 78, words: "webhook", old: address, new: "webhook_url: portal"),
        Fault(
            name: "an address without a secret", status: 78, words: "webhook", old: address,
            new: "webhook_url: http://{host}/rest/"),
        Fault(
            name: "an address without TLS", status: 78, words: "https", old: address,
            new: "webhook_url: { file: plain }"
        ) { workspace, _ in try workspace.writeSecret("http://company.test/rest/1/abcdefgh12345678/\n", to: "plain") },
        Fault(
            name: "a secret in the configuration", status: 78, words: "must not be written", old: address,
            new: "webhook_url: https://company.test/rest/1/abcdefgh12345678/"),
        Fault(
            name: "a file that is not there", status: 78, words: "nowhere", old: address,
            new: "webhook_url: { file: nowhere }"),
        Fault(
            name: "a file that others can read", status: 78, words: "chmod 600", old: address,
            new: "webhook_url: { file: open }"
        ) { workspace, portal in
            try workspace.writeSecret(portal.url + "\n", to: "open")
            chmod(workspace.path("open"), 0o644)
        },
        Fault(
            name: "another secret", status: 69, words: "check webhook_url", old: address,
            new: "webhook_url: http://{host}/rest/1/abcdefgh12345678/"),
        Fault(
            name: "a webhook of nobody", status: 69, words: "check webhook_url", old: address,
            new: "webhook_url: http://{host}/rest/99/secret/"),
        Fault(
            name: "nothing listens", status: 69, importStatus: 4, words: "cannot be reached", old: address,
            new: "webhook_url: http://127.0.0.1:9/rest/1/abcdefgh12345678/"),
        Fault(
            name: "a proxy that is none", status: 78, words: "proxy", old: address,
            new: address + "\n  proxy: ftp://proxy"),
        Fault(
            name: "certificates that are not there", status: 78, words: "nowhere.pem", old: address,
            new: "webhook_url: { file: tls }\n  ca_file: nowhere.pem"
        ) { workspace, _ in try workspace.writeSecret("https://127.0.0.1:9/rest/1/abcdefgh12345678/\n", to: "tls") },
        Fault(
            name: "a webhook and an application", status: 78, words: "both webhook_url and oauth", old: address,
            new: address + "\n  oauth: { portal: a.test, client_id: x, client_secret: { file: s } }"),
        Fault(
            name: "a webhook without telephony", status: 69, words: "the webhook lacks the permission \"telephony\"",
            portal: ["--scopes", "crm,user"]),
        Fault(
            name: "a portal for applications", status: 69, words: "cdr24 login", portal: ["--webhook", "deny"]),
        Fault(name: "a blocked portal", status: 69, words: "overload") { _, portal in
            try await portal.order(#"{"overloaded":true}"#)
        },
        Fault(
            name: "an unknown line", status: 78, words: "does not have these lines: +74950000000 (4 calls)",
            old: "lines:", new: "new_lines: stop\nlines:"),
        Fault(
            name: "another word for new lines", status: 78, words: "expected create, stop or omit", old: "lines:",
            new: "new_lines: ask\nlines:"),
        Fault(name: "an unknown key", status: 78, words: "fromat", old: "format:", new: "fromat:"),
        Fault(
            name: "a ledger without a folder", status: 74, words: "nowhere", old: "ledger: cdr24.sqlite",
            new: "ledger: nowhere/cdr24.sqlite"),
        Fault(name: "a ledger of another portal", status: 78, words: "is bound to the portal") { workspace, _ in
            let other = try await Portal.start()
            let outcome = try await workspace.run(["import", "--max-calls", "1"], portal: other)
            #expect(outcome.status == 4, "\(outcome.errors)")
        },
    ]

    // MARK: Applications

    private static let applications: [Fault] = [
        Fault(name: "nobody has logged in", status: 69, words: "cdr24 login") { workspace, _ in
            try FileManager.default.removeItem(atPath: workspace.path("tokens.json"))
        },
        Fault(
            name: "tokens of another application", status: 69, words: "cdr24 login", old: "client_id: local.app",
            new: "client_id: local.other"),
        Fault(
            name: "tokens of another portal", status: 69, words: "cdr24 login", old: "portal: {host}",
            new: "portal: 127.0.0.1:1"),
        Fault(name: "tokens that others can read", status: 78, words: "chmod 600") { workspace, _ in
            chmod(workspace.path("tokens.json"), 0o644)
        },
        Fault(name: "damaged tokens", status: 74, words: "cdr24 login") { workspace, _ in
            try workspace.writeSecret("{", to: "tokens.json")
        },
        Fault(
            name: "a client secret that is not there", status: 78, words: "portal.oauth.client_secret",
            old: "{ file: client-secret }", new: "{ file: nowhere }"),
        Fault(name: "a client secret that others can read", status: 78, words: "chmod 600") { workspace, _ in
            chmod(workspace.path("client-secret"), 0o644)
        },
        Fault(
            name: "a portal with a path", status: 78, words: "portal.oauth.portal", old: "portal: {host}",
            new: "portal: {host}/rest/"),
        Fault(
            name: "an authorization server that is none", status: 78, words: "portal.oauth.server",
            old: "server: http://{host}", new: "server: ftp://{host}"),
        Fault(name: "another client secret", status: 69, words: "client_secret") { workspace, portal in
            try workspace.writeSecret("other-secret\n", to: "client-secret")
            try await portal.order(#"{"expireTokens":true}"#)
        },
        Fault(name: "access that was taken away", status: 69, words: "cdr24 login") { _, portal in
            try await portal.order(#"{"revokeTokens":true}"#)
        },
        Fault(
            name: "an application without telephony", status: 69,
            words: "the application lacks the permission \"telephony\"", portal: ["--scopes", "crm,user"]),
    ]

    @Test func `there are at least twenty-five, each with a name of its own`() {
        let names = (Self.webhooks + Self.applications).map(\.name)
        #expect(names.count >= 25)
        #expect(Set(names).count == names.count)
    }

    @Test(arguments: webhooks)
    func `a wrong webhook`(_ fault: Fault) async throws { try await expect(fault, isApplication: false) }

    @Test(arguments: applications)
    func `a wrong application`(_ fault: Fault) async throws { try await expect(fault, isApplication: true) }

    private func expect(_ fault: Fault, isApplication: Bool) async throws {
        let portal = try await Portal.start(fault.portal)
        let workspace = try Workspace()
        try workspace.write(AsteriskCall.day(4).file, to: "Master.csv")
        let host = String(portal.base.dropFirst("http://".count))
        if isApplication {
            try workspace.configureApplication(portal)
            let login = try await workspace.logIn(portal)
            #expect(login.status == 0, "\(login.errors)")
        } else {
            try workspace.write(Workspace.configuration(), to: "cdr24.yaml")
        }
        let old = fault.old.replacing("{host}", with: host)
        let text = workspace.read("cdr24.yaml")
        #expect(old.isEmpty || text.contains(old), "the configuration has no \(old)")
        if !old.isEmpty {
            try workspace.write(text.replacing(old, with: fault.new.replacing("{host}", with: host)), to: "cdr24.yaml")
        }
        try await fault.change(workspace, portal)
        let secrets = ["abcdefgh12345678", "app-secret", "other-secret", "access-", "refresh-"]
        for (command, status) in [("check", fault.status), ("import", fault.importStatus ?? fault.status)] {
            let outcome = try await workspace.run([command], portal: portal)
            let said = outcome.output + outcome.errors
            #expect(outcome.status == status, "\(command): \(said)")
            #expect(said.contains(fault.words), "\(command): \(said)")
            #expect(!secrets.contains { said.contains($0) }, "\(command): \(said)")
        }
        let audit = try await portal.audit()
        #expect(audit.counter("registers") == 0 && audit.rows.isEmpty)
        #expect(audit.counter("linesCreated") == 0)
    }
}

extension Workspace {
    /// Writes a file that only its owner may read.
    func writeSecret(_ text: String, to name: String) throws {
        try write(text, to: name)
        chmod(path(name), 0o600)
    }
}

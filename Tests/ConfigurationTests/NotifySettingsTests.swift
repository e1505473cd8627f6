// SPDX-License-Identifier: Apache-2.0

import Foundation
import Phrases
import Settings
import TestSupport
import Testing

@testable import CDRConfiguration

/// Who is told how a run ended, also where the rest of the configuration is wrong.
@Suite struct NotifySettingsTests {
    private static let block = """
        notify:
          ping: { file: ping }
          command: [/usr/local/bin/tell, --subject, cdr24]
          portal: { users: [1, { id: 7, language: ru }, 1, { id: 9 }, 9] }
          on: [success, change]
          time_limit: 5

        """

    private static let meant: NotifySettings = {
        var settings = NotifySettings()
        settings.ping = .file("ping")
        settings.command = ["/usr/local/bin/tell", "--subject", "cdr24"]
        settings.portalUsers = [.init(id: 1), .init(id: 7, language: .russian), .init(id: 9)]
        settings.occasions = [.success, .change]
        settings.timeLimit = .seconds(5)
        return settings
    }()

    private static func read(_ text: String) throws -> NotifySettings {
        try ImportConfiguration(text: text, file: "a.yaml").notify
    }

    @Test func `settings are read`() throws {
        #expect(try Self.read(Self.block) == Self.meant)
        #expect(try Self.read("").isEmpty)
        #expect(try Self.read("notify: { ping: '${PING}' }").ping == .environment("PING"))
        #expect(try Self.read("notify: { ping: http://127.0.0.1:8000/x }").ping == .literal("http://127.0.0.1:8000/x"))
    }

    @Test(arguments: [
        "on: [sometimes]", "command: []", "command: [msmtp]", "pong: x", "portal: { users: [] }",
        "portal: { users: [0] }", "portal: { users: [{ language: ru }] }", "portal: { users: [{ id: 5, lang: ru }] }",
        "portal: { users: [{ id: 0, language: ru }] }", "portal: { users: [[5, ru]] }",
        "time_limit: 0", "time_limit: 1h", "ping: https://monitor.test/pl4nted",
    ])
    func `what is wrong is refused`(_ wrong: String) throws {
        let fault = #expect(throws: SettingsFault.self) { try Self.read("notify: { \(wrong) }") }
        #expect(fault.map { !"\($0)".contains("pl4nted") } ?? false)
    }

    @Test(arguments: [
        (
            "{ id: 5, language: de }",
            "a.yaml:1:48: expected en or ru, found de; remove the key to have the language of the configuration"
        ),
        (
            "5, { id: 5, language: ru }",
            "a.yaml:1:32: user 5 is listed twice, in two languages; leave one of the two"
        ),
    ])
    func `a wrong language of a user is said with its place`(_ users: String, _ message: String) {
        let fault = #expect(throws: SettingsFault.self) { try Self.read("notify: { portal: { users: [\(users)] } }") }
        #expect(fault?.description == message)
    }

    @Test(arguments: ["prtal: {}\n", "sources: [\n", "\tquiet: yes\n", "quiet: yes\nquiet: yes\n", "numbers: {\n}\n"])
    func `settings are read beside what is wrong`(_ wrong: String) throws {
        for text in [wrong + Self.block, Self.block + wrong] {
            #expect(ImportConfiguration(besideFaults: text, file: "a.yaml").notify == Self.meant, "\(text)")
        }
    }

    @Test func `each part is read that can be`() throws {
        let text = """
            portal:
              webhook_url: ${HOOK}
              limits: { lanes: many }
            state_folder: state
            notify:
              ping: https://monitor.test/pl4nted
              command: [/bin/tell]
              on: never
            ledger:
            - odd
            """
        let configuration = ImportConfiguration(besideFaults: text, file: "a.yaml")
        #expect(configuration.portal.webhook == .environment("HOOK") && configuration.stateFolder == "state")
        #expect(configuration.notify.ping == nil && configuration.notify.command == ["/bin/tell"])
        #expect(configuration.notify.occasions == [.failure, .change])
        #expect(ImportConfiguration(besideFaults: "notify: [", file: "a.yaml").notify.isEmpty)
    }

    @Test func `what can be read is placed as in a whole configuration`() throws {
        let folder = try TemporaryFolder()
        try folder.write("notify: { ping: { file: ping } }\nquite: true\n", to: "cdr24.yaml")
        let assembly = ConfigurationAssembly(
            config: folder.file("cdr24.yaml"), environment: ["STATE_DIRECTORY": "/state"])
        #expect(throws: (any Error).self) { try assembly.configuration() }
        let configuration = assembly.configurationBesideFaults()
        #expect(configuration.notify.ping == .file(folder.file("ping")))
        #expect(configuration.stateFolder == "/state" && configuration.ledger == folder.file("cdr24.sqlite"))
        #expect(
            ConfigurationAssembly(config: "/no/such/file", environment: [:]).configurationBesideFaults().notify.isEmpty)
    }
}

// SPDX-License-Identifier: Apache-2.0

import CallRecords
import Clocks
import Foundation
import Settings
import TestSupport
import Testing

@testable import CDRConfiguration

/// Every key of the configuration, and every refusal at its line.
@Suite struct ConfigurationTests {
    static let full = """
        portal:
          webhook_url: ${PORTAL}
          limits:
            requests_per_second: 5
            burst: 250
            operating_seconds: 480
            operating_window_seconds: 300
            request_cap_seconds: 30
            target_request_seconds: 7.5
            batch_commands: 20
            lanes: 3
            unreachable_seconds: 90
          proxy: http://proxy:3128
          ca_file: /etc/ssl/ca.pem
        ledger: /var/lib/cdr24.sqlite
        sources:
          - files: [/var/log/a.csv, "/var/log/b*.csv"]
            format: asterisk
            time_zone: Europe/Moscow
            key_prefix: pbx1
            not_before: 2026-11-01
            expect_within: 26h
            complete_after: 15m
            max_call_hours: 6
            check_zone: false
            trunks: [trunk1]
          - files: c.csv
            format: asterisk
            key_prefix: pbx2
        numbers:
          region: ru
          internal: '^\\d{3}$'
          rewrite: [{ match: '^9(\\d{10})$', replace: '$1' }]
        users:
          extensions: { "101": 7, "0102": 8 }
          default: 1
          substitute: 2
        lines: { "trunk1": "+74950000000" }
        call_lists: { "campaign-7": 7 }
        quiet: true

        """

    @Test func `every key is read`() throws {
        let configuration = try ImportConfiguration(text: Self.full, file: "c.yaml")
        let portal = configuration.portal
        #expect(portal.webhook == .environment("PORTAL"))
        #expect(portal.requestsPerSecond == 5 && portal.burst == 250 && portal.operatingSeconds == 480)
        #expect(portal.operatingWindow == .seconds(300) && portal.requestCap == .seconds(30))
        #expect(portal.targetRequest == .seconds(7.5) && portal.batchCommands == 20 && portal.lanes == 3)
        #expect(portal.unreachableFor == .seconds(90) && portal.replyTimeout == .seconds(37.5))
        #expect(abs(portal.settleAfter.inSeconds - 33) < 0.001 && portal.rereadAfter == .seconds(2.5))
        #expect(portal.proxy == "http://proxy:3128" && portal.caFile == "/etc/ssl/ca.pem")
        #expect(configuration.ledger == "/var/lib/cdr24.sqlite")
        let source = configuration.sources[0]
        #expect(source.files == ["/var/log/a.csv", "/var/log/b*.csv"] && source.format?.name == "asterisk")
        // Midnight in Moscow.
        #expect(source.timeZone == "Europe/Moscow" && source.notBefore == 1_793_480_400)
        #expect(source.keyPrefix == "pbx1" && source.expectWithin == .seconds(93_600))
        #expect(source.completeAfter == .seconds(900) && source.maximumCall == .seconds(21_600))
        #expect(!source.checksZone && source.trunks == ["trunk1"])
        #expect(configuration.sources[1].files == ["c.csv"] && configuration.sources[1].checksZone)
        #expect(configuration.numbers.region == "RU" && configuration.numbers.internal == "^\\d{3}$")
        #expect(configuration.numbers.rewrite.map(\.replace) == ["$1"])
        #expect(configuration.users.extensions == ["101": 7, "0102": 8])
        #expect(configuration.users.fallback == 1 && configuration.users.substitute == 2)
        #expect(configuration.lines == ["trunk1": "+74950000000"] && configuration.callLists == ["campaign-7": 7])
    }

    @Test func `what is left out has the documented defaults`() throws {
        let configuration = try ImportConfiguration(text: "sources: [{ files: a.csv }]\n", file: "c.yaml")
        let portal = configuration.portal
        #expect(portal.webhook == nil && portal.requestsPerSecond == 2 && portal.burst == 50)
        #expect(portal.operatingSeconds == nil && portal.operatingWindow == .seconds(600))
        #expect(portal.requestCap == .seconds(60) && portal.targetRequest == .seconds(20))
        #expect(portal.batchCommands == 50 && portal.lanes == 2 && portal.replyTimeout == .seconds(75))
        #expect(abs(portal.settleAfter.inSeconds - 66) < 0.001 && portal.rereadAfter == .seconds(5))
        let source = configuration.sources[0]
        #expect(source.completeAfter == .seconds(600) && source.maximumCall == .seconds(43_200))
        #expect(source.notBefore == nil && source.expectWithin == nil)
    }

    @Test(arguments: [
        ("requests_per_second: 5", "requests_per_second: 0", 4), ("burst: 250", "burst: 2.5", 5),
        ("operating_seconds: 480", "operating_seconds: much", 6),
        ("operating_window_seconds: 300", "operating_window_seconds: 0", 7),
        ("request_cap_seconds: 30", "request_cap_seconds: -1", 8),
        ("batch_commands: 20", "batch_commands: 51", 10), ("batch_commands: 20", "batch_commands: 1", 10),
        ("lanes: 3", "lanes: 9", 11), ("lanes: 3", "lane: 3", 11), ("proxy:", "proxi:", 13),
        ("ledger: /var", "leger: /var", 15), ("format: asterisk\n    time", "format: asterix\n    time", 18),
        ("key_prefix: pbx1", "key_prefix: PBX", 20), ("key_prefix: pbx1", "key_prefix: abcdefghijklmnopqrstu", 20),
        ("not_before: 2026-11-01", "not_before: 2026-02-30", 21), ("not_before: 2026-11-01", "not_before: soon", 21),
        ("expect_within: 26h", "expect_within: 26 hours", 22), ("complete_after: 15m", "complete_after: -1", 23),
        ("max_call_hours: 6", "max_call_hours: 0", 24), ("check_zone: false", "check_zone: perhaps", 25),
        ("    key_prefix: pbx2\n", "", 27), ("region: ru", "region: russia", 31),
        ("match: '^9", "find: '^9", 33), ("\"101\": 7", "\"101\": 0", 35), ("default: 1", "default: -1", 36),
        ("substitute: 2", "substitute: nobody", 37), ("\"+74950000000\"", "\"0\"", 38),
        ("\"campaign-7\": 7", "\"campaign-7\": x", 39), ("quiet: true", "quiet: false", 40),
        ("files: c.csv\n    ", "", 27),
    ])
    func `what is wrong is said at its line`(_ right: String, _ wrong: String, _ line: Int) throws {
        #expect(Self.full.contains(right))
        let text = Self.full.replacingOccurrences(of: right, with: wrong)
        #expect {
            try ImportConfiguration(text: text, file: "c.yaml")
        } throws: { error in
            guard let fault = error as? SettingsFault else { return false }
            #expect(fault.place.file == "c.yaml" && fault.place.line == line, "\(fault)")
            return true
        }
    }

    @Test func `a target at or above the cap is refused`() throws {
        let text = Self.full.replacingOccurrences(of: "target_request_seconds: 7.5", with: "target_request_seconds: 30")
        #expect(throws: SettingsFault.self) { try ImportConfiguration(text: text, file: "c.yaml") }
    }

    @Test(arguments: [
        ("env:NAME", SecretSource.environment("NAME")), ("file:/etc/w", .file("/etc/w")),
        ("http://127.0.0.1:1/rest/1/x/", .literal("http://127.0.0.1:1/rest/1/x/")),
    ])
    func `the option for the webhook`(_ text: String, _ source: SecretSource) {
        #expect(SecretSource(option: text) == source)
    }

    @Test func `a secret comes from the environment or a private file, and never into a message`() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("webhook")
        #expect(try SecretSource.environment("A").read(environment: ["A": " x \n"]) == "x")
        #expect(throws: SecretFault.self) { try SecretSource.environment("A").read(environment: [:]) }
        #expect(throws: SecretFault.self) { try SecretSource.environment("A").read(environment: ["A": "  "]) }
        #expect(throws: SecretFault.self) { try SecretSource.file(path).read(environment: [:]) }
        try folder.write("https://p.example/rest/1/hidden/\n", to: "webhook")
        for mode in [0o644, 0o640, 0o604] {
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
            #expect {
                try SecretSource.file(path).read(environment: [:])
            } throws: { "\($0)".contains("chmod 600") && !"\($0)".contains("hidden") }
        }
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        #expect(try SecretSource.file(path).read(environment: [:]) == "https://p.example/rest/1/hidden/")
    }

    @Test func `paths are relative to the configuration's folder`() throws {
        var configuration = try ImportConfiguration(
            text: "ledger: l.sqlite\nsources: [{ files: [a.csv, -, /b.csv] }]\n", file: "c")
        configuration.portal.webhook = .file("w")
        configuration.resolvePaths(against: "/etc/cdr24")
        #expect(configuration.ledger == "/etc/cdr24/l.sqlite" && configuration.portal.webhook == .file("/etc/cdr24/w"))
        #expect(configuration.sources[0].files == ["/etc/cdr24/a.csv", "-", "/b.csv"])
    }
}

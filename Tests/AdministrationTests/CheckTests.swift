// SPDX-License-Identifier: Apache-2.0

import CDRConfiguration
import CallLifecycle
import CallRecords
import ExitCodes
import Importing
import Ledger
import PortalSimulator
import Reporting
import TestSupport
import Testing

@testable import Administration

/// What `check` finds before an import does.
@Suite struct CheckTests {
    private func check(
        _ scene: AdministrationScene, asksPortal: Bool = false, _ change: (inout ImportConfiguration) throws -> Void
    ) async throws -> CheckReport {
        var configuration = ImportConfiguration()
        configuration.ledger = scene.ledger.path
        configuration.users.fallback = 1
        try change(&configuration)
        let connection = scene.connection
        return await Check(configuration, time: scene.time.source) { _ throws(ImportFault) in connection }
            .run(asksPortal: asksPortal)
    }

    private static func source(_ change: (inout SourceSettings) -> Void = { _ in }) throws -> SourceSettings {
        var source = SourceSettings()
        source.format = try FormatDefinition.preset("asterisk")
        source.files = [PackageFolder.file("samples/asterisk.csv")]
        source.timeZone = "Europe/Moscow"
        source.keyPrefix = "pbx"
        source.notBefore = 0
        source.trunks = ["trunk1"]
        change(&source)
        return source
    }

    @Test func `a good setup has no failure`() async throws {
        try await VirtualTime.run { time in
            let scene = try AdministrationScene(time)
            let report = try await check(scene, asksPortal: true) { $0.sources = [try Self.source()] }
            #expect(!report.findings.contains { $0.severity == .failure }, "\(report.text)")
            #expect(scene.portal.requests == 1)
        }
    }

    @Test func `without files there is nothing to import`() async throws {
        try await VirtualTime.run { time in
            let report = try await check(try AdministrationScene(time)) { _ in }
            #expect(report.exitStatus == .configuration)
            #expect(report.text.contains("no files to import"))
        }
    }

    @Test func `a source without a format, one with a wrong zone and a file that is not there are all named`()
        async throws
    {
        try await VirtualTime.run { time in
            let report = try await check(try AdministrationScene(time)) { configuration in
                configuration.sources = [
                    try Self.source {
                        $0.format = nil
                        $0.keyPrefix = "a"
                    },
                    try Self.source {
                        $0.timeZone = "Europe/Moskow"
                        $0.keyPrefix = "b"
                    },
                    try Self.source {
                        $0.files = ["/nowhere.csv"]
                        $0.keyPrefix = "c"
                    },
                ]
            }
            let failures = report.findings.filter { $0.severity == .failure }
            #expect(failures.map(\.subject) == ["source a", "source b", "source c"], "\(report.text)")
            #expect(failures.map(\.exitCode) == [78, 78, 74])
            #expect(report.exitStatus == .configuration)
        }
    }

    @Test func `another rule for keys is found only where the ledger has calls made by the former`() async throws {
        try await VirtualTime.run { time in
            let scene = try AdministrationScene(time)
            let before = try await check(scene) { $0.sources = [try Self.source()] }
            #expect(!before.text.contains("another rule"))
            try scene.store([(.numbered(1), .sample(.delivered))])
            let after = try await check(scene) { $0.sources = [try Self.source()] }
            #expect(after.text.contains("have keys made by another rule"), "\(after.text)")
            #expect(after.exitStatus == .configuration)
        }
    }

    @Test func `a new ledger with old calls and no not_before would stop the import`() async throws {
        try await VirtualTime.run { time in
            let scene = try AdministrationScene(time)
            // The sample's calls begin later than the world does.
            time.advance(by: .seconds(365 * 86_400))
            let report = try await check(scene) { $0.sources = [try Self.source { $0.notBefore = nil }] }
            #expect(report.exitStatus == .configuration)
            #expect(report.text.contains("write not_before:"), "\(report.text)")
        }
    }

    @Test func `a ledger of another portal is found`() async throws {
        try await VirtualTime.run { time in
            let scene = try AdministrationScene(time)
            try scene.store([], facts: [.portalHost: "other.test"])
            let report = try await check(scene) { $0.sources = [try Self.source()] }
            #expect(report.text.contains("is bound to the portal other.test"), "\(report.text)")
            #expect(report.exitStatus == .configuration)
        }
    }

    @Test func `what the portal lacks is found, each by itself`() async throws {
        try await VirtualTime.run { time in
            let scene = try AdministrationScene(time) {
                $0.scopes = ["crm", "user"]
                $0.statisticsRights = .none
            }
            let report = try await check(scene, asksPortal: true) { $0.sources = [try Self.source()] }
            #expect(report.text.contains("lacks the permission \"telephony\""), "\(report.text)")
            #expect(report.text.contains("cannot read the call statistics"), "\(report.text)")
            #expect(report.exitStatus == .portalRefuses)
        }
    }
}

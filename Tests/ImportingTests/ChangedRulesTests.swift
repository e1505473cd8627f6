// SPDX-License-Identifier: Apache-2.0

import CDRConfiguration
import CallRecords
import ExitCodes
import Foundation
import Reporting
import Settings
import TestSupport
import Testing

@testable import Importing
@testable import Intake

/// What becomes of calls that wait to be sent when a rule is corrected, and of logs that begin anew.
@Suite struct ChangedRulesTests {
    /// The numbers that the portal has, in order.
    private func phones(_ scene: ImportScene) async throws -> [String] {
        try await scene.portal.audit().rows.map(\.phone).sorted()
    }

    private static func corrected(_ configuration: inout ImportConfiguration) {
        configuration.numbers.rewrite = [(match: "^8900", replace: "+7901")]
    }

    @Test(arguments: [false, true])
    func `calls of a live log that wait are not sent by rules that were corrected`(_ isDryRun: Bool) async throws {
        try await VirtualTime.run { time in
            let scene = try ImportScene(time)
            try scene.write(scene.records(1...4))
            _ = try await scene.run(maximumCalls: 1)
            #expect(try await phones(scene) == ["+79001000001"])
            try scene.append(scene.record(5))
            let refused = try await scene.run(isDryRun: isDryRun, Self.corrected)
            #expect(refused.status == .configuration)
            #expect(refused.complaint?.contains("3 calls of pbx that wait to be sent were read by the former") == true)
            #expect(try await scene.rowCount() == 1)
            let again = try await scene.run(isDryRun: isDryRun) {
                Self.corrected(&$0)
                $0.sources[0].isReread = true
            }
            #expect(again.summary.records.addsUp, "\(again.summary.records)")
            guard !isDryRun else { return }
            #expect(again.status == .success)
            #expect(
                try await phones(scene) == [
                    "+79001000001", "+79011000002", "+79011000003", "+79011000004", "+79011000005",
                ])
            // The former rules hold no more, and nothing waits.
            #expect(try await scene.run { Self.corrected(&$0) }.status == .success)
            #expect(try await scene.rowCount() == 5)
        }
    }

    @Test func `an export is read anew by rules that were corrected, and what waits with it`() async throws {
        try await VirtualTime.run { time in
            let scene = try ImportScene(time)
            let format = try FormatDefinition(
                SettingsNode(yaml: "extends: asterisk\nname: changed\nfile: { appended: false }\n", file: "f.yaml"))
            try scene.write(scene.records(1...4))
            _ = try await scene.run(maximumCalls: 1) { $0.sources[0].format = format }
            let next = try await scene.run {
                $0.sources[0].format = format
                Self.corrected(&$0)
            }
            #expect(next.status == .success && next.summary.records.addsUp)
            #expect(try await phones(scene) == ["+79001000001", "+79011000002", "+79011000003", "+79011000004"])
        }
    }

    @Test func `a later not_before withdraws calls that wait`() async throws {
        try await VirtualTime.run { time in
            let scene = try ImportScene(time)
            try scene.write(scene.record(1, age: 90_000) + scene.record(2, age: 80_000) + scene.record(3))
            _ = try await scene.run(maximumCalls: 0)
            let next = try await scene.run {
                $0.sources[0].notBefore = time.wallSeconds - 85_000
                $0.sources[0].isReread = true
            }
            #expect(next.summary.records.addsUp && next.summary.calls.delivered == 2, "\(next.summary.records)")
            #expect(try await phones(scene) == ["+79001000002", "+79001000003"])
        }
    }

    @Test func `a call that was held for its time is read anew in the right zone and sent`() async throws {
        try await VirtualTime.run { time in
            let scene = try ImportScene(time)
            try scene.write(scene.record(1, age: 90_000) + scene.record(2, age: -7_200))
            func run(_ zone: String, isReread: Bool) async throws -> ImportRun.Result {
                try await scene.run {
                    $0.sources[0].timeZone = zone
                    $0.sources[0].checksZone = false
                    $0.sources[0].isReread = isReread
                }
            }
            let first = try await run("UTC", isReread: false)
            #expect(first.status == .needsAttention && first.summary.attention.held == 1)
            let next = try await run("Europe/Moscow", isReread: true)
            #expect(next.status == .success && next.summary.calls.delivered == 1, "\(next.summary.attention)")
            #expect(next.summary.records.addsUp)
        }
    }

    @Test func `a log that was rotated away is missed, unless its new name is read`() async throws {
        try await VirtualTime.run { time in
            let scene = try ImportScene(time)
            try scene.write(scene.records(1...4))
            expect(try await scene.run(), read: 4, delivered: 4)
            try scene.append(scene.record(5))
            try FileManager.default.moveItem(atPath: scene.path("Master.csv"), toPath: scene.path("Master.csv.1"))
            try scene.write(scene.record(6))
            let next = try await scene.run()
            #expect(next.summary.calls.delivered == 1)
            let remark = try #require(next.summary.warnings.first { $0.contains("is another file than") })
            #expect(remark.contains("Master.csv*"), "\(remark)")
            // As the remark says; it is not repeated.
            let whole = try await scene.run(["Master.csv*"])
            #expect(whole.status == .success && whole.summary.calls.delivered == 1)
            #expect(try await scene.rowCount() == 6)
            #expect(try await scene.run().summary.warnings.isEmpty)
        }
    }

    @Test func `another zone would give the calls of ids that start again other keys`() async throws {
        try await VirtualTime.run { time in
            let scene = try ImportScene(time)
            let format = try FormatDefinition(
                SettingsNode(yaml: "extends: asterisk\nname: changed\ncall: { key_restarts: true }\n", file: "f.yaml"))
            func run(_ zone: String) async throws -> ImportRun.Result {
                try await scene.run {
                    $0.sources[0].format = format
                    $0.sources[0].timeZone = zone
                    $0.sources[0].checksZone = false
                }
            }
            try scene.write(scene.records(1...3))
            #expect(try await run("UTC").summary.calls.delivered == 3)
            let other = try await run("Europe/Moscow")
            #expect(other.status == .configuration)
            #expect(other.complaint?.contains("or in another time_zone") == true, "\(other.complaint ?? "")")
            #expect(try await run("UTC").status == .success)
            #expect(try await scene.rowCount() == 3)
        }
    }
}

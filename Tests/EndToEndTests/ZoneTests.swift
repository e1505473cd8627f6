// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// A wrong zone is noticed by the ids of the records, and nothing is sent then.
@Suite(.serialized) struct ZoneTests {
    /// A sample with its configuration, whose zone is changed.
    private func scene(_ sample: String, from zone: String, to wrong: String) throws -> Workspace {
        let workspace = try Workspace()
        let samples = URL(fileURLWithPath: PackageFolder.path + "/samples")
        for name in ["\(sample).csv", "\(sample).yaml"] {
            let text = String(decoding: try Data(contentsOf: samples.appendingPathComponent(name)), as: UTF8.self)
            let changed = text.replacing("time_zone: \(zone)", with: "time_zone: \(wrong)")
            if name.hasSuffix("yaml") { #expect(changed != text) }
            try workspace.write(changed, to: name.hasSuffix("yaml") ? "cdr24.yaml" : name)
        }
        return workspace
    }

    @Test(arguments: [
        ("asterisk", "Europe/Moscow", "Europe/Samara", "1.0 hours too early"),
        ("asterisk", "Europe/Moscow", "Europe/Kaliningrad", "1.0 hours too late"),
        ("asterisk", "Europe/Moscow", "GMT", "3.0 hours too late"),
        ("freepbx", "Europe/Moscow", "+04:00", "1.0 hours too early"),
        ("threecx", "UTC", "Europe/Berlin", "1.0 hours too early"),
        ("threecx", "UTC", "-01:00", "1.0 hours too late"),
    ])
    func `a zone that is wrong by an hour stops the run before anything is sent`(
        _ sample: String, _ zone: String, _ wrong: String, _ message: String
    ) async throws {
        let portal = try await Portal.start()
        let workspace = try scene(sample, from: zone, to: wrong)
        let (outcome, summary) = try await workspace.importing(portal: portal)
        #expect(outcome.status == 78, "\(outcome.output)")
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
        #expect((summary["records"] as? [String: Any])?["calls"] as? Int == 0)
        #expect(try await portal.audit().counter("requests") == 0)

        let check = try await workspace.run(["check", "--offline"], portal: portal)
        #expect(check.status == 78, "\(check.output)")
        #expect(check.output.contains(message))

        // With the right zone the same ledger takes the file.
        let text = workspace.read("cdr24.yaml")
        try workspace.write(text.replacing("time_zone: \(wrong)", with: "time_zone: \(zone)"), to: "cdr24.yaml")
        #expect(try await workspace.importing(portal: portal).outcome.status == 0)
        #expect(try await portal.audit().rowsPerKey.values.allSatisfy { $0 == 1 })
    }

    @Test func `a zone that is right in winter and wrong in summer is noticed deep in the file`() async throws {
        let portal = try await Portal.start()
        let workspace = try Workspace()
        // The phone system's clock stays at +03:00 all year round; the configured zone has a summer time.
        let winter = records(from: 1_769_000_000, count: 6_000, offset: 7_200)
        let summer = records(from: 1_780_000_000, count: 3_000, offset: 7_200)
        try workspace.write(winter + summer, to: "Master.csv")
        let configuration = Workspace.configuration().replacing("time_zone: UTC", with: "time_zone: Europe/Kyiv")
        try workspace.write(configuration, to: "cdr24.yaml")
        let outcome = try await workspace.run(["import"], portal: portal)
        #expect(outcome.status == 78, "\(outcome.output)")
        #expect(outcome.errors.contains("1.0 hours too early"), "\(outcome.errors)")
        #expect(try await portal.audit().counter("requests") == 0)
    }

    private func records(from epoch: Int, count: Int, offset: Int) -> String {
        (0..<count).map { index in
            AsteriskCall(
                number: index, start: epoch + index * 60, isIncoming: true, phone: "89000000001", employee: 101,
                talk: 0, disposition: "NO ANSWER"
            ).record(clock: offset)
        }.joined()
    }

    @Test func `the hours in which clocks are changed are counted and said`() async throws {
        let workspace = try Workspace()
        // 2026-10-25 in Berlin: 02:30 comes twice; 2026-03-29: 02:30 is left out. Without ids nothing tells.
        let row = { (start: String, number: Int) in
            """
            "","8900000000\(number)","101","from-trunk","","SIP/trunk1-1","SIP/101-2","Dial","","\(start)",,"\(start)",\
            5,0,"NO ANSWER","DOCUMENTATION"
            """ + "\n"
        }
        try workspace.write(
            row("2026-10-25 02:30:00", 1) + row("2026-10-25 02:40:00", 2) + row("2026-03-29 02:30:00", 3)
                + row("2026-10-25 04:00:00", 4), to: "Master.csv")
        let configuration = Workspace.configuration().replacing("time_zone: UTC", with: "time_zone: Europe/Berlin")
        try workspace.write(configuration, to: "cdr24.yaml")
        let outcome = try await workspace.run(["import", "--dry-run"])
        #expect(
            outcome.output.contains(#/2 times .* twice .* 0 were /#),
            "\(outcome.output)")
        #expect(outcome.output.contains("- 1 time"), "\(outcome.output)")
    }
}

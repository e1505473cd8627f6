// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Whose calls they are, from the file to the portal.
@Suite(.serialized) struct PeopleTests {
    private func call(_ number: Int, at start: Int, by employee: Int, phone: String? = nil) -> AsteriskCall {
        AsteriskCall(
            number: number, start: start, isIncoming: true, phone: phone ?? "8900000000\(number)", employee: employee,
            talk: 20, disposition: "ANSWERED")
    }

    @Test func `an extension that changed hands gives each call to whoever had it on that day`() async throws {
        let portal = try await Portal.start()
        let workspace = try Workspace()
        // 2026-02-28T21:00:00Z is midnight in Moscow.
        let midnight = 1_772_312_400
        let calls = [
            call(1, at: midnight - 1, by: 101), call(2, at: midnight, by: 101), call(3, at: midnight, by: 205),
        ]
        try workspace.write(calls.map { $0.record(clock: 10_800) }.joined(), to: "Master.csv")
        let extensions = """
            {
                "101": [{ user: 12, before: 2026-03-01 }, { user: 8, from: 2026-03-01 }],
                '^20\\d$': 9 }
            """
        let configuration = Workspace.configuration()
            .replacing("time_zone: UTC", with: "time_zone: Europe/Moscow")
            .replacing(#"{ "101": 1, "102": 2, "103": 3, "104": 4, "105": 5 }"#, with: extensions)
        try workspace.write(configuration, to: "cdr24.yaml")
        let (outcome, _) = try await workspace.importing(portal: portal)
        #expect(outcome.status == 0, "\(outcome.errors)\(outcome.output)")
        let audit = try await portal.audit()
        let owners = calls.map { audit.row($0.key)?["PORTAL_USER_ID"] as? Int }
        #expect(owners == [12, 8, 9])
    }

    @Test func `extensions without an entry are listed with their calls before anything is sent`() async throws {
        let workspace = try Workspace()
        let now = Int(Date().timeIntervalSince1970) - 7_200
        let calls = (0..<6).map { call($0, at: now + $0 * 60, by: $0 < 4 ? 106 : $0 == 4 ? 107 : 101) }
        try workspace.write(calls.file, to: "Master.csv")
        try workspace.write(Workspace.configuration(), to: "cdr24.yaml")
        let list = "106 (4 calls), 107 (1 call)"
        let dry = try await workspace.run(["import", "--dry-run"])
        #expect(dry.output.contains(list), "\(dry.output)")
        // Nobody listens there any more: what is said is said before the first request.
        let portal = try await Portal.start()
        await portal.stop()
        let outcome = try await workspace.run(["import"], portal: portal)
        #expect(outcome.status == 4, "\(outcome.errors)")
        #expect(outcome.errors.contains(list), "\(outcome.errors)")
        #expect(!outcome.errors.contains("101 ("))
        let check = try await workspace.run(["check", "--offline"], portal: portal)
        #expect(check.output.contains("106 (4 records), 107 (1 record)"), "\(check.output)")
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What a person does between imports.
@Suite(.serialized) struct UpkeepTests {
    @Test func `held calls are shown with their remedy and go on after it`() async throws {
        let portal = try await Portal.start()
        let workspace = try Workspace()
        var calls = AsteriskCall.day(6)
        calls[2].employee = 199
        try workspace.write(calls.file, to: "Master.csv")
        try workspace.write(Workspace.configuration(), to: "cdr24.yaml")
        let (first, _) = try await workspace.importing(portal: portal)
        #expect(first.status == 3)

        let status = try await workspace.run(["status"])
        #expect(status.status == 0)
        #expect(status.output.contains("delivered: 5"))
        #expect(status.output.contains("held (unknownExtension): 1"))
        #expect(status.output.contains("(exit code 3)"))

        let failures = try await workspace.run(["failures"])
        #expect(failures.output.contains("\(calls[2].key): held (unknownExtension"))
        #expect(failures.output.contains("cdr24 retry"))

        let mended = Workspace.configuration().replacingOccurrences(of: "\"105\": 5", with: "\"105\": 5, \"199\": 6")
        try workspace.write(mended, to: "cdr24.yaml")
        let retry = try await workspace.run(["retry"])
        #expect(retry.status == 0)
        #expect(retry.output == "1 of 1 call will be retried by the next import\n")
        let (second, _) = try await workspace.importing(portal: portal)
        #expect(second.status == 0, "\(second.errors)\(second.output)")
        #expect(try await portal.audit().rowsPerKey.count == 6)
    }

    @Test func `a call that cannot be known is decided by a person who sees what the portal holds`() async throws {
        let portal = try await Portal.start(["--statistics-rights", "none", "--fault", "drop-after@4"])
        let workspace = try Workspace()
        let calls = AsteriskCall.day(1)
        try workspace.write(calls.file, to: "Master.csv")
        try workspace.write(
            Workspace.configuration(limits: ", request_cap_seconds: 0.5, target_request_seconds: 0.1"), to: "cdr24.yaml"
        )
        let (first, _) = try await workspace.importing(portal: portal)
        #expect(first.output.contains("read the call statistics"), "\(first.output)\(first.errors)")
        var status = first.status
        for _ in 0..<3 where status == 4 { status = try await workspace.importing(portal: portal).outcome.status }
        #expect(status == 3)
        #expect(try await workspace.run(["failures"]).output.contains("held (unknownOutcome)"))
        // Asked again without the right to read, it is held again and never finished twice.
        #expect(try await workspace.run(["retry"]).status == 0)
        #expect(try await workspace.importing(portal: portal).outcome.status == 3)
        #expect(try await portal.audit().rows.count == 1)

        let shown = try await workspace.run(["resolve", calls[0].key], portal: portal)
        #expect(shown.status == 0, "\(shown.errors)")
        #expect(shown.output.contains("held (unknownOutcome)"))
        let decided = try await workspace.run(["resolve", calls[0].key, "--delivered"], portal: portal)
        #expect(decided.output.contains("the call is now delivered"))
        #expect(try await workspace.importing(portal: portal).outcome.status == 0)
        #expect(try await portal.audit().rows.count == 1)
    }

    @Test func `ledger and portal are compared, and what the portal has is noted`() async throws {
        let portal = try await Portal.start()
        let workspace = try Workspace()
        let calls = AsteriskCall.day(60)
        try workspace.write(calls.prefix(50).map(\.record).joined(), to: "Master.csv")
        try workspace.write(
            Workspace.configuration(limits: ", request_cap_seconds: 5, target_request_seconds: 0.1"), to: "cdr24.yaml"
        )
        #expect(try await workspace.importing(portal: portal).outcome.status == 0)
        let same = try await workspace.run(["reconcile"], portal: portal)
        #expect(same.status == 0, "\(same.errors)\(same.output)")
        #expect(same.output == "portal rows: 50, matching the ledger: 50\nno differences\n")

        // Another ledger sends ten more calls; this one takes them in without a portal that would take them.
        try workspace.write(calls.file, to: "Master.csv")
        let other = try await workspace.run(["import", "--ledger", "other.sqlite"], portal: portal)
        #expect(other.status == 0, "\(other.errors)")
        let unknown = try await workspace.run(["reconcile"], portal: portal)
        #expect(unknown.status == 3)
        #expect(unknown.output.contains("\(calls[55].key): at the portal, but not in the ledger"))
        let wrong = portal.url.replacingOccurrences(of: "secret", with: "wrongone")
        _ = try await workspace.importing(environment: ["BITRIX24_WEBHOOK_URL": wrong])
        let differs = try await workspace.run(["reconcile", "--since", "2020-01-01"], portal: portal)
        #expect(differs.status == 3)
        #expect(
            differs.output.hasPrefix("portal rows since 2020-01-01: 60, matching the ledger: 50\n"), "\(differs.output)"
        )
        #expect(differs.output.contains("\(calls[55].key): at the portal, but pending in the ledger"))
        let mended = try await workspace.run(["reconcile", "--apply"], portal: portal)
        #expect(mended.status == 0, "\(mended.output)\(mended.errors)")
        #expect(mended.output.contains("marked as delivered"))
        #expect(try await workspace.importing(portal: portal).outcome.status == 0)
        #expect(try await portal.audit().rowsPerKey.count == 60)

        // A portal that lost everything: it is said, and nothing is sent.
        try await portal.forgetsAll()
        let lost = try await workspace.run(["reconcile", "--apply"], portal: portal)
        #expect(lost.status == 3)
        #expect(lost.output.contains("\(calls[0].key): delivered according to the ledger, missing at the portal"))
        #expect(try await portal.audit().rows.isEmpty)
    }

    @Test func `rejected records come back byte for byte`() async throws {
        let portal = try await Portal.start()
        let workspace = try Workspace()
        let broken: [UInt8] = Array("\"\",\"8900\u{0}0001\",\"101\",".utf8) + [0xFF, 0xFE]
        try workspace.write(Array(AsteriskCall.day(2).file.utf8) + broken + [10], to: "Master.csv")
        try workspace.write(Workspace.configuration(), to: "cdr24.yaml")
        #expect(try await workspace.importing(portal: portal).outcome.status == 3)
        let run = try RunningProgram("cdr24", ["failures", "--csv"], in: workspace.folder)
        let outcome = await run.outcome()
        #expect(outcome.status == 0)
        #expect(Array(outcome.output.utf8) == Array(String(decoding: broken + [10], as: UTF8.self).utf8))
    }

    @Test func `two calls with one id are both shown, and the second one waits for a person`() async throws {
        let portal = try await Portal.start()
        let workspace = try Workspace()
        var calls = AsteriskCall.day(2)
        calls[0].start -= 200_000
        // The phone system has counted from the beginning again.
        let second = calls[1].record.replacing(
            "\"\(calls[1].start).\(calls[1].number)\"", with: "\"\(calls[0].start).\(calls[0].number)\"")
        try workspace.write(calls[0].record + second, to: "Master.csv")
        try workspace.write(Workspace.configuration(source: "check_zone: false"), to: "cdr24.yaml")
        let (outcome, summary) = try await workspace.importing(portal: portal)
        #expect(outcome.status == 3, "\(outcome.errors)")
        #expect((summary["calls"] as? [String: Any])?["held"] as? [String: Int] == ["keyCollision": 1])
        #expect(try await portal.audit().rows.count == 1)
        let failures = try await workspace.run(["failures"])
        let phone = { (call: AsteriskCall) in "+7" + call.phone.dropFirst() }
        #expect(failures.output.contains("(keyCollision, ") && failures.output.contains("\(calls[0].key), a call of "))
        #expect(failures.output.contains("with \(phone(calls[0])))"), "\(failures.output)")
        #expect(failures.output.contains("+00:00, \(phone(calls[1])), extension 102"), "\(failures.output)")
        #expect(!failures.output.contains("the portal replied"))
        // Nothing but a person's decision sends it.
        #expect(try await workspace.run(["retry"]).output.hasPrefix("0 of 1 call "))
        let key = try #require(failures.output.split(separator: ":  ").first?.split(separator: ": held").first)
        let decided = try await workspace.run(["resolve", String(key), "--send-again"], portal: portal)
        #expect(decided.status == 0, "\(decided.errors)")
        #expect(try await workspace.importing(portal: portal).outcome.status == 0)
        #expect(try await portal.audit().rows.count == 2)
    }

    @Test func `another rule for keys is refused with the way to go on`() async throws {
        let portal = try await Portal.start()
        let workspace = try Workspace()
        try workspace.write(AsteriskCall.day(3).file, to: "Master.csv")
        try workspace.write(Workspace.configuration(), to: "cdr24.yaml")
        #expect(try await workspace.importing(portal: portal).outcome.status == 0)
        let other = Workspace.configuration().replacing(
            "format: asterisk", with: "format: { extends: asterisk, name: mine, call: { key: uniqueid } }")
        try workspace.write(other, to: "cdr24.yaml")
        let (refused, _) = try await workspace.importing(portal: portal)
        #expect(refused.status == 78)
        #expect(refused.errors.contains("have keys made by another rule"), "\(refused.errors)")
        #expect(refused.errors.contains("give the source a new key_prefix and set its not_before"))
        #expect(try await workspace.run(["check", "--offline"], portal: portal).status == 78)
        // As it says: a new prefix, from the day on that was not imported.
        let migrated = other.replacing("key_prefix: pbx1", with: "key_prefix: pbx1b")
            .replacing("not_before: 2020-01-01", with: "not_before: 2099-01-01")
        try workspace.write(migrated, to: "cdr24.yaml")
        #expect(try await workspace.importing(portal: portal).outcome.status == 0)
        #expect(try await portal.audit().rows.count == 3)
    }

    @Test func `a renamed portal is bound anew`() async throws {
        let first = try await Portal.start()
        let second = try await Portal.start()
        let workspace = try Workspace()
        try workspace.write(AsteriskCall.day(2).file, to: "Master.csv")
        try workspace.write(Workspace.configuration(), to: "cdr24.yaml")
        #expect(try await workspace.importing(portal: first).outcome.status == 0)
        let host = String(second.base.dropFirst("http://".count))
        let rebound = try await workspace.run(["rebind", "--host", host, "--even-if-absent"])
        #expect(rebound.status == 0, "\(rebound.errors)")
        #expect(try await workspace.importing(portal: second).outcome.status == 0)
    }

    @Test func `commands about a ledger that is not there say so and make none`() async throws {
        for command in [["status"], ["failures"], ["retry"], ["rebind", "--host", "x", "--even-if-absent"]] {
            let workspace = try Workspace()
            let outcome = try await workspace.run(command + ["--ledger", "none.sqlite"])
            #expect(outcome.status == 74, "\(command): \(outcome.errors)")
            #expect(outcome.errors.contains("none.sqlite"))
            #expect(!FileManager.default.fileExists(atPath: workspace.path("none.sqlite")))
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// The main job, from the file to the portal, with the built programs.
@Suite(.serialized) struct DeliveryTests {
    @Test func `five hundred calls arrive once each, as they were, quietly, and with few requests`() async throws {
        let portal = try await Portal.start()
        let workspace = try Workspace()
        let calls = AsteriskCall.day(500)
        try workspace.write(calls.file, to: "Master.csv")
        try workspace.write(Workspace.configuration(), to: "cdr24.yaml")

        let (outcome, summary) = try await workspace.importing(portal: portal)
        #expect(outcome.status == 0, "\(outcome.errors)\(outcome.output)")
        #expect(outcome.elapsed < .seconds(120))
        let audit = try await portal.audit()
        #expect(audit.rowsPerKey.count == 500)
        #expect(audit.rowsPerKey.values.allSatisfy { $0 == 1 })
        #expect(audit.isQuiet)
        for call in calls { expect(call, in: audit) }
        // Preflight, a new line, the look-up of a new ledger's keys, its first calls and their reading back; then growing batches.
        #expect(audit.counter("requests") <= 2 * (495 / 49 + 1) + 6 + 4)
        #expect(try counts(summary, "calls")["delivered"] as? Int == 500)

        let (again, second) = try await workspace.importing(portal: portal)
        #expect(again.status == 0)
        #expect(try counts(second, "calls")["delivered"] as? Int == 0)
        // Nothing new costs the portal nothing and the machine a moment; bench/intake measures how short it is.
        #expect(try await portal.audit().counter("requests") == audit.counter("requests"))
        #expect(again.elapsed < .seconds(10))
        #expect(try await portal.audit().method("telephony.externalcall.register") == 500)
    }

    private func counts(_ summary: [String: Any], _ part: String) throws -> [String: Any] {
        try #require(summary[part] as? [String: Any])
    }

    private func expect(_ call: AsteriskCall, in audit: Audit) {
        guard let row = audit.row(call.key) else {
            Issue.record("\(call.key) is missing")
            return
        }
        #expect(number(row["PORTAL_USER_ID"]) == call.employee - 100)
        #expect(row["PHONE_NUMBER"] as? String == "+7" + call.phone.dropFirst())
        #expect(row["PORTAL_NUMBER"] as? String == "+74950000000")
        #expect(number(row["CALL_START_UTC"]) == call.start)
        #expect(number(row["CALL_TYPE"]) == (call.isIncoming ? 2 : 1))
        #expect(number(row["CALL_DURATION"]) == call.talk)
        #expect(row["CALL_FAILED_CODE"] as? String == (call.talk > 0 ? "200" : "304"))
    }

    private func number(_ value: Any?) -> Int? {
        value as? Int ?? (value as? String).flatMap { Int($0) }
    }

    @Test func `a list's calls are registered with its CALL_LIST_ID`() async throws {
        let portal = try await Portal.start()
        let workspace = try Workspace()
        let calls = AsteriskCall.day(2)
        try workspace.write(calls.file, to: "Master.csv")
        try workspace.write(Workspace.configuration(), to: "cdr24.yaml")
        _ = try await workspace.importing(portal: portal)
        let audit = try await portal.audit()
        #expect(number(audit.row(calls[0].key)?["CALL_LIST_ID"]) == 7)
        #expect(number(audit.row(calls[1].key)?["CALL_LIST_ID"]) == nil)
    }

    @Test func `broken records cost themselves and nothing else`() async throws {
        let portal = try await Portal.start()
        let workspace = try Workspace()
        var lines = AsteriskCall.day(100).map(\.record)
        let broken = lines[20].replacingOccurrences(of: "\",\"Dial\"", with: ",\"Dial\"")
        lines[20] = broken
        lines[50] = lines[50].replacingOccurrences(of: #"",\d+,\d+,"#, with: "", options: .regularExpression)
            .replacingOccurrences(of: #""20\d\d-\d\d-\d\d"#, with: "\"20xx-13-45", options: .regularExpression)
        lines[50] = AsteriskCall.day(100)[50].record.replacingOccurrences(of: "\"20", with: "\"99-")
        lines[70] = "\"\",\"89000000070\",\"101\"\n"
        try workspace.write(lines.joined(), to: "Master.csv")
        try workspace.write(Workspace.configuration(), to: "cdr24.yaml")

        let (outcome, summary) = try await workspace.importing(portal: portal)
        #expect(outcome.status == 3, "\(outcome.errors)\(outcome.output)")
        let records = try counts(summary, "records")
        let rejected = try #require(records["rejected"] as? [String: Int])
        #expect(rejected.values.reduce(0, +) == 3, "\(rejected)")
        #expect(records["read"] as? Int == 100)
        #expect(records["calls"] as? Int == 97)
        #expect(try await portal.audit().rowsPerKey.count == 97)
        let kept = try await sqlite(
            workspace,
            """
            SELECT line || '|' || reason || '|' || hex(raw) FROM reject JOIN reject_message ON reject_message.id = message_id
            ORDER BY line
            """)
        #expect(kept.count == 3)
        for (row, line) in zip(kept, [21, 51, 71]) {
            let parts = row.split(separator: "|")
            let expected = lines[line - 1].utf8.dropLast().map { String(format: "%02X", $0) }.joined()
            #expect(Int(parts[0]) == line)
            #expect(String(parts[2]) == expected, "line \(line)")
        }

        let (again, _) = try await workspace.importing(portal: portal)
        #expect(again.status == 3, "nobody has dealt with the rejects: \(again.output)")
    }

    private func sqlite(_ workspace: Workspace, _ query: String) async throws -> [String] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = [
            "-c", "import sqlite3,sys\nfor r in sqlite3.connect(sys.argv[1]).execute(sys.argv[2]): print(r[0])",
            workspace.path("cdr24.sqlite"), query,
        ]
        let pipe = Pipe()
        process.standardOutput = pipe
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        process.terminationHandler = { _ in continuation.finish() }
        try process.run()
        for await _ in stream {}
        let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test func `a file with legs, bad bytes and GMT comes through with every record accounted for`() async throws {
        try await expectEveryRecord(
            of: SampleFiles.invented.bytes("asterisk-21-columns.csv"), count: 43, trunks: "'220553', '220474'")
    }

    @Test(.furtherSamples)
    func `a further sample with legs, bad bytes and GMT comes through with every record accounted for`() async throws {
        try await expectEveryRecord(
            of: SampleFiles.written.bytes("asterisk-cdr_csv-21col-newcdrcolumns.csv"), count: 84,
            trunks: "'211553', '211474'")
    }

    private func expectEveryRecord(of bytes: [UInt8], count: Int, trunks: String) async throws {
        let portal = try await Portal.start()
        let workspace = try Workspace()
        try workspace.write(bytes, to: "Master.csv")
        let configuration = Workspace.configuration(notBefore: "2024-01-01")
            .replacingOccurrences(of: "time_zone: UTC", with: "time_zone: GMT")
            .replacingOccurrences(of: "trunks: [trunk1]", with: "trunks: [\(trunks)]")
        try workspace.write(configuration, to: "cdr24.yaml")
        let (outcome, summary) = try await workspace.importing(portal: portal)
        let records = try counts(summary, "records")
        func sum(_ value: Any?) -> Int {
            (value as? Int) ?? (value as? [String: Int])?.values.reduce(0, +) ?? 0
        }
        let others = ["calls", "merged", "waiting", "late", "duplicates", "skipped", "rejected"]
        #expect(records["read"] as? Int == count)
        #expect(others.map { sum(records[$0]) }.reduce(0, +) == count)
        let calls = try counts(summary, "calls")
        // Two of its extensions belong to nobody at the local portal.
        #expect(sum(calls["delivered"]) + sum(calls["held"]) == records["calls"] as? Int, "\(outcome.output)")
        #expect(outcome.status == 3, "\(outcome.errors)")
        #expect(try await portal.audit().rowsPerKey.values.allSatisfy { $0 == 1 })
    }
}

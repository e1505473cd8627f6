// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A log that becomes another file while it is being read: the next run finds what the first could not see.
@Suite(.serialized) struct TurningFileTests {
    enum Change: CaseIterable {
        case replaced, rotated, writtenAnew
    }

    private static let calls = 10
    /// So many that the reading of them can be caught in the act; all of them before `not_before`.
    private static let old = 16_000

    /// Records of long before the calls of ``AsteriskCall/day(_:)``, all of one second.
    private func oldRecords(_ numbers: Range<Int>) -> String {
        let call = AsteriskCall(
            number: 0, start: 1_700_000_000, isIncoming: true, phone: "89000000001", employee: 101, talk: 0,
            disposition: "NO ANSWER")
        let parts = call.record.split(separator: "\(call.start).0", omittingEmptySubsequences: false)
        return numbers.map { "\(parts[0])\(call.start).\(1_000_000 + $0)\(parts[1])" }.joined()
    }

    /// Waits until a process has begun to read a file; false if it ended before.
    private func reads(_ process: RunningProgram, _ path: String) async throws -> Bool {
        let folder = "/proc/\(process.pid)"
        while kill(process.pid, 0) == 0 {
            for name in (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/fd")) ?? []
            where (try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/fd/\(name)")) == path {
                let info = (try? String(contentsOfFile: "\(folder)/fdinfo/\(name)", encoding: .utf8)) ?? ""
                let place = info.split(separator: "\n").first?.split(separator: "\t").last.flatMap { Int($0) } ?? 0
                // The looks before the reading stay within the first few records or go to the end.
                if (500_000..<3_000_000).contains(place) { return true }
            }
            try await Task.sleep(for: .milliseconds(1))
        }
        return false
    }

    @Test(arguments: Change.allCases)
    func `nothing of the new file is skipped`(_ change: Change) async throws {
        let portal = try await Portal.start()
        let workspace = try Workspace()
        let path = URL(fileURLWithPath: workspace.path("Master.csv")).resolvingSymlinksInPath().path
        try workspace.write(oldRecords(0..<Self.old), to: "Master.csv")
        try workspace.write(Workspace.configuration(notBefore: "2024-01-01"), to: "cdr24.yaml")
        // The calls stand where the first run has been already, and the new file is the longer one.
        let other = AsteriskCall.day(Self.calls).file + oldRecords(Self.old..<Self.old * 2)
        try workspace.write(other, to: "other")

        let first = try workspace.start(["import"], portal: portal)
        #expect(try await reads(first, path), "the file was read too fast to be changed meanwhile")
        switch change {
        case .replaced: #expect(rename(workspace.path("other"), path) == 0)
        case .rotated:
            #expect(rename(path, path + ".1") == 0)
            #expect(rename(workspace.path("other"), path) == 0)
        case .writtenAnew:
            try #require(FileHandle(forWritingAtPath: path)).truncate(atOffset: 0)
            try #require(FileHandle(forWritingAtPath: path)).write(contentsOf: Data(other.utf8))
        }
        let outcome = await first.outcome()
        #expect(
            outcome.output.contains("was replaced"),
            "\(outcome.status) \(outcome.output)\(outcome.errors)")

        #expect([0, 3].contains(try await workspace.importing(portal: portal).outcome.status))
        let audit = try await portal.audit()
        #expect(audit.rowsPerKey.count == Self.calls)
        #expect(audit.rowsPerKey.values.allSatisfy { $0 == 1 })
    }

    @Test func `a file that shrinks while it is read costs what is gone and nothing else`() async throws {
        let portal = try await Portal.start()
        let workspace = try Workspace()
        let path = URL(fileURLWithPath: workspace.path("Master.csv")).resolvingSymlinksInPath().path
        try workspace.write(AsteriskCall.day(Self.calls).file + oldRecords(0..<Self.old), to: "Master.csv")
        try workspace.write(Workspace.configuration(notBefore: "2024-01-01"), to: "cdr24.yaml")
        let first = try workspace.start(["import"], portal: portal)
        #expect(try await reads(first, path), "the file was read too fast to be changed meanwhile")
        #expect(truncate(path, 400_000) == 0)
        let outcome = await first.outcome()
        #expect([0, 3].contains(outcome.status), "\(outcome.output)\(outcome.errors)")
        #expect([0, 3].contains(try await workspace.importing(portal: portal).outcome.status))
        #expect(try await portal.audit().rowsPerKey.count == Self.calls)
    }
}

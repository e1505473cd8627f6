// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Where a client's calls went, and what is left of old ones.
@Suite(.serialized) struct FindTests {
    @Test func `a number is found in the ledger and in the files, with the rule that decided`() async throws {
        let portal = try await Portal.start()
        let workspace = try Workspace()
        let calls = AsteriskCall.day(5)
        var lines = calls.map(\.record)
        // The same client: a record that was rejected, one with a bad date, and one that no import has read.
        lines.append(
            lines[1].replacingOccurrences(of: "ANSWERED", with: "ANSWERED").replacingOccurrences(of: "20", with: "2x"))
        try workspace.write(lines.joined(), to: "Master.csv")
        try workspace.write(Workspace.configuration(), to: "cdr24.yaml")
        #expect(try await workspace.importing(portal: portal).outcome.status == 3)
        let spelt = "+7 (" + calls[1].phone.dropFirst().prefix(3) + ") " + calls[1].phone.dropFirst(4)
        let found = try await workspace.run(["find", spelt])
        #expect(found.status == 0, "\(found.errors)")
        #expect(found.output.hasPrefix("calls in the ledger: 1\n"), "\(found.output)")
        #expect(
            found.output.contains("\(calls[1].key): ") && found.output.contains("delivered, portal row "),
            "\(found.output)")
        #expect(found.output.contains("Master.csv:2: part of \(calls[1].key), delivered"), "\(found.output)")
        #expect(found.output.contains("Master.csv:6: rejected (badDate): "), "\(found.output)")
        let nobody = try await workspace.run(["find", "+7 999 123-45-67"])
        #expect(nobody.output == "calls in the ledger: 0\nrecords in the files: 0\n")
        #expect(try await workspace.run(["find", "101"]).status == 64)
    }

    @Test func `old calls lose their numbers, and nothing is sent twice`() async throws {
        let portal = try await Portal.start()
        let workspace = try Workspace()
        var calls = AsteriskCall.day(20)
        // Digits that no rounded fraction has, such as 0.29000000000000004 among the figures of the pace.
        for index in calls.indices { calls[index].phone = "8900517\(1_037 + 29 * index)" }
        try workspace.write(calls.file, to: "Master.csv")
        try workspace.write(Workspace.configuration(), to: "cdr24.yaml")
        #expect(try await workspace.importing(portal: portal).outcome.status == 0)
        let count = try await workspace.run(["prune", "--before", "2999-01-01", "--dry-run"])
        #expect(count.output.contains("would be removed: of 20 delivered calls before 2999-01-01"), "\(count.output)")
        let pruned = try await workspace.run(["prune", "--before", "2999-01-01", "--vacuum"])
        #expect(pruned.status == 0 && pruned.output.contains("removed: of 20 delivered calls"), "\(pruned)")
        let ledger = try Data(contentsOf: URL(fileURLWithPath: workspace.path("cdr24.sqlite")))
        for call in calls { #expect(ledger.range(of: Data(call.phone.dropFirst().utf8)) == nil) }
        let (again, summary) = try await workspace.importing(["--reread"], portal: portal)
        #expect(again.status == 0, "\(again.output)")
        #expect((summary["records"] as? [String: Any])?["duplicates"] as? Int == 20)
        #expect(try await portal.audit().rows.count == 20)
        #expect(try await workspace.run(["prune", "--before", "2999-01-01"]).output.contains("of 0 delivered calls"))
    }
}

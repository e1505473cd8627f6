// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Records of one call that come apart, and exports that lack some.
@Suite(.serialized) struct LegTests {
    private func call(_ number: Int, at start: Int, by employee: Int) -> AsteriskCall {
        AsteriskCall(
            number: number, start: start, isIncoming: true, phone: "8900000000\(number)", employee: employee, talk: 20,
            disposition: "ANSWERED")
    }

    @Test func `legs come in different nights and files, and a late one is shown and changes nothing at the portal`()
        async throws
    {
        let portal = try await Portal.start()
        let workspace = try Workspace()
        let now = Int(Date().timeIntervalSince1970) - 3_600
        // One channel: first 101 rings, then 102 answers; afterwards 103 takes over. All have the uniqueid of the first.
        let legs = [call(1, at: now, by: 101), call(1, at: now + 30, by: 102), call(1, at: now + 60, by: 103)]
        let id = "\(now).1"
        let records = legs.map { $0.record.replacing("\"\($0.start).1\"", with: "\"\(id)\"") }
        let unanswered = records[0].replacing("\"ANSWERED\"", with: "\"NO ANSWER\"").replacing(
            ",28,20,", with: ",28,0,")
        let other = call(2, at: now + 10, by: 105).record
        let waits = Workspace.configuration(files: "Master.csv*", source: "complete_after: 10h")
        try workspace.write(waits, to: "cdr24.yaml")
        try workspace.write(unanswered + other, to: "Master.csv")
        let (first, _) = try await workspace.importing(portal: portal)
        #expect(first.status == 0, "\(first.errors)\(first.output)")
        #expect(try await portal.audit().rows.isEmpty)

        // The log was rotated in the meantime; its call is whole now.
        try FileManager.default.moveItem(atPath: workspace.path("Master.csv"), toPath: workspace.path("Master.csv.1"))
        try workspace.write(records[1], to: "Master.csv")
        try workspace.write(waits.replacing("complete_after: 10h", with: "complete_after: 600"), to: "cdr24.yaml")
        let (second, summary) = try await workspace.importing(portal: portal)
        #expect(second.status == 0, "\(second.errors)\(second.output)")
        #expect((summary["records"] as? [String: Any])?["merged"] as? Int == 1, "\(second.output)")
        let row = try await portal.audit().row("pbx1:\(id)")
        #expect(row?["PORTAL_USER_ID"] as? Int == 2)
        #expect(row?["CALL_DURATION"] as? Int == 20)
        #expect(row?["CALL_START_UTC"] as? Int == now)
        #expect(try await portal.audit().rows.count == 2)

        try workspace.write(records[1] + records[2], to: "Master.csv")
        let (third, late) = try await workspace.importing(portal: portal)
        #expect(third.status == 3, "\(third.errors)\(third.output)")
        #expect((late["calls"] as? [String: Any])?["held"] as? [String: Int] == ["changedLater": 1])
        #expect((late["records"] as? [String: Any])?["late"] as? Int == 1, "\(third.output)")
        let audit = try await portal.audit()
        #expect(audit.rows.count == 2)
        #expect(audit.row("pbx1:\(id)")?["CALL_DURATION"] as? Int == 20)
    }

    @Test func `an export of exactly as many rows as its limit is said to be incomplete`() async throws {
        let workspace = try Workspace()
        let header =
            "calldate,clid,src,dst,dcontext,channel,dstchannel,lastapp,lastdata,duration,billsec,disposition,amaflags,"
            + "accountcode,uniqueid,userfield\n"
        let now = Int(Date().timeIntervalSince1970) - 7_200
        let rows = (0..<100).map { number in
            let start = now + number
            return
                "\(AsteriskCall.time(start)),,89000000001,101,from-trunk,SIP/trunk1-1,SIP/101-2,Dial,x,9,0,NO ANSWER,3,,"
                + "\(start).\(number),\n"
        }
        let configuration = Workspace.configuration().replacing("format: asterisk", with: "format: freepbx")
        try workspace.write(configuration, to: "cdr24.yaml")
        for (count, isCut) in [(99, false), (100, true)] {
            try workspace.write(header + rows.prefix(count).joined(), to: "Master.csv")
            let outcome = try await workspace.run(["import", "--dry-run"])
            #expect(outcome.output.contains("exactly 100 records") == isCut, "\(outcome.output)")
        }
    }

    @Test func `records of two CUCM nodes come in two files and are one call`() async throws {
        let workspace = try Workspace()
        let now = Int(Date().timeIntervalSince1970)
        let record = { (start: Int, talk: Int, desk: Int) in
            var fields = Array(repeating: "0", count: 94)
            let known = [
                (0, "1"), (1, "1"), (2, "77"), (4, "\(start)"), (8, "89000000001"), (11, "16"), (29, "\(desk)"),
                (30, "\(desk)"), (47, "\(start + 5)"), (48, "\(start + 5 + talk)"), (51, ""), (52, ""), (53, ""),
                (55, "\(talk)"), (56, "gw-city"), (57, "SEP001122334401"), (65, "Cluster1"),
            ]
            for (place, value) in known { fields[place] = value }
            return fields.joined(separator: ",")
        }
        try FileManager.default.createDirectory(atPath: workspace.path("cdr"), withIntermediateDirectories: true)
        let configuration = Workspace.configuration(files: "cdr/cdr_*")
            .replacing("format: asterisk", with: "format: cucm").replacing("[trunk1]", with: "[gw-city]")
        try workspace.write(configuration, to: "cdr24.yaml")
        try workspace.write(record(now - 200, 60, 101), to: "cdr/cdr_a_01_1")
        let (waiting, early) = try await workspace.importing(["--dry-run"])
        #expect(waiting.status == 0, "\(waiting.errors)")
        #expect((early["records"] as? [String: Any])?["waiting"] as? Int == 1, "\(waiting.output)")

        try workspace.write(record(now - 1_200, 60, 101), to: "cdr/cdr_a_01_1")
        try workspace.write(record(now - 1_100, 40, 102), to: "cdr/cdr_a_02_1")
        let (outcome, summary) = try await workspace.importing(["--dry-run"])
        #expect(outcome.status == 0, "\(outcome.errors)")
        let records = try #require(summary["records"] as? [String: Any])
        #expect(records["calls"] as? Int == 1)
        #expect(records["merged"] as? Int == 1)
    }
}

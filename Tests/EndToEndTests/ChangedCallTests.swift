// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What comes after a call was delivered, and is not what the portal was told.
@Suite(.serialized) struct ChangedCallTests {
    private static let header = """
        Account Code,Caller Number,Callee Number,Context,CallerID Number,Source Channel,Dest. Channel,Last app.,Last date,\
        Start Time,Answer Time,End Time,Call Time,Talk Time,Disposition,AMA Flags,Unique ID,Log Userfield,\
        Dest Channel Extension,Caller Name,Answered by,Session,Premier Caller,Action Type,Source Trunk Name,\
        Destination Trunk Name

        """

    /// A record of one call: `callee` is a menu or the employee who picks up `wait` seconds after `at`.
    private static func step(_ callee: String, at: Int, wait: Int, talk: Int, action: String, opening: Int) -> String {
        let start = opening + at
        let channel = callee == "7000" ? "" : "PJSIP/\(callee)-00000002"
        return """
            ,89000000001,\(callee),ext-did-1,<89000000001>,PJSIP/trunk_1-00000001,\(channel),ForkCDR,a,\
            \(AsteriskCall.time(start)),\(AsteriskCall.time(start + wait)),\(AsteriskCall.time(start + wait + talk)),\
            \(wait + talk),\(talk),ANSWERED,DOCUMENTATION,\(opening).1,Inbound,\(callee),,\(callee),\
            \(opening)000001-89000000001,89000000001,\(action),TRUNK,

            """
    }

    @Test func `an export that was taken during a call is found out by the next one`() async throws {
        let portal = try await Portal.start()
        let workspace = try Workspace()
        let opening = Int(Date().timeIntervalSince1970) - 7_200
        let menu = Self.step("7000", at: 0, wait: 0, talk: 38, action: "IVR[7000]", opening: opening)
        let talk = Self.step("101", at: 48, wait: 10, talk: 300, action: "QUEUE[6500]", opening: opening)
        try workspace.write(Self.header + menu, to: "day1.csv")
        try workspace.write(Self.header + menu + talk, to: "day2.csv")
        let settings = Workspace.configuration(files: "day1.csv").replacing(
            "format: asterisk", with: "format: grandstream")
        try workspace.write(settings, to: "cdr24.yaml")
        let first = try await workspace.importing(portal: portal).outcome
        #expect(first.status == 0, "\(first.errors)\(first.output)")
        let row = try #require(try await portal.audit().rows.first)
        #expect(row["CALL_FAILED_CODE"] as? String == "304", "\(row)")

        for expected in [["late": 1, "duplicates": 1], ["late": 0, "duplicates": 2]] {
            let (second, summary) = try await workspace.importing(["day2.csv"], portal: portal)
            // Once it has been told, it is listed.
            if expected["late"] == 1 { #expect(second.status == 3, "\(second.errors)\(second.output)") }
            let records = try #require(summary["records"] as? [String: Any])
            for (name, count) in expected { #expect(records[name] as? Int == count, "\(name): \(records)") }
            #expect((summary["calls"] as? [String: Any])?["held"] as? [String: Int] == ["changedLater": 1])
        }
        #expect(try await portal.audit().rows.count == 1)

        let failures = try await workspace.run(["failures"])
        let key = try #require(failures.output.split(separator: ": held (changedLater").first)
        #expect(
            failures.output.contains(
                "was taken in as not answered (304); by records that came later it is answered, 300 s"),
            "\(failures.output)")
        #expect(failures.output.contains("+79000000001, extension 101"))
        #expect(
            failures.output.contains(
                "correct the call in the portal if it matters, then run: cdr24 failures --dismiss "))
        let retry = try await workspace.run(["retry"])
        #expect(retry.output.hasPrefix("0 of 1 call "), "\(retry.output)")
        let dismissed = try await workspace.run(["failures", "--dismiss", String(key)])
        #expect(dismissed.status == 0, "\(dismissed.errors)")
        #expect(try await workspace.importing(["day2.csv"], portal: portal).outcome.status == 0)
        #expect(try await portal.audit().rows.count == 1)
    }

    @Test func `another client under a delivered id is held, and both calls are shown`() async throws {
        let portal = try await Portal.start()
        let workspace = try Workspace()
        let calls = AsteriskCall.day(3)
        let id = "\"\(calls[0].start).\(calls[0].number)\""
        let other = calls[1].record.replacing("\"\(calls[1].start).\(calls[1].number)\"", with: id)
        try workspace.write(calls[0].record, to: "Master.csv")
        try workspace.write(Workspace.configuration(source: "check_zone: false"), to: "cdr24.yaml")
        #expect(try await workspace.importing(portal: portal).outcome.status == 0)

        try workspace.write(calls[0].record + other + calls[2].record, to: "Master.csv")
        let (second, summary) = try await workspace.importing(portal: portal)
        #expect(second.status == 3, "\(second.errors)\(second.output)")
        let records = try #require(summary["records"] as? [String: Any])
        #expect(records["late"] as? Int == 0 && records["calls"] as? Int == 2, "\(records)")
        #expect((summary["calls"] as? [String: Any])?["held"] as? [String: Int] == ["keyCollision": 1])
        #expect(try await portal.audit().rows.count == 2)

        let failures = try await workspace.run(["failures"])
        let phone = { (call: AsteriskCall) in "+7" + call.phone.dropFirst() }
        #expect(failures.output.contains("its id is that of \(calls[0].key), a call of "), "\(failures.output)")
        #expect(failures.output.contains("with \(phone(calls[0])))"), "\(failures.output)")
        #expect(failures.output.contains("+00:00, \(phone(calls[1])), extension 102"), "\(failures.output)")
    }

    @Test func `two clients with one id are two calls, however far apart in the file`() async throws {
        let portal = try await Portal.start()
        let workspace = try Workspace()
        // More than two batches of records lie between them.
        let calls = AsteriskCall.day(6)
        let id = "\"\(calls[0].start).\(calls[0].number)\""
        let other = calls[1].record.replacing("\"\(calls[1].start).\(calls[1].number)\"", with: id)
        let inside = String(repeating: calls[2].record.replacing(calls[2].phone, with: "105"), count: 2_500)
        try workspace.write(calls[0].record + inside + other, to: "Master.csv")
        try workspace.write(Workspace.configuration(source: "check_zone: false"), to: "cdr24.yaml")
        let (outcome, summary) = try await workspace.importing(portal: portal)
        #expect(outcome.status == 0, "\(outcome.errors)\(outcome.output)")
        #expect((summary["records"] as? [String: Any])?["calls"] as? Int == 2, "\(summary)")
        let phones = try await portal.audit().rows.compactMap { $0["PHONE_NUMBER"] as? String }
        #expect(Set(phones) == Set([calls[0], calls[1]].map { "+7" + $0.phone.dropFirst() }))
    }
}

// SPDX-License-Identifier: Apache-2.0

import DelimitedText
import Testing

@testable import CallRecords

private let missed = AsteriskRow.incoming.with { ($0.disposition, $0.ring, $0.talk) = ("NO ANSWER", 20, 0) }

private func threeCX(_ number: Int, _ to: String, _ rest: String = ",,", talk: String = "00:02:00") -> String {
    let answered = talk.isEmpty ? "" : "2026/11/20 06:0\(number):01"
    return "Call \(number),000001A1F82F1E8\(number)_\(number),\(talk),2026/11/20 06:0\(number):00,\(answered),"
        + "2026/11/20 06:0\(number):59,TerminatedBySrc,8900000000\(number),Ext.\(to),10000,\(to),\(to),\(rest),,,,,"
        + "Chain: 8900000000\(number);\n"
}

private let report = "Call Time,Caller ID,Destination,Trunk,Trunk number,Did,Status,Ringing,Talking,Total Duration\n"

private let cases: [FieldCase] = [
    FieldCase(
        what: "a group that nobody picked up, in one row",
        text: missed.with { $0.data = "PJSIP/101&PJSIP/102,30" }.text, calls: ["incoming +79000000001 06:00:00 0 - 304"]
    ),
    FieldCase(
        what: "a queue with one member that nobody picked up",
        text: missed.with { $0.app = "Queue" }.text, calls: ["incoming +79000000001 06:00:00 0 - 304"]),
    FieldCase(
        what: "a queue's member on a Local channel",
        text: missed.with { ($0.channel, $0.linkedid) = ("Local/101@from-queue-00000001;2", "1") }.text
            + missed.with { ($0.app, $0.dstchannel, $0.linkedid) = ("Queue", "Local/101@from-queue-00000001;1", "1") }
            .text,
        calls: ["incoming +79000000001 06:00:00 0 - 304"]),
    FieldCase(
        what: "an extension that was called", text: missed.text, calls: ["incoming +79000000001 06:00:00 0 101 304"]),
    FieldCase(
        what: "a machine takes over from the only one who was called",
        text: missed.with { $0.linkedid = "1" }.text
            + AsteriskRow.incoming.with {
                ($0.dst, $0.dstchannel, $0.app, $0.at, $0.linkedid) = ("vmu101", "", "VoiceMail", 20, "1")
            }.text, calls: ["incoming +79000000001 06:00:00 0 101 304"]),
    FieldCase(
        what: "a mobile takes over from the only one who was called",
        text: missed.with { $0.linkedid = "1" }.text
            + AsteriskRow.incoming.with {
                ($0.dstchannel, $0.data, $0.at, $0.linkedid) = ("PJSIP/trunk1-9", "PJSIP/89000000077@trunk1", 20, "1")
            }.text, calls: ["incomingRedirected +79000000001 06:00:00 30 101 200"]),
    FieldCase(
        what: "a mobile takes over from two who were called",
        text: missed.with { $0.linkedid = "1" }.text
            + missed.with { ($0.dstchannel, $0.data, $0.linkedid) = ("PJSIP/102-00000003", "PJSIP/102", "1") }.text
            + AsteriskRow.incoming.with {
                ($0.dstchannel, $0.data, $0.at, $0.linkedid) = ("PJSIP/trunk1-9", "PJSIP/89000000077@trunk1", 20, "1")
            }.text, calls: ["incomingRedirected +79000000001 06:00:00 30 - 200"]),
    FieldCase(
        what: "Grandstream: a queue with one free agent that nobody picked up", preset: "grandstream",
        text: """
            Caller Number,Callee Number,Source Channel,Dest. Channel,Start Time,Call Time,Talk Time,Disposition,\
            Unique ID,Log Userfield,Answered by,Session,Action Type
            89000000001,101,PJSIP/trunk_1-1,PJSIP/101-2,2026-11-20 09:00:00,20,0,NO ANSWER,1795154400.1,Inbound,,s1,QUEUE[6500]

            """, calls: ["incoming +79000000001 06:00:00 0 - 304"]),
    FieldCase(
        what: "Yeastar: a group with one member that nobody picked up", preset: "yeastar_s",
        text: "datetime,src,dst,srctrunk,dstrunk,lastapp,duration,billable,disposition,calltype,uniqueid\n"
            + "2026-11-20 09:00:00,89000000001,620(101),City,,Dial,20,0,NO ANSWER,Inbound,1795154400.9\n",
        calls: ["incoming +79000000001 06:00:00 0 - 304"]),
    FieldCase(
        what: "3CX report: a welcome message is nobody", preset: "threecx_report",
        text: report
            + "2026-11-20T09:00:00,89000000001,Welcome message (801),City,10004,4950000000,Answered,0:00:00,0:00:10,0:00:10\n",
        calls: ["incoming +79000000001 06:00:00 0 - 304"]),
    FieldCase(
        what: "3CX report: what answers without a ring is a machine", preset: "threecx_report",
        text: report
            + "2026-11-20T09:00:00,89000000001,Night (805),City,10004,4950000000,Answered,0:00:00,0:00:10,0:00:10\n",
        calls: ["incoming +79000000001 06:00:00 0 - 304"]),
    FieldCase(
        what: "3CX report: a ring group that nobody picked up", preset: "threecx_report",
        text: report
            + "2026-11-20T09:00:00,89000000001,Ring Group (809),City,10004,4950000000,Unanswered,0:00:21,,0:00:21\n",
        calls: ["incoming +79000000001 06:00:00 0 - 304"]),
    FieldCase(
        what: "CUCM: extensions that are full numbers", preset: "cucm",
        text: InventedCall(number: 2).cucmLine {
            $0[29] = "+74950000101"; $0[30] = "+74950000101"
        }
            + InventedCall(number: 1).cucmLine { $0[8] = "+74950000102" }
            + InventedCall(number: 3).cucmLine {
                ($0[8], $0[29], $0[30], $0[57]) = ("+74950000102", "+74950000101", "+74950000101", "SEP001122334401")
            }, internal: #"^\+74950000\d{3}$"#, lines: ["gw-city": "+74950000000"],
        calls: [
            "outgoing +79000000001 06:10:00 0 +74950000102 486", "incoming +79000000002 06:20:00 63 +74950000101 200",
        ],
        skipped: ["internalCall"]),
]

private func survey(_ text: String, _ preset: String) throws -> SampleSurvey {
    try SampleSurvey(Array(text.utf8), isWhole: true, format: .preset(preset))
}

@Suite struct PeopleFieldTests {
    @Test(arguments: cases)
    func aCallBelongsToWhoeverItWasFor(_ field: FieldCase) throws { try field.check() }

    @Test func `queues are found in a file, and are no employees with the pattern that it gives`() throws {
        let text =
            threeCX(1, "610") + threeCX(2, "610", "ReplacedDst,Ext.101,101")
            + threeCX(3, "612", "QFwdToDNA,Ext.610,610")
        let found = try survey(text, "threecx")
        #expect(found.places == ["610", "612"])
        let pattern = try #require(found.internalPattern)
        let field = FieldCase(
            what: "queues", preset: "threecx", text: text, zone: "UTC", internal: pattern,
            lines: ["10000": "+74950000000"],
            calls: [
                "incoming +79000000001 06:01:00 0 - 304", "incoming +79000000002 06:02:00 58 101 200",
                "incoming +79000000003 06:03:00 0 - 304",
            ])
        try field.check()
    }

    @Test func `an employee who sends calls on is no queue`() throws {
        let own =
            "Call 4,000001A1F82F1E84_4,00:00:10,2026/11/20 06:04:00,2026/11/20 06:04:05,2026/11/20 06:04:15,"
            + "TerminatedBySrc,Ext.101,89000000004,101,10000,89000000004,,,,,,,,Chain: Ext.101;\n"
        let found = try survey(threeCX(1, "101", "ReplacedDst,Ext.102,102") + own, "threecx")
        #expect(found.places.isEmpty)
        #expect(found.internalPattern == #"^\d{3}$"#)
    }

    @Test func `machines of a report are left out of the pattern`() throws {
        let text =
            report
            + "2026-11-20T09:00:00,89000000001,Welcome message (801),City,10004,4950000000,Answered,0:00:00,0:00:10,0:00:10\n"
            + "2026-11-20T09:05:00,89000000002,Anna (101),City,10004,4950000000,Answered,0:00:09,0:00:10,0:00:19\n"
        let found = try survey(text, "threecx_report")
        #expect(found.places == ["801"])
        #expect(found.internalPattern == #"^(?!801$)\d{3}$"#)
    }

    @Test func `full numbers of phones give the pattern of extensions and of inner numbers`() throws {
        let text = (101...104).map { number in
            InventedCall(number: 2).cucmLine {
                ($0[2], $0[29], $0[30]) = ("\(number)", "+74950000\(number)", "+74950000\(number)")
            }
        }.joined()
        let found = try survey(text, "cucm")
        #expect(found.internalPattern == #"^\+74950000\d{3}$"#)
        #expect(found.innerPattern == #"^\+74950000(\d{3})$"#)
        #expect(Set(found.extensions.keys) == ["+74950000101", "+74950000102", "+74950000103", "+74950000104"])
    }

    @Test func `what is counted is counted with the pattern that is given`() throws {
        let text =
            (1...3).map { threeCX($0, "10\($0)") }.joined()
            + threeCX(4, "102").replacing("89000000004", with: "05141")
        let found = try survey(text, "threecx")
        #expect(found.internalPattern == #"^\d{3}$"#)
        #expect(found.rejected == ["badNumber": 1])
        #expect(found.skipped.isEmpty)
    }

    @Test func `what the phone system should be set to write is named`() throws {
        let short = try survey(file([.incoming, .outgoing]), "asterisk")
        #expect(short.advice.count == 1)
        #expect(short.advice.first?.contains("newcdrcolumns=yes") == true)
        let bare = file([.incoming]).replacing(",\"1795154400.1\",\"\"", with: "")
        #expect(try survey(bare, "asterisk").advice.contains { $0.contains("loguniqueid=yes") })
        let full = file([AsteriskRow.incoming.with { $0.linkedid = "1" }])
        #expect(try survey(full, "asterisk").advice.isEmpty)
    }

    @Test func `a client's number and a word are no lines`() throws {
        func call(_ number: Int, _ client: String, _ line: String, _ reason: String, _ talk: String) -> String {
            "Call \(number),000001A1F82F1E8\(number)_\(number),\(talk),2026/11/20 06:0\(number):00,"
                + "\(talk.isEmpty ? "" : "2026/11/20 06:0\(number):05"),2026/11/20 06:0\(number):15,\(reason),Ext.101,"
                + "\(client),101,\(line),\(client),,,,,,,,Chain: Ext.101;\n"
        }
        let text =
            call(1, "89000000001", "89000000001", "Failed", "")
            + call(2, "89000000002", "EndCall", "NoRouteExists", "")
            + call(3, "89000000003", "10001", "TerminatedBySrc", "00:00:10")
        #expect(try survey(text, "threecx").lines == ["10001": 1])
        let context = FieldCase(what: "", text: "", zone: "UTC").context
        let file = try map(Array(text.utf8), format: try .preset("threecx"), context: context)
        #expect(file.mapper.unmappedLines == ["10001": 1])
    }
}

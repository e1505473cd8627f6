// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CallRecords

private let yeastarHeader =
    "datetime,src,dst,srctrunk,dstrunk,lastapp,duration,billable,disposition,calltype,uniqueid\n"
private let mikoHeader =
    "id,start,endtime,answer,src_num,dst_num,UNIQUEID,linkedid,disposition,from_account,to_account,is_app,duration,billsec\n"
private let fusionHeader =
    "start_stamp,end_stamp,start_epoch,hangup_cause,xml_cdr_uuid,billsec,caller_id_number,destination_number\n"
private let reportHeader =
    "Call Time,Caller ID,Destination,Trunk,Trunk number,Did,Status,Ringing,Talking,Total Duration\n"

private let cases: [FieldCase] = [
    // 18 columns: nothing but the channels joins the records of a call.
    FieldCase(
        what: "attended transfer to a mobile: a half of a Local channel that nobody called",
        text: file([
            AsteriskRow.incoming,
            AsteriskRow(
                src: "", dst: "89000000097", context: "from-internal", clid: "\"\" <>",
                channel: "Local/89000000097@from-internal-00000017;1", dstchannel: "", app: "", data: "", ring: 0,
                talk: 7,
                id: "226"),
        ]), calls: ["incoming +79000000001 06:00:00 30 101 200"], skipped: ["localChannel"]),
    FieldCase(
        what: "an outgoing call that was transferred to a colleague",
        text: file([
            AsteriskRow.outgoing.with { ($0.ring, $0.talk) = (5, 7) },
            AsteriskRow(
                src: "89000000002", dst: "102", context: "from-internal", channel: "PJSIP/trunk1-00000004",
                dstchannel: "PJSIP/102-00000007", at: 12, ring: 1, talk: 7, id: "4"),
        ]), calls: ["outgoing +79000000002 06:00:00 14 101 200"]),
    FieldCase(
        what: "a call that was transferred, whose second record has an id of its own",
        text: file([
            AsteriskRow.incoming,
            AsteriskRow.incoming.with {
                ($0.dstchannel, $0.data, $0.at, $0.id) = ("PJSIP/102-00000007", "PJSIP/102", 35, "9")
            },
        ]), calls: ["incoming +79000000001 06:00:00 60 101 200"]),
    FieldCase(
        what: "a call that was parked and taken by a colleague",
        text: file([
            AsteriskRow.incoming.with { $0.talk = 20 },
            AsteriskRow.incoming.with {
                ($0.dst, $0.context, $0.dstchannel, $0.app) = ("70", "from-internal", "", "Park")
                ($0.at, $0.ring, $0.talk, $0.uniqueid) = (25, 0, 45, "1795154400.1")
            },
            AsteriskRow(
                src: "102", dst: "71", context: "parkedcalls", channel: "PJSIP/102-00000009",
                dstchannel: "PJSIP/trunk1-00000001", app: "ParkedCall", data: "", at: 70, ring: 0, talk: 60, id: "9"),
        ]), calls: ["incoming +79000000001 06:00:00 80 101 200"]),
    FieldCase(
        what: "the same with a linkedid, which is all that is needed",
        text: file([
            AsteriskRow.incoming.with { ($0.talk, $0.linkedid) = (20, "1") },
            AsteriskRow(
                src: "102", dst: "71", context: "parkedcalls", channel: "PJSIP/102-00000009",
                dstchannel: "PJSIP/trunk1-00000099", app: "ParkedCall", data: "", at: 70, ring: 0, talk: 60, id: "9",
                linkedid: "1", sequence: 9),
        ]), calls: ["incoming +79000000001 06:00:00 80 101 200"]),
    FieldCase(
        what: "a call that a clock split at midnight",
        text: file([
            AsteriskRow.incoming.with { ($0.at, $0.talk) = (15 * 3600 - 65, 60) },
            AsteriskRow.incoming.with { ($0.at, $0.ring, $0.talk, $0.id) = (15 * 3600, 0, 30, "2") },
        ]).replacing("2026-11-20 24:", with: "2026-11-21 00:"), calls: ["incoming +79000000001 20:58:55 90 101 200"]),
    FieldCase(
        what: "two calls of one client over two channels stay two",
        text: file([
            AsteriskRow.incoming,
            AsteriskRow.incoming.with {
                ($0.channel, $0.dstchannel, $0.at, $0.id) = ("PJSIP/trunk1-00000007", "PJSIP/102-00000008", 34, "7")
            },
        ]), calls: ["incoming +79000000001 06:00:00 30 101 200", "incoming +79000000001 06:00:34 30 102 200"]),
    FieldCase(
        what: "a channel's name that comes again an hour later is another call's",
        text: file([
            AsteriskRow.incoming,
            AsteriskRow.incoming.with { ($0.src, $0.at, $0.id) = ("89000000003", 3600, "7") },
        ]), calls: ["incoming +79000000001 06:00:00 30 101 200", "incoming +79000000003 07:00:00 30 101 200"]),
    FieldCase(
        what: "a call that Bitrix24 started is a call that is only finished",
        text: file([
            AsteriskRow.outgoing.with { $0.account = "externalCall.0f3c9d1a5b7e4c2d8a6f0b1e2d3c4a5b.1795154400" },
            AsteriskRow.outgoing.with {
                ($0.at, $0.id, $0.channel, $0.dstchannel) = (300, "3", "PJSIP/101-5", "PJSIP/trunk1-6")
            },
        ]), calls: ["outgoing +79000000002 06:00:00 30 101 200", "outgoing +79000000002 06:05:00 30 101 200"]),

    // Other systems.
    FieldCase(
        what: "Yeastar: the members of a ring group that nobody picked up", preset: "yeastar_s",
        text: yeastarHeader
            + (1...3).map {
                "2026-11-20 09:00:00,89000000001,620(10\($0)),City,,Dial,20,0,NO ANSWER,Inbound,1795154400.\($0)\n"
            }.joined(), calls: ["incoming +79000000001 06:00:00 0 - 304"]),
    FieldCase(
        what: "Yeastar: the members of a ring group that the second picked up", preset: "yeastar_s",
        text: yeastarHeader
            + "2026-11-20 09:00:00,89000000001,620(101),City,,Dial,20,0,NO ANSWER,Inbound,1795154400.9\n"
            + "2026-11-20 09:00:00,89000000001,620(102),City,,Dial,26,20,ANSWERED,Inbound,1795154400.10\n",
        calls: ["incoming +79000000001 06:00:00 20 102 200"]),
    FieldCase(
        what: "Yeastar: members that ring one after the other", preset: "yeastar_s",
        text: yeastarHeader
            + "2026-11-20 09:00:00,89000000001,620(101),City,,Dial,15,0,NO ANSWER,Inbound,1795154400.9\n"
            + "2026-11-20 09:00:15,89000000001,620(102),City,,Dial,15,0,NO ANSWER,Inbound,1795154415.2\n"
            + "2026-11-20 09:00:30,89000000001,620(103),City,,Dial,40,35,ANSWERED,Inbound,1795154430.3\n",
        calls: ["incoming +79000000001 06:00:00 35 103 200"]),
    FieldCase(
        what: "Yeastar: a menu, then a queue", preset: "yeastar_s",
        text: yeastarHeader
            + "2026-11-20 09:00:00,89000000001,6500,City,,WaitExten,12,12,ANSWERED,Inbound,1795154400.9\n"
            + "2026-11-20 09:00:12,89000000001,6700(101),City,,Queue,30,25,ANSWERED,Inbound,1795154412.2\n",
        calls: ["incoming +79000000001 06:00:00 25 101 200"]),
    FieldCase(
        what: "Yeastar: a queue that nobody of picked up, then another", preset: "yeastar_s",
        text: yeastarHeader
            + "2026-11-20 09:00:00,89000000001,6700(101),City,,Queue,20,0,NO ANSWER,Inbound,1795154400.9\n"
            + "2026-11-20 09:00:20,89000000001,6701(102),City,,Queue,15,9,ANSWERED,Inbound,1795154420.1\n",
        calls: ["incoming +79000000001 06:00:00 9 102 200"]),
    FieldCase(
        what: "Yeastar: a client who left a menu and called again", preset: "yeastar_s",
        text: yeastarHeader
            + "2026-11-20 09:00:00,89000000001,6500,City,,WaitExten,12,12,ANSWERED,Inbound,1795154400.9\n"
            + "2026-11-20 09:00:30,89000000001,6700(101),City,,Queue,30,25,ANSWERED,Inbound,1795154430.2\n",
        calls: ["incoming +79000000001 06:00:00 0 - 304", "incoming +79000000001 06:00:30 25 101 200"]),
    FieldCase(
        what: "Yeastar: two clients in one group at a time", preset: "yeastar_s",
        text: yeastarHeader
            + "2026-11-20 09:00:00,89000000001,620(101),City,,Dial,26,20,ANSWERED,Inbound,1795154400.9\n"
            + "2026-11-20 09:00:00,89000000002,620(102),City,,Dial,26,20,ANSWERED,Inbound,1795154400.10\n",
        calls: ["incoming +79000000002 06:00:00 20 102 200", "incoming +79000000001 06:00:00 20 101 200"]),
    FieldCase(
        what: "Yeastar: an unknown word for the direction", preset: "yeastar_s",
        text: yeastarHeader + "2026-11-20 09:00:00,89000000001,101,City,,Dial,26,20,ANSWERED,Entrante,1795154400.9\n",
        rejected: ["unknownDirection"]),
    FieldCase(
        what: "MikoPBX: a row that never ended", preset: "mikopbx",
        text: mikoHeader
            + "1,2026-11-20 09:00:00.000,,,89000000001,101,mikopbx-1795154400.1_a,mikopbx-1795154400.1,,SIP-1,,0,0,0\n"
            + "2,2026-11-20 09:05:00.000,2026-11-20 09:05:35.000,,89000000002,101,mikopbx-1795154700.1_a,"
            + "mikopbx-1795154700.1,ANSWERED,SIP-1,,0,35,30\n",
        calls: ["incoming +79000000002 06:05:00 30 101 200"], skipped: ["unfinished"]),
    FieldCase(
        what: "FusionPBX without its column direction", preset: "fusionpbx",
        text: fusionHeader
            + "2026-11-20 09:00:00+03,2026-11-20 09:00:35+03,1795154400,NORMAL_CLEARING,a1,30,79000000001,101\n"
            + "2026-11-20 09:05:00+03,2026-11-20 09:05:35+03,1795154700,NORMAL_CLEARING,a2,30,102,89000000002\n"
            + "2026-11-20 09:06:00+03,2026-11-20 09:06:35+03,1795154760,NORMAL_CLEARING,a3,30,102,103\n"
            + "2026-11-20 09:07:00+03,2026-11-20 09:07:35+03,1795154820,NORMAL_CLEARING,a4,30,79000000001,89000000002\n",
        calls: ["incoming +79000000001 06:00:00 30 - 200", "outgoing +79000000002 06:05:00 30 102 200"],
        rejected: ["unknownDirection"], skipped: ["internalCall"]),
    FieldCase(
        what: "Avaya through a collector that writes words and seconds", preset: "avaya_ipoffice",
        text: """
            Call Start,Connected Time,Ring Time,Caller,Direction,Called Number,Dialled Number,Account,Is Internal,Call ID,\
            Continuation,Party1Device,Party1Name,Party2Device,Party2Name,Hold Time,Park Time
            2026-11-20 09:00:00,42,3,89000000001,Incoming,101,4950000000,,0,1000001,0,E101,Anna,T9017,Line 17.1,0,0
            2026-11-20 09:05:00,204,5,102,Outgoing,89000000002,89000000002,,0,1000002,0,E102,Boris,T9017,Line 17.1,0,0
            2026-11-20 09:06:00,0,5,102,Transit,89000000002,89000000002,,0,1000003,0,E102,Boris,T9017,Line 17.1,0,0

            """, calls: ["incoming +79000000001 06:00:00 42 101 200", "outgoing +79000000002 06:05:00 204 102 200"],
        rejected: ["unknownDirection"]),
    FieldCase(
        what: "3CX report: a message, a ring group and the employee are one call", preset: "threecx_report",
        text: reportHeader
            + "2026-11-20T09:00:19,89000000001,Anna (101),City,10004,4950000000,Answered,0:00:06,0:00:45,0:00:51\n"
            + "2026-11-20T09:00:19,89000000001,Sales Ring Group (809),City,10004,4950000000,Redirected,0:00:06,0:00:00,0:00:06\n"
            + "2026-11-20T09:00:00,89000000001,Welcome message (801),City,10004,4950000000,Answered,0:00:00,0:00:19,0:00:19\n",
        calls: ["incoming +79000000001 06:00:00 45 101 200"], skipped: ["answeredElsewhere"]),
]

@Suite struct CallFieldTests {
    @Test(arguments: cases)
    func oneCallOfPeopleIsOneCall(_ field: FieldCase) throws { try field.check() }

    @Test(arguments: cases)
    func theOrderOfTheRecordsChangesNothing(_ field: FieldCase) throws {
        let file = try field.mapped()
        let indices = Array(file.legs.indices.reversed())
        var legs = indices.map { file.legs[$0] }
        LegGrouping.correctKeys(of: &legs, marks: indices.map { file.marks[$0] })
        #expect(Dictionary(grouping: legs, by: \.key).mapValues { file.folder.fold($0) } == file.folded)
    }

    @Test func `a leg that gets another key keeps its own as an alias`() throws {
        let field = try #require(cases.first { $0.what.hasPrefix("an outgoing call that was transferred") })
        let legs = try field.mapped().correctedLegs
        #expect(Set(legs.map(\.key)) == ["pbx1:1795154400.1"])
        #expect(legs.contains { $0.aliases.contains("pbx1:1795154412.4") })
    }

    @Test(arguments: [
        ("freepbx", "calldate,src,dst,channel,dstchannel,duration,billsec,uniqueid", "disposition"),
        ("yeastar_s", "datetime,src,dst,duration,billable,disposition,uniqueid", "calltype"),
        ("threecx_report", "Call Time,Caller ID,Destination,Trunk,Status,Ringing", "talking"),
        ("mikopbx", "id,start,endtime,src_num,dst_num,linkedid,disposition", "billsec"),
    ])
    func aHeaderWithoutAColumnThatMattersGivesNoCalls(_ preset: String, _ header: String, _ missing: String) throws {
        let row = header.split(separator: ",").map { _ in "1" }.joined(separator: ",")
        let file = try map("\(header)\n\(row)\n", preset: preset)
        #expect(file.rejections.map(\.reason) == ["missingColumn"])
        #expect(file.rejections.first?.field == missing)
    }

    @Test func `formats whose exports may catch a running call wait for the rest of it`() throws {
        for name in ["freepbx", "issabel", "grandstream", "fusionpbx", "yeastar_s", "yeastar_p", "mikopbx", "cucm"] {
            #expect(try FormatDefinition.preset(name).waitsForRecords, "\(name)")
        }
    }
}

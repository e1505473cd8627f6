// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CallRecords

private let client = "89000000001"
private let called = "89000000002"

/// A row of a queue, a menu or a Dial on the client's channel.
private let incoming = AsteriskRow.incoming

/// A call that the exchange placed for 101 over a Local channel: first to 101, then to the client.
private func clickToCall(showing caller: String, linkedid: String? = nil, answered: Bool = true) -> [AsteriskRow] {
    [
        AsteriskRow(
            src: caller, dst: "101", context: "from-internal", channel: "Local/101@from-internal-00000001;2",
            dstchannel: "PJSIP/101-00000002", ring: 4, talk: answered ? 60 : 30, id: "2", linkedid: linkedid),
        AsteriskRow(
            src: caller, dst: called, context: "from-internal", channel: "Local/101@from-internal-00000001;1",
            dstchannel: "PJSIP/trunk1-00000003", at: 4, ring: answered ? 10 : 30, talk: answered ? 50 : 0,
            disposition: answered ? "ANSWERED" : "NO ANSWER", uniqueid: "1795154400.1", linkedid: linkedid,
            sequence: 2),
    ]
}

/// A client whose call goes on over a Local channel to a mobile, to which the office's number is shown.
private func forwarded(from caller: String = client, showing shown: String = "74950000000") -> [AsteriskRow] {
    [
        AsteriskRow(
            src: caller, dst: "101", dstchannel: "Local/89000000097@from-internal-00000001;1", ring: 10, talk: 50),
        AsteriskRow(
            src: shown, dst: "89000000097", context: "from-internal",
            channel: "Local/89000000097@from-internal-00000001;2", dstchannel: "PJSIP/trunk1-00000003", ring: 10,
            talk: 50, id: "3"),
    ]
}

/// 101 calls a client, asks 102 and hands the client over.
private func handedOver(linkedid: String?) -> [AsteriskRow] {
    [
        AsteriskRow.outgoing.with { ($0.talk, $0.linkedid) = (40, linkedid) },
        AsteriskRow(
            src: "101", dst: "102", context: "from-internal", channel: "PJSIP/101-00000007",
            dstchannel: "PJSIP/102-00000008", at: 25, talk: 15, id: "7", linkedid: linkedid, sequence: 2),
        AsteriskRow(
            src: called, dst: "", channel: "PJSIP/trunk1-00000004", dstchannel: "PJSIP/102-00000008", app: "AppDial",
            data: "(Outgoing Line)", at: 45, ring: 0, talk: 60, uniqueid: "1795154400.4", linkedid: linkedid,
            sequence: 4),
    ]
}

/// A conference room as Asterisk 12 and later write it: each pair of channels has a row.
private func room(_ rows: [(src: String, channel: String, dstchannel: String, at: Int64, talk: Int64)]) -> String {
    file(
        rows.enumerated().map { index, row in
            AsteriskRow(
                src: row.src, dst: "800", context: row.src == "101" ? "from-internal" : "from-trunk",
                channel: row.channel, dstchannel: row.dstchannel, app: "ConfBridge", data: "800", at: row.at, ring: 0,
                talk: row.talk, id: row.src, linkedid: "1", sequence: index + 1)
        })
}

/// A second record of a call, of the same channel and with the linkedid of all.
private func later(_ row: AsteriskRow, at: Int64, _ change: (inout AsteriskRow) -> Void) -> AsteriskRow {
    row.with {
        ($0.at, $0.uniqueid, $0.linkedid, $0.sequence) = (at, "1795154400.1", "1", 2)
        change(&$0)
    }
}

private let cases: [FieldCase] = [
    // Calls that the exchange places.
    FieldCase(
        what: "click to call over a Local channel that shows the client's number",
        text: file(clickToCall(showing: called, linkedid: "1")), calls: ["outgoing +79000000002 06:00:00 50 101 200"]),
    FieldCase(
        what: "the same in 18 columns and in another spelling", text: file(clickToCall(showing: "+79000000002")),
        calls: ["outgoing +79000000002 06:00:00 50 101 200"]),
    FieldCase(
        what: "the same with no trunk that has a name", text: file(clickToCall(showing: called)), lines: [:],
        calls: ["outgoing +79000000002 06:00:00 50 101 200"]),
    FieldCase(
        what: "the client does not pick up while the employee waits",
        text: file(clickToCall(showing: called, linkedid: "1", answered: false)),
        calls: ["outgoing +79000000002 06:00:00 0 101 304"]),
    FieldCase(
        what: "the employee does not pick up, and the client is never called",
        text: file([clickToCall(showing: called, answered: false)[0].with { ($0.talk, $0.disposition) = (0, "BUSY") }]),
        skipped: ["internalCall"]),
    FieldCase(
        what: "a client who is put through to a mobile stays the one who called",
        text: file(forwarded(showing: client)), calls: ["incoming +79000000001 06:00:00 50 - 200"]),

    // 18 columns: records of one second, and chains of Local channels.
    FieldCase(
        what: "a call and its way to a mobile begin in one second", text: file(forwarded()),
        calls: ["incoming +79000000001 06:00:00 50 - 200"]),
    FieldCase(
        what: "the same of another client", text: file(forwarded(from: "89000000014")),
        calls: ["incoming +79000000014 06:00:00 50 - 200"]),
    FieldCase(
        what: "the same where the channel has a number with more digits than the Local channel",
        text: file([forwarded()[0].with { $0.id = "10" }, forwarded()[1]]),
        calls: ["incoming +79000000001 06:00:00 50 - 200"]),
    FieldCase(
        what: "two Local channels, one behind the other",
        text: file([
            incoming.with { ($0.dstchannel, $0.app) = ("Local/101@agents-00000001;1", "Queue") }
                .with { ($0.ring, $0.talk) = (10, 50) },
            AsteriskRow(
                dst: "101", context: "agents", channel: "Local/101@agents-00000001;2",
                dstchannel: "Local/89000000097@out-00000002;1", ring: 10, talk: 50, id: "3"),
            AsteriskRow(
                src: "74950000000", dst: "89000000097", context: "out", channel: "Local/89000000097@out-00000002;2",
                dstchannel: "PJSIP/trunk1-00000009", ring: 10, talk: 50, id: "5"),
        ]), calls: ["incoming +79000000001 06:00:00 50 101 200"]),
    FieldCase(
        what: "with a linkedid a record between two Local channels is of no use",
        text: file([
            incoming.with { $0.linkedid = "1" },
            AsteriskRow(
                dst: "101", channel: "Local/101@agents-00000001;2", dstchannel: "Local/102@agents-00000002;1",
                linkedid: "1", sequence: 2),
        ]), calls: ["incoming +79000000001 06:00:00 30 101 200"], skipped: ["localChannel"]),
    FieldCase(
        what: "a channel that a program has sent elsewhere",
        text: file([
            incoming.with { ($0.channel, $0.talk) = ("SIP/trunk1-00000001", 20) },
            AsteriskRow(
                dst: "102", context: "from-internal", channel: "AsyncGoto/SIP/trunk1-00000001<ZOMBIE>",
                dstchannel: "SIP/102-00000003", at: 25, ring: 3, talk: 30, id: "9"),
        ]), calls: ["incoming +79000000001 06:00:00 50 101 200"]),

    // 18 columns: analogue ports have the same name again with the next call.
    FieldCase(
        what: "a client over a port, and at once an employee who calls another one over it",
        text: file([
            incoming.with { ($0.dst, $0.channel, $0.talk) = ("s", "DAHDI/1-1", 20) },
            AsteriskRow.outgoing.with { ($0.dstchannel, $0.at, $0.talk, $0.id) = ("DAHDI/1-1", 25, 20, "4") },
        ]), lines: ["1": "+74950000000"],
        calls: ["incoming +79000000001 06:00:00 20 101 200", "outgoing +79000000002 06:00:25 20 101 200"]),
    FieldCase(
        what: "an employee at a port whose client is busy and who calls another one at once",
        text: file([
            AsteriskRow.outgoing.with { ($0.channel, $0.talk, $0.disposition) = ("Zap/5-1", 0, "BUSY") },
            AsteriskRow.outgoing.with {
                ($0.channel, $0.dst, $0.dstchannel) = ("Zap/5-1", "89000000003", "PJSIP/trunk1-00000005")
                ($0.at, $0.id) = (6, "5")
            },
        ]), calls: ["outgoing +79000000002 06:00:00 0 101 486", "outgoing +79000000003 06:00:06 30 101 200"]),
    FieldCase(
        what: "a call over a port that an employee puts through, which its older channel tells",
        text: file([
            AsteriskRow.outgoing.with { $0.dstchannel = "DAHDI/1-1" },
            AsteriskRow(
                src: called, dst: "102", context: "from-internal", channel: "DAHDI/1-1",
                dstchannel: "PJSIP/102-00000007", at: 35, ring: 1, talk: 7, uniqueid: "1795154400.4"),
        ]), lines: ["1": "+74950000000"], calls: ["outgoing +79000000002 06:00:00 37 101 200"]),

    // Channels that the exchange had dialled.
    FieldCase(
        what: "an outgoing call that was handed over to a colleague after a talk",
        text: file(handedOver(linkedid: "1")),
        calls: ["outgoing +79000000002 06:00:00 100 101 200"]),
    FieldCase(
        what: "the same in 18 columns", text: file(handedOver(linkedid: nil)),
        calls: ["outgoing +79000000002 06:00:00 100 101 200"]),
    FieldCase(
        what: "its last record alone is no call", text: file([handedOver(linkedid: nil)[2]]), skipped: ["internalCall"]),
    FieldCase(
        what: "dialled channels that talked with nobody else, with another client or with a colleague",
        text: file([
            AsteriskRow(src: called, dst: "", channel: "PJSIP/trunk1-00000004", dstchannel: "", app: "AppDial"),
            AsteriskRow(
                src: called, dst: "", channel: "PJSIP/trunk1-00000005", dstchannel: "PJSIP/trunk1-00000006",
                app: "AppDial", at: 60),
            AsteriskRow(
                src: "101", dst: "", channel: "PJSIP/101-00000007", dstchannel: "PJSIP/102-00000008", app: "AppQueue",
                at: 120),
        ]), skipped: ["dialHelper", "dialHelper", "dialHelper"]),

    // Conference rooms.
    FieldCase(
        what: "a client in a room, who did not call the other one",
        text: room([
            (client, "PJSIP/trunk1-00000001", "PJSIP/101-00000003", 0, 300),
            (client, "PJSIP/trunk1-00000001", "PJSIP/trunk1-00000004", 20, 285),
            ("101", "PJSIP/101-00000003", "", 10, 10),
            ("101", "PJSIP/101-00000003", "PJSIP/trunk1-00000004", 20, 280),
            ("89000000003", "PJSIP/trunk1-00000004", "", 20, 285),
        ]),
        calls: ["incoming +79000000001 06:00:00 300 101 200", "incoming +79000000003 06:00:20 285 - 200"]),
    FieldCase(
        what: "a client in a room, over a trunk that no configuration names",
        text: room([(client, "PJSIP/other-00000001", "", 0, 300)]),
        calls: ["incoming +79000000001 06:00:00 300 - 200"]),
    FieldCase(
        what: "the employee was in the room before the client called",
        text: room([
            ("101", "PJSIP/101-00000001", "", 0, 20),
            ("101", "PJSIP/101-00000001", "PJSIP/trunk1-00000002", 20, 280),
            (client, "PJSIP/trunk1-00000002", "", 20, 280),
        ]), calls: ["incoming +79000000001 06:00:20 280 101 200"]),

    // What a call's outcome is taken from.
    FieldCase(
        what: "an announcement that the number is busy",
        text: file([
            AsteriskRow.outgoing.with { ($0.talk, $0.disposition, $0.id, $0.linkedid) = (0, "BUSY", "1", "1") },
            later(.outgoing, at: 5) { ($0.dstchannel, $0.app, $0.data) = ("", "Playback", "busy") },
        ]), calls: ["outgoing +79000000002 06:00:00 0 101 486"]),
    FieldCase(
        what: "a group with a mobile that did not pick up is no redirected call",
        text: file([
            incoming.with { $0.linkedid = "1" },
            later(incoming, at: 0) {
                ($0.dstchannel, $0.talk, $0.disposition) = ("PJSIP/trunk1-00000007", 0, "NO ANSWER")
            },
        ]), calls: ["incoming +79000000001 06:00:00 30 101 200"]),
    FieldCase(
        what: "a mobile that picked up after the employee did not",
        text: file([
            incoming.with { ($0.talk, $0.disposition, $0.linkedid) = (0, "NO ANSWER", "1") },
            later(incoming, at: 5) { $0.dstchannel = "PJSIP/trunk1-00000007" },
        ]), calls: ["incomingRedirected +79000000001 06:00:00 30 101 200"]),
    FieldCase(
        what: "of two numbers that a dialplan tries the one that picked up",
        text: file([
            AsteriskRow.outgoing.with {
                ($0.dst, $0.talk, $0.disposition, $0.id, $0.linkedid) = ("s", 0, "NO ANSWER", "1", "1")
            },
            later(.outgoing, at: 5) {
                ($0.dst, $0.data, $0.dstchannel) = ("s", "PJSIP/89000000003@trunk1,20", "PJSIP/trunk1-00000005")
            },
        ]), calls: ["outgoing +79000000003 06:00:00 30 101 200"]),

    // Hangup handlers.
    FieldCase(
        what: "a client who hung up in a menu",
        text: file([
            incoming.with { ($0.dst, $0.context, $0.dstchannel, $0.app) = ("h", "ivr-1", "", "Hangup") },
            incoming.with {
                ($0.src, $0.channel, $0.dstchannel, $0.at, $0.id) =
                    ("89000000003", "PJSIP/trunk1-00000005", "PJSIP/101-00000006", 90, "5")
            },
        ]), calls: ["incoming +79000000001 06:00:00 0 - 304", "incoming +79000000003 06:01:30 30 101 200"]),
    FieldCase(
        what: "an answered call whose only record is that of the hangup handler",
        text: file([incoming.with { ($0.dst, $0.app) = ("h", "NoOp") }]),
        calls: ["incoming +79000000001 06:00:00 30 101 200"]),
    FieldCase(
        what: "the hangup handler's record behind that of a missed call",
        text: file([
            incoming.with { ($0.talk, $0.disposition, $0.linkedid) = (0, "NO ANSWER", "1") },
            later(incoming, at: 5) { ($0.dst, $0.dstchannel, $0.app, $0.ring) = ("h", "", "AGI", 0) },
        ]), calls: ["incoming +79000000001 06:00:00 0 101 304"]),
    FieldCase(
        what: "hangup handlers of employees and of Local channels",
        text: file([
            AsteriskRow.outgoing.with { ($0.dst, $0.app) = ("h", "NoOp") },
            AsteriskRow.outgoing.with { ($0.src, $0.dst, $0.app, $0.at) = ("74950000000", "h", "NoOp", 60) },
            AsteriskRow.outgoing.with { ($0.src, $0.dst, $0.app, $0.at) = ("74950000009", "h", "NoOp", 120) },
            incoming.with { ($0.dst, $0.channel, $0.at) = ("h", "Local/101@agents-00000001;2", 180) },
            incoming.with { ($0.src, $0.dst, $0.at) = ("anonymous", "hangup", 240) },
        ]), skipped: Array(repeating: "hangupHandler", count: 5)),

    // Devices.
    FieldCase(
        what: "a device that several offices have",
        text: file([incoming.with { ($0.dst, $0.dstchannel) = ("101", "PJSIP/office2_101-00000002") }]),
        calls: ["incoming +79000000001 06:00:00 30 101 200"]),
]

/// Rows of FreePBX 15 and later: the columns that matter.
private let freePBX =
    "calldate,clid,src,dst,dcontext,channel,dstchannel,lastapp,lastdata,duration,billsec,disposition,uniqueid,did,"
    + "cnum,outbound_cnum,linkedid,sequence\n"

private let freePBXCases: [FieldCase] = [
    FieldCase(
        what: "FreePBX: click to call, the office's number on the trunk", preset: "freepbx",
        text: freePBX
            + "2026-11-20 09:00:00,x,\(called),101,from-internal,Local/101@from-internal-00000001;2,PJSIP/101-00000002,"
            + "Dial,x,64,60,ANSWERED,1795154400.2,,\(called),,1795154400.1,1\n"
            + "2026-11-20 09:00:04,x,74950000000,\(called),from-internal,Local/101@from-internal-00000001;1,"
            + "PJSIP/trunk1-00000003,Dial,x,60,50,ANSWERED,1795154400.1,,\(called),74950000000,1795154400.1,2\n",
        calls: ["outgoing +79000000002 06:00:00 50 101 200"]),
    FieldCase(
        what: "FreePBX: a client who hung up in a menu", preset: "freepbx",
        text: freePBX
            + "2026-11-20 09:00:00,x,\(client),h,ivr-1,PJSIP/trunk1-00000001,,Macro,x,20,20,ANSWERED,1795154400.1,"
            + "4950000000,\(client),,1795154400.1,1\n",
        calls: ["incoming +79000000001 06:00:00 0 - 304"]),
    FieldCase(
        what: "FreePBX up to 14: follow me over two Local channels, a mobile picks up", preset: "freepbx",
        text:
            "calldate,src,dst,dcontext,channel,dstchannel,lastapp,duration,billsec,disposition,uniqueid\n"
            + "2026-11-20 09:00:00,\(client),101,ext-local,PJSIP/trunk1-00000001,Local/FMPR-101@x-00000001;1,Dial,60,60,"
            + "ANSWERED,1795154400.1\n"
            + "2026-11-20 09:00:01,\(client),101,ext-local,Local/FMPR-101@x-00000001;2,PJSIP/101-00000003,Dial,15,0,"
            + "NO ANSWER,1795154401.3\n"
            + "2026-11-20 09:00:00,\(client),101,ext-local,PJSIP/trunk1-00000001,Local/FMGL-97#@x-00000002;1,Dial,60,60,"
            + "ANSWERED,1795154400.1\n"
            + "2026-11-20 09:00:01,\(client),FMGL-97#,x,Local/FMGL-97#@x-00000002;2,Local/89000000097@x-00000003;1,Dial,"
            + "60,50,ANSWERED,1795154401.5\n"
            + "2026-11-20 09:00:02,74950000000,89000000097,x,Local/89000000097@x-00000003;2,PJSIP/trunk1-00000006,Dial,"
            + "60,50,ANSWERED,1795154402.7\n",
        calls: ["incoming +79000000001 06:00:00 50 101 200"]),
]

private let mikoHeader =
    "id,start,endtime,src_num,dst_chan,dst_num,UNIQUEID,linkedid,disposition,from_account,to_account,is_app,duration,"
    + "billsec\n"

/// One row of MikoPBX, of a call that began at nine o'clock.
private func miko(
    _ number: Int, at: Int64 = 0, _ caller: String, _ dialled: String, accounts from: String, _ to: String,
    lasting duration: Int64, talk: Int64, on channel: String = ""
) -> String {
    "\(number),\(AsteriskRow.clock(at)).120,\(AsteriskRow.clock(at + duration)).450,\(caller),\(channel),\(dialled),"
        + "mikopbx-1795154400.1_\(number),mikopbx-1795154400.1,\(talk > 0 ? "ANSWERED" : "NOANSWER"),\(from),\(to),0,"
        + "\(duration),\(talk)\n"
}

private func mikoCase(
    _ what: String, lines: [String: String] = ["SIP-1": "+74950000000", "SIP-2": "+74950000001"], _ rows: [String],
    calls: [String] = [], skipped: [String] = []
) -> FieldCase {
    FieldCase(
        what: "MikoPBX: \(what)", preset: "mikopbx", text: mikoHeader + rows.joined(), lines: lines, calls: calls,
        skipped: skipped)
}

private let mikoCases: [FieldCase] = [
    mikoCase(
        "an outgoing call has the employee's account as well",
        [miko(1, "101", called, accounts: "101", "SIP-1", lasting: 40, talk: 30)],
        calls: ["outgoing +79000000002 06:00:00 30 101 200"]),
    mikoCase(
        "the same with providers that no configuration names", lines: [:],
        [miko(1, "101", called, accounts: "101", "SIP-TRUNK-1A2B3C4D", lasting: 40, talk: 30)],
        calls: ["outgoing +79000000002 06:00:00 30 101 200"]),
    mikoCase(
        "the same from a phone in a browser",
        [miko(1, "101", called, accounts: "101-WS", "SIP-1", lasting: 40, talk: 30)],
        calls: ["outgoing +79000000002 06:00:00 30 101 200"]),
    mikoCase(
        "the same before any provider was tried",
        [miko(1, "101", called, accounts: "101", "", lasting: 30, talk: 0)],
        calls: ["outgoing +79000000002 06:00:00 0 101 304"]),
    mikoCase(
        "a second provider gets through",
        [
            miko(1, "101", called, accounts: "101", "SIP-1", lasting: 3, talk: 0),
            miko(2, at: 3, "101", called, accounts: "101", "SIP-2", lasting: 37, talk: 30),
        ], calls: ["outgoing +79000000002 06:00:00 30 101 200"]),
    mikoCase(
        "an incoming call has the employee's account as well",
        [miko(1, client, "101", accounts: "SIP-1", "101", lasting: 40, talk: 30)],
        calls: ["incoming +79000000001 06:00:00 30 101 200"]),
    mikoCase(
        "the same over a provider that no configuration names", lines: [:],
        [miko(1, client, "101", accounts: "SIP-TRUNK-1A2B3C4D", "101", lasting: 40, talk: 30)],
        calls: ["incoming +79000000001 06:00:00 30 101 200"]),
    mikoCase(
        "a call that goes on to a mobile over a provider",
        [
            miko(1, client, "101", accounts: "SIP-1", "101", lasting: 10, talk: 0),
            miko(2, at: 10, client, "89000000097", accounts: "SIP-1", "SIP-2", lasting: 40, talk: 30),
        ], calls: ["incoming +79000000001 06:00:00 30 101 200"]),
    mikoCase(
        "a call between colleagues", [miko(1, "101", "102", accounts: "101", "102", lasting: 40, talk: 30)],
        skipped: ["internalCall"]),
    mikoCase(
        "an outgoing call that was handed over after a talk",
        [
            miko(1, "101", called, accounts: "101", "SIP-1", lasting: 60, talk: 55),
            miko(2, at: 30, "101", "102", accounts: "101", "102", lasting: 30, talk: 25),
            miko(3, at: 60, "102", called, accounts: "", "", lasting: 40, talk: 40),
        ], calls: ["outgoing +79000000002 06:00:00 95 101 200"]),
    mikoCase(
        "voice mail is no talk",
        [
            miko(1, client, "101", accounts: "SIP-1", "101", lasting: 20, talk: 0),
            miko(2, at: 20, client, "101", accounts: "SIP-1", "", lasting: 40, talk: 40, on: "VOICEMAIL"),
        ], calls: ["incoming +79000000001 06:00:00 0 101 304"]),
    mikoCase(
        "a conference room is no employee",
        [miko(1, client, "220", accounts: "SIP-1", "", lasting: 300, talk: 300, on: "MeetMe:220")],
        calls: ["incoming +79000000001 06:00:00 300 - 200"]),
]

@Suite struct ChannelFieldTests {
    @Test(arguments: cases + freePBXCases + mikoCases)
    func channelsTellOneCall(_ field: FieldCase) throws { try field.check() }

    @Test(arguments: cases + freePBXCases + mikoCases)
    func theOrderOfTheRecordsChangesNothing(_ field: FieldCase) throws {
        let file = try field.mapped()
        let indices = Array(file.legs.indices.reversed())
        var legs = indices.map { file.legs[$0] }
        LegGrouping.correctKeys(of: &legs, marks: indices.map { file.marks[$0] })
        #expect(Dictionary(grouping: legs, by: \.key).mapValues { file.folder.fold($0) } == file.folded)
    }
}

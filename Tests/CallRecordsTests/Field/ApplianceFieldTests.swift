// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CallRecords

private let header =
    "Caller Number,Callee Number,Context,Source Channel,Dest. Channel,Last app.,Start Time,Call Time,Talk Time,"
    + "Disposition,Unique ID,Log Userfield,Answered by,Session,Premier Caller,Action Type,Source Trunk Name,"
    + "Destination Trunk Name\n"

/// A row of a Grandstream UCM, so many seconds after nine.
private struct UCMRow {
    var from = "89000000001"
    var to = "101"
    var channels = "PJSIP/trunk_1-1,PJSIP/101-2"
    var app = "Dial"
    var at = 0
    var ring = 5
    var talk = 30
    var way = "Inbound"
    var by = "101"
    var session = "1"
    /// Who called first in the session, if not the caller.
    var first: String?
    var action = "DIAL"
    var trunks = "City,"

    var text: String {
        "\(from),\(to),from-internal,\(channels),\(app),2026-11-20 09:\(two(at / 60)):\(two(at % 60)),\(ring + talk),\(talk),"
            + "\(talk > 0 ? "ANSWERED" : "NO ANSWER"),1795154400.1,\(way),\(by),179515440000000\(session)-\(first ?? from),\(from),"
            + "\(action),\(trunks)\n"
    }

    func with(_ change: (inout UCMRow) -> Void) -> UCMRow {
        var row = self
        change(&row)
        return row
    }
}

private func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

private let missed = UCMRow(ring: 15, talk: 0, by: "")
/// The call of a client that went on to an employee's mobile phone.
private let mobile = UCMRow(
    to: "89000000077", channels: "PJSIP/trunk_1-1,PJSIP/trunk_1-3", at: 15, by: "89000000077", action: "FORWARD[101]",
    trunks: "City,City")

private func ucm(_ what: String, _ rows: [UCMRow], _ calls: [String], skipped: [String] = []) -> FieldCase {
    FieldCase(
        what: "Grandstream: " + what, preset: "grandstream", text: header + rows.map(\.text).joined(),
        lines: ["City": "+74950000000"], calls: calls, skipped: skipped)
}

private let grandstream: [FieldCase] = [
    ucm(
        "forwarded to a mobile, from trunk to trunk", [missed, mobile.with { $0.way = "External" }],
        ["incomingRedirected +79000000001 06:00:00 30 101 200"]),
    ucm("forwarded to a mobile in one row", [mobile], ["incomingRedirected +79000000001 06:00:15 30 101 200"]),
    ucm(
        "the mobile rang in vain", [missed, mobile.with { ($0.talk, $0.by) = (0, "") }],
        ["incoming +79000000001 06:00:00 0 101 304"]),
    ucm(
        "put through to a mobile",
        [UCMRow(talk: 25), mobile.with { ($0.at, $0.action) = (30, "TRANSFER") }],
        ["incomingRedirected +79000000001 06:00:00 55 101 200"]),
    ucm(
        "Follow Me answered on a mobile", [missed, mobile.with { $0.action = "FOLLOWME[101]" }],
        ["incomingRedirected +79000000001 06:00:00 30 101 200"]),
    ucm(
        "Follow Me answered by the phone", [UCMRow(action: "FOLLOWME[101]")],
        ["incoming +79000000001 06:00:00 30 101 200"]),
    ucm(
        "the call to the mobile as a call of its own",
        [
            UCMRow(),
            mobile.with {
                ($0.from, $0.action, $0.way, $0.session) = ("74950000000", "FOLLOWME[101]", "External", "2")
            },
            mobile.with {
                ($0.from, $0.action, $0.way, $0.session) = ("74950000000", "FOLLOWME[101]", "Outbound", "3")
            },
            mobile.with { ($0.from, $0.action, $0.way, $0.session) = ("102", "FOLLOWME[101]", "Outbound", "4") },
        ], ["incoming +79000000001 06:00:00 30 101 200"], skipped: ["followMe", "followMe", "followMe"]),
    ucm(
        "the call to the mobile shows the office's number, in the client's session",
        [
            missed,
            mobile.with {
                ($0.from, $0.first, $0.action, $0.way) = ("74950000000", "89000000001", "FOLLOWME[101]", "External")
            },
        ], ["incoming +79000000001 06:00:00 30 101 200"]),
    ucm(
        "a conference",
        [UCMRow(to: "630", channels: "PJSIP/trunk_1-1,", app: "ConfBridge", by: "630", action: "CONFERENCE[630]")],
        ["incoming +79000000001 06:00:00 30 - 200"]),
    ucm(
        "a menu that the client left",
        [UCMRow(to: "700", channels: "PJSIP/trunk_1-1,", app: "ForkCDR", by: "700", action: "IVR[700]")],
        ["incoming +79000000001 06:00:00 0 - 304"]),
    ucm(
        "outgoing calls that show the office's number",
        [
            UCMRow(
                from: "74950000000", to: "89000000002", channels: "PJSIP/101-1,PJSIP/trunk_1-2", way: "Outbound",
                by: "89000000002", trunks: ",City"),
            UCMRow(
                from: "74950000000102", to: "89000000003", channels: "PJSIP/102-1,PJSIP/trunk_1-2", at: 60,
                way: "Outbound",
                by: "89000000003", trunks: ",City"),
        ], ["outgoing +79000000002 06:00:00 30 101 200", "outgoing +79000000003 06:01:00 30 102 200"]),
    api("a call that an employee answered", "PJSIP/101-2,Dial", ",101", "DIAL", "101"),
    api("without a column for who answered", "PJSIP/101-2,Dial", nil, "DIAL", "101"),
    api("a queue's agent", "PJSIP/102-2,Queue", ",102", "QUEUE[650]", "102"),
    api("a queue that nobody took the call from", ",ForkCDR", ",650", "QUEUE[650]", nil),
    api("a menu, without a column for who answered", ",ForkCDR", nil, "IVR[650]", nil),
]

/// A row of the newer API, which names who answered in another column or not at all.
private func api(_ what: String, _ channel: String, _ by: String?, _ action: String, _ employee: String?) -> FieldCase {
    FieldCase(
        what: "Grandstream's API: " + what, preset: "grandstream",
        text:
            "AcctId,src,dst,dcontext,channel,dstchannel,lastapp,start,answer,end,duration,billsec,disposition,uniqueid,"
            + "userfield,dstchannel_ext\(by == nil ? "" : ",dstanswer"),session,action_type,src_trunk_name,dst_trunk_name\n"
            + "1,89000000001,650,ext,PJSIP/trunk_1-1,\(channel),2026-11-20 09:00:00,2026-11-20 09:00:05,2026-11-20 09:00:35,"
            + "35,30,ANSWERED,1795154400.1,Inbound,650\(by ?? ""),1795154400000001-89000000001,\(action),City,\n",
        lines: ["City": "+74950000000"],
        calls: [
            "incoming +79000000001 06:00:00 \(employee == nil ? 0 : 30) \(employee ?? "-") \(employee == nil ? 304 : 200)"
        ])
}

/// A row of the 3CX CDR service; the client is reached over the trunk 10001.
private func service(
    _ from: String, _ to: String, _ changed: String, _ final: String, why: String = "TerminatedBySrc", talk: Int = 40
) -> String {
    let inside = to.hasPrefix("Ext.") ? String(to.dropFirst(4)) : "10001"
    return "Call 1,000001A1F78A5300_1,\(talk > 0 ? "00:00:\(talk)" : ""),2026/11/20 06:00:00,"
        + "\(talk > 0 ? "2026/11/20 06:00:05" : ""),2026/11/20 06:00:\(two(5 + talk)),\(why),\(from),\(to),"
        + "\(from.hasPrefix("Ext.") ? String(from.dropFirst(4)) : "10000"),\(inside),"
        + "\(to.hasPrefix("Ext.") ? inside : to),\(changed),\(final),,,,,Chain: x;\n"
}

private func threeCX(_ what: String, _ text: String, _ calls: [String], skipped: [String] = []) -> FieldCase {
    FieldCase(
        what: "3CX: " + what, preset: "threecx", text: text, zone: "UTC",
        internal: #"^1\d\d$"#, lines: ["10001": "+74950000000"], calls: calls, skipped: skipped)
}

private let threeCXCases: [FieldCase] = [
    threeCX(
        "a client who was put through after a talk of the employees",
        service("Ext.101", "Ext.102", "ReplacedSrc", "89000000001,10001"),
        ["incoming +79000000001 06:00:00 40 102 200"]),
    threeCX(
        "an employee who put a colleague through", service("Ext.101", "Ext.102", "ReplacedSrc", "Ext.103,103"), [],
        skipped: ["internalCall"]),
    threeCX(
        "a call inside that was forwarded to a mobile",
        service("Ext.101", "Ext.102", "Fwd_NoAnswer", "89000000077,10001"),
        [], skipped: ["internalCall"]),
    threeCX(
        "click to call", service("MakeCall", "Ext.102", "ReplacedSrc", "89000000002,10001"),
        ["outgoing +79000000002 06:00:00 40 102 200"]),
    threeCX(
        "click to call, and the client was not reached",
        service("MakeCall", "Ext.102", "FailedBXferOfDst", "89000000002,89000000002", why: "Failed", talk: 15),
        ["outgoing +79000000002 06:00:00 0 102 480"]),
    threeCX(
        "click to call, and the employee's phone was forwarded to a mobile",
        service("MakeCall", "Ext.102", "Fwd_NoAnswer", "89000000077,10001"), [], skipped: ["internalCall"]),
    threeCX(
        "a queue that calls back", service("Ext.800", "89000000002", "ReplacedSrc", "Ext.102,102"),
        ["outgoing +79000000002 06:00:00 40 102 200"]),
    threeCX(
        "a mobile that rang in vain",
        service("89000000001", "Ext.102", "Fwd_NoAnswer", "89000000077,10001", why: "Failed", talk: 0),
        ["incoming +79000000001 06:00:00 0 102 304"]),
    threeCX(
        "a mobile that answered", service("89000000001", "Ext.102", "Fwd_NoAnswer", "89000000077,10001"),
        ["incomingRedirected +79000000001 06:00:00 40 102 200"]),
]

private func report(
    _ what: String, _ rows: [String], _ calls: [String], rejected: [String] = [], skipped: [String] = []
) -> FieldCase {
    FieldCase(
        what: "3CX report: " + what, preset: "threecx_report",
        text: "Call Time,Caller ID,Destination,Trunk,Trunk number,Did,Status,Ringing,Talking,Total Duration\n"
            + rows.map { $0 + "\n" }.joined(), internal: #"^10[12]$"#, calls: calls, rejected: rejected,
        skipped: skipped
    )
}

private let reports: [FieldCase] = [
    report(
        "a mobile answered for an employee",
        [
            "2026-11-20T09:00:00,89000000001,Anna (101),City,10000,,Unanswered,0:00:15,0:00:00,0:00:15",
            "2026-11-20T09:00:15,89000000001,89000000077,City,10000,,Answered,0:00:05,0:00:40,0:00:45",
        ], ["incomingRedirected +79000000001 06:00:00 40 101 200"]),
    report(
        "calls between employees and queues",
        [
            "2026-11-20T09:00:00,Anna (101),Support (802),,,,Answered,0:00:00,0:00:40,0:00:40",
            "2026-11-20T09:01:00,Support (802),Anna (101),,,,Answered,0:00:05,0:00:40,0:00:45",
            "2026-11-20T09:02:00,Anna (101),Voice Mail (999),,,,Answered,0:00:00,0:00:40,0:00:40",
            "2026-11-20T09:04:00,Anna (101),Emergency (103),City,10000,,Answered,0:00:05,0:00:40,0:00:45",
            "2026-11-20T09:05:00,Anna (101),Support Queue (803),City,10000,,Answered,0:00:00,0:00:40,0:00:40",
            "2026-11-20T09:03:00,Anna (101),Client (89000000002),City,10000,,Answered,0:00:05,0:00:40,0:00:45",
        ], ["outgoing +79000000002 06:03:00 40 101 200", "outgoing 103 06:04:00 40 101 200"],
        skipped: ["internalCall", "internalCall", "internalCall", "internalCall"]),
    report(
        "a word in brackets is no number",
        ["2026-11-20T09:00:00,Smith (Home),Anna (101),City,10000,,Answered,0:00:05,0:00:40,0:00:45"], [],
        rejected: ["badNumber"]),
    report(
        "either order of day and month, where one cannot be a month",
        [
            "20/11/2026 09:00:00,89000000001,Anna (101),City,10000,,Answered,0:00:05,0:00:40,0:00:45",
            "11/20/2026 09:05:00,89000000002,Anna (101),City,10000,,Answered,0:00:05,0:00:40,0:00:45",
            "11/11/2026 09:05:00,89000000003,Anna (101),City,10000,,Answered,0:00:05,0:00:40,0:00:45",
            "05/11/2026 09:00:00,89000000004,Anna (101),City,10000,,Answered,0:00:05,0:00:40,0:00:45",
        ],
        [
            "incoming +79000000003 06:05:00 40 101 200", "incoming +79000000001 06:00:00 40 101 200",
            "incoming +79000000002 06:05:00 40 101 200",
        ], rejected: ["badDate"]),
]

private func yeastarP(_ what: String, _ rows: [String], _ calls: [String], rejected: [String] = []) -> FieldCase {
    FieldCase(
        what: "Yeastar P: " + what, preset: "yeastar_p",
        text: "ID,Time,Call From,Call To,Last Participant,Call Duration,Talk Duration,Last Status,Source Trunk,"
            + "Destination Trunk,Communication Type,Recording File\n" + rows.map { $0 + "\n" }.joined(),
        internal: #"^1\d\d$"#, calls: calls, rejected: rejected)
}

private func inbound(_ to: String, _ last: String, _ status: String = "ANSWERED", talk: Int = 30) -> String {
    "a1,2026-11-20 09:00:00,89000000001,\(to),\(last),00:00:40,00:00:\(two(talk)),\(status),City,,Inbound,"
}

private func dated(_ id: String, _ time: String, _ recording: String = "") -> String {
    "\(id),\(time),89000000001,Anna<101>,,00:00:40,00:00:30,ANSWERED,City,,Inbound,\(recording)"
}

private let yeastar: [FieldCase] = [
    yeastarP(
        "the last who was called answered", [inbound("Anna<101>", "Boris<102>")],
        ["incoming +79000000001 06:00:00 30 102 200"]),
    yeastarP("a queue's agent", [inbound("Sales<640>", "Anna<101>")], ["incoming +79000000001 06:00:00 30 101 200"]),
    yeastarP(
        "a menu led to an employee who did not answer", [inbound("IVR<620>", "Anna<101>", "NO ANSWER", talk: 0)],
        ["incoming +79000000001 06:00:00 0 101 304"]),
    yeastarP(
        "a queue that nobody took the call from", [inbound("Sales<640>", "Anna<101>", "NO ANSWER", talk: 0)],
        ["incoming +79000000001 06:00:00 0 - 304"]),
    yeastarP(
        "a menu that the client left", [inbound("IVR<620>", "IVR<620>")], ["incoming +79000000001 06:00:00 0 - 304"]),
    yeastarP(
        "a menu took over from an employee", [inbound("Anna<101>", "IVR<620>")],
        ["incoming +79000000001 06:00:00 0 101 304"]),
    yeastarP(
        "a mobile took over from an employee", [inbound("Anna<101>", "89000000077")],
        ["incoming +79000000001 06:00:00 30 101 200"]),
    yeastarP(
        "the client as the last participant", [inbound("Anna<101>", "89000000001")],
        ["incoming +79000000001 06:00:00 30 101 200"]),
    yeastarP(
        "a conference", [inbound("Conference<650>", "Conference<650>")], ["incoming +79000000001 06:00:00 30 - 200"]),
    yeastarP("without a last participant", [inbound("Anna<101>", "")], ["incoming +79000000001 06:00:00 30 101 200"]),
    yeastarP(
        "dates whose order the id, a recording or the day tells",
        [
            dated("20261105090000AB", "05/11/2026 09:00:00"), dated("20261106090000AB", "11/06/2026 09:01:00 AM"),
            dated("a3", "11/07/2026 09:02:00", "20261107090200-1794031320.1-x.wav"),
            dated("a4", "22/11/2026 09:03:00"), dated("a5", "2026/11/23 09:04:00 AM"),
        ],
        [
            "incoming +79000000001 06:00:00 30 101 200", "incoming +79000000001 06:01:00 30 101 200",
            "incoming +79000000001 06:02:00 30 101 200", "incoming +79000000001 06:03:00 30 101 200",
            "incoming +79000000001 06:04:00 30 101 200",
        ]),
    yeastarP(
        "dates whose order nothing tells", [dated("a1", "05/11/2026 09:00:00"), dated("a2", "11/05/2026 09:00:00 AM")],
        [],
        rejected: ["badDate", "badDate"]),
    FieldCase(
        what: "Yeastar S: dates whose order the id or a recording tells, and a menu without an application",
        preset: "yeastar_s",
        text:
            "Time,Call From,Call To,Call Duration,Talk Duration,Status,Source Trunk,Destination Trunk,Communication Type,"
            + "Recording File,uniqueid\n"
            + "05/11/2026 09:00:00 AM,89000000001,101,35,30,ANSWERED,City,,Inbound,,1793858400.1\n"
            + "11/06/2026 09:00:00,89000000002,101,35,30,ANSWERED,City,,Inbound,20261106090000-1793944800.4-x.wav,\n"
            + "11/07/2026 09:00:00 AM,89000000003,101,35,30,ANSWERED,City,,Inbound,,\n"
            + "2026-11-20 09:00:00,89000000004,IVR_Day<6500>,35,30,ANSWERED,City,,Inbound,,\n",
        internal: #"^1\d\d$"#,
        calls: [
            "incoming +79000000001 06:00:00 30 101 200", "incoming +79000000002 06:00:00 30 101 200",
            "incoming +79000000004 06:00:00 0 - 304",
        ], rejected: ["badDate"]),
]

private func smdr(
    _ id: Int, _ more: Int, _ caller: String, _ way: String, _ called: String, talk: String, _ party: String,
    _ tail: String = ""
) -> String {
    "2026/11/20 09:00:00,\(talk),5,\(caller),\(way),\(called),74950000000,,0,100000\(id),\(more),\(party),T9017,Line 17.1,0,0\(tail)\n"
}

private func avaya(_ what: String, _ rows: [String], _ calls: [String], skipped: [String] = []) -> FieldCase {
    FieldCase(
        what: "Avaya: " + what, preset: "avaya_ipoffice", text: rows.joined(), calls: calls, skipped: skipped)
}

private let avayaCases: [FieldCase] = [
    avaya(
        "a client who was taken into a conference",
        [
            smdr(1, 1, "89000000001", "I", "101", talk: "00:00:30", "E101,Anna"),
            smdr(1, 0, "89000000001", "I", "101", talk: "00:10:00", "V11001,CO Channel 100.1"),
        ], ["incoming +79000000001 06:00:00 630 101 200"]),
    avaya(
        "a called client who was taken into a conference",
        [
            smdr(1, 1, "101", "O", "89000000002", talk: "00:00:02", "E101,Anna"),
            smdr(1, 0, "", "O", "89000000002", talk: "00:10:00", "V11001,CO Channel 100.1"),
        ], ["outgoing +79000000002 06:00:00 602 101 200"]),
    avaya(
        "voice mail after an employee",
        [
            smdr(1, 1, "89000000001", "I", "101", talk: "00:00:00", "E101,Anna"),
            smdr(1, 0, "89000000001", "I", "101", talk: "00:00:20", "V9501,VM Channel 1"),
        ], ["incoming +79000000001 06:00:00 0 101 304"]),
    avaya(
        "the mobile twin of an employee's phone",
        [
            smdr(1, 0, "89000000001", "I", "101", talk: "00:00:40", "E101,Anna"),
            smdr(
                2, 0, "", "O", "89000000077", talk: "00:00:40", "E101,Anna",
                String(repeating: ",", count: 11) + "U MT,Extn101,89000000077"),
        ], ["incoming +79000000001 06:00:00 40 101 200"], skipped: ["mobileTwin"]),
]

@Suite struct ApplianceFieldTests {
    @Test(arguments: grandstream + threeCXCases + reports + yeastar + avayaCases)
    func whatTheSystemWroteIsWhatPeopleHad(_ field: FieldCase) throws { try field.check() }
}

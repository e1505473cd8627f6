// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CallRecords

private func freeSwitch(_ what: String, _ rows: [FreeSwitchRow], _ calls: [String]) -> FieldCase {
    FieldCase(what: "FreeSWITCH: " + what, preset: "freeswitch", text: rows.map(\.text).joined(), calls: calls)
}

private func fusion(
    _ what: String, _ rows: [FusionRow], _ calls: [String], skipped: [String] = []
) -> FieldCase {
    let header = FusionRow.header(hasStatus: rows.contains { $0.status != nil })
    return FieldCase(
        what: "FusionPBX: " + what, preset: "fusionpbx", text: header + rows.map(\.text).joined(), calls: calls,
        skipped: skipped)
}

private func cisco(
    _ what: String, _ rows: [CiscoRow], _ calls: [String], lines: [String] = ["GATEWAY-A"], rejected: [String] = [],
    skipped: [String] = [], internal: String = #"^1\d\d$"#
) -> FieldCase {
    FieldCase(
        what: "CUCM: " + what, preset: "cucm", text: rows.map(\.text).joined(), internal: `internal`,
        lines: Dictionary(uniqueKeysWithValues: lines.map { ($0, "+74950000000") }), calls: calls, rejected: rejected,
        skipped: skipped)
}

private let in1 = "incoming +79000000001 06:00:00 30 101 200"

private let freeSwitchCases: [FieldCase] = [
    freeSwitch(
        "both legs of an incoming call, the B leg first",
        [FreeSwitchRow(at: 2, ring: 3, id: 2), FreeSwitchRow(id: 1, other: 2)], [in1]),
    freeSwitch(
        "both legs of an outgoing call",
        [
            FreeSwitchRow(caller: "102", called: "89000000002", context: "default", id: 1, other: 2),
            FreeSwitchRow(caller: "74950000000", called: "89000000002", context: "default", at: 2, ring: 3, id: 2),
        ], ["outgoing +79000000002 06:00:00 30 102 200"]),
    freeSwitch(
        "a queue's agent is rung as an A leg",
        [
            FreeSwitchRow(called: "101", context: "default", at: 20, ring: 5, talk: 40, id: 2),
            FreeSwitchRow(called: "3000", context: "queues", ring: 0, talk: 65, id: 1, other: 2),
        ], ["incoming +79000000001 06:00:00 65 101 200"]),
    freeSwitch(
        "two calls of one client at a time to a queue",
        [
            FreeSwitchRow(called: "3000", ring: 0, talk: 65, id: 1, other: 3),
            FreeSwitchRow(called: "3000", at: 1, ring: 0, talk: 50, id: 2, other: 4),
            FreeSwitchRow(called: "101", context: "default", at: 20, ring: 5, talk: 40, id: 3),
            FreeSwitchRow(called: "102", context: "default", at: 11, ring: 5, talk: 35, id: 4),
        ], ["incoming +79000000001 06:00:00 65 101 200", "incoming +79000000001 06:00:01 50 102 200"]),
    freeSwitch(
        "A legs alone, with the ids of B legs that have no record",
        [FreeSwitchRow(id: 1, other: 2), FreeSwitchRow(at: 35, id: 3, other: 4)],
        [in1, "incoming +79000000001 06:00:35 30 101 200"]),
    FieldCase(
        what: "FreeSWITCH: the template sql without an account code", preset: "freeswitch",
        text: [FreeSwitchRow(id: 1, other: 2), FreeSwitchRow(caller: "102", called: "89000000002", at: 60, id: 3)].map {
            let values = $0.text.split(separator: ",").prefix(12).joined(separator: ",")
            return "INSERT INTO cdr VALUES (\(values), \"\");\n"
        }.joined(), calls: [in1, "outgoing +79000000002 06:01:00 30 102 200"]),
    FieldCase(
        what: "FreeSWITCH: an incoming call that goes on to a mobile in the context of phones", preset: "freeswitch",
        text: FreeSwitchRow(called: "89000000009", context: "default").asterisk(
            channel: "sofia/external/79000000001@gw"),
        calls: ["incomingRedirected +79000000001 06:00:00 30 - 200"]),
    FieldCase(
        what: "FreeSWITCH: an outgoing call that shows a number of the office", preset: "freeswitch",
        text: FreeSwitchRow(caller: "74950000009", called: "89000000002", context: "default").asterisk(
            channel: "sofia/internal/102@192.0.2.1"), calls: ["outgoing +79000000002 06:00:00 30 - 200"]),
]

private let fusionCases: [FieldCase] = [
    fusion(
        "a queue's call and its agent's",
        [
            FusionRow(length: 65, talk: 63, id: 1, other: 2, side: "member", status: "answered"),
            FusionRow(
                employee: "101", at: 20, length: 45, talk: 40, id: 2, other: 1, called: "101", side: "agent",
                status: "answered"),
        ], ["incoming +79000000001 06:00:00 40 101 200"]),
    fusion(
        "a queue's agent who does not answer",
        [
            FusionRow(length: 65, talk: 63, id: 1, side: "member", status: "answered"),
            FusionRow(
                employee: "102", at: 5, length: 10, talk: 0, cause: "NO_ANSWER", id: 2, called: "102", side: "agent",
                status: "missed"),
        ], ["incoming +79000000001 06:00:00 63 - 200"], skipped: ["queueRing"]),
    fusion(
        "given up in the queue, before there was a status",
        [FusionRow(length: 60, talk: 58, cause: "ORIGINATOR_CANCEL", missed: "1", side: "member")],
        ["incoming +79000000001 06:00:00 0 - 304"]),
    fusion(
        "voice mail, before there was a status", [FusionRow(employee: "101", missed: "true", called: "101")],
        ["incoming +79000000001 06:00:00 0 101 304"]),
    fusion(
        "answered, before there was a status", [FusionRow(employee: "101", missed: "f", called: "101")], [in1]),
]

private let conferenceOf101: [CiscoRow] = [
    CiscoRow(
        id: 1, at: 65, calling: "101", first: "b0019901001", last: "b0019901001", connect: 65, end: 425,
        from: "SEP001122334401", to: "CFB_2"),
    CiscoRow(id: 1, at: 65, first: "b0019901001", last: "b0019901001", connect: 65, end: 425, to: "CFB_2"),
    CiscoRow(
        id: 1, at: 65, calling: "79000000003", first: "b0019901001", last: "b0019901001", connect: 65, end: 425,
        to: "CFB_2"),
]

private let ciscoCases: [FieldCase] = [
    cisco(
        "a port of an analog gateway calls out",
        [
            CiscoRow(
                calling: "102", first: "89000000002", last: "89000000002", from: "AALN/S1/SU1/0@VG1", to: "GATEWAY-A")
        ],
        ["outgoing +79000000002 06:00:00 30 102 200"]),
    cisco(
        "a soft phone with a name of its own calls out",
        [CiscoRow(calling: "102", first: "89000000002", last: "89000000002", from: "IVANOV-PC", to: "GATEWAY-A")],
        ["outgoing +79000000002 06:00:00 30 102 200"]),
    cisco(
        "a line of the cluster calls out from a device that is named like a gateway",
        [
            CiscoRow(
                calling: "102", first: "89000000002", last: "89000000002", from: "FAX-GW", to: "GATEWAY-A",
                partition: "Office")
        ],
        ["outgoing +79000000002 06:00:00 30 102 200"]),
    cisco(
        "another cluster's extension calls out over a gateway of this one",
        [CiscoRow(calling: "102", first: "89000000002", last: "89000000002", from: "ICT-NORTH", to: "GATEWAY-A")], [],
        skipped: ["internalCall"]),
    cisco(
        "trunks with names like those of phones",
        [
            CiscoRow(from: "ANALOG-GW1"),
            CiscoRow(
                id: 2, at: 60, calling: "102", first: "89000000002", last: "89000000002", connect: 65, end: 95,
                from: "SEP001122334402", to: "TABLE-SBC"),
        ], [in1, "outgoing +79000000002 06:01:00 30 102 200"], lines: ["ANALOG-GW1", "TABLE-SBC"]),
    cisco(
        "a hunt pilot is no employee, whoever answers",
        [
            CiscoRow(first: "800", last: "800", connect: nil, end: 25, to: "", hunt: "800"),
            CiscoRow(id: 2, at: 60, first: "800", last: "800", connect: 65, end: 95, hunt: "800"),
            CiscoRow(id: 3, at: 120, first: "800", last: "102", connect: 125, end: 155, hunt: "800"),
        ],
        [
            "incoming +79000000001 06:00:00 0 - 304", "incoming +79000000001 06:01:00 30 - 200",
            "incoming +79000000001 06:02:00 30 102 200",
        ], internal: #"^\d{3}$"#),
    cisco(
        "a conference with a client who called and one who was called",
        [
            CiscoRow(end: 65),
            CiscoRow(
                id: 2, at: 40, calling: "101", first: "89000000003", last: "89000000003", connect: 45, end: 65,
                from: "SEP001122334401", to: "GATEWAY-A"),
        ] + conferenceOf101,
        ["incoming +79000000001 06:00:00 420 101 200", "outgoing +79000000003 06:00:40 20 101 200"]),
    cisco(
        "a conference with a client who was called",
        [
            CiscoRow(
                calling: "101", first: "89000000003", last: "89000000003", end: 65, from: "SEP001122334401",
                to: "GATEWAY-A"),
            conferenceOf101[0], conferenceOf101[2],
        ], ["outgoing +79000000003 06:00:00 420 101 200"]),
    cisco(
        "a client in a conference room", [CiscoRow(first: "5001", last: "b0019901001", to: "CFB_2")],
        ["incoming +79000000001 06:00:00 30 - 200"]),
    cisco(
        "an employee calls a group and the voice mail",
        [
            CiscoRow(
                calling: "101", first: "800", last: "800", connect: nil, end: 25, from: "SEP001122334401", to: "",
                hunt: "800"),
            CiscoRow(
                id: 2, at: 60, calling: "101", first: "5000", last: "5000", connect: 62, end: 85,
                from: "SEP001122334401", to: "UNITY-TRUNK"),
        ], [], skipped: ["internalCall", "internalCall"]),
    cisco(
        "an employee calls another one's mobile over a gateway",
        [CiscoRow(calling: "101", first: "89000000002", last: "89000000002", from: "SEP001122334401", to: "GATEWAY-A")],
        ["outgoing +79000000002 06:00:00 30 101 200"]),
]

private let sipCases: [FieldCase] = [
    FieldCase(
        what: "OpenSIPS: addresses", preset: "opensips",
        text: [
            SipLine(from: "sip:79000000001@gw.example", to: "sip:101@pbx.example"), SipLine(method: "BYE", at: 30),
            SipLine(at: 60, id: "c2", from: "<sip:101@pbx.example;user=phone>", to: "sips:89000000002@gw.example"),
            SipLine(method: "BYE", at: 90, id: "c2"),
        ].map(\.text).joined(), calls: [in1, "outgoing +79000000002 06:01:00 30 101 200"]),
    FieldCase(
        what: "OpenSIPS: addresses of two employees", preset: "opensips",
        text: SipLine(from: "\"Anna\" <sip:101@pbx.example>", to: "sip:102@pbx.example").text,
        skipped: ["internalCall"]),
]

@Suite struct SwitchFieldTests {
    @Test(arguments: freeSwitchCases) func freeSwitchCallsAreThoseOfPeople(_ field: FieldCase) throws {
        try field.check()
    }

    @Test(arguments: fusionCases) func fusionCallsAreThoseOfPeople(_ field: FieldCase) throws { try field.check() }

    @Test(arguments: ciscoCases) func ciscoCallsAreThoseOfPeople(_ field: FieldCase) throws { try field.check() }

    @Test(arguments: sipCases) func addressesAreTheNumbersInThem(_ field: FieldCase) throws { try field.check() }

    @Test(arguments: freeSwitchCases + fusionCases + ciscoCases)
    func theOrderOfTheRecordsDoesNotMatter(_ field: FieldCase) throws {
        var turned = field
        var lines = field.text.split(separator: "\n")
        let header = field.preset == "fusionpbx" ? [lines.removeFirst()] : []
        turned.text = (header + lines.reversed()).map { $0 + "\n" }.joined()
        try turned.check()
    }

    @Test func `an employee is the user of an address`() throws {
        let format = try format(
            """
            name: mine
            file: { header: required, columns: [id, src, who, at] }
            times: { start: { from: at, epoch: seconds } }
            call:
              key: id
              direction: { text: incoming }
              external: src
              employee: who
              answered: { id: x }
              talk: { text: "0" }
              status: { text: "304" }
            """)
        let records = """
            id,src,who,at
            1,89000000001,sip:101@pbx.example,1795154400
            2,89000000001,Anna <SIP:102>,1795155400
            3,89000000001,SIP/103,1795156400
            4,89000000001,tel:104;x=1,1795157400
            5,89000000001,sip:,1795158400

            """
        let file = try map(Array(records.utf8), format: format)
        #expect(file.calls.map(\.employeeExtension) == ["101", "102", "SIP/103", "104", "sip:"])
    }
}

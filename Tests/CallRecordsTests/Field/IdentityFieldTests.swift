// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CallRecords

private let uuid = "0b7c2c1e-6a55-4a6e-9a5c-3d5f3e0c9d1a"

/// A FreePBX export of one call, after a spreadsheet has written its time.
private func spreadsheet(_ time: String, _ id: String, header: String? = nil) -> String {
    (header ?? "calldate,src,dst,dcontext,channel,dstchannel,lastapp,duration,billsec,disposition,uniqueid\n")
        + "\(time),89000000001,101,from-trunk,PJSIP/trunk1-1,PJSIP/101-2,Dial,35,30,ANSWERED,\(id).1\n"
}

private let cases: [FieldCase] = [
    FieldCase(
        what: "a UUID in the place of the uniqueid", text: AsteriskRow.incoming.with { $0.uniqueid = uuid }.text,
        calls: ["incoming +79000000001 06:00:00 30 101 200"]),
    FieldCase(
        what: "a word and a counter in the place of the uniqueid",
        text: AsteriskRow.incoming.with { $0.uniqueid = "pbx-call.240" }.text,
        calls: ["incoming +79000000001 06:00:00 30 101 200"]),
    FieldCase(
        what: "a counter in the place of the uniqueid", text: AsteriskRow.incoming.with { $0.uniqueid = "240" }.text,
        calls: ["incoming +79000000001 06:00:00 30 101 200"]),
    FieldCase(
        what: "FreePBX: a word in the place of the uniqueid", preset: "freepbx",
        text: """
            calldate,src,dst,dcontext,channel,dstchannel,lastapp,duration,billsec,disposition,uniqueid
            2026-11-20 09:00:00,89000000001,101,from-trunk,PJSIP/trunk1-1,PJSIP/101-2,Dial,35,30,ANSWERED,call.240

            """, calls: ["incoming +79000000001 06:00:00 30 101 200"]),
    FieldCase(
        what: "MikoPBX: an id without an instant", preset: "mikopbx",
        text: """
            id,start,endtime,src_num,dst_num,linkedid,disposition,is_app,duration,billsec
            1,2026-11-20 09:00:00.000,2026-11-20 09:00:35.000,89000000001,101,mikopbx-linked-call.1,ANSWERED,0,35,30

            """, calls: ["incoming +79000000001 06:00:00 30 101 200"]),
    FieldCase(
        what: "Yeastar: an id without an instant", preset: "yeastar_s",
        text: """
            datetime,src,dst,srctrunk,dstrunk,duration,billable,disposition,calltype,uniqueid
            2026-11-20 09:00:00,89000000001,101,City,,35,30,ANSWERED,Inbound,abc

            """, calls: ["incoming +79000000001 06:00:00 30 101 200"]),
    FieldCase(
        what: "3CX: an id of another form", preset: "threecx",
        text:
            "Call 1,abc,00:00:30,2026/11/20 06:00:00,2026/11/20 06:00:05,2026/11/20 06:00:35,TerminatedBySrc,89000000001,"
            + "Ext.101,10000,101,101,,,,,,,,Chain: 1;\n", zone: "UTC",
        calls: ["incoming +79000000001 06:00:00 30 101 200"]),
    // A spreadsheet takes 1795154400.10 for 1795154400.1.
    FieldCase(
        what: "two clients with one id",
        text: file([
            AsteriskRow.incoming,
            AsteriskRow.incoming.with {
                ($0.src, $0.channel, $0.dstchannel) = ("89000000003", "PJSIP/trunk1-00000009", "PJSIP/102-0000000a")
            },
        ]), calls: ["incoming +79000000001 06:00:00 30 101 200", "incoming +79000000003 06:00:00 30 102 200"]),
    FieldCase(
        what: "two outgoing calls with one id",
        text: file([
            AsteriskRow.outgoing,
            AsteriskRow.outgoing.with {
                ($0.src, $0.dst, $0.channel, $0.dstchannel) = ("102", "89000000003", "PJSIP/102-9", "PJSIP/trunk1-0a")
            },
        ]), calls: ["outgoing +79000000003 06:00:00 30 102 200", "outgoing +79000000002 06:00:00 30 101 200"]),
    FieldCase(
        what: "an incoming and an outgoing call with one id",
        text: file([
            AsteriskRow.incoming,
            AsteriskRow.outgoing.with {
                ($0.src, $0.dst, $0.channel, $0.dstchannel) = ("102", "89000000003", "PJSIP/102-9", "PJSIP/trunk1-0a")
            },
        ]), calls: ["outgoing +79000000003 06:00:00 30 102 200", "incoming +79000000001 06:00:00 30 101 200"]),
    FieldCase(
        what: "a client's call and one between colleagues with one id",
        text: file([
            AsteriskRow.incoming,
            AsteriskRow.outgoing.with {
                ($0.src, $0.dst, $0.channel, $0.dstchannel) = ("102", "103", "PJSIP/102-9", "PJSIP/103-0a")
                ($0.ring, $0.talk) = (9, 90)
            },
        ]), calls: ["incoming +79000000001 06:00:00 30 101 200"], skipped: ["internalCall"]),
    FieldCase(
        what: "two clients in a conference that has joined their ids",
        text: file([
            AsteriskRow.incoming.with { $0.linkedid = "1" },
            AsteriskRow.incoming.with {
                ($0.src, $0.channel, $0.dstchannel) = ("89000000003", "PJSIP/trunk1-00000009", "PJSIP/101-0000000a")
                ($0.at, $0.id, $0.linkedid) = (10, "9", "1")
            },
        ]), calls: ["incoming +79000000001 06:00:00 30 101 200", "incoming +79000000003 06:00:10 30 101 200"]),
    FieldCase(
        what: "Yeastar: two clients with one id", preset: "yeastar_s",
        text: """
            datetime,src,dst,srctrunk,dstrunk,duration,billable,disposition,calltype,uniqueid
            2026-11-20 09:00:00,89000000001,101,City,,35,30,ANSWERED,Inbound,1795154400.1
            2026-11-20 09:00:00,89000000002,102,City,,35,30,ANSWERED,Inbound,1795154400.1

            """, calls: ["incoming +79000000001 06:00:00 30 101 200", "incoming +79000000002 06:00:00 30 102 200"]),
    FieldCase(
        what: "a client whose call is forwarded outside keeps it",
        text: file([
            AsteriskRow.incoming.with { ($0.disposition, $0.ring, $0.talk, $0.linkedid) = ("NO ANSWER", 20, 0, "1") },
            AsteriskRow.outgoing.with {
                ($0.src, $0.at, $0.linkedid) = ("101", 20, "1")
            },
        ]), calls: ["incoming +79000000001 06:00:00 30 101 200"]),

    // The clock of the phone system.
    FieldCase(
        what: "a record in GMT among those of Moscow",
        text: file([AsteriskRow.incoming.with { ($0.at, $0.uniqueid) = (-4 * 3600, "1795150800.1") }])
            + AsteriskRow.incoming.with { ($0.src, $0.id) = ("89000000003", "3") }.text,
        calls: ["incoming +79000000001 05:00:00 30 101 200", "incoming +79000000003 06:00:00 30 101 200"]),
    FieldCase(
        what: "a record in GMT that is not the first of its call",
        text: file([
            AsteriskRow.incoming.with { ($0.at, $0.linkedid, $0.uniqueid) = (-4 * 3600, "1", "1795150800.1") },
            AsteriskRow.incoming.with {
                ($0.at, $0.dstchannel, $0.linkedid) = (-4 * 3600 + 35, "PJSIP/102-00000009", "1")
                ($0.uniqueid, $0.ring, $0.talk) = ("1795150800.1", 0, 20)
            },
        ]).replacing("1795154400.1", with: "1795150800.1"), calls: ["incoming +79000000001 05:00:00 50 101 200"]),
    FieldCase(
        what: "a record whose day and month are not those of its id",
        text: AsteriskRow.incoming.with { $0.uniqueid = "1793858400.1" }.text.replacing(
            "2026-11-20", with: "2026-05-11"),
        rejected: ["doubtfulTime"]),
    FieldCase(
        what: "FreePBX through spreadsheets: the id tells the day from the month", preset: "freepbx",
        text: spreadsheet("11/5/2026 9:00", "1793858400") + spreadsheet("6/11/2026 9:00", "1793944800", header: ""),
        calls: ["incoming +79000000001 06:00:00 30 101 200", "incoming +79000000001 06:00:00 30 101 200"]),
    FieldCase(
        what: "FreePBX through spreadsheets: nothing tells the day from the month", preset: "freepbx",
        text: spreadsheet("11/5/2026 9:00", "call"), rejected: ["badDate"]),
    FieldCase(
        what: "FreePBX through spreadsheets: points and no seconds", preset: "freepbx",
        text: spreadsheet("20.11.2026 9:00", "1795154400"), calls: ["incoming +79000000001 06:00:00 30 101 200"]),
    FieldCase(
        what: "a record in a zone ahead of the one that is set",
        text: AsteriskRow.incoming.with { ($0.at, $0.uniqueid) = (3600, "1795154400.1") }.text,
        rejected: ["doubtfulTime"]),
    FieldCase(
        what: "a record late in a long call",
        text: AsteriskRow.incoming.with { ($0.at, $0.uniqueid) = (3631, "1795154400.1") }.text,
        calls: ["incoming +79000000001 07:00:31 30 101 200"]),
    FieldCase(
        what: "Yeastar: a record in a zone behind the one that is set", preset: "yeastar_s",
        text: """
            datetime,src,dst,srctrunk,dstrunk,duration,billable,disposition,calltype,uniqueid
            2026-11-20 07:00:00,89000000001,101,City,,35,30,ANSWERED,Inbound,1795154400.1

            """, calls: ["incoming +79000000001 06:00:00 30 101 200"]),
    FieldCase(
        what: "3CX: a record in a zone behind the one that is set", preset: "threecx",
        text: "Call 1,000001A1F82F1E80_1,00:00:30,2026/11/20 08:00:00,2026/11/20 08:00:05,2026/11/20 08:00:35,"
            + "TerminatedBySrc,89000000001,Ext.101,10000,101,101,,,,,,,,Chain: 1;\n", zone: "UTC",
        calls: ["incoming +79000000001 09:00:00 30 101 200"]),
]

@Suite struct IdentityFieldTests {
    @Test(arguments: cases)
    func idsAreHints(_ field: FieldCase) throws { try field.check() }

    @Test func `two clients with one id have keys of their own, whatever comes first`() throws {
        let field = try #require(cases.first { $0.what == "two clients with one id" })
        let legs = try field.mapped().correctedLegs
        #expect(legs.map(\.key) == ["pbx1:1795154400.1", "pbx1:1795154400.1~79000000003"])
        var reversed = Array(try field.mapped().legs.reversed())
        LegGrouping.correctKeys(of: &reversed, marks: [])
        #expect(Set(reversed.map(\.key)) == Set(legs.map(\.key)))
    }

    @Test func `starts that were moved are told, and left alone if ids are not to be trusted`() throws {
        let field = try #require(cases.first { $0.what.hasPrefix("a record in GMT") })
        #expect(try field.mapped().mapper.clockDoubts.moved == 1)
        var context = field.context
        context.checksTimes = false
        let file = try map(Array(field.text.utf8), format: try .preset("asterisk"), context: context)
        #expect(file.calls.map { FieldCase.line($0) }.first == "incoming +79000000001 02:00:00 30 101 200")
        #expect(file.mapper.clockDoubts.remarks.isEmpty)
    }

    @Test func `the start of a record that was moved is shown as its clock showed it`() throws {
        let field = try #require(cases.first { $0.what.hasPrefix("a record in GMT") })
        let call = try #require(try field.mapped().calls.first)
        #expect(call.start.offsetSeconds == 0)
        #expect(call.end.epochSeconds - call.start.epochSeconds == 35)
    }
}

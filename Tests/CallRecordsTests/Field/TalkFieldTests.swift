// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CallRecords

private let queueRow = AsteriskRow.incoming.with {
    ($0.dstchannel, $0.app, $0.ring, $0.talk) = ("Local/102@from-queue-00000001;1", "Queue", 0, 10)
    ($0.linkedid, $0.sequence) = ("1", 1)
}
private let agentRow = AsteriskRow.incoming.with {
    ($0.dst, $0.context, $0.channel) = ("102", "from-queue", "Local/102@from-queue-00000001;2")
    ($0.dstchannel, $0.ring, $0.talk) = ("PJSIP/102-00000009", 4, 6)
    ($0.id, $0.linkedid, $0.sequence) = ("4", "1", 2)
}

private func freePBX(_ duration: String, _ billsec: String) -> String {
    """
    calldate;clid;src;dst;dcontext;channel;dstchannel;lastapp;lastdata;duration;billsec;disposition;amaflags;accountcode;\
    uniqueid;userfield
    2026-11-20 09:00:00;"";89000000001;101;ext-local;PJSIP/trunk1-1;PJSIP/101-2;Dial;;\(duration);\(billsec);ANSWERED;3;;\
    1795154400.1;

    """
}

private let cases: [FieldCase] = [
    // Rows that end in the exchange itself.
    FieldCase(
        what: "a queue's row beside the employee's", text: file([queueRow, agentRow]),
        calls: ["incoming +79000000001 06:00:00 6 102 200"]),
    FieldCase(
        what: "the same rows in the other order", text: file([agentRow, queueRow]),
        calls: ["incoming +79000000001 06:00:00 6 102 200"]),
    FieldCase(
        what: "the same rows without a linkedid",
        text: file([queueRow.with { $0.linkedid = nil }, agentRow.with { $0.linkedid = nil }]),
        calls: ["incoming +79000000001 06:00:00 6 102 200"]),
    FieldCase(
        what: "a queue's row alone", text: file([queueRow]), calls: ["incoming +79000000001 06:00:00 10 102 200"]),
    FieldCase(
        what: "FollowMe: a mobile answers for 105, whose phone rang",
        text: file([
            AsteriskRow.incoming.with {
                ($0.dst, $0.dstchannel, $0.data) = ("105", "PJSIP/105-00000002", "PJSIP/105,10")
                ($0.disposition, $0.talk, $0.ring, $0.linkedid, $0.sequence) = ("NO ANSWER", 0, 10, "1", 1)
            },
            AsteriskRow.incoming.with {
                ($0.dst, $0.app, $0.dstchannel) = ("105", "FollowMe", "Local/89000000097@from-internal-00000002;1")
                ($0.at, $0.ring, $0.talk, $0.linkedid, $0.sequence) = (10, 0, 13, "1", 2)
            },
            AsteriskRow.incoming.with {
                ($0.dst, $0.channel) = ("89000000097", "Local/89000000097@from-internal-00000002;2")
                ($0.dstchannel, $0.at, $0.ring, $0.talk) = ("PJSIP/trunk1-00000005", 10, 8, 5)
                ($0.id, $0.linkedid, $0.sequence) = ("7", "1", 3)
            },
        ]), calls: ["incoming +79000000001 06:00:00 5 105 200"]),
    FieldCase(
        what: "a menu's digit over a Local channel that was optimised away",
        text: file([
            AsteriskRow.incoming.with {
                ($0.dst, $0.context, $0.dstchannel) = ("1", "IVR_tree", "Local/298@default-00000005;1")
                ($0.ring, $0.talk) = (0, 9)
            },
            AsteriskRow.incoming.with {
                ($0.dst, $0.context, $0.dstchannel, $0.uniqueid) = (
                    "1", "IVR_tree", "PJSIP/298-00000004", "1795154400.1"
                )
                ($0.at, $0.ring, $0.talk) = (9, 0, 50)
            },
        ]), calls: ["incoming +79000000001 06:00:00 50 298 200"]),
    FieldCase(
        what: "an outgoing call over a Local channel",
        text: file([
            AsteriskRow.outgoing.with { ($0.dstchannel, $0.ring, $0.talk) = ("Local/89000000002@d-000005a6;1", 19, 0) },
            AsteriskRow.outgoing.with { ($0.uniqueid, $0.at, $0.ring, $0.talk) = ("1795154400.1", 19, 0, 183) },
        ]), calls: ["outgoing +79000000002 06:00:00 183 101 200"]),
    FieldCase(
        what: "Grandstream: menu and queue answer before the employee", preset: "grandstream",
        text: """
            Caller Number,Callee Number,Context,Source Channel,Dest. Channel,Last app.,Start Time,Answer Time,End Time,\
            Call Time,Talk Time,Disposition,Unique ID,Log Userfield,Answered by,Session,Action Type
            89000000001,7000,ivr-1,PJSIP/trunk_1-1,,ForkCDR,2026-11-20 09:00:00,2026-11-20 09:00:00,2026-11-20 09:00:20,20,20,\
            ANSWERED,1795154400.1,Inbound,7000,1795154400000001-8,IVR[7000]
            89000000001,101,ext-did-1,PJSIP/trunk_1-1,PJSIP/101-2,Queue,2026-11-20 09:00:20,2026-11-20 09:00:30,\
            2026-11-20 09:00:51,31,21,ANSWERED,1795154400.1,Inbound,101,1795154400000001-8,QUEUE[6500]

            """, calls: ["incoming +79000000001 06:00:00 21 101 200"]),
    FieldCase(
        what: "Yeastar P: a queue's row and the employee's overlap", preset: "yeastar_p",
        text: """
            ID,Time,Call From,Call To,Call Duration,Talk Duration,Status,Source Trunk,Communication Type
            20261,2026-11-20 09:00:00,89000000001,Sales<6400>,00:01:00,00:01:00,ANSWERED,City,Inbound
            20261,2026-11-20 09:00:20,89000000001,Anna<101>,00:00:40,00:00:30,ANSWERED,City,Inbound

            """, calls: ["incoming +79000000001 06:00:00 30 101 200"]),

    // Seconds that cannot be.
    FieldCase(
        what: "more seconds than a day",
        text: AsteriskRow.incoming.text.replacing(",35,30,", with: ",71582793,71582788,"), rejected: ["badDuration"]),
    FieldCase(
        what: "a talk that is longer than the call: answer and end tell",
        text: AsteriskRow.incoming.text.replacing(",35,30,", with: ",35,45,"),
        calls: ["incoming +79000000001 06:00:00 30 101 200"]),
    FieldCase(
        what: "a talk that is longer than the call: only the call's length tells", preset: "freepbx",
        text: freePBX("30", "45").replacing(";", with: ","), calls: ["incoming +79000000001 06:00:00 30 101 200"]),
    FieldCase(
        what: "MikoPBX: a talk that is longer than the call", preset: "mikopbx",
        text: """
            id,start,endtime,answer,src_num,dst_num,linkedid,disposition,from_account,is_app,duration,billsec
            1,2026-11-20 09:00:00.000,2026-11-20 09:00:35.000,,89000000001,101,mikopbx-1795154400.1,ANSWERED,SIP-1,0,35,90

            """, calls: ["incoming +79000000001 06:00:00 35 101 200"]),
    FieldCase(
        what: "CUCM: a talk that is longer than from connect to disconnect", preset: "cucm",
        text: InventedCall(number: 2).cucmLine { $0[55] = "999" }, calls: ["incoming +79000000002 06:20:00 63 101 200"]),
    FieldCase(
        what: "a negative talk", text: AsteriskRow.incoming.text.replacing(",35,30,", with: ",35,-30,"),
        rejected: ["badDuration"]),
    FieldCase(
        what: "a negative length of the call", text: AsteriskRow.incoming.text.replacing(",35,30,", with: ",-3565,30,"),
        rejected: ["badDuration"]),
    FieldCase(
        what: "FreeSWITCH: a negative talk", preset: "freeswitch",
        text:
            "\"A\",\"89000000001\",\"101\",\"public\",\"2026-11-20 09:00:00\",\"2026-11-20 09:00:05\",\"2026-11-20 09:00:35\","
            + "\"35\",\"-30\",\"NORMAL_CLEARING\",\"0d1f0181-7c1e-4b0a-9c55-5b1f0a2c0181\",\"x\",\"\",\"PCMA\",\"PCMA\"\n",
        rejected: ["badDuration"]),

    // Spellings of seconds.
    FieldCase(
        what: "thousands with a space", preset: "freepbx", text: freePBX("1 239", "1 234"),
        calls: ["incoming +79000000001 06:00:00 1234 101 200"]),
    FieldCase(
        what: "thousands with a space that does not break", preset: "freepbx",
        text: freePBX("1\u{A0}239", "1\u{202F}234"), calls: ["incoming +79000000001 06:00:00 1234 101 200"]),
    FieldCase(
        what: "thousands with a comma", preset: "freepbx", text: freePBX("1,239", "1,234"),
        calls: ["incoming +79000000001 06:00:00 1234 101 200"]),
    FieldCase(
        what: "thousands with a point", preset: "freepbx", text: freePBX("1.239", "1.234"),
        calls: ["incoming +79000000001 06:00:00 1234 101 200"]),
    FieldCase(
        what: "a fraction of zeros", preset: "freepbx", text: freePBX("68.0", "63.0"),
        calls: ["incoming +79000000001 06:00:00 63 101 200"]),
    FieldCase(
        what: "a fraction with a comma", preset: "freepbx", text: freePBX("68,25", "63,9"),
        calls: ["incoming +79000000001 06:00:00 63 101 200"]),
    FieldCase(
        what: "a fraction of a day", preset: "freepbx", text: freePBX("0.000405092592592593", "0.000347222222222222"),
        rejected: ["badDuration"]),
    FieldCase(
        what: "a fraction of a day with a comma", preset: "freepbx", text: freePBX("0,000405093", "0,000347222"),
        rejected: ["badDuration"]),
    FieldCase(
        what: "Yeastar P: a menu's row before the employee's", preset: "yeastar_p",
        text: """
            ID,Time,Call From,Call To,Call Duration,Talk Duration,Status,Source Trunk,Communication Type
            20261,2026-11-20 09:00:00,89000000001,IVR<6200>,00:00:08,00:00:08,ANSWERED,City,Inbound
            20261,2026-11-20 09:00:08,89000000001,Anna<101>,00:00:40,00:00:30,ANSWERED,City,Inbound

            """, calls: ["incoming +79000000001 06:00:00 30 101 200"]),
    FieldCase(
        what: "six digits behind the point", preset: "freepbx", text: freePBX("31.482913", "30.482913"),
        calls: ["incoming +79000000001 06:00:00 30 101 200"]),
]

/// Semicolons go with such spellings.
private func withDelimiter(_ field: FieldCase) -> FieldCase {
    var field = field
    if field.preset == "freepbx", field.text.contains(";") { field.text = "sep=;\n" + field.text }
    return field
}

@Suite struct TalkFieldTests {
    @Test(arguments: cases)
    func talkIsWhatPeopleTalked(_ field: FieldCase) throws { try withDelimiter(field).check() }

    @Test func `a talk that was cut is told`() throws {
        let text = AsteriskRow.incoming.text.replacing(",35,30,", with: ",35,45,")
        let file = try FieldCase(what: "", text: text).mapped()
        #expect(file.mapper.clockDoubts.cutTalks == 1)
        #expect(file.mapper.clockDoubts.remarks.contains { $0.contains("longer than the call") })
    }

    @Test(
        arguments: [
            ("1 234", 1_234_000), ("1'234", 1_234_000), ("1,234,567", 1_234_567_000), ("1 234,5", 1_234_500),
            ("1,234.5", 1_234_500), ("63,0", 63_000), ("27,25", 27_250), ("27.512", 27_512), ("0,512", 512),
            ("1,234", nil), ("0.000347222222", nil), ("0.0003125", nil), ("0.5", 500), ("0.482913", 482),
            ("12 34", nil), ("1,23,456", nil), ("-5", nil), ("٢٧", 27_000),
        ] as [(String, Int64?)])
    func durationsAreReadAsTheyAreMeant(_ text: String, _ milliseconds: Int64?) {
        let read = Array(text.utf8).withUnsafeBytes { DurationReading.milliseconds($0, unitsPerSecond: 1) }
        #expect(read == milliseconds)
    }

    @Test func `a difference of times that is negative is no duration`() throws {
        let format = try format(
            """
            name: shop
            file: { columns: [at, till, who] }
            times: { start: { from: at, epoch: seconds }, end: { from: till, epoch: seconds } }
            call:
              key: at
              direction: { text: incoming }
              external: who
              answered: { who: { empty: false } }
              talk: { between: [start, end] }
              status: { text: "200" }
            """)
        let file = try map(Array("1795154400,1795154390,89000000001\n".utf8), format: format)
        #expect(file.rejections.map(\.reason) == ["badDuration"])
    }
}

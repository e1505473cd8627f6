// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CallRecords

/// What an Asterisk 22 wrote when these calls were made, with other names and numbers.
private let cases: [FieldCase] = [
    FieldCase(
        what: "an outgoing call that an employee puts through to a colleague, after a talk with the colleague",
        text: file([
            AsteriskRow.outgoing.with { ($0.ring, $0.talk, $0.linkedid, $0.sequence) = (2, 8, "1", 198) },
            AsteriskRow.outgoing.with {
                ($0.dstchannel, $0.at, $0.ring, $0.talk) = ("Local/102@from-internal-00000019;1", 11, 0, 8)
                ($0.uniqueid, $0.linkedid, $0.sequence) = ("1795154400.1", "1", 226)
            },
            AsteriskRow.outgoing.with {
                ($0.src, $0.dst) = ("89000000002", "102")
                ($0.channel, $0.dstchannel) = ("Local/102@from-internal-00000019;2", "PJSIP/102-00000009")
                ($0.at, $0.ring, $0.talk, $0.id, $0.linkedid, $0.sequence) = (11, 2, 12, "182", "1", 224)
            },
        ]), calls: ["outgoing +79000000002 06:00:00 14 101 200"]),
    FieldCase(
        what: "a click to call over a Local channel that shows the office's number",
        text: file([
            AsteriskRow.outgoing.with {
                ($0.src, $0.channel) = ("74950000000", "Local/101@from-internal-00000016;1")
                ($0.ring, $0.talk, $0.linkedid, $0.sequence) = (2, 8, "1", 215)
            },
            AsteriskRow.outgoing.with {
                ($0.src, $0.dst, $0.channel) = ("74950000000", "101", "Local/101@from-internal-00000016;2")
                ($0.dstchannel, $0.ring, $0.talk, $0.id) = ("PJSIP/101-00000003", 2, 8, "2")
                ($0.linkedid, $0.sequence) = ("1", 216)
            },
        ]), calls: ["outgoing +79000000002 06:00:00 8 101 200"]),
    FieldCase(
        what: "a call back that rings the client first, over a Local channel that shows the office's number",
        text: file([
            AsteriskRow.outgoing.with {
                ($0.src, $0.dst) = ("74950000000", "101")
                ($0.channel, $0.dstchannel) = ("Local/89000000002@from-internal-00000019;1", "PJSIP/101-00000003")
                ($0.ring, $0.talk, $0.linkedid, $0.sequence) = (2, 7, "1", 230)
            },
            AsteriskRow.outgoing.with {
                ($0.src, $0.channel) = ("74950000000", "Local/89000000002@from-internal-00000019;2")
                ($0.ring, $0.talk, $0.id, $0.linkedid, $0.sequence) = (2, 7, "2", "1", 231)
            },
        ]), calls: ["outgoing +79000000002 06:00:00 7 101 200"]),
    FieldCase(
        what: "a record forked where the menu is over",
        text: file([
            AsteriskRow.incoming.with { ($0.ring, $0.talk, $0.linkedid, $0.sequence) = (0, 13, "1", 130) },
            AsteriskRow.incoming.with {
                ($0.at, $0.ring, $0.talk, $0.uniqueid) = (5, 0, 8, "1795154400.1")
                ($0.linkedid, $0.sequence) = ("1", 146)
            },
        ]), calls: ["incoming +79000000001 06:00:00 8 101 200"]),
    FieldCase(
        what: "a blind transfer, in whose first record the number dialled is the colleague's",
        text: file([
            AsteriskRow.incoming.with {
                ($0.dst, $0.context, $0.ring, $0.talk) = ("102", "from-internal", 2, 7)
                ($0.linkedid, $0.sequence) = ("1", 64)
            },
            AsteriskRow.incoming.with {
                ($0.dst, $0.context, $0.dstchannel) = ("102", "from-internal", "PJSIP/102-00000009")
                ($0.at, $0.ring, $0.talk, $0.uniqueid) = (9, 0, 7, "1795154400.1")
                ($0.linkedid, $0.sequence) = ("1", 78)
            },
        ]), calls: ["incoming +79000000001 06:00:00 14 101 200"]),
    FieldCase(
        what: "a queue's agent puts the client through to a colleague: the queue's helper has no caller",
        text: file([
            AsteriskRow.incoming.with {
                ($0.app, $0.ring, $0.talk, $0.linkedid, $0.sequence) = ("Queue", 0, 9, "1", 168)
            },
            AsteriskRow.outgoing.with {
                ($0.src, $0.dst, $0.clid, $0.app) = ("", "74950000000", "\"\" <>", "AppQueue")
                ($0.channel, $0.dstchannel) = ("PJSIP/101-00000002", "Local/102@from-internal-00000012;1")
                ($0.at, $0.ring, $0.talk, $0.uniqueid) = (10, 0, 8, "1795154401.134")
                ($0.linkedid, $0.sequence) = ("1", 184)
            },
            AsteriskRow.outgoing.with {
                ($0.src, $0.dst) = ("89000000001", "102")
                ($0.channel, $0.dstchannel) = ("Local/102@from-internal-00000012;2", "PJSIP/102-00000009")
                ($0.at, $0.ring, $0.talk, $0.id, $0.linkedid, $0.sequence) = (10, 2, 12, "146", "1", 183)
            },
            AsteriskRow.incoming.with {
                ($0.dstchannel, $0.app) = ("Local/102@from-internal-00000012;1", "Queue")
                ($0.at, $0.ring, $0.talk, $0.uniqueid) = (10, 0, 14, "1795154400.1")
                ($0.linkedid, $0.sequence) = ("1", 201)
            },
        ]), calls: ["incoming +79000000001 06:00:00 21 101 200"]),
    FieldCase(
        what: "a parked call that nobody fetched comes back to whoever parked it",
        text: file([
            AsteriskRow.incoming.with { ($0.ring, $0.talk, $0.linkedid, $0.sequence) = (2, 5, "1", 97) },
            AsteriskRow.incoming.with {
                ($0.dstchannel, $0.app, $0.at, $0.ring, $0.talk) = ("", "Park", 7, 0, 8)
                ($0.uniqueid, $0.linkedid, $0.sequence) = ("1795154400.1", "1", 122)
            },
            AsteriskRow.incoming.with {
                ($0.dst, $0.context, $0.dstchannel) = ("PJSIP_101", "park-dial", "PJSIP/101-00000009")
                ($0.at, $0.ring, $0.talk, $0.uniqueid) = (15, 0, 7, "1795154400.1")
                ($0.linkedid, $0.sequence) = ("1", 159)
            },
        ]), calls: ["incoming +79000000001 06:00:00 12 101 200"]),
]

@Suite struct ExchangeFieldTests {
    @Test(arguments: cases)
    func aRealExchangesCallIsAsPeopleHadIt(_ field: FieldCase) throws { try field.check() }

    @Test(arguments: cases)
    func withoutALinkedIDItIsTheSame(_ field: FieldCase) throws {
        var short = field
        short.text = field.text.split(separator: "\n").map { line in
            line.split(separator: ",", omittingEmptySubsequences: false).dropLast(3).joined(separator: ",") + "\n"
        }.joined()
        try short.check()
    }
}

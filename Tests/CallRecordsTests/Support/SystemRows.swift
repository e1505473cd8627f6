// SPDX-License-Identifier: Apache-2.0

@testable import CallRecords

/// Seconds since 1970 of 06:00:00 UTC on the day of all invented records, and the clock of Moscow some seconds later.
private let morning: Int64 = 1_795_154_400

private func moscow(_ seconds: Int) -> String {
    let time = CivilTime(secondsSinceEpoch: morning + Int64(seconds) + 10_800)
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return "\(time.year)-\(two(time.month))-\(two(time.day)) \(two(time.hour)):\(two(time.minute)):\(two(time.second))"
}

private func uuid(_ number: Int) -> String { "9aa66f4a-1c39-4be8-a2a6-\(100_000_000_000 + number)" }

/// A record of mod_cdr_csv in the template example.
struct FreeSwitchRow {
    var caller = "79000000001"
    var called = "101"
    var context = "public"
    /// Seconds since the morning.
    var at = 0
    var ring = 5
    var talk = 30
    var cause = "NORMAL_CLEARING"
    var id = 1
    /// The number of the B leg; nil for none.
    var other: Int?

    var text: String {
        let answer = talk > 0 ? moscow(at + ring) : ""
        let values = [
            "Anna", caller, called, context, moscow(at), answer, moscow(at + ring + talk), "\(ring + talk)", "\(talk)",
            cause, uuid(id), other.map { uuid($0) } ?? "", "", "PCMA", "PCMA",
        ]
        return values.map { "\"\($0)\"" }.joined(separator: ",") + "\n"
    }

    /// The same in the template asterisk, over a channel.
    func asterisk(channel: String) -> String {
        let values = [
            "", caller, called, context, caller, channel, "sofia/external/x", "bridge", "x", moscow(at),
            talk > 0 ? moscow(at + ring) : "", moscow(at + ring + talk), "\(ring + talk)", "\(talk)", cause,
            "DOCUMENTATION", uuid(id), "",
        ]
        return values.map { "\"\($0)\"" }.joined(separator: ",") + "\n"
    }
}

/// A record of FusionPBX's export; status nil for a release that has none.
struct FusionRow {
    static func header(hasStatus: Bool) -> String {
        "extension,start_epoch,end_stamp,hangup_cause,missed_call,xml_cdr_uuid,bridge_uuid,direction,billsec,"
            + "caller_id_number,caller_destination,destination_number,leg,cc_side" + (hasStatus ? ",status" : "") + "\n"
    }

    var employee = ""
    var at = 0
    var length = 35
    var talk = 30
    var cause = "NORMAL_CLEARING"
    var missed = ""
    var id = 1
    var other: Int?
    var direction = "inbound"
    var caller = "79000000001"
    var called = "800"
    var side = ""
    var status: String?

    var text: String {
        let values = [
            employee, "\(morning + Int64(at))", moscow(at + length) + "+03", cause, missed, uuid(id),
            other.map { uuid($0) } ?? "", direction, "\(talk)", caller, "74950000000", called, "a", side,
        ]
        return (values + (status.map { [$0] } ?? [])).joined(separator: ",") + "\n"
    }
}

/// A record of Cisco Unified CM.
struct CiscoRow {
    var id = 1
    var at = 0
    var calling = "79000000001"
    var first = "101"
    var last = "101"
    /// Seconds since the morning; nil where nobody answered.
    var connect: Int? = 5
    var end = 35
    var from = "GATEWAY-A"
    var to = "SEP001122334401"
    var hunt = ""
    var partition = ""

    var text: String {
        var values = Array(repeating: "0", count: 120)
        for place in [51, 52, 53, 54, 101, 102] { values[place] = "" }
        (values[0], values[1], values[2], values[4]) = ("1", "1", "\(id)", "\(morning + Int64(at))")
        (values[8], values[29], values[30], values[33]) = (calling, first, last, "16")
        values[47] = connect.map { "\(morning + Int64($0))" } ?? "0"
        (values[48], values[49]) = ("\(morning + Int64(end))", last)
        values[52] = partition
        values[55] = connect.map { "\(end - $0)" } ?? "0"
        (values[56], values[57], values[65], values[102]) = (from, to, "Cluster1", hunt)
        return values.joined(separator: ",") + "\n"
    }
}

/// A line of OpenSIPS's accounting.
struct SipLine {
    var method = "INVITE"
    var at = 0
    var id = "c1"
    var from = "79000000001"
    var to = "101"

    var text: String {
        "\(method)|a|b|\(id)|200|OK|\(morning + Int64(at))|x|\(from)|\(to)\n"
    }
}

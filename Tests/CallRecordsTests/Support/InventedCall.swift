// SPDX-License-Identifier: Apache-2.0

@testable import CallRecords

/// A call of an invented office: an even one came in and was answered by 101, an odd one went out from 102 and was busy.
struct InventedCall {
    var number: Int

    var isIncoming: Bool { number.isMultiple(of: 2) }
    var epoch: Int64 { 1_795_154_400 + Int64(number) * 600 }
    var client: String { "8900000000\(number)" }
    var employee: String { isIncoming ? "101" : "102" }
    var caller: String { isIncoming ? client : employee }
    /// Seconds until somebody picked up, or until the call was over.
    var ring: Int64 { 12 }
    var talk: Int64 { isIncoming ? 63 : 0 }

    /// The time on a clock in Moscow, some seconds after the start.
    func clock(_ seconds: Int64 = 0, _ separators: String = "-- ") -> String {
        let time = CivilTime(secondsSinceEpoch: epoch + seconds + 10_800)
        let marks = separators.map { String($0) }
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(time.year)\(marks[0])\(two(time.month))\(marks[1])\(two(time.day))\(marks[2])"
            + "\(two(time.hour)):\(two(time.minute)):\(two(time.second))"
    }

    /// `H:MM:SS`.
    func length(_ seconds: Int64) -> String {
        func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(seconds / 3600):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
    }

    var uuid: String { "9aa66f4a-1c39-4be8-a2a6-800940b6ae1\(number)" }

    // MARK: What each system writes, by column

    var asterisk: [String: String] {
        let (trunk, desk) = ("PJSIP/trunk1-0000000\(number)", "PJSIP/\(employee)-0000001\(number)")
        return [
            "src": caller, "dst": isIncoming ? "4950000000" : client,
            "dcontext": isIncoming ? "from-trunk" : "from-internal", "clid": "\"Anna, Sales\" <\(caller)>",
            "channel": isIncoming ? trunk : desk, "dstchannel": isIncoming ? desk : trunk, "lastapp": "Dial",
            "lastdata": "\(isIncoming ? desk : trunk),30,t", "start": clock(), "calldate": clock(),
            "answer": talk > 0 ? clock(ring) : "", "end": clock(ring + talk), "duration": "\(ring + talk)",
            "billsec": "\(talk)", "disposition": talk > 0 ? "ANSWERED" : "BUSY", "amaflags": "DOCUMENTATION",
            "uniqueid": "\(epoch).\(number)", "linkedid": "\(epoch).\(number)", "sequence": "\(number)",
        ]
    }

    var grandstream: [String: String] {
        let own = asterisk
        let words: [(String, String)] = [
            ("Caller Number", "src"), ("Callee Number", "dst"), ("Context", "dcontext"), ("CallerID Number", "clid"),
            ("Source Channel", "channel"), ("Dest. Channel", "dstchannel"), ("Last app.", "lastapp"),
            ("Last date", "lastdata"), ("Start Time", "start"), ("Answer Time", "answer"), ("End Time", "end"),
            ("Call Time", "duration"), ("Talk Time", "billsec"), ("Disposition", "disposition"),
            ("AMA Flags", "amaflags"), ("Unique ID", "uniqueid"),
        ]
        var record: [String: String] = [
            "Log Userfield": isIncoming ? "Inbound" : "Outbound", "Session": "\(epoch)000000-\(caller)",
            "Answered by": isIncoming ? employee : "", "Premier Caller": caller, "Action Type": "DIAL",
            "Source Trunk Name": isIncoming ? "trunk1" : "", "Destination Trunk Name": isIncoming ? "" : "trunk1",
        ]
        for (word, column) in words { record[word] = own[column] }
        record["Callee Number"] = isIncoming ? employee : client
        return record
    }

    var freeSwitch: [String: String] {
        [
            "caller_id_name": "Anna", "caller_id_number": caller, "destination_number": isIncoming ? "101" : client,
            "context": isIncoming ? "public" : "default", "start_stamp": clock(),
            "answer_stamp": talk > 0 ? clock(ring) : "", "end_stamp": clock(ring + talk), "duration": "\(ring + talk)",
            "billsec": "\(talk)", "hangup_cause": talk > 0 ? "NORMAL_CLEARING" : "USER_BUSY", "uuid": uuid,
            "bleg_uuid": isIncoming ? String(uuid.reversed()) : "", "accountcode": "", "read_codec": "PCMA",
            "write_codec": "PCMA", "caller_id": "\"Anna\" <\(caller)>", "channel_name": "sofia/internal/\(caller)",
            "bridge_channel": isIncoming ? "sofia/internal/101" : "", "last_app": "bridge", "last_arg": "user/101",
            "amaflags": "DOCUMENTATION", "sip_user_agent": "Phone 1.2", "sofia_record_file": "/tmp/a.wav",
        ]
    }

    var fusion: [String: String] {
        var record = freeSwitch
        record.merge([
            "domain_uuid": uuid, "sip_call_id": "a\(number)@192.0.2.10", "extension": employee,
            "start_stamp": clock() + "+03", "end_stamp": clock(ring + talk) + "+03", "start_epoch": "\(epoch)",
            "duration": "\(talk)", "billmsec": "\(talk)000", "xml_cdr_uuid": uuid,
            "direction": isIncoming ? "inbound" : "outbound", "caller_destination": "4950000000",
            "source_number": caller, "leg": "a", "status": talk > 0 ? "answered" : "busy",
            "sip_hangup_disposition": "recv_bye",
        ]) { $1 }
        return record
    }

    /// By the place of the column, from 0.
    var cucm: [Int: String] {
        [
            0: "1", 1: "1", 2: "\(5000 + number)", 4: "\(epoch)", 8: caller, 11: "0", 29: isIncoming ? "101" : client,
            30: isIncoming ? "101" : client, 33: talk > 0 ? "16" : "17", 47: talk > 0 ? "\(epoch + ring)" : "0",
            48: "\(epoch + ring + talk)", 50: uuid, 51: "", 52: "", 53: "", 55: "\(talk)",
            56: isIncoming ? "gw-city" : "SEP001122334402", 57: isIncoming ? "SEP001122334401" : "gw-city",
            65: "Cluster1",
        ]
    }

    /// A line of CUCM, of 70 columns.
    func cucmLine(_ change: (inout [Int: String]) -> Void = { _ in }) -> String {
        var values = cucm
        change(&values)
        return (0..<70).map { values[$0] ?? "" }.joined(separator: ",") + "\n"
    }

    var threeCX: [String: String] {
        let hexadecimal = String(epoch * 1000, radix: 16, uppercase: true)
        return [
            "historyid": "Call \(500 + number)", "callid": "00000\(hexadecimal)_\(number)",
            "duration": talk > 0 ? "0" + length(talk) : "", "time_start": clock(-10_800, "// "),
            "time_answered": talk > 0 ? clock(ring - 10_800, "// ") : "",
            "time_end": clock(ring + talk - 10_800, "// "),
            "reason_terminated": talk > 0 ? "TerminatedBySrc" : "RouteBusy",
            "from_no": isIncoming ? client : "Ext.102", "to_no": isIncoming ? "Ext.101" : client,
            "from_dn": isIncoming ? "10000" : "102", "to_dn": isIncoming ? "101" : "10000",
            "dial_no": isIncoming ? "101" : client, "chain": "Chain: \(caller);",
        ]
    }

    var threeCXReport: [String: String] {
        [
            "Call Time": clock(0, "--T"), "Caller ID": isIncoming ? client : "Boris (102)",
            "Destination": isIncoming ? "Anna (101)" : client, "Trunk": "City", "Trunk number": "10000",
            "Did": isIncoming ? "4950000000" : "", "Status": talk > 0 ? "Answered" : "Unanswered",
            "Ringing": length(ring), "Talking": length(talk), "Total Duration": length(ring + talk),
        ]
    }

    var yeastar: [String: String] {
        [
            "id": "0", "ID": "2026000\(number)", "datetime": clock(), "Time": clock(), "src": caller,
            "dst": isIncoming ? "101" : client, "Call From": "Anna<\(caller)>",
            "Call To": "Boris<\(isIncoming ? "101" : client)>", "duration": "\(ring + talk)", "billable": "\(talk)",
            "Call Duration": "0" + length(ring + talk), "Ring Duration": "0" + length(ring),
            "Talk Duration": "0" + length(talk), "disposition": talk > 0 ? "ANSWERED" : "BUSY",
            "Status": talk > 0 ? "ANSWERED" : "BUSY", "calltype": isIncoming ? "Inbound" : "Outbound",
            "Communication Type": isIncoming ? "Inbound" : "Outbound", "lastapp": "Dial",
            "uniqueid": "\(epoch).\(number)", "srctrunk": isIncoming ? "City" : "", "dstrunk": isIncoming ? "" : "City",
        ]
    }

    var issabel: [String: String] {
        let own = asterisk
        return [
            "Date": clock(), "Source": caller, "Destination": own["dst"] ?? "", "Src. Channel": own["channel"] ?? "",
            "Dst. Channel": own["dstchannel"] ?? "", "Status": own["disposition"] ?? "",
            "Duration": talk > 0 ? "1m 3s" : "0s", "UniqueID": own["uniqueid"] ?? "",
        ]
    }

    var miko: [String: String] {
        [
            "id": "\(number)", "start": clock() + ".120", "endtime": clock(ring + talk) + ".450",
            "answer": talk > 0 ? clock(ring) + ".330" : "", "src_chan": "PJSIP/x-1", "src_num": caller,
            "dst_chan": "PJSIP/y-2", "dst_num": isIncoming ? "101" : client,
            "UNIQUEID": "mikopbx-\(epoch).\(number)_ab", "linkedid": "mikopbx-\(epoch).\(number)",
            "disposition": talk > 0 ? "ANSWERED" : "BUSY", "from_account": isIncoming ? "SIP-1" : "",
            "to_account": isIncoming ? "" : "SIP-1", "is_app": "0", "duration": "\(ring + talk)", "billsec": "\(talk)",
        ]
    }

    var avaya: [String] {
        [
            clock(0, "// "), "0" + length(talk), "\(ring)", caller, isIncoming ? "I" : "O", isIncoming ? "101" : client,
            isIncoming ? "101" : client, "", "0", "100000\(number)", "0", "E\(employee)", "Anna", "T9001", "Line 1",
            "0",
            "0",
        ]
    }
}

// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CallRecords

/// A file made from the list of columns that a phone system is known to write.
private struct GeneratedFile: Sendable, CustomTestStringConvertible {
    enum Quotes { case none, all, allUnescaped, whereNeeded }

    var name: String
    var preset: String
    var status = StatusCode.busy
    var text: String
    var testDescription: String { name }

    private static let calls = (0..<6).map { InventedCall(number: $0) }

    /// - Parameter columns: The header words, or the names of columns, separated by commas.
    init(
        _ name: String, _ preset: String, _ columns: String, header: Bool = false, quotes: Quotes = .all,
        delimiter: String = ",", wrap: (String) -> String = { $0 }, _ record: (InventedCall) -> [String: String]
    ) {
        let names = columns.split(separator: ",").map { String($0) }
        var rows = Self.calls.map { call in names.map { record(call)[$0] ?? "" } }
        if header { rows.insert(names, at: 0) }
        self.init(name, preset, rows: rows, quotes: quotes, delimiter: delimiter, wrap: wrap)
    }

    init(
        _ name: String, _ preset: String, rows: [[String]], quotes: Quotes = .none, delimiter: String = ",",
        wrap: (String) -> String = { $0 }
    ) {
        self.name = name
        self.preset = preset
        text = rows.map { row in
            wrap(row.map { Self.quoted($0, quotes, delimiter) }.joined(separator: delimiter)) + "\n"
        }.joined()
    }

    private static func quoted(_ field: String, _ quotes: Quotes, _ delimiter: String) -> String {
        switch quotes {
        case .none: return field
        case .allUnescaped: return "\"\(field)\""
        case .whereNeeded where !field.contains(where: { " \"\\".contains($0) || String($0) == delimiter }):
            return field
        case .all, .whereNeeded: return "\"" + field.replacing("\"", with: "\"\"") + "\""
        }
    }

    // MARK: The columns

    private static let csv =
        "accountcode,src,dst,dcontext,clid,channel,dstchannel,lastapp,lastdata,start,answer,end,duration,billsec,"
        + "disposition,amaflags"
    private static let freePBX =
        "calldate,clid,src,dst,dcontext,channel,dstchannel,lastapp,lastdata,duration,billsec,disposition,amaflags,"
        + "accountcode,uniqueid,userfield"
    private static let ucm =
        "Account Code,Caller Number,Callee Number,Context,CallerID Number,Source Channel,Dest. Channel,Last app.,"
        + "Last date,Start Time,Answer Time,End Time,Call Time,Talk Time,Disposition,AMA Flags,Unique ID,Log Userfield"
    private static let example =
        "caller_id_name,caller_id_number,destination_number,context,start_stamp,answer_stamp,end_stamp,duration,billsec,"
        + "hangup_cause,uuid,bleg_uuid,accountcode"
    private static let service =
        "historyid,callid,duration,time_start,time_answered,time_end,reason_terminated,from_no,to_no,from_dn,to_dn,"
        + "dial_no,reason_changed,final_number,final_dn,bill_code,bill_rate,bill_cost,bill_name,chain"

    static let asterisk = [
        GeneratedFile("cdr_csv, 16", "asterisk", csv) { $0.asterisk },
        GeneratedFile("cdr_csv, 17 with the uniqueid", "asterisk", csv + ",uniqueid") { $0.asterisk },
        GeneratedFile("cdr_csv, 17 with the userfield", "asterisk", csv + ",userfield") { $0.asterisk },
        GeneratedFile("cdr_csv, 18", "asterisk", csv + ",uniqueid,userfield") { $0.asterisk },
        GeneratedFile("cdr_csv, 19", "asterisk", csv + ",peeraccount,linkedid,sequence") { $0.asterisk },
        GeneratedFile("cdr_csv, 20", "asterisk", csv + ",uniqueid,peeraccount,linkedid,sequence") { $0.asterisk },
        GeneratedFile("cdr_csv, 21", "asterisk", csv + ",uniqueid,userfield,peeraccount,linkedid,sequence") {
            $0.asterisk
        },
        GeneratedFile(
            "cdr_custom, 19", "asterisk_custom",
            "clid,src,dst,dcontext,channel,dstchannel,lastapp,lastdata,start,answer,end,duration,billsec,disposition,"
                + "amaflags,accountcode,uniqueid,userfield,sequence"
        ) { $0.asterisk },
        GeneratedFile("FreePBX 14, 16", "freepbx", freePBX, header: true, quotes: .whereNeeded) { $0.asterisk },
        GeneratedFile("FreePBX 13 without quotes inside", "freepbx", freePBX, header: true, quotes: .whereNeeded) {
            $0.asterisk.merging(["clid": "Anna", "lastdata": "PJSIP/101"]) { $1 }
        },
        GeneratedFile(
            "FreePBX 17, 26", "freepbx",
            freePBX
                + ",did,cnum,cnam,outbound_cnum,outbound_cnam,dst_cnam,recordingfile,linkedid,peeraccount,sequence",
            header: true, quotes: .whereNeeded
        ) { $0.asterisk },
        GeneratedFile(
            "FreePBX table with ;", "freepbx", freePBX, header: true, quotes: .whereNeeded, delimiter: ";"
        ) { $0.asterisk },
        GeneratedFile(
            "Issabel 5", "issabel",
            "Date,Source,Ring Group,Destination,Src. Channel,Account Code,Dst. Channel,Status,Duration,UniqueID,"
                + "User Field,DID,CEL", header: true
        ) { $0.issabel },
        GeneratedFile(
            "Elastix 2, every line ends with a comma", "issabel",
            "Date,Source,Ring Group,Destination,Src. Channel,Account Code,Dst. Channel,Status,Duration,UniqueID,"
                + "User Field,DID,CEL", header: true, quotes: .allUnescaped, wrap: { $0 + "," }
        ) { $0.issabel },
        GeneratedFile("UCM62xx, 18", "grandstream", ucm, header: true, quotes: .whereNeeded) { $0.grandstream },
        GeneratedFile(
            "UCM63xx, 26", "grandstream",
            ucm
                + ",Dest Channel Extension,Caller Name,Answered by,Session,Premier Caller,Action Type,"
                + "Source Trunk Name,Destination Trunk Name", header: true, quotes: .whereNeeded
        ) { $0.grandstream },
        GeneratedFile(
            "UCM's CDR API, unquoted", "grandstream",
            "AcctId,accountcode,src,dst,dcontext,clid,channel,dstchannel,lastapp,lastdata,start,answer,end,duration,"
                + "billsec,disposition,amaflags,uniqueid,userfield,channel_ext,dstchannel_ext,service", header: true,
            quotes: .none
        ) { $0.asterisk.merging(["clid": "\"Anna\" <\($0.caller)>"]) { $1 } },
    ]

    static let others = [
        GeneratedFile("FreeSWITCH, built in", "freeswitch", example, quotes: .allUnescaped) { $0.freeSwitch },
        GeneratedFile(
            "FreeSWITCH sql", "freeswitch", example, quotes: .allUnescaped,
            wrap: { line in
                let comma = line.lastIndex(of: ",") ?? line.startIndex
                return "INSERT INTO cdr VALUES (" + line[..<comma] + ", " + line[line.index(after: comma)...] + ");"
            }
        ) { $0.freeSwitch.merging(["accountcode": "campaign-7"]) { $1 } },
        GeneratedFile(
            "FreeSWITCH example", "freeswitch", example + ",read_codec,write_codec", quotes: .allUnescaped
        ) { $0.freeSwitch },
        GeneratedFile(
            "FreeSWITCH linksys", "freeswitch", example + ",read_codec,write_codec,sip_user_agent,sip_p_rtp_stat",
            quotes: .allUnescaped
        ) { $0.freeSwitch },
        GeneratedFile(
            "FreeSWITCH snom", "freeswitch",
            example
                + ",read_codec,write_codec,sip_user_agent,call_clientcode,sip_rtp_rxstat,sip_rtp_txstat,"
                + "sofia_record_file", quotes: .allUnescaped,
            wrap: { $0.replacing("\",\"\",\"PCMA\"", with: "\", \"\",\"PCMA\"") }
        ) { $0.freeSwitch },
        GeneratedFile(
            "FreeSWITCH asterisk", "freeswitch",
            "accountcode,caller_id_number,destination_number,context,caller_id,channel_name,bridge_channel,last_app,"
                + "last_arg,start_stamp,answer_stamp,end_stamp,duration,billsec,hangup_cause,amaflags,uuid,userfield",
            quotes: .allUnescaped
        ) { $0.freeSwitch },
        GeneratedFile(
            "FusionPBX, all columns", "fusionpbx",
            "domain_uuid,sip_call_id,extension,extension_name,start_stamp,end_stamp,start_date_formatted,"
                + "start_time_formatted,start_epoch,hangup_cause,duration,billmsec,missed_call,record_path,record_name,"
                + "xml_cdr_uuid,bridge_uuid,direction,billsec,caller_id_name,caller_id_number,caller_destination,"
                + "source_number,destination_number,leg,read_codec,write_codec,cc_side,accountcode,answer_stamp,status,"
                + "sip_hangup_disposition,call_disposition,pdd_ms,rtp_audio_in_mos,wait,tta,domain_name", header: true
        ) { $0.fusion },
        GeneratedFile(
            "FusionPBX, a user with few rights", "fusionpbx",
            "extension,start_stamp,end_stamp,hangup_cause,xml_cdr_uuid,direction,billsec,caller_id_number,"
                + "destination_number,status", header: true
        ) { $0.fusion },
        GeneratedFile("CUCM, 94 columns", "cucm", rows: cucm(94, heads: true)),
        GeneratedFile("CUCM, 129 columns", "cucm", rows: cucm(129, heads: true), quotes: .whereNeeded),
        GeneratedFile("CUCM, 133 columns without heads", "cucm", rows: cucm(133, heads: false)),
        GeneratedFile("3CX, 20 fields", "threecx", service, quotes: .none) { $0.threeCX },
        GeneratedFile(
            "3CX, 27 fields", "threecx",
            service + ",from_type,to_type,final_type,from_dispname,to_dispname,final_dispname,missed_queue_calls",
            quotes: .none
        ) { $0.threeCX },
        GeneratedFile("3CX with tabs", "threecx", service, quotes: .none, delimiter: "\t") { $0.threeCX },
        missed(
            GeneratedFile(
                "3CX v20 report", "threecx_report",
                "Call Time,Caller ID,Destination,Trunk,Trunk number,Did,Status,Ringing,Talking,Total Duration,Call Type,"
                    + "Sentiment,Summary,Transcription", header: true, quotes: .whereNeeded
            ) { $0.threeCXReport }),
        GeneratedFile(
            "Yeastar S, table", "yeastar_s",
            "id,datetime,clid,src,dst,dcontext,srctrunk,dstrunk,lastapp,lastdata,duration,billable,disposition,amaflags,"
                + "calltype,accountcode,uniqueid,recordfile,recordpath,monitorfile,monitorpath,dstmonitorfile,"
                + "dstmonitorpath,extfield1,extfield2,extfield3,extfield4,extfield5,payaccount,usercost,didnumber,"
                + "transbilling,payexten,srcchanurl,dstchanurl", header: true, quotes: .whereNeeded
        ) { $0.yeastar },
        GeneratedFile(
            "Yeastar P", "yeastar_p",
            "ID,Time,Call From,Call To,Call Duration,Ring Duration,Talk Duration,Status,Reason,Source Trunk,"
                + "Destination Trunk,Communication Type,DID/DDI,Outbound Caller ID,Caller IP Address,PIN Code,"
                + "Recording File", header: true, quotes: .whereNeeded
        ) { $0.yeastar },
        GeneratedFile(
            "MikoPBX", "mikopbx",
            "id,start,endtime,answer,src_chan,src_num,src_name,dst_chan,dst_num,dst_name,UNIQUEID,linkedid,did,"
                + "disposition,recordingfile,from_account,to_account,dialstatus,appname,transfer,is_app,duration,"
                + "billsec,work_completed,src_call_id,dst_call_id,verbose_call_id,a_transfer,rec_src_channel,"
                + "dtmf_digits", header: true, quotes: .whereNeeded
        ) { $0.miko },
        unavailable(GeneratedFile("Avaya, 17 columns", "avaya_ipoffice", rows: calls.map(\.avaya))),
        unavailable(
            GeneratedFile(
                "Avaya, 30 columns", "avaya_ipoffice", rows: calls.map { $0.avaya + Array(repeating: "", count: 13) })),
        unavailable(
            GeneratedFile(
                "Avaya, 37 columns", "avaya_ipoffice",
                rows: calls.map { $0.avaya + Array(repeating: "n/a", count: 20) })),
        GeneratedFile(
            "OpenSIPS", "opensips",
            rows: calls.flatMap { call -> [[String]] in
                let id = ["a\(call.number)", "b", "\(call.number)d5@192.0.2.10"]
                let parties = ["", call.caller, call.isIncoming ? "101" : call.client]
                let invite = call.isIncoming ? ["200", "OK"] : ["486", "Busy here"]
                let begin = [["INVITE"] + id + invite + ["\(call.epoch)"] + parties]
                return call.isIncoming
                    ? begin + [["BYE"] + id + ["200", "OK", "\(call.epoch + 63)", "", "", ""]] : begin
            }, delimiter: "|"),
    ]

    /// The system does not tell a busy line from one that nobody answered.
    private static func missed(_ file: GeneratedFile) -> GeneratedFile { file.with(.missed) }
    private static func unavailable(_ file: GeneratedFile) -> GeneratedFile { file.with(.temporarilyUnavailable) }

    private func with(_ status: StatusCode) -> GeneratedFile {
        var file = self
        file.status = status
        return file
    }

    private static func cucm(_ count: Int, heads: Bool) -> [[String]] {
        let known = [0: "cdrRecordType", 1: "globalCallID_callManagerId", 2: "globalCallID_callId"]
        let head = (0..<count).map { known[$0] ?? "column\($0)" }
        let types = (0..<count).map { [8, 29, 30, 50, 56, 57].contains($0) ? "VARCHAR(50)" : "INTEGER" }
        return (heads ? [head, types] : []) + calls.map { call in (0..<count).map { call.cucm[$0] ?? "0" } }
    }
}

@Suite struct GeneratedFileTests {
    @Test(arguments: GeneratedFile.asterisk + GeneratedFile.others)
    fileprivate func `a file of known columns is recognised and read`(_ file: GeneratedFile) throws {
        let recognition = FormatRecognition.recognise(Array(file.text.utf8), isWhole: true)
        let told = recognition.candidates.map { "\($0.name) \($0.confidence) \($0.fitting)/\($0.records)" }
        let best = try #require(recognition.best, "\(told)\n\(file.text)")
        #expect(best.name == file.preset, "\(told)")
        #expect(recognition.rival == nil, "\(told)")

        var context = MappingContext.moscow
        context.internalPattern = #"^1\d{2}$"#
        if file.preset == "threecx" { context.timeZone = "UTC" }
        let mapped = try map(
            Array(file.text.utf8), format: try .preset(file.preset), dialect: best.dialect, context: context)
        #expect(mapped.rejections.isEmpty)
        #expect(mapped.skips.isEmpty)
        #expect(mapped.skippedCalls.isEmpty)
        let calls = mapped.calls
        #expect(calls.map(\.type) == [.incoming, .outgoing, .incoming, .outgoing, .incoming, .outgoing])
        #expect(calls.map(\.phoneNumber) == (0..<6).map { "+7900000000\($0)" })
        #expect(calls.map(\.employeeExtension) == ["101", "102", "101", "102", "101", "102"])
        #expect(calls.map { $0.talk.components.seconds } == [63, 0, 63, 0, 63, 0])
        #expect(calls.map(\.status) == [.success, file.status, .success, file.status, .success, file.status])
        #expect(calls.map(\.start.epochSeconds) == (0..<6).map { 1_795_154_400 + $0 * 600 })
    }
}

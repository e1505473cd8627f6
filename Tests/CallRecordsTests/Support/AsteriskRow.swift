// SPDX-License-Identifier: Apache-2.0

/// One row as Asterisk's cdr_csv writes it, of an invented office in Moscow with the trunk trunk1.
struct AsteriskRow {
    var src = "89000000001"
    var dst = "4950000000"
    var context = "from-trunk"
    var clid: String?
    var channel = "PJSIP/trunk1-00000001"
    var dstchannel = "PJSIP/101-00000002"
    var app = "Dial"
    var data = "PJSIP/101,30,t"
    /// Seconds after nine o'clock.
    var at: Int64 = 0
    var ring: Int64 = 5
    var talk: Int64 = 30
    var disposition = "ANSWERED"
    /// What stands behind the point of the uniqueid; nil for the same as in `id`.
    var id = "1"
    /// The uniqueid as a whole.
    var uniqueid: String?
    var account = ""
    var userfield = ""
    /// With a linkedid the row has 21 columns, else 18.
    var linkedid: String?
    var sequence = 0

    private static let nine: Int64 = 1_795_154_400

    /// The time of a clock in Moscow.
    static func clock(_ seconds: Int64) -> String {
        func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let time = 9 * 3600 + seconds
        return "2026-11-20 \(two(time / 3600)):\(two(time / 60 % 60)):\(two(time % 60))"
    }

    var text: String {
        var fields = [account, src, dst, context, clid ?? "\"\(src)\" <\(src)>", channel, dstchannel, app, data].map {
            "\"" + $0.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
        }
        let isAnswered = disposition == "ANSWERED"
        fields.append("\"\(Self.clock(at))\"")
        fields.append(isAnswered ? "\"\(Self.clock(at + ring))\"" : "")
        fields.append("\"\(Self.clock(at + ring + talk))\"")
        fields += ["\(ring + talk)", "\(isAnswered ? talk : 0)", "\"\(disposition)\"", "\"DOCUMENTATION\""]
        fields += ["\"\(uniqueid ?? "\(Self.nine + at).\(id)")\"", "\"\(userfield)\""]
        if let linkedid { fields += ["\"\"", "\"\(Self.nine).\(linkedid)\"", "\(sequence)"] }
        return fields.joined(separator: ",") + "\n"
    }

    func with(_ change: (inout AsteriskRow) -> Void) -> AsteriskRow {
        var row = self
        change(&row)
        return row
    }

    /// A client calls and 101 answers.
    static let incoming = AsteriskRow()
    /// 101 calls a client.
    static let outgoing = AsteriskRow(
        src: "101", dst: "89000000002", context: "from-internal", channel: "PJSIP/101-00000003",
        dstchannel: "PJSIP/trunk1-00000004", data: "PJSIP/89000000002@trunk1,60,T")
}

/// Rows of one file.
func file(_ rows: [AsteriskRow]) -> String { rows.map(\.text).joined() }

// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Invented Asterisk records.
struct AsteriskCall {
    var number: Int
    var start: Int
    var isIncoming: Bool
    var phone: String
    var employee: Int
    var talk: Int
    var disposition: String
    var userfield = ""

    /// The record as `cdr_csv` writes it with `loguniqueid` and `loguserfield`, times in UTC.
    var record: String { record(clock: 0) }

    /// The record of a server whose clock is some seconds ahead of UTC.
    func record(clock offset: Int) -> String {
        let end = start + 8 + talk
        let answer = talk > 0 ? "\"\(Self.time(start + 8 + offset))\"" : ""
        let trunk = "SIP/trunk1-\(String(format: "%08x", number))"
        let desk = "SIP/\(employee)-\(String(format: "%08x", number + 1))"
        let (src, dst) = isIncoming ? (phone, "\(employee)") : ("\(employee)", phone)
        let (from, to) = isIncoming ? (trunk, desk) : (desk, trunk)
        let context = isIncoming ? "from-trunk" : "from-internal"
        return """
            "","\(src)","\(dst)","\(context)","\"\"\(src)\"\" <\(src)>","\(from)","\(to)","Dial","\(to),30",\
            "\(Self.time(start + offset))",\(answer),"\(Self.time(end + offset))",\(8 + talk),\(talk),"\(disposition)","DOCUMENTATION",\
            "\(start).\(number)","\(userfield)"
            """ + "\n"
    }

    var key: String { "pbx1:\(start).\(number)" }

    static func time(_ seconds: Int) -> String {
        let formatter = ISO8601DateFormatter()
        formatter.formatOptions = [.withFullDate, .withTime, .withColonSeparatorInTime, .withSpaceBetweenDateAndTime]
        return formatter.string(from: Date(timeIntervalSince1970: Double(seconds))).replacingOccurrences(
            of: "Z", with: "")
    }

    /// `count` calls, a minute apart, the last one two hours ago; every fifth number calls twice.
    static func day(_ count: Int) -> [AsteriskCall] {
        let last = Int(Date().timeIntervalSince1970) - 7_200
        return (0..<count).map { index in
            let isAnswered = index % 3 != 0
            return AsteriskCall(
                number: index + 1, start: last - (count - index) * 60, isIncoming: index % 4 != 3,
                phone: String(format: "8900%07d", index % 5 == 4 ? index - 1 : index), employee: 101 + index % 5,
                talk: isAnswered ? 10 + index % 200 : 0, disposition: isAnswered ? "ANSWERED" : "NO ANSWER",
                userfield: index % 10 == 0 ? "campaign-7" : "")
        }
    }
}

extension [AsteriskCall] {
    var file: String { map(\.record).joined() }
}

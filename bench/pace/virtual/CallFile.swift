// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Invented Asterisk records, one call each, evenly apart; every fifth call is from the number before it.
struct CallFile {
    let firstStart: Int
    private let count: Int
    private let spacing: Int

    /// - Parameter spacing: Seconds from one call to the next.
    init(count: Int, spacing: Int, endingAt end: Int) {
        self.count = count
        self.spacing = spacing
        firstStart = end - count * spacing
    }

    /// The calls' own ids.
    var ids: [String] { (0..<count).map(id) }

    private func start(_ index: Int) -> Int { firstStart + index * spacing }

    private func id(_ index: Int) -> String { "\(start(index)).\(index)" }

    var text: String {
        var text = ""
        for index in 0..<count {
            let number = index % 5 == 4 ? index - 1 : index
            let phone = "8900" + String(10_000_000 + number).dropFirst()
            let talk = index % 3 == 0 ? 0 : 10 + index % 200
            let begin = start(index)
            text += """
                "","\(phone)","\(101 + index % 5)","from-trunk","",\
                "SIP/trunk1-\(index)","SIP/\(101 + index % 5)-\(index)","Dial","30",\
                "\(Self.time(begin))","\(talk > 0 ? Self.time(begin + 5) : "")","\(Self.time(begin + 5 + talk))",\
                \(5 + talk),\(talk),"\(talk > 0 ? "ANSWERED" : "NO ANSWER")","DOCUMENTATION","\(id(index))",""

                """
        }
        return text
    }

    /// Seconds since 1970 as `2026-11-25 06:00:00`, in UTC.
    private static func time(_ seconds: Int) -> String {
        var rest = time_t(seconds)
        var parts = tm()
        gmtime_r(&rest, &parts)
        func two(_ number: some BinaryInteger) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday)) "
            + "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
    }
}

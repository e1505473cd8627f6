// SPDX-License-Identifier: Apache-2.0

import DelimitedText

// Unsafe: the head of a file is looked at within its bounds.

/// Says what a file without call records is, so that nobody looks for a mistake in the configuration.
package enum NotCalls {
    /// What the first bytes alone show.
    static func kind(ofRaw head: [UInt8]) -> String? {
        if head.isEmpty || head.allSatisfy({ $0 == 0x20 || (0x09...0x0D).contains($0) }) { return "an empty file" }
        return mark(of: head) ?? (isBinary(head) ? "a binary file, not a text" : nil)
    }

    /// What the first characters show.
    private static func mark(of head: [UInt8]) -> String? {
        let marks: [(String, String)] = [
            ("PK\u{3}\u{4}", "a spreadsheet or an archive (export it as CSV)"), ("%PDF", "a PDF document"),
            ("SQLite format 3", "an SQLite database (export the table of calls as CSV)"), ("<?xml", "an XML document"),
            ("<!DOCTYPE", "a web page (perhaps a log-in page instead of the export)"),
            ("<html", "a web page (perhaps a log-in page instead of the export)"), ("{", "JSON, not CSV"),
            ("[{", "JSON, not CSV"),
        ]
        for (mark, kind) in marks where head.starts(with: Array(mark.utf8)) { return kind }
        return nil
    }

    /// What a file is whose records need not even be looked at: a document, an archive, a picture.
    ///
    /// - Parameter head: The beginning of the file, unpacked and as UTF-8.
    /// - Returns: What it is, as messages call it; `nil` for what may be records, some of them damaged.
    package static func document(_ head: UnsafeRawBufferPointer) -> String? {
        let head = unsafe Array(head.prefix(mostJudged))
        if let kind = mark(of: head) { return kind }
        var (zeros, odd) = (0, 0)
        for byte in head {
            if byte == 0 {
                zeros += 1
                continue
            }
            if zeros < shortestHole { odd += zeros }
            zeros = 0
            if byte < 0x09 || (0x0E..<0x20).contains(byte) { odd += 1 }
        }
        return odd * shareOfText > head.count ? "a binary file, not a text" : nil
    }

    /// How many bytes show whether a file is a text.
    private static let mostJudged = 4_096
    /// Of so many bytes of a text, damage may make one a control character.
    private static let shareOfText = 10

    /// Zeros among other bytes. A run of nothing but zeros is a hole that a crash left in a log.
    private static func isBinary(_ head: [UInt8]) -> Bool {
        var run = 0
        var looked = 0
        for byte in head {
            if byte == 0 {
                run += 1
                continue
            }
            if (1..<shortestHole).contains(run) { return true }
            run = 0
            looked += 1
            if looked == 4_096 { break }
        }
        return looked == 0
    }

    private static let shortestHole = 16

    /// What the words of the header or the shape of the records show; `nil` for a table of unknown kind.
    static func kind(of head: [UInt8], dialect: Dialect) -> String? {
        var rows: [[String]] = []
        head.read(dialect, isWhole: true) { record in
            rows.append(record.strings)
            return rows.count < 50
        }
        let words = Set((rows.first ?? []).map { $0.lowercased().filter { $0.isLetter || $0.isNumber } })
        func holds(_ fragments: [String]) -> Int {
            fragments.count { fragment in words.contains { $0.contains(fragment) } }
        }
        let isQuality = holds(["jitter", "packetslost", "latency", "mos", "packetssent", "packetloss"]) >= 2
        if words.contains("cdrrecordtype") {
            return isQuality ? "a CUCM quality report (CMR), not call records; take the cdr_ files" : nil
        }
        if rows.contains(where: { isQualityRecord($0) }) {
            return "a CUCM quality report (CMR), not call records; take the cdr_ files"
        }
        if isQuality { return "a report of voice quality, not of calls" }
        if rows.contains(where: { isQueueLog($0) }) {
            return "Asterisk's queue_log: events of agents, not call records"
        }
        if rows.contains(where: { isEventLog($0) }) {
            return "Asterisk's channel event log (CEL), not call records; take cdr-csv/Master.csv"
        }
        if holds(["conference", "participant", "meeting"]) >= 2 { return "a report of conferences, not of calls" }
        let agents = ["agent", "login", "logout", "logon", "pause", "occupancy", "available", "staffed"]
        let counts = [
            "answeredcalls", "callsanswered", "totalcalls", "abandoned", "average", "avg", "servicelevel",
            "missedcalls",
            "callsoffered", "offered",
        ]
        if holds(agents) >= 2 { return "a report about agents, not of single calls" }
        if holds(counts) >= 2 { return "a report with sums, not of single calls" }
        return nil
    }

    /// A record of type 2, with the directory number and the time stamp where quality records have them.
    private static func isQualityRecord(_ row: [String]) -> Bool {
        row.count > 14 && row.count < 58 && row[0] == "2" && Int(row[1]) != nil && Int(row[2]) != nil
            && row[6].count == 10 && Int(row[6]) != nil && row[14].count == 36
    }

    /// `epoch|call|queue|agent|EVENT|…`
    private static func isQueueLog(_ row: [String]) -> Bool {
        let events: Set = [
            "RINGNOANSWER", "ENTERQUEUE", "CONNECT", "COMPLETECALLER", "COMPLETEAGENT", "ABANDON", "ADDMEMBER",
            "REMOVEMEMBER", "QUEUESTART", "PAUSE", "UNPAUSE", "EXITWITHTIMEOUT", "CONFIGRELOAD",
        ]
        return row.count >= 5 && Int(row[0]) != nil && events.contains(row[4])
    }

    private static func isEventLog(_ row: [String]) -> Bool {
        let events: Set = [
            "CHAN_START", "CHAN_END", "HANGUP", "LINKEDID_END", "BRIDGE_ENTER", "BRIDGE_EXIT", "APP_START",
        ]
        return row.count >= 5 && row.prefix(3).contains { events.contains($0) }
    }
}

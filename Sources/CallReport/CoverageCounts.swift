// SPDX-License-Identifier: Apache-2.0

/// How many calls arrived, by source, day, hour and line: what the calendar of coverage is made of.
package struct CoverageCounts: Sendable {
    /// The calls of one day of one source.
    struct Day: Sendable {
        var total = 0
        var hours = [Int](repeating: 0, count: 24)
        var lines: [String: Int] = [:]
    }

    private(set) var sources: [String: [LocalDay: Day]] = [:]

    /// No calls.
    package init() {}

    mutating func add(_ call: ReportedCall, at local: LocalMoment) {
        // One access for each level: a copy of a day for every call would be most of the work.
        sources[call.source, default: [:]][local.day, default: Day()].count(hour: local.hour, line: call.line)
    }
}

extension CoverageCounts.Day {
    fileprivate mutating func count(hour: Int, line: String?) {
        total += 1
        hours[hour] += 1
        if let line { lines[line, default: 0] += 1 }
    }
}

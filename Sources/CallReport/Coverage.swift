// SPDX-License-Identifier: Apache-2.0

/// Something that is usually there and was not.
package enum CoverageHole: Sendable, Hashable {
    /// A day without any call.
    case day(usually: Int)
    /// Hours without any call; `to` is the hour at whose beginning they end.
    case hours(from: Int, to: Int, usually: Int)
    /// No call from this hour on, as if an export had been cut there.
    case cutAt(hour: Int, usually: Int)
    /// A line without any call, while others had some.
    case line(String, usually: Int)
}

/// What is known of one day of one source.
package struct CoveredDay: Sendable, Equatable {
    /// How complete the day looks.
    package enum State: Sendable, Hashable {
        /// Nothing is missing that is usually there.
        case complete
        /// Something is missing that is usually there.
        case partial
        /// No calls, on a day that usually has some.
        case missing
        /// No calls, on a day that usually has few or none.
        case quiet
        /// Too little is known of other such days, or the day is not over.
        case unknown
    }

    /// The day.
    package let day: LocalDay
    /// Its calls.
    package let calls: Int
    /// How complete it looks.
    package let state: State
    /// What is missing.
    package let holes: [CoverageHole]
}

/// The days of one source.
package struct SourceCoverage: Sendable, Equatable {
    /// The source, by its `key_prefix`.
    package let source: String
    /// Every day from the first that has calls to the last that was asked for.
    package let days: [CoveredDay]

    /// The days from one on.
    package func since(_ day: LocalDay) -> SourceCoverage {
        SourceCoverage(source: source, days: days.filter { $0.day >= day })
    }
}

/// Judges days by others of the same weekday.
///
/// Calls come independently of each other, so that n expected calls fail to come by chance with a probability of e^-n.
/// What is missing is reported where at least ``CoverageJudge/leastExpected`` calls were expected: by chance once in
/// 160,000 days. What is usual is the median of the same weekday in the eight weeks before and after, so that a single
/// holiday or a hole does not change it.
package struct CoverageJudge: Sendable {
    /// How many calls must be expected where there are none: e^-12 is 1 in 160,000.
    package static let leastExpected = 12
    /// How many weeks before and after are looked at.
    private static let weeks = 8
    /// How many such days have to be known.
    private static let fewestPeers = 3

    private let counts: CoverageCounts
    private let lastDay: LocalDay

    /// - Parameter lastDay: The day of the report, which is not over.
    package init(_ counts: CoverageCounts, lastDay: LocalDay) {
        self.counts = counts
        self.lastDay = lastDay
    }

    /// The days of every source, by its name.
    package var sources: [SourceCoverage] {
        counts.sources.sorted { $0.key < $1.key }.map { source, days in
            guard let first = days.keys.min() else { return SourceCoverage(source: source, days: []) }
            let last = max(lastDay, days.keys.max() ?? first)
            return SourceCoverage(
                source: source,
                days: (first.number...last.number).map { judge(LocalDay($0), of: days, from: first, to: last) })
        }
    }

    private func judge(
        _ day: LocalDay, of days: [LocalDay: CoverageCounts.Day], from first: LocalDay, to last: LocalDay
    ) -> CoveredDay {
        let found = days[day] ?? CoverageCounts.Day()
        let peers = Self.peers(of: day).filter { first < $0 && $0 < last }.map { days[$0] ?? CoverageCounts.Day() }
        // The source begins somewhere in its first day, and the last one is not over.
        guard day > first, day < last, peers.count >= Self.fewestPeers else {
            return CoveredDay(day: day, calls: found.total, state: .unknown, holes: [])
        }
        let usually = Self.median(peers.map(\.total))
        if found.total == 0 {
            return usually >= Self.leastExpected
                ? CoveredDay(day: day, calls: 0, state: .missing, holes: [.day(usually: usually)])
                : CoveredDay(day: day, calls: 0, state: .quiet, holes: [])
        }
        let holes = Self.silentHours(of: found, peers) + Self.silentLines(of: found, peers)
        return CoveredDay(
            day: day, calls: found.total, state: holes.isEmpty ? .complete : .partial, holes: holes)
    }

    private static func peers(of day: LocalDay) -> [LocalDay] {
        (1...weeks).flatMap { [LocalDay(day.number - 7 * $0), LocalDay(day.number + 7 * $0)] }
    }

    private static func silentHours(of day: CoverageCounts.Day, _ peers: [CoverageCounts.Day]) -> [CoverageHole] {
        let usual = (0..<24).map { hour in median(peers.map { $0.hours[hour] }) }
        var holes: [CoverageHole] = []
        var hour = 0
        while hour < 24 {
            guard day.hours[hour] == 0 else {
                hour += 1
                continue
            }
            let from = hour
            while hour < 24, day.hours[hour] == 0 { hour += 1 }
            let expected = usual[from..<hour].reduce(0, +)
            guard expected >= leastExpected else { continue }
            // Hours that are empty on other days as well are no part of the hole.
            let begin = (from..<hour).first { usual[$0] > 0 } ?? from
            let end = ((from..<hour).last { usual[$0] > 0 } ?? hour - 1) + 1
            holes.append(
                hour == 24
                    ? .cutAt(hour: begin, usually: expected) : .hours(from: begin, to: end, usually: expected))
        }
        return holes
    }

    private static func silentLines(of day: CoverageCounts.Day, _ peers: [CoverageCounts.Day]) -> [CoverageHole] {
        Set(peers.flatMap(\.lines.keys)).subtracting(day.lines.keys).sorted().compactMap { line in
            let usually = median(peers.map { $0.lines[line] ?? 0 })
            return usually >= leastExpected ? .line(line, usually: usually) : nil
        }
    }

    /// The lower median: what at least half of the days had.
    private static func median(_ counts: [Int]) -> Int {
        let sorted = counts.sorted()
        return sorted.isEmpty ? 0 : sorted[(sorted.count - 1) / 2]
    }
}

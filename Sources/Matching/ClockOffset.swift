// SPDX-License-Identifier: Apache-2.0

/// Finds by how much the clock behind some rows is constantly ahead of the one behind the calls.
enum ClockOffset {
    /// One possible difference between a call and a row of its number and type.
    private struct Vote {
        var difference: Int64
        var weight: Double
    }

    /// How wide a cluster of differences may be, and what share of the calls it must hold to be believed: the wider it is,
    /// the more of them must agree.
    private static let clusters: [(halfWidth: Int64, share: Double)] = [(3, 0.5), (10, 0.6), (30, 0.8)]
    /// Fewer calls prove nothing.
    private static let fewestCalls = 5.0
    /// Differences in talk time up to this many seconds are common between two systems: ringing, and rounding.
    private static let usualTalkDifference: Int64 = 5

    /// The offset that most calls agree on, in seconds; `nil` when they do not.
    ///
    /// - Parameters:
    ///   - groups: Calls and rows of one number and type each, in the order of their starts.
    ///   - maximum: The largest offset that is looked for, in seconds either way.
    static func find(_ groups: [TraceGroup], maximum: Int64) -> Int64? {
        guard maximum > 0 else { return nil }
        var votes: [Vote] = []
        var voters = 0.0
        for group in groups {
            for call in group.calls {
                let before = votes.count
                vote(call, group.rows, maximum, &votes)
                if votes.count > before { voters += 1 }
            }
        }
        votes.sort { $0.difference < $1.difference }
        for (halfWidth, share) in clusters {
            guard let (offset, weight) = heaviest(votes, halfWidth: halfWidth) else { return nil }
            if weight >= fewestCalls, weight >= share * voters { return offset }
        }
        return nil
    }

    /// One call's vote, shared among all rows that may be its own.
    private static func vote(
        _ call: CallTrace, _ rows: ArraySlice<CallTrace>, _ maximum: Int64, _ votes: inout [Vote]
    ) {
        let near = rows.filter { ($0.start - call.start).magnitude <= UInt64(maximum) }
        // Where the number calls all the time, the differences tell nothing.
        guard !near.isEmpty, near.count <= 50 else { return }
        let fitting = near.filter { row in
            guard let own = call.talk, let other = row.talk else { return true }
            return (own - other).magnitude <= UInt64(usualTalkDifference)
        }
        let chosen = fitting.isEmpty ? near[...] : fitting[...]
        for row in chosen {
            votes.append(Vote(difference: row.start - call.start, weight: 1 / Double(chosen.count)))
        }
    }

    /// The cluster of differences with the greatest weight, of equal ones that nearest to no offset.
    private static func heaviest(_ votes: [Vote], halfWidth: Int64) -> (offset: Int64, weight: Double)? {
        var best: (offset: Int64, weight: Double)?
        var first = 0
        var weight = 0.0
        for last in votes.indices {
            weight += votes[last].weight
            while votes[last].difference - votes[first].difference > 2 * halfWidth {
                weight -= votes[first].weight
                first += 1
            }
            let offset = median(votes[first...last], weight)
            // Sums of thirds differ in their last digits.
            let isHeavier = best.map { weight > $0.weight + 1e-6 } ?? true
            let isNearer =
                best.map { weight > $0.weight - 1e-6 && offset.magnitude < $0.offset.magnitude } ?? true
            if isHeavier || isNearer { best = (offset, weight) }
        }
        return best
    }

    private static func median(_ votes: ArraySlice<Vote>, _ weight: Double) -> Int64 {
        var sum = 0.0
        for vote in votes {
            sum += vote.weight
            if sum >= weight / 2 { return vote.difference }
        }
        return votes.last?.difference ?? 0
    }
}

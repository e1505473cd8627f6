// SPDX-License-Identifier: Apache-2.0

/// Pairs the calls and rows of one number and type that lie so close together that any of them may belong to any.
struct PartMatcher {
    /// More comparisons than this are not made at once: a number that calls without a pause is paired in order.
    private static let mostComparisons = 40_000

    private let calls: ArraySlice<CallTrace>
    private let rows: ArraySlice<CallTrace>
    private let tolerance: Int64
    private let offset: Int64

    init(_ part: TraceGroup, tolerance: Int64, offset: Int64) {
        calls = part.calls
        rows = part.rows
        self.tolerance = tolerance
        self.offset = offset
    }

    /// The pairs, by the places of calls and rows in their lists.
    func pairs(_ affinity: (Int, Int) -> Int?) -> [(call: Int, row: Int)] {
        calls.count * rows.count > Self.mostComparisons ? inOrder() : cheapest(affinity)
    }

    /// As many pairs as possible at the least cost.
    private func cheapest(_ affinity: (Int, Int) -> Int?) -> [(call: Int, row: Int)] {
        // The shorter side chooses.
        let isTurned = calls.count > rows.count
        func pair(_ line: Int, _ column: Int) -> (call: Int, row: Int) {
            isTurned
                ? (calls.startIndex + column, rows.startIndex + line)
                : (calls.startIndex + line, rows.startIndex + column)
        }
        func cost(_ pair: (call: Int, row: Int)) -> Int {
            PairCost.cost(
                calls[pair.call], rows[pair.row], offset, tolerance: tolerance, affinity(pair.call, pair.row))
        }
        let assignment = CheapestAssignment(
            rows: min(calls.count, rows.count), columns: max(calls.count, rows.count)
        ) { cost(pair($0, $1)) }
        return assignment.columns.enumerated().map { pair($0, $1) }.filter { cost($0) < PairCost.impossible }
    }

    /// As many pairs as possible, each call with the earliest row that is near enough.
    private func inOrder() -> [(call: Int, row: Int)] {
        var pairs: [(call: Int, row: Int)] = []
        var row = rows.startIndex
        for call in calls.indices {
            while row < rows.endIndex, rows[row].start - offset < calls[call].start - tolerance { row += 1 }
            guard row < rows.endIndex else { break }
            guard rows[row].start - offset <= calls[call].start + tolerance else { continue }
            pairs.append((call, row))
            row += 1
        }
        return pairs
    }
}

/// What speaks against a call and a row being the same.
enum PairCost {
    /// More than all costs of one matching together.
    static let impossible = 1_000_000_000_000_000
    /// More than starts and talk times of one matching can cost together.
    private static let affinityStep = 1_000_000_000
    /// Longer differences in talk time are all the same.
    private static let longestTalkDifference: UInt64 = 300
    /// One side was answered and the other was not: as much as a minute between the starts.
    private static let otherOutcome = 3_600

    /// Squares, so that keeping the order is cheaper than crossing.
    static func cost(
        _ call: CallTrace, _ row: CallTrace, _ offset: Int64, tolerance: Int64, _ affinity: Int?
    ) -> Int {
        let distance = (row.start - offset - call.start).magnitude
        guard let affinity, distance <= UInt64(tolerance) else { return impossible }
        // A tolerance of hours must not outweigh an affinity.
        let seconds = Int(min(distance, 1_000))
        var cost = affinity * affinityStep + seconds * seconds
        if let own = call.talk, let other = row.talk {
            let difference = Int(min((own - other).magnitude, longestTalkDifference))
            cost += difference * difference
            if (own == 0) != (other == 0) { cost += otherOutcome }
        }
        return cost
    }
}

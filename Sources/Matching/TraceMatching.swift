// SPDX-License-Identifier: Apache-2.0

/// Which of the portal's rows are which calls, one to one.
///
/// Number and type must be the same, and the starts may differ by a tolerance once the constant offset of the clocks, if
/// there is one, is taken away. Of all ways to pair as many as possible the one is chosen in which, first, the employees
/// agree best, and then starts and talk times together; of ways that are equal in this, the one that keeps the order.
package struct TraceMatching: Sendable {
    /// What counts as the same call.
    package struct Rules: Sendable, Hashable {
        /// By how many seconds the starts may differ, 0 or more.
        package var tolerance: Int64
        /// The largest constant offset of the clocks that is looked for, in seconds either way; 0: none is.
        package var maximumOffset: Int64
        /// The offset that is taken where these calls alone show none, in seconds.
        package var assumedOffset: Int64

        /// Rules for clocks that agree, unless said otherwise.
        package init(tolerance: Int64, maximumOffset: Int64 = 0, assumedOffset: Int64 = 0) {
            self.tolerance = tolerance
            self.maximumOffset = maximumOffset
            self.assumedOffset = assumedOffset
        }
    }

    /// A call and its row, by their places in the lists that were given.
    package struct Pair: Sendable, Hashable {
        /// The place of the call.
        package let call: Int
        /// The place of the row.
        package let row: Int
    }

    /// How many seconds the clock of the rows is constantly ahead; `nil` when no offset was found.
    package let offset: Int64?
    /// The calls that have a row, in no particular order; every call and every row is in one pair at most.
    package private(set) var pairs: [Pair] = []

    /// - Parameters:
    ///   - affinity: What else speaks against a pair, from 0 (nothing) to 9; `nil`: they cannot be the same call.
    package init(
        calls: [CallTrace], rows: [CallTrace], rules: Rules,
        affinity: (_ call: Int, _ row: Int) -> Int? = { _, _ in 0 }
    ) {
        let callOrder = Self.order(calls)
        let rowOrder = Self.order(rows)
        let groups = TraceGroup.groups(callOrder.map { calls[$0] }, rowOrder.map { rows[$0] })
        offset = ClockOffset.find(groups, maximum: rules.maximumOffset)
        let offset = offset ?? rules.assumedOffset
        for group in groups {
            for part in group.parts(tolerance: rules.tolerance, offset: offset) {
                let matcher = PartMatcher(part, tolerance: rules.tolerance, offset: offset)
                let found = matcher.pairs { affinity(callOrder[$0], rowOrder[$1]) }
                pairs += found.map { Pair(call: callOrder[$0.call], row: rowOrder[$0.row]) }
            }
        }
    }

    /// The places in the order of ``CallTrace/precedes(_:_:)``; of equal traces the first comes first.
    private static func order(_ traces: [CallTrace]) -> [Int] {
        traces.indices.sorted { a, b in
            CallTrace.precedes(traces[a], traces[b])
                || (!CallTrace.precedes(traces[b], traces[a]) && a < b)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import CallRecords
import Matching

/// Pairs recorded calls with the portal's rows as `TraceMatching` does, some thousand at a time: a hundred thousand would take
/// more memory than everything else together.
///
/// A number's calls are always compared together. Where there are several lots, the offset of the clocks is that of the
/// first one, since numbers are spread over them by chance.
struct AuditMatching {
    /// How many calls, or rows, are compared at a time, more or less.
    private static let lotSize = 4_000

    /// By how many seconds the portal's starts are constantly later; `nil` when no offset was found.
    private(set) var offset: Int64?
    /// The pairs, by their places in the lists of all calls and rows.
    private(set) var pairs: [(call: Int32, row: Int32)] = []

    /// - Parameters:
    ///   - open: The places of the calls that look for a row.
    ///   - free: The places of the rows that may be taken.
    ///   - withTypes: Whether a call and its row must have one type.
    init(
        _ calls: [AuditedCall], _ open: [Int32], _ rows: [AuditedRow], _ free: [Int32], _ rules: TraceMatching.Rules,
        withTypes: Bool = true
    ) {
        var (open, free) = (open, free)
        if max(open.count, free.count) > max(Self.lotSize, 4 * min(open.count, free.count)) {
            // The fewer lots, the more each tells of the clocks: what shares no number with the other side tells nothing.
            var numbers: Set<UInt64> = []
            for call in open { numbers.insert(calls[Int(call)].number) }
            free.removeAll { !numbers.contains(rows[Int($0)].number) }
            numbers.removeAll()
            for row in free { numbers.insert(rows[Int(row)].number) }
            open.removeAll { !numbers.contains(calls[Int($0)].number) }
        }
        guard !open.isEmpty, !free.isEmpty else { return }
        let lots = (max(open.count, free.count) - 1) / Self.lotSize + 1
        var rules = rules
        for lot in 0..<lots {
            let someCalls = lots == 1 ? open : open.filter { Self.lot(calls[Int($0)].number, of: lots) == lot }
            let someRows = lots == 1 ? free : free.filter { Self.lot(rows[Int($0)].number, of: lots) == lot }
            func trace(_ trace: CallTrace) -> CallTrace {
                withTypes ? trace : CallTrace(number: trace.number, type: 0, start: trace.start, talk: trace.talk)
            }
            let matching = TraceMatching(
                calls: someCalls.map { trace(calls[Int($0)].trace) }, rows: someRows.map { trace(rows[Int($0)].trace) },
                rules: rules)
            pairs += matching.pairs.map { (someCalls[$0.call], someRows[$0.row]) }
            guard lot == 0 else { continue }
            offset = matching.offset
            rules.assumedOffset = offset ?? rules.assumedOffset
            rules.maximumOffset = 0
        }
    }

    private static func lot(_ number: UInt64, of lots: Int) -> Int {
        Int(withUnsafeBytes(of: number) { StableHash.hash($0) } % UInt64(lots))
    }
}

extension Array {
    /// The place of the first element of a sorted list whose value is at least `value`; the end when there is none.
    func firstIndex<Value: Comparable>(notBelow value: Value, by valueOf: (Element) -> Value) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if valueOf(self[middle]) < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Calls and rows of one number and type, each in the order of their starts.
struct TraceGroup {
    /// The calls.
    let calls: ArraySlice<CallTrace>
    /// The rows.
    let rows: ArraySlice<CallTrace>

    /// Cuts sorted calls and rows into groups; those with one side only are left out.
    static func groups(_ calls: [CallTrace], _ rows: [CallTrace]) -> [TraceGroup] {
        var groups: [TraceGroup] = []
        var (call, row) = (0, 0)
        while call < calls.count, row < rows.count {
            if !calls[call].isLike(rows[row]) {
                if CallTrace.precedesGroup(calls[call], rows[row]) { call += 1 } else { row += 1 }
                continue
            }
            let model = calls[call]
            let lastCall = calls[call...].firstIndex { !$0.isLike(model) } ?? calls.count
            let lastRow = rows[row...].firstIndex { !$0.isLike(model) } ?? rows.count
            groups.append(TraceGroup(calls: calls[call..<lastCall], rows: rows[row..<lastRow]))
            (call, row) = (lastCall, lastRow)
        }
        return groups
    }

    /// Cuts a group where no call and no row begins for longer than the tolerance: nothing matches across the gap.
    ///
    /// - Parameter offset: By how much the clock of the rows is ahead.
    func parts(tolerance: Int64, offset: Int64) -> [TraceGroup] {
        var parts: [TraceGroup] = []
        var (firstCall, firstRow) = (calls.startIndex, rows.startIndex)
        var (call, row) = (firstCall, firstRow)
        var latest = Int64.min / 2
        func close() {
            guard call > firstCall, row > firstRow else { return }
            parts.append(TraceGroup(calls: calls[firstCall..<call], rows: rows[firstRow..<row]))
        }
        while call < calls.endIndex || row < rows.endIndex {
            let isCall =
                row == rows.endIndex || (call < calls.endIndex && calls[call].start <= rows[row].start - offset)
            let start = isCall ? calls[call].start : rows[row].start - offset
            if start - latest > tolerance {
                close()
                (firstCall, firstRow) = (call, row)
            }
            latest = start
            if isCall { call += 1 } else { row += 1 }
        }
        close()
        return parts
    }
}

extension CallTrace {
    /// Orders groups as ``precedes(_:_:)`` orders calls.
    static func precedesGroup(_ a: CallTrace, _ b: CallTrace) -> Bool {
        a.number != b.number ? a.number < b.number : a.type < b.type
    }
}

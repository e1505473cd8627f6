// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import CDRConfiguration
import CallRecords
import Clocks
import Delivery
import Matching
import Reporting

/// Compares recorded calls with the portal's rows, all of them at once and each as small as it can be.
///
/// Whose a row is, is found in steps, each with what the one before has left: by our own key, by number, type and start, as
/// a further row of a call that has one, with another type, and with another start.
struct AuditComparison {
    /// By how many seconds starts may differ at two integrations, beside a constant offset.
    private static let tolerance: Int64 = 90
    /// The largest constant offset of all calls that is looked for.
    static let mostOffset: Int64 = 7_200
    /// The largest difference of single starts that is looked for: all time zones.
    static let mostShift: Int64 = 14 * 3_600
    /// Differences of single starts are multiples of this: half an hour, the step of time zones.
    private static let shiftStep: Int64 = 1_800
    /// Up to this many seconds the starts and talk times of two systems differ anyway.
    private static let usualDifference: Int64 = 5

    private let calls: [AuditedCall]
    private let rows: [AuditedRow]
    private let expectations: AuditExpectations
    /// By how many seconds the portal's starts are constantly later; `nil` when no offset was found.
    private(set) var offset: Int64?
    /// For each call its row, and how that was found.
    private var found: [(row: Int, way: Way)?]
    private var isTaken: [Bool]
    /// Further rows of calls that have one.
    private var further: [(call: Int, row: Int)] = []

    /// How a row was found to be a call's.
    private enum Way { case sameCall, otherType, shifted }

    init(_ calls: [AuditedCall], _ rows: [AuditedRow], _ expectations: AuditExpectations) {
        self.calls = calls
        self.rows = rows
        self.expectations = expectations
        found = Array(repeating: nil, count: calls.count)
        isTaken = Array(repeating: false, count: rows.count)
        matchKeys()
        matchCalls()
        matchFurther()
        matchOtherTypes()
        matchShifted()
    }

    // MARK: Whose rows are

    private mutating func take(_ row: Int, for call: Int, _ way: Way) {
        found[call] = (row, way)
        isTaken[row] = true
    }

    /// Rows with our own keys, whose calls are known for certain.
    private mutating func matchKeys() {
        var byKey: [UInt64: Int] = [:]
        for (index, call) in calls.enumerated() { byKey[call.keyHash] = index }
        for (index, row) in rows.enumerated() {
            guard let hash = row.keyHash, let call = byKey[hash] else { continue }
            if found[call] == nil {
                take(index, for: call, .sameCall)
            } else {
                further.append((call, index))
                isTaken[index] = true
            }
        }
    }

    private mutating func matchCalls() {
        let (open, free) = (openCalls, freeRows)
        let matching = TraceMatching(
            calls: open.map { calls[$0].trace }, rows: free.map { rows[$0].trace },
            rules: .init(tolerance: Self.tolerance, maximumOffset: Self.mostOffset))
        offset = matching.offset
        for pair in matching.pairs { take(free[pair.row], for: open[pair.call], .sameCall) }
    }

    /// Rows that are left over although a call that they would belong to has one.
    private mutating func matchFurther() {
        let free = freeRows
        let owned = calls.indices.filter { found[$0] != nil }
        let matching = TraceMatching(
            calls: owned.map { calls[$0].trace }, rows: free.map { rows[$0].trace },
            rules: .init(tolerance: Self.tolerance, assumedOffset: offset ?? 0))
        for pair in matching.pairs {
            further.append((owned[pair.call], free[pair.row]))
            isTaken[free[pair.row]] = true
        }
    }

    private mutating func matchOtherTypes() {
        let (open, free) = (openCalls, freeRows)
        func typeless(_ trace: CallTrace) -> CallTrace {
            CallTrace(number: trace.number, type: 0, start: trace.start, talk: trace.talk)
        }
        let matching = TraceMatching(
            calls: open.map { typeless(calls[$0].trace) }, rows: free.map { typeless(rows[$0].trace) },
            rules: .init(tolerance: Self.tolerance, assumedOffset: offset ?? 0))
        for pair in matching.pairs { take(free[pair.row], for: open[pair.call], .otherType) }
    }

    /// Calls that begin later or earlier by half an hours, or by a time that many of those that are left agree on.
    private mutating func matchShifted() {
        let (open, free) = (openCalls, freeRows)
        let matching = TraceMatching(
            calls: open.map { calls[$0].trace }, rows: free.map { rows[$0].trace },
            rules: .init(tolerance: Self.usualDifference, maximumOffset: Self.mostShift))
        for pair in matching.pairs { take(free[pair.row], for: open[pair.call], .shifted) }
        var byNumber: [String: [Int]] = [:]
        for row in freeRows { byNumber[rows[row].trace.number, default: []].append(row) }
        for call in openCalls {
            let row = byNumber[calls[call].trace.number]?.first { !isTaken[$0] && isShifted(calls[call], rows[$0]) }
            if let row { take(row, for: call, .shifted) }
        }
    }

    private func isShifted(_ call: AuditedCall, _ row: AuditedRow) -> Bool {
        let difference = row.trace.start - (offset ?? 0) - call.trace.start
        let steps = (Double(difference) / Double(Self.shiftStep)).rounded()
        return row.trace.type == call.trace.type && difference.magnitude <= UInt64(Self.mostShift)
            && (difference - Int64(steps) * Self.shiftStep).magnitude <= UInt64(Self.usualDifference)
            && ((row.trace.talk ?? 0) - (call.trace.talk ?? 0)).magnitude <= UInt64(Self.usualDifference)
    }

    private var openCalls: [Int] { calls.indices.filter { found[$0] == nil } }
    private var freeRows: [Int] { rows.indices.filter { !isTaken[$0] } }
}

/// What the comparison showed.
extension AuditComparison {
    /// How many calls agree with one row in everything.
    func agreed(_ differences: [Difference]) -> Int {
        let different = Set(differences.compactMap(\.call))
        return calls.indices.count { found[$0] != nil && !different.contains($0) }
    }

    /// One difference, by the places of call and row.
    struct Difference {
        var kind: AuditReport.Kind
        var call: Int?
        var row: Int?
    }

    /// All differences in the order of their starts.
    var differences: [Difference] {
        var all: [Difference] = []
        for index in calls.indices {
            guard let (row, way) = found[index] else {
                all.append(Difference(kind: .missing, call: index))
                continue
            }
            if let kind = difference(calls[index], rows[row], way) {
                all.append(Difference(kind: kind, call: index, row: row))
            }
        }
        all += further.map { Difference(kind: .doubled, call: $0.call, row: $0.row) }
        all += freeRows.filter { isExpected(rows[$0]) }.map { Difference(kind: .unrecorded, row: $0) }
        return all.sorted { (start($0), $0.row ?? 0) < (start($1), $1.row ?? 0) }
    }

    private func start(_ difference: Difference) -> Int64 {
        difference.call.map { calls[$0].trace.start } ?? difference.row.map { rows[$0].trace.start } ?? 0
    }

    /// The first thing in which a call and its row differ.
    private func difference(_ call: AuditedCall, _ row: AuditedRow, _ way: Way) -> AuditReport.Kind? {
        switch way {
        case .otherType: return .otherType
        case .shifted: return .shifted
        case .sameCall: break
        }
        let shift = (row.trace.start - (offset ?? 0) - call.trace.start).magnitude
        if shift > UInt64(Self.tolerance) { return .shifted }
        if row.trace.type != call.trace.type { return .otherType }
        if call.wasAnswered != row.wasAnswered { return .otherOutcome }
        if expectations.isOther(row.user, than: call.user) { return .otherEmployee }
        guard call.wasAnswered, let own = call.trace.talk, let other = row.trace.talk else { return nil }
        return (own - other).magnitude > UInt64(Self.usualDifference) ? .otherDuration : nil
    }

    /// Whether the records would have to explain a row: it lies in their time.
    private func isExpected(_ row: AuditedRow) -> Bool {
        guard let first = calls.map(\.trace.start).min(), let last = calls.map(\.trace.start).max() else { return true }
        return (first...last).contains(row.trace.start - (offset ?? 0))
    }
}

/// A recorded call as it is compared.
struct AuditedCall {
    /// What is compared by the matching.
    let trace: CallTrace
    /// Its row in the store that the files were read into.
    let id: Int64
    /// A hash of its key.
    let keyHash: UInt64
    /// The USER_ID that it belongs to; 0 when that is not known.
    let user: Int32
    /// Whether it was answered.
    let wasAnswered: Bool
}

/// A row of the portal as it is compared.
struct AuditedRow {
    /// What is compared by the matching.
    let trace: CallTrace
    /// The ID of the row.
    let id: Int64
    /// A hash of its EXTERNAL_CALL_ID; `nil` without one.
    let keyHash: UInt64?
    /// The USER_ID that it belongs to.
    let user: Int32
    /// Whether it was answered.
    let wasAnswered: Bool
    /// The place of its application in a list.
    let application: Int32
}

/// Whom calls may belong to.
struct AuditExpectations {
    /// USER_ID that takes the place of a dismissed employee; `nil`: none.
    let substitute: Int?

    /// Whether a row belongs to somebody else than its call.
    func isOther(_ user: Int32, than expected: Int32) -> Bool {
        expected != 0 && user != expected && Int(user) != substitute
    }
}

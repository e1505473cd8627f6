// SPDX-License-Identifier: Apache-2.0

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
    private var found: [Match]
    private var isTaken: [Bool]
    /// Further rows of calls that have one.
    private var further: [(call: Int, row: Int)] = []

    /// A row of a call; small, since every call has one.
    private struct Match {
        /// How a row was found to be a call's.
        enum Way: UInt8 { case none, sameCall, otherType, shifted }

        var row: Int32 = -1
        var way = Way.none
    }

    init(_ calls: [AuditedCall], _ rows: [AuditedRow], _ expectations: AuditExpectations) {
        self.calls = calls
        self.rows = rows
        self.expectations = expectations
        found = Array(repeating: Match(), count: calls.count)
        isTaken = Array(repeating: false, count: rows.count)
        matchKeys()
        matchCalls()
        matchFurther()
        matchOtherTypes()
        matchShifted()
    }

    // MARK: Whose rows are

    private mutating func take(_ row: Int, for call: Int, _ way: Match.Way) {
        found[call] = Match(row: Int32(row), way: way)
        isTaken[row] = true
    }

    /// Rows with our own keys, whose calls are known for certain.
    private mutating func matchKeys() {
        guard rows.contains(where: { $0.keyHash != AuditedRow.noKey }) else { return }
        let byKey = calls.indices.map(Int32.init).sorted { calls[Int($0)].keyHash < calls[Int($1)].keyHash }
        for (index, row) in rows.enumerated() where row.keyHash != AuditedRow.noKey {
            let place = byKey.firstIndex(notBelow: row.keyHash) { calls[Int($0)].keyHash }
            guard place < byKey.count, calls[Int(byKey[place])].keyHash == row.keyHash else { continue }
            let call = Int(byKey[place])
            if found[call].way == .none {
                take(index, for: call, .sameCall)
            } else {
                further.append((call, index))
                isTaken[index] = true
            }
        }
    }

    private mutating func matchCalls() {
        let matching = AuditMatching(
            calls, openCalls, rows, freeRows, .init(tolerance: Self.tolerance, maximumOffset: Self.mostOffset))
        offset = matching.offset
        for pair in matching.pairs { take(Int(pair.row), for: Int(pair.call), .sameCall) }
    }

    /// Rows that are left over although a call that they would belong to has one.
    private mutating func matchFurther() {
        let owned = Self.places(calls.count) { found[$0].way != .none }
        let matching = AuditMatching(
            calls, owned, rows, freeRows, .init(tolerance: Self.tolerance, assumedOffset: offset ?? 0))
        for pair in matching.pairs {
            further.append((Int(pair.call), Int(pair.row)))
            isTaken[Int(pair.row)] = true
        }
    }

    private mutating func matchOtherTypes() {
        let matching = AuditMatching(
            calls, openCalls, rows, freeRows, .init(tolerance: Self.tolerance, assumedOffset: offset ?? 0),
            withTypes: false)
        for pair in matching.pairs { take(Int(pair.row), for: Int(pair.call), .otherType) }
    }

    /// Calls that begin later or earlier by half an hours, or by a time that many of those that are left agree on.
    private mutating func matchShifted() {
        let matching = AuditMatching(
            calls, openCalls, rows, freeRows, .init(tolerance: Self.usualDifference, maximumOffset: Self.mostShift))
        for pair in matching.pairs { take(Int(pair.row), for: Int(pair.call), .shifted) }
        takeShifted()
    }

    /// Pairs calls with rows of their number that begin later or earlier by half an hours.
    private mutating func takeShifted() {
        let open = openCalls
        guard !open.isEmpty else { return }
        var byNumber: [UInt64: [Int32]] = [:]
        for row in freeRows { byNumber[rows[Int(row)].number, default: []].append(row) }
        for number in Set(open.map { calls[Int($0)].number }) {
            byNumber[number]?.sort { start(ofRow: $0) < start(ofRow: $1) }
        }
        for call in open.map(Int.init) {
            guard let candidates = byNumber[calls[call].number] else { continue }
            // A number may have most of the rows; few of them are in reach.
            let earliest = calls[call].start - Self.mostShift
            let row = candidates[candidates.firstIndex(notBelow: earliest, by: start(ofRow:))...]
                .prefix { start(ofRow: $0) <= earliest + 2 * Self.mostShift }
                .first { !isTaken[Int($0)] && isShifted(calls[call], rows[Int($0)]) }
            if let row { take(Int(row), for: call, .shifted) }
        }
    }

    /// When a row began by the clock of the records.
    private func start(ofRow row: Int32) -> Int64 { rows[Int(row)].start - (offset ?? 0) }

    private func isShifted(_ call: AuditedCall, _ row: AuditedRow) -> Bool {
        let difference = row.start - (offset ?? 0) - call.start
        let steps = (Double(difference) / Double(Self.shiftStep)).rounded()
        return row.type == call.type && difference.magnitude <= UInt64(Self.mostShift)
            && (difference - Int64(steps) * Self.shiftStep).magnitude <= UInt64(Self.usualDifference)
            && ((row.talk ?? 0) - (call.talk ?? 0)).magnitude <= UInt64(Self.usualDifference)
    }

    private var openCalls: [Int32] { Self.places(calls.count) { found[$0].way == .none } }
    private var freeRows: [Int32] { Self.places(rows.count) { !isTaken[$0] } }

    private static func places(_ count: Int, where isWanted: (Int) -> Bool) -> [Int32] {
        var places: [Int32] = []
        places.reserveCapacity(count)
        for place in 0..<count where isWanted(place) { places.append(Int32(place)) }
        return places
    }
}

/// What the comparison showed.
extension AuditComparison {
    /// How many calls agree with one row in everything.
    func agreed(_ differences: [Difference]) -> Int {
        let different = Set(differences.compactMap(\.call))
        return calls.indices.count { found[$0].way != .none && !different.contains($0) }
    }

    /// One difference, by the places of call and row.
    struct Difference {
        let kind: AuditReport.Kind
        // There may be as many as there are calls.
        private let callPlace: Int32
        private let rowPlace: Int32

        init(kind: AuditReport.Kind, call: Int? = nil, row: Int? = nil) {
            self.kind = kind
            callPlace = Int32(call ?? -1)
            rowPlace = Int32(row ?? -1)
        }

        var call: Int? { callPlace < 0 ? nil : Int(callPlace) }
        var row: Int? { rowPlace < 0 ? nil : Int(rowPlace) }
    }

    /// All differences in the order of their starts.
    var differences: [Difference] {
        var all: [Difference] = []
        for index in calls.indices {
            let match = found[index]
            guard match.way != .none else {
                all.append(Difference(kind: .missing, call: index))
                continue
            }
            if let kind = difference(calls[index], rows[Int(match.row)], match.way) {
                all.append(Difference(kind: kind, call: index, row: Int(match.row)))
            }
        }
        all += further.map { Difference(kind: .doubled, call: $0.call, row: $0.row) }
        // The records would have to explain what lies in their time.
        if let first = calls.lazy.map(\.start).min(), let last = calls.lazy.map(\.start).max() {
            let expected = freeRows.filter { (first...last).contains(start(ofRow: $0)) }
            all += expected.map { Difference(kind: .unrecorded, row: Int($0)) }
        }
        all.sort { (start($0), $0.row ?? 0) < (start($1), $1.row ?? 0) }
        return all
    }

    private func start(_ difference: Difference) -> Int64 {
        difference.call.map { calls[$0].start } ?? difference.row.map { rows[$0].start } ?? 0
    }

    /// The first thing in which a call and its row differ.
    private func difference(_ call: AuditedCall, _ row: AuditedRow, _ way: Match.Way) -> AuditReport.Kind? {
        switch way {
        case .otherType: return .otherType
        case .shifted: return .shifted
        case .sameCall, .none: break
        }
        let shift = (row.start - (offset ?? 0) - call.start).magnitude
        if shift > UInt64(Self.tolerance) { return .shifted }
        if row.type != call.type { return .otherType }
        if call.wasAnswered != row.wasAnswered { return .otherOutcome }
        if expectations.isOther(row.user, than: call.user) { return .otherEmployee }
        guard call.wasAnswered, let own = call.talk, let other = row.talk else { return nil }
        return (own - other).magnitude > UInt64(Self.usualDifference) ? .otherDuration : nil
    }
}

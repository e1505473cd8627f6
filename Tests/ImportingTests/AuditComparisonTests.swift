// SPDX-License-Identifier: Apache-2.0

import Matching
import Reporting
import Testing

@testable import Administration

/// Comparisons of as many calls as a month of a large office has.
@Suite struct AuditComparisonTests {
    private static let start: Int64 = 1_700_000_000

    private static func number(_ number: Int) -> String { "+7900\(1_000_000 + number)" }

    private static func word(_ number: String) -> UInt64 {
        var numbers = AuditNumbers()
        return numbers.pack(number)
    }

    private static func call(_ place: Int, _ number: String) -> AuditedCall {
        AuditedCall(
            CallTrace(number: number, type: 2, start: start + Int64(place) * 120, talk: 30), number: word(number),
            id: Int64(place), keyHash: UInt64(place + 1), user: 1, wasAnswered: true)
    }

    private static func row(_ place: Int, _ number: String, later: Int64 = 0) -> AuditedRow {
        AuditedRow(
            CallTrace(number: number, type: 2, start: start + Int64(place) * 120 + later, talk: 30),
            number: word(number), id: Int64(place + 1), keyHash: AuditedRow.noKey, user: 1, wasAnswered: true,
            application: 0)
    }

    private static func compare(_ calls: [AuditedCall], _ rows: [AuditedRow]) -> AuditComparison {
        AuditComparison(calls, rows, AuditExpectations(substitute: nil))
    }

    // Work that grew with the square of the rows would take minutes.
    @Test func `rows without a record are found, however many there are`() {
        let count = 20_000
        let calls = (0..<count).map { Self.call($0, Self.number($0)) }
        let unrecorded = (0..<count).map { Self.row($0, Self.number(count + $0)) }
        let before = Self.row(-1, Self.number(1))
        let after = Self.row(count, Self.number(2))
        let differences = Self.compare(calls, unrecorded + [before, after]).differences
        #expect(differences.count { $0.kind == .unrecorded } == count)
        #expect(differences.count { $0.kind == .missing } == count)
        #expect(differences.count == 2 * count)
    }

    @Test func `calls that hide their number are compared, however many there are`() {
        let count = 20_000
        let calls = (0..<count).map { Self.call($0, "") }
        let differences = Self.compare(calls, (0..<count).map { Self.row($0, "", later: 60) }).differences
        #expect(differences.isEmpty)
    }

    @Test func `clocks that differ are noticed where calls are compared in lots`() {
        let count = 20_000
        let calls = (0..<count).map { Self.call($0, Self.number($0 % 5_000)) }
        let rows = (0..<count).filter { $0 % 1_000 != 7 }.map { Self.row($0, Self.number($0 % 5_000), later: 41) }
        let comparison = Self.compare(calls, rows)
        let differences = comparison.differences
        #expect(comparison.offset == 41)
        #expect(differences.compactMap(\.call) == (0..<count).filter { $0 % 1_000 == 7 })
        #expect(differences.allSatisfy { $0.kind == .missing } && comparison.agreed(differences) == count - 20)
    }

    @Test func `a few calls that agree on another start are found among many rows of others`() {
        let count = 12_000
        let calls = (0..<count).map { Self.call($0, Self.number($0)) }
        let rows = (0..<count).map { Self.row($0, Self.number($0), later: $0 % 1_000 == 7 ? 2_500 : 0) }
        let others = (0..<count).map { Self.row($0, Self.number(count + $0)) }
        let differences = Self.compare(calls, rows + others).differences
        #expect(differences.filter { $0.kind == .shifted }.compactMap(\.call) == (0..<12).map { $0 * 1_000 + 7 })
        #expect(differences.count == count + 12)
    }

    @Test func `a number is packed into a word, whatever it looks like`() {
        let texts = [
            "", "0", "00", "+79000000001", "+123456789012345", "1234567890123456", "12345678901234567", "*21#",
            "anonymous",
            "+7 900", "anonymous2",
        ]
        var numbers = AuditNumbers()
        let words = texts.map { numbers.pack($0) }
        #expect(Set(words).count == texts.count && words == texts.map { numbers.pack($0) })
        #expect(words.map(numbers.text) == texts)
    }

    @Test(arguments: [nil, 0, 30, 90_000] as [Int64?], [1, 5]) func `a call is compared with all that it has`(
        _ talk: Int64?, _ type: Int
    ) {
        let trace = CallTrace(number: "", type: type, start: Self.start, talk: talk)
        for wasAnswered in [false, true] {
            let call = AuditedCall(trace, number: 0, id: 7, keyHash: 1, user: 3, wasAnswered: wasAnswered)
            #expect(call.talk == talk && call.type == type && call.wasAnswered == wasAnswered)
            #expect(call.start == Self.start && call.id == 7)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import CallRecords

/// Formats of which each expression is chosen at random and bytes are changed, always the same ones; bench/fuzz does the
/// same for hours.
@Suite(.seeded) struct RandomFormatTests {
    private static let texts = [
        "from", "[from, to, { text: '1' }]", "{ join: [from, { text: '-' }, other] }",
        "{ from: from, after: '/', before_last: '-' }", "{ from: to, part: { by: '/', number: -1 }, strip: ' ' }",
        "{ from: from, match: '(\\d+)$' }", "{ from: from, replace: { match: '^8(\\d{10})', with: '+7$1' } }",
        "{ case: [{ when: { to: [x, y] }, give: from }, { text: '2' }] }", "{ if: { to: '' }, then: { trim: true } }",
        "{ by: to, give: { '101': from, other: { text: x } }, otherwise: id }", "{ from: from, url_decode: true }",
        "{ from: from, lookup: { a: b, c: ~ }, otherwise: to }", "{ from: to, hexadecimal: lowest_byte_first }",
        "{ from: secs, low_bits: { count: 8, from: 65536 } }",
    ]
    private static let times = [
        "{ from: when, pattern: [\"yyyy-MM-dd HH:mm:ss\", dd.MM.yyyy] }",
        "{ from: when, epoch: milliseconds, utc: true }",
        "{ from: when, pattern: HH:mm:ss yyyy-MM-dd, near: id }",
        "[{ from: when, epoch: seconds, plus: secs, minus: { of: secs, unit: milliseconds } }]",
    ]
    private static let conditions = [
        "{ secs: { above: 0 } }", "{ any: [{ secs: ['1', '2'] }, { not: { from: { empty: true } } }] }",
        "{ from: { starts: [a, b], ends: c, contains: d, matches: '^\\d+', same_as: to }, to: { length: [1, 9] } }",
        "[{ from: { extension: true, phone: false, hidden: no } }, { to: { own: yes, trunk: true } }]",
    ]
    private static let durations = [
        "secs", "{ between: [start, start] }", "{ add: [secs, { subtract: [secs, secs] }] }", "{ first: [secs, from] }",
        "{ of: secs, unit: whole_seconds }",
    ]
    /// What means something in YAML, or in the language.
    private static let pieces = [
        ":", "{ ", " }", "[", "]", "\n  ", "&a ", "*a", "\"", "'", "~", "true", "-1", "99999999999", "from", "secs",
        "start", "(", "\\d+", "é", "\u{0}", "extends: asterisk\n", "other",
    ]

    private static func format(_ random: inout SeededRandom) -> String {
        func one(of expressions: [String]) -> String { expressions[random.below(expressions.count)] }
        return """
            name: test
            file: { columns: [id, when, from, to, secs] }
            values:
              other: \(one(of: texts.filter { !$0.contains("other") }))
              caller: \(one(of: texts))
            times: { start: \(one(of: times)) }
            call:
              key: id
              direction: { text: incoming }
              external: caller
              answered: \(one(of: conditions))
              talk: \(one(of: durations))
              reason: \(one(of: texts))
            skip: [{ when: \(one(of: conditions)), reason: odd }]

            """
    }

    @Test(arguments: 0..<4)
    func `a changed format is read and reads records, or is refused at its place`(round: Int) {
        var random = SeededRandom(round)
        for turn in 0..<60 {
            let text = Self.format(&random)
            // A format that is right is seen as often as one that is spoilt.
            let bytes = turn.isMultiple(of: 2) ? Array(text.utf8) : random.changed(Array(text.utf8), with: Self.pieces)
            let changed = String(decoding: bytes, as: UTF8.self)
            let broken = brokenPromise(ofFormat: changed, usualRecords)
            #expect(broken == nil, "\(changed)")
        }
    }
}

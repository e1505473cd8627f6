// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import CallRecords

/// Every file that a test maps is also mapped by the rules alone, see `MappedFile`; here is what the tree does by itself.
@Suite struct DecisionTreeTests {
    /// Calls of one client after the other, of which every third was missed.
    private static func rows(_ count: Int) -> String {
        (0..<count).map { number in
            AsteriskRow.incoming.with { row in
                row.src = "8900000\(1000 + number)"
                row.at = Int64(number)
                row.id = "\(number)"
                if number.isMultiple(of: 3) { row.disposition = "NO ANSWER" }
            }.text
        }.joined()
    }

    @Test func `records of one kind are decided once`() throws {
        let file = try map(Self.rows(200))
        let tree = try #require(file.mapper.machine.tree)
        #expect(file.legs.count == 200)
        #expect(tree.decisionCount == 2)
    }

    @Test func `a tree that is full leaves the others to the rules`() throws {
        // Three rules of sixteen cases each, which any record may answer in its own way.
        func cases(_ columns: some Sequence<Int>, _ word: String) -> String {
            "{ case: [" + columns.map { "{ when: { c\($0): '\(word)' }, text: '\($0)' }" }.joined(separator: ", ")
                + "] }"
        }
        let format = try Self.simpleFormat(
            columns: (0..<16).map { "c\($0)" },
            call: [
                "employee: \(cases(0..<16, "x"))", "reason: \(cases((0..<16).reversed(), "y"))",
                "sequence: \(cases(8..<16, ""))",
            ])
        var random = SeededRandom(1)
        let text = (0..<3000).map { number -> String in
            let cells = (0..<16).map { _ in ["x", "y", ""][random.below(3)] }.joined(separator: ",")
            return "\(number),2026-11-20 09:00:00,89000000001,\(random.below(2)),\(cells)\n"
        }.joined()
        let file = try map(Array(text.utf8), format: format)
        #expect(file.legs.count == 3000)
        let tree = try #require(file.mapper.machine.tree)
        #expect(!tree.hasRoom)
    }

    @Test func `ways that are too long are left to the rules`() throws {
        // A case for each of 300 extensions: a record that fits none answers all questions.
        let cases = (0..<300).map { "{ when: { from: { starts: '\(1000 + $0)' } }, text: '\($0)' }" }
        let format = try Self.simpleFormat(
            values: ["branch: { case: [\(cases.joined(separator: ", "))] }"], call: ["reason: branch"])
        let rows = (0..<200).map { Self.row($0, $0.isMultiple(of: 2) ? "89000000001" : "+7900000\(1000 + $0)") }
        let file = try map(Array(rows.joined().utf8), format: format)
        let tree = try #require(file.mapper.machine.tree)
        #expect(file.legs.count == 200)
        #expect(tree.decisionCount == 0 && !tree.hasRoom)
    }

    @Test func `values that name others twice are decided once each`() throws {
        // Two to the twentieth ways lead through them.
        let values = (1...20).map { number in
            "v\(number): { case: [{ when: { v\(number - 1): x }, give: v\(number - 1) }, { give: v\(number - 1) }] }"
        }
        let format = try Self.simpleFormat(values: ["v0: [id, from]"] + values, call: ["reason: v20"])
        let file = try map(Array((0..<50).map { Self.row($0, "89000000001") }.joined().utf8), format: format)
        #expect(file.legs.map(\.failedReason) == (0..<50).map { "\($0)" })
    }

    /// A format with four columns and some more, and with some more of its sections `values` and `call`.
    private static func simpleFormat(
        columns: [String] = [], values: [String] = [], call: [String]
    ) throws -> FormatDefinition {
        try format(
            """
            name: test
            file: { columns: [\((["id", "when", "from", "secs"] + columns).joined(separator: ", "))] }
            values:
              client: from
              \(values.joined(separator: "\n  "))
            times: { start: { from: when, pattern: "yyyy-MM-dd HH:mm:ss" } }
            call:
              key: id
              direction: { text: incoming }
              external: client
              answered: { secs: { above: 0 } }
              talk: secs
              \(call.joined(separator: "\n  "))

            """)
    }

    private static func row(_ number: Int, _ client: String) -> String {
        "\(number),2026-11-20 09:00:00,\(client),0\n"
    }

    @Test func `a tree finds what it has learnt, and nothing else`() {
        let tree = DecisionTree(DecidedRules(skips: [], texts: []), programTexts: 4)
        func question(_ number: Int32) -> DecisionTree.Question {
            DecisionTree.Question(kind: .isEmpty, text: .made(Program.Text(index: number)))
        }
        func learn(_ answers: [Int32], skip: Int) -> Int? {
            let steps = answers.enumerated().map { DecisionTree.Step(question: question(Int32($0)), answer: $1) }
            return tree.learn(steps, DecisionTree.Decision(skip: skip)) { question in
                DecisionTree.AskedQuestion(question: question, condition: .always, filter: .everything, slot: -1, no: 0)
            }
        }
        func find(_ answers: [Int32]) -> Int? {
            var rest = answers[...]
            return tree.find { _ in rest.popFirst() ?? 99 }.map { tree.skip($0) ?? -1 }
        }
        #expect(find([]) == nil)
        let ways: [[Int32]] = [[1, 0, 1], [1, 0, 0], [0, 7], [0, -1], [0, 3], [1, 1]]
        for (number, way) in ways.enumerated() { #expect(learn(way, skip: number) == number) }
        for (number, way) in ways.enumerated() { #expect(find(way) == number) }
        #expect(find([0, 4]) == nil)
        #expect(find([2]) == nil)
    }
}

@Suite struct TextFilterTests {
    private static let texts = [
        "", "s", "S", "h", "hangup", "Local/1", "local/", "PJSIP/1", "-1", String(repeating: "h", count: 70),
    ]

    private func passes(_ filter: TextFilter, _ text: String) -> Bool {
        filter.passes(count: Int32(text.utf8.count), first: text.utf8.first ?? 0)
    }

    @Test(arguments: [["s", ""], ["h", "hangup"], [String(repeating: "H", count: 70)], ["local/", "-"], []])
    func `no word and no beginning is kept back`(words: [String]) {
        let (equal, beginning) = (TextFilter.words(words.map(\.utf8)), TextFilter.beginnings(words.map(\.utf8)))
        for text in Self.texts {
            let small = text.lowercased()
            if words.contains(where: { $0.lowercased() == small }) { #expect(passes(equal, text)) }
            if words.contains(where: { small.hasPrefix($0.lowercased()) }) { #expect(passes(beginning, text)) }
        }
    }

    @Test func `what has another length or another beginning is kept back`() {
        let filter = TextFilter.words(["h", "hangup"].map(\.utf8))
        #expect(!passes(filter, "") && !passes(filter, "s") && !passes(filter, "hang"))
        #expect(!passes(.emptiness, "x") && passes(.emptiness, ""))
        #expect(!passes(.length(from: 2), "x") && passes(.length(from: 2), "xy"))
        #expect(!passes(TextFilter.beginnings(["Local/"].map(\.utf8)), "PJSIP/1"))
    }
}

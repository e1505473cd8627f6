// SPDX-License-Identifier: Apache-2.0

import Foundation
import Settings
import Testing

@testable import CallRecords

/// A record that a test makes of texts.
struct TextFields: FieldSource {
    let fields: [[UInt8]]

    init(_ fields: [String]) { self.fields = fields.map { Array($0.utf8) } }

    var fieldCount: Int { fields.count }

    func appendField(_ index: Int, to arena: inout RecordArena) -> Slice? {
        let place = index < 0 ? fields.count + index : index
        guard fields.indices.contains(place) else { return nil }
        return fields[place].withUnsafeBytes { arena.append($0) }
    }
}

/// A machine with one record of the columns a, b and c loaded.
private func machine<Expression>(
    _ fields: [String], _ compile: (inout Compiler) throws -> Program.Place<Expression>
) throws -> (Machine, Program.Place<Expression>) {
    var compiler = try Compiler(columns: ["a", "b", "c"])
    let node = try compile(&compiler)
    var context = MappingContext.moscow
    context.trunks = ["gate", "^sip-"]
    var machine = try Machine(
        program: compiler.program, surroundings: try context.surroundings(formatZone: nil, needsZone: true))
    let form = try FileForm(SettingsNode(yaml: "columns: [a, b, c]", file: "form.yaml"))
    let plan = ColumnPlan(form: form, slots: compiler.program.slots)
    machine.load(TextFields(fields), columns: plan.layout(0).places, clean: FieldCleaning())
    return (machine, node)
}

/// The text that an expression gives for a record of the columns a, b and c.
func evaluate(_ expression: String, _ fields: [String]) throws -> String {
    var (machine, node) = try machine(fields) { try $0.text(try SettingsNode(yaml: expression, file: "x.yaml")) }
    let slice = machine.text(node)
    return machine.arena.string(slice)
}

private func holds(_ condition: String, _ fields: [String]) throws -> Bool {
    var (machine, node) = try machine(fields) { try $0.condition(try SettingsNode(yaml: condition, file: "x.yaml")) }
    return machine.holds(node)
}

@Suite struct LanguageTests {
    @Test(arguments: [
        ("a", ["x", "y", "z"], "x"), ("2", ["x", "y", "z"], "y"), ("-1", ["x", "y", "z"], "z"),
        ("[a, b, c]", ["", "y", "z"], "y"), ("{ text: fixed }", [], "fixed"),
        ("{ join: [a, { text: \" \" }, b] }", ["ANSWERED", "Hangup"], "ANSWERED Hangup"),
        ("{ from: a, after: \"/\" }", ["SIP/trunk-01"], "trunk-01"), ("{ from: a, after: \"/\" }", ["trunk"], ""),
        ("{ from: a, before: \"/\" }", ["SIP/trunk-01"], "SIP"), ("{ from: a, before: \"/\" }", ["trunk"], "trunk"),
        ("{ from: a, after_last: \"-\" }", ["a-b-c"], "c"), ("{ from: a, before_last: \"-\" }", ["a-b-c"], "a-b"),
        ("{ from: a, after: \"/\", before: \"@\", before_last: \"-\" }", ["PJSIP/my-trunk-0001"], "my-trunk"),
        ("{ from: a, part: { by: \";\", number: 2 } }", ["x;y;z"], "y"),
        ("{ from: a, part: { by: \";\", number: -1 } }", ["x;y;z"], "z"),
        ("{ from: a, part: { by: \";\", number: 4 } }", ["x;y;z"], ""),
        ("{ from: a, strip: \"<> \" }", ["<101 >"], "101"), ("{ from: a, trim: true }", ["  x "], "x"),
        ("{ from: a, lower: true }", ["AbC"], "abc"), ("{ from: a, digits: true }", ["+7 (900)"], "7900"),
        ("{ from: a, url_decode: true }", ["%2B7%zz"], "+7%zz"),
        ("{ from: a, low_bits: { count: 7, from: 16777216 } }", ["1459617833"], "41"),
        ("{ from: a, low_bits: { count: 7, from: 16777216 } }", ["393216"], "393216"),
        ("{ from: a, hexadecimal: true }", ["1F"], "31"), ("{ from: a, hexadecimal: true }", ["xyz"], "xyz"),
        ("{ from: a, lookup: { yes: \"1\", no: \"0\" } }", ["YES"], "1"),
        ("{ from: a, lookup: { yes: \"1\" } }", ["maybe"], "maybe"),
        ("{ from: a, lookup: { yes: \"1\" }, otherwise: b }", ["maybe", "y"], "y"),
        ("{ from: a, match: '<([^>]*)>' }", ["\"Anna\" <101>"], "101"),
        ("{ from: a, match: '\\d+' }", ["Call 42"], "42"),
        ("{ from: a, match: '\\d+' }", ["Call"], ""),
        ("{ from: a, replace: { match: '^Ext\\.(\\d+)$', with: 'e$1' } }", ["Ext.101"], "e101"),
        ("{ from: a, replace: { match: '^Ext', with: '' } }", ["101"], "101"),
        // One pattern and one text, but another question.
        (
            "{ case: [{ when: { a: { matches: '^vm(\\d+)$' } }, give: { from: a, match: '^vm(\\d+)$' } }] }", ["vm12"],
            "12"
        ),
        (
            "{ join: [{ from: a, match: '\\d' }, { from: a, replace: { match: '\\d', with: x } }, "
                + "{ from: a, replace: { match: '\\d', with: y } }] }", ["a1"], "1axay"
        ),
        ("{ by: a, give: { in: b, out: c }, otherwise: { text: none } }", ["OUT", "y", "z"], "z"),
        ("{ by: a, give: { in: b }, otherwise: { text: none } }", ["x", "y"], "none"),
        ("{ case: [{ when: { a: x }, give: b }, { text: else }] }", ["x", "y"], "y"),
        ("{ case: [{ when: { a: x }, give: b }, { text: else }] }", ["w", "y"], "else"),
        ("{ case: [{ when: { a: x }, give: b }] }", ["w", "y"], ""), ("{ if: { a: x } }", ["x"], "yes"),
        ("{ from: a, after: \"/\", before: \"/\", then: { before: \"@\" } }", ["Local/201@q/x"], "201"),
    ])
    func textExpressions(_ expression: String, _ fields: [String], _ expected: String) throws {
        #expect(try evaluate(expression, fields) == expected)
    }

    @Test(arguments: [
        ("{ a: x }", ["X"], true), ("{ a: [x, y] }", ["y"], true), ("{ a: [x, y] }", ["xy"], false),
        ("{ a: { is_not: x } }", ["y"], true), ("{ a: { empty: true } }", [""], true),
        ("{ a: { empty: false } }", [""], false), ("{ a: x, b: y }", ["x", "z"], false),
        ("[{ a: x }, { b: y }]", ["x", "y"], true), ("{ any: [{ a: x }, { b: y }] }", ["w", "y"], true),
        ("{ not: { a: x } }", ["x"], false), ("{ all: [{ a: x }] }", ["x"], true),
        ("{ a: { starts: [from-, to-] } }", ["FROM-trunk"], true), ("{ a: { starts_not: vm } }", ["vmu201"], false),
        ("{ a: { ends: [-pstn] } }", ["stadion-pstn"], true), ("{ a: { contains: runk } }", ["from-trunk"], true),
        ("{ a: { contains: x } }", [""], false), ("{ a: { matches: '^b\\d+' } }", ["b0021"], true),
        ("{ a: { matches_not: '^b' } }", ["b0021"], false), ("{ a: { same_as: b } }", ["anna", "Anna"], true),
        ("{ a: { not_same_as: b } }", ["anna", "anna"], false), ("{ a: { length: [2, 3] } }", ["xyz"], true),
        ("{ a: { length: 2 } }", ["xyz"], false), ("{ a: { above: 0 } }", ["0"], false),
        ("{ a: { above: 0 } }", ["1.5"], true), ("{ a: { above: 0 } }", ["x"], false),
        ("{ a: { below: 5 } }", ["4"], true), ("{ a: { extension: true } }", ["101"], true),
        ("{ a: { extension: true } }", ["1"], false), ("{ a: { trunk: true } }", ["gate"], true),
        ("{ a: { trunk: true } }", ["sip-01"], true), ("{ a: { trunk: true } }", ["other"], false),
        ("{ a: { trunk: true } }", ["trunk1"], true), ("{ a: { named_trunk: true } }", ["trunk1"], true),
        ("{ a: { phone: true } }", ["+7 900 000-00-01"], true), ("{ a: { phone: true } }", ["101"], false),
        ("{ a: { phone: true } }", ["s"], false), ("{ a: { hidden: true } }", ["anonymous"], true),
        ("{ a: { hidden: true } }", [""], true), ("{ a: { hidden: false } }", ["101"], true),
    ])
    func conditions(_ condition: String, _ fields: [String], _ expected: Bool) throws {
        #expect(try holds(condition, fields) == expected)
    }

    /// A format that is right, for tests that spoil one line of it.
    static let sound = """
        name: test
        file:
          columns: [id, when, from, to, secs]
        values:
          caller: { from: from, strip: " " }
        times:
          start: { from: when, pattern: "yyyy-MM-dd HH:mm:ss" }
        call:
          key: id
          direction: { text: incoming }
          external: caller
          answered: { secs: { above: 0 } }
          talk: secs
        """

    @Test func `a separator is found wherever it stands in a text of any length, and not behind its end`() {
        for length in 0...50 {
            for first in 0...length {
                for last in Set([first, (first + length) / 2, length - 1]) where last >= first {
                    var text = [UInt8](repeating: UInt8(ascii: "x"), count: length)
                    for place in [first, last] where place < length { text[place] = UInt8(ascii: "/") }
                    var arena = RecordArena(literals: [UInt8(ascii: "/")])
                    let slice = text.withUnsafeBytes { arena.append($0) }
                    // What stands behind it in the arena is another text's.
                    arena.append(byte: UInt8(ascii: "/"))
                    let separator = Slice(start: 0, count: 1)
                    #expect(arena.contents.find(separator, in: slice) == text.firstIndex(of: UInt8(ascii: "/")))
                    #expect(
                        arena.contents.find(separator, in: slice, fromEnd: true)
                            == text.lastIndex(of: UInt8(ascii: "/")))
                }
            }
        }
    }

    @Test func `texts are compared, and capitals found, up to their ends and no further`() {
        for length in 0...20 {
            let text = [UInt8](repeating: UInt8(ascii: "x"), count: length)
            for place in 0...length {
                var arena = RecordArena(literals: [])
                let slice = arena.append(text)
                // What stands behind the texts differs, and has capitals.
                arena.append(byte: UInt8(ascii: "A"))
                var changed = text
                if place < length { changed[place] = UInt8(ascii: "B") }
                let other = arena.append(changed)
                arena.append(byte: UInt8(ascii: "C"))
                #expect(arena.contents.areSame(slice, other) == (place == length))
                #expect(arena.contents.areSame(slice, arena.append(text)))
                #expect(!arena.contents.hasCapitals(slice))
                #expect(arena.contents.hasCapitals(other) == (place < length))
                if length > 0 { #expect(!arena.contents.areSame(slice, slice.prefix(length - 1))) }
            }
        }
    }

    @Test func `a small format maps records`() throws {
        let file = try map(
            Array("7,2026-11-20 09:00:00,89000000001,101,12\n".utf8), format: try format(Self.sound))
        #expect(file.calls.map(\.phoneNumber) == ["+79000000001"])
        #expect(file.calls.map(\.status) == [.success])
    }

    @Test(arguments: [
        ("caller: {", "caler: {", "format.yaml:11:13: there is no column or value \"caller\"; did you mean \"caler\"?"),
        ("strip: \" \"", "stirp: \" \"", "format.yaml:5:32: unknown step \"stirp\"; did you mean \"strip\"?"),
        (
            "from: from", "form: from",
            "format.yaml:5:19: an expression cannot begin with \"form\"; did you mean \"from\"?"
        ),
        ("above: 0", "abov: 0", "format.yaml:12:29: unknown test \"abov\"; did you mean \"above\"?"),
        ("talk: secs", "tlak: secs", "format.yaml:9:3: missing key \"talk\""),
        ("key: id", "key: id\n  kye: id", "format.yaml:10:3: unknown key \"kye\"; did you mean \"key\"?"),
        (
            "yyyy-MM-dd", "yyyy-QQ-dd",
            "format.yaml:7:33: the pattern names no year, month or day, or uses a letter that means nothing;"
                + " for example yyyy-MM-dd HH:mm:ss"
        ),
        ("strip: \" \"", "match: \"(\"", "format.yaml:5:32: the pattern cannot be read:"),
        (
            "text: incoming", "txt: incoming",
            "format.yaml:10:21: an expression cannot begin with \"txt\"; did you mean \"text\"?"
        ),
        (
            "from: from", "from: caller",
            "format.yaml:5:19: the value \"caller\" is made of itself, directly or through others"
        ),
        (
            "name: test", "name: test\nextends: asterix",
            "format.yaml:2:10: there is no format \"asterix\"; did you mean \"asterisk\"?"
        ),
        ("to, secs]", "to, secs]\n  delimiter: ab", "format.yaml:4:14: expected one ASCII character, or the word tab"),
        (
            "  columns: [id, when, from, to, secs]", "  header: none",
            "format.yaml:3:3: the format names no columns; list them under \"columns\" or \"layouts\""
        ),
        ("to, secs]", "to, id, secs]", "format.yaml:3:33: the column \"id\" is listed twice"),
        (
            "  start:", "  begin:",
            "format.yaml:7:3: the time \"start\" is missing; for example start: { from: …, pattern: … }"
        ),
    ])
    func mistakesAreFoundWithTheirPlace(_ right: String, _ wrong: String, _ expected: String) throws {
        let text = Self.sound.replacingOccurrence(of: right, with: wrong)
        #expect(text != Self.sound)
        let found = settingsFault { _ = try format(text) }?.description ?? "no fault"
        #expect(found.hasPrefix(expected), "\(found)")
    }

    @Test func `nesting without end is refused rather than run`() throws {
        let deep = String(repeating: "{ from: ", count: 60) + "a" + String(repeating: " }", count: 60)
        #expect(settingsFault { _ = try evaluate(deep, ["x"]) }?.message == "this is nested too deep")
    }

    @Test func `a preset's rules can be changed one by one`() throws {
        let changed = try format(
            """
            extends: asterisk
            name: ours
            values: { caller: accountcode }
            call: { call_list: accountcode }
            fold: { employee: last }
            """)
        #expect(changed.name == "ours")
        #expect(changed.isAppended)
        #expect(changed.foldRules == FoldRules(talk: .union, employee: .last))
        let preset = try FormatDefinition.preset("asterisk")
        #expect(changed.keyRuleFingerprint == preset.keyRuleFingerprint)
    }

    @Test func `the fingerprint of the key rule changes with the rule and with nothing else`() throws {
        let rule = try format(Self.sound).keyRuleFingerprint
        #expect(try format("# a comment\n" + Self.sound).keyRuleFingerprint == rule)
        #expect(
            try format(Self.sound.replacingOccurrence(of: "strip: \" \"", with: "trim: true")).keyRuleFingerprint
                == rule)
        #expect(try format(Self.sound.replacingOccurrence(of: "key: id", with: "key: to")).keyRuleFingerprint != rule)
        #expect(
            try format(Self.sound.replacingOccurrence(of: "key: id", with: "key: id\n  key_restarts: true"))
                .keyRuleFingerprint != rule)
        let indirect = Self.sound.replacingOccurrence(of: "key: id", with: "key: caller")
        #expect(
            try format(indirect).keyRuleFingerprint
                != format(indirect.replacingOccurrence(of: "strip: \" \"", with: "trim: true")).keyRuleFingerprint)
    }

    @Test func `an unknown preset is answered with the nearest`() {
        #expect(
            settingsFault { _ = try FormatDefinition.preset("asterix") }?.description
                == "<format>:1:1: there is no format \"asterix\"; did you mean \"asterisk\"?")
        #expect(FormatDefinition.presetText("asterix") == nil)
    }
}

extension String {
    /// The text with the first occurrence of another replaced.
    fileprivate func replacingOccurrence(of old: String, with new: String) -> String {
        guard let range = range(of: old) else { return self }
        return replacingCharacters(in: range, with: new)
    }
}

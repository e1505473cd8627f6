// SPDX-License-Identifier: Apache-2.0

import Settings
import Testing

@testable import CallRecords

/// A text, a condition, a time and a duration cannot stand in each other's place.
@Suite struct TypedRuleTests {
    @Test(arguments: [
        ("answered: { secs: { above: 0 } }", "answered: secs", "12:13: expected a condition, found the text \"secs\""),
        ("answered: { secs: { above: 0 } }", "answered: { not: secs }", "12:20: expected a condition, found the text"),
        (
            "answered: { secs: { above: 0 } }", "answered: { any: [secs] }",
            "12:21: expected a condition, found the text"
        ),
        (
            "answered: { secs: { above: 0 } }", "answered: { text: x }",
            "12:21: expected a condition, found a text that begins with \"text\""
        ),
        (
            "external: caller", "external: { if: caller }", "11:19: expected a condition, found the text \"caller\""
        ),
        (
            "external: caller", "external: { case: [{ when: from, give: to }] }",
            "11:30: expected a condition, found the text \"from\""
        ),
        ("talk: secs", "talk: secs\nskip: [{ when: from }]", "14:16: expected a condition, found the text \"from\""),
    ])
    func aTextIsNoCondition(_ right: String, _ wrong: String, _ expected: String) {
        expectFault(right, wrong, expected)
    }

    @Test(arguments: [
        (
            "external: caller", "external: { secs: { above: 0 } }",
            "11:21: expected a text, found a condition that begins with \"secs\""
        ),
        ("external: caller", "external: { not: { secs: 0 } }", "11:20: expected a text, found a condition"),
        ("external: caller", "external: start", "11:13: expected a text, found the time \"start\""),
        ("key: id", "key: { join: [id, { to: x }] }", "9:27: expected a text, found a condition"),
        ("talk: secs", "talk: { secs: { above: 0 } }", "13:17: expected a text, found a condition"),
        ("talk: secs", "talk: start", "13:9: expected a text, found the time \"start\""),
        (
            "{ above: 0 }", "{ same_as: { to: x } }",
            "12:38: expected a text, found a condition that begins with \"to\""
        ),
    ])
    func aConditionAndATimeAreNoText(_ right: String, _ wrong: String, _ expected: String) {
        expectFault(right, wrong, expected)
    }

    @Test(arguments: [
        (
            "start: { from: when, pattern: \"yyyy-MM-dd HH:mm:ss\" }", "start: when",
            "7:10: expected a time, found the text"
        ),
        ("talk: secs", "talk: { between: [when, start] }", "13:21: expected a time, found the text \"when\""),
        ("talk: secs", "talk: secs\n  clock_check: secs", "14:16: expected a time, found the text \"secs\""),
    ])
    func aTextIsNoTime(_ right: String, _ wrong: String, _ expected: String) {
        expectFault(right, wrong, expected)
    }

    private func expectFault(_ right: String, _ wrong: String, _ expected: String) {
        let text = LanguageTests.sound.replacing(right, with: wrong, maxReplacements: 1)
        #expect(text != LanguageTests.sound)
        let fault = settingsFault { _ = try format(text) }
        let found = fault?.description ?? "no fault"
        #expect(found.hasPrefix("format.yaml:" + expected), "\(found)")
        #expect(fault?.hint != nil)
    }

    @Test func `values that double each other are refused rather than run`() throws {
        let doubling = (1..<40).map { "  v\($0): { join: [v\($0 - 1), v\($0 - 1)] }" }.joined(separator: "\n")
        let text = LanguageTests.sound.replacing("values:\n", with: "values:\n  v0: from\n\(doubling)\n")
        let fault = try #require(settingsFault { _ = try format(text) })
        #expect(fault.message == "this joins more than 1000 texts")
        #expect(fault.place.line == 15)
    }

    @Test func `a chain of values has an end, and so has the stack`() throws {
        let chain = (1..<2000).map { "  v\($0): { from: v\($0 - 1), trim: true }" }.joined(separator: "\n")
        let text = LanguageTests.sound.replacing("values:\n", with: "values:\n  v0: from\n\(chain)\n")
        let fault = try #require(settingsFault { _ = try format(text) })
        #expect(fault.message == "this is made of more than 24 values, one behind the other")
    }
}

// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Settings

@Suite struct SettingsNodeTests {
    private func node(_ yaml: String) throws -> SettingsNode {
        try SettingsNode(yaml: yaml, file: "cdr24.yaml")
    }

    private func fault(_ body: () throws -> Void) -> SettingsFault? {
        do {
            try body()
            return nil
        } catch let fault as SettingsFault {
            return fault
        } catch {
            return nil
        }
    }

    @Test func `a misspelt key is refused with its line and the nearest known key`() throws {
        var mapping = try node("ledger: a.sqlite\nportal:\n  x: 1\nsuorces: []\n").mapping()
        for key in ["ledger", "portal", "sources"] { _ = mapping.take(key) }
        let found = fault { try mapping.finish() }
        #expect(found?.description == "cdr24.yaml:4:1: unknown key \"suorces\"; did you mean \"sources\"?")
    }

    @Test func `a key that resembles nothing is refused with the keys that are known`() throws {
        var mapping = try node("colour: red").mapping()
        _ = mapping.take("ledger")
        _ = mapping.take("portal")
        #expect(fault { try mapping.finish() }?.hint == "known here: ledger, portal")
    }

    @Test func `a key that stands twice is refused`() throws {
        let found = fault { _ = try node("ledger: a\nledger: b\n") }
        #expect(found?.message == "duplicate key \"ledger\"")
    }

    @Test func `text that is not YAML is refused with its place`() throws {
        let found = fault { _ = try node("a: 1\nb: [1, 2\nc: 3\n") }
        #expect(found?.place.line ?? 0 >= 2)
        #expect(found?.message.hasPrefix("invalid YAML") == true)
    }

    @Test(arguments: [
        ("0.5", Duration.milliseconds(500)), ("90", .seconds(90)), ("15m", .seconds(900)), ("26h", .seconds(93_600)),
        ("7d", .seconds(604_800)), ("0", .zero),
    ])
    func readsDurations(_ text: String, _ expected: Duration) throws {
        #expect(try node("x: \(text)").mapping().entries[0].value.duration() == expected)
    }

    @Test(arguments: ["-1", "soon", "1w", "nan", "1e40", "[1]"])
    func refusesDurations(_ text: String) throws {
        let value = try node("x: \(text)").mapping().entries[0].value
        #expect(throws: SettingsFault.self) { try value.duration() }
    }

    @Test func `quoted words stay text and plain ones are read by their meaning`() throws {
        let entries = try node("a: ~\nb: '~'\nc: yes\nd: \"12\"\n").mapping().entries
        #expect(entries[0].value.isNull)
        #expect(try entries[1].value.string() == "~")
        #expect(try entries[2].value.boolean())
        #expect(try entries[3].value.integer() == 12)
    }

    @Test func `numbers outside their range are refused with the range`() throws {
        let value = try node("x: 51").mapping().entries[0].value
        let found = fault { _ = try value.integer(in: 1...50) }
        #expect(found?.message == "expected a whole number from 1 to 50, found 51")
    }

    @Test func `an empty file is an empty mapping and a single value a list of one`() throws {
        #expect(try node("").mapping().entries.isEmpty)
        #expect(try node("x: a").mapping().entries[0].value.list().count == 1)
        #expect(try node("x: [a, b]").mapping().entries[0].value.list().count == 2)
    }

    @Test func `the nearest word is found for slips and for nothing else`() {
        #expect(nearestWord(to: "time-zone", among: ["time_zone", "files"]) == "time_zone")
        #expect(nearestWord(to: "webhook_ulr", among: ["webhook_url"]) == "webhook_url")
        #expect(nearestWord(to: "colour", among: ["ledger", "portal"]) == nil)
    }

    @Test func `aliases that multiply are refused`() throws {
        var yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let names = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            yaml += "a\(level): &a\(level) [\(names)]\n"
        }
        let found = fault { _ = try node(yaml) }
        #expect(found?.message == "the file has more than 200000 values")
        #expect(try node("a: &a [1, 2]\nb: *a\n").mapping().entries.count == 2)
    }

    @Test(arguments: [("[", 1_000), ("[", 200_000), ("{a: ", 500), ("- ", 900)])
    func `values stand in each other up to a depth`(_ opening: String, _ count: Int) {
        #expect(fault { _ = try node(String(repeating: opening, count: count)) } != nil)
        let closed = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
        #expect(fault { _ = try node("a: " + closed) }?.message.contains("64 levels") == true)
    }

    @Test func `a file that is no settings file is not read`() {
        #expect(
            fault { _ = try node(String(repeating: "a\n", count: 3 << 20)) }?.message == "the file is larger than 4 MiB"
        )
    }

    @Test(.seeded) func `random settings end in values or faults`() {
        var random = SeededRandom(12)
        let alphabet = Array("a1:-[]{}&*#'\"|>!%@,? \n\t~<\\".utf8)
        for _ in 0..<3_000 {
            let text = String(decoding: random.bytes(random.below(60), from: alphabet), as: UTF8.self)
            // Either is fine; that it ends is what counts.
            _ = try? node(text)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import Settings
import TestSupport
import Testing

@testable import CallRecords

/// The page that describes the mapping language; its examples are taken from it and run.
private struct Page {
    var text: String

    init() throws {
        text = try String(contentsOf: PackageFolder.url.appendingPathComponent("docs/mapping.md"), encoding: .utf8)
    }

    /// The contents of the fenced blocks with this line behind their fence.
    func blocks(_ kind: String) -> [String] {
        text.components(separatedBy: "```\(kind)\n").dropFirst().compactMap {
            $0.components(separatedBy: "\n```").first
        }
    }

    /// The cells of the table rows that have as many cells, without their backticks.
    func rows(underHeading heading: String, cells count: Int) -> [[String]] {
        let section = text.components(separatedBy: "\n## \(heading)\n").dropFirst().first ?? ""
        let body = section.components(separatedBy: "\n## ").first ?? ""
        return body.split(separator: "\n").filter { $0.hasPrefix("| `") }.map { line in
            line.dropFirst(2).dropLast(2).components(separatedBy: " | ")
                .map { $0.trimmingCharacters(in: CharacterSet(charactersIn: "`")) }
        }
        .filter { $0.count == count }
    }
}

@Suite struct DocumentationTests {
    private func line(_ call: Call) -> String {
        let start = CivilTime(secondsSinceEpoch: call.start.epochSeconds)
        let time = String(
            format: "%04d-%02d-%02d %02d:%02d:%02dZ", start.year, start.month, start.day, start.hour, start.minute,
            start.second)
        var result = "\(time) \(call.type) \(call.phoneNumber)"
        if let employee = call.employeeExtension { result += " by \(employee)" }
        result += ", \(call.talk.components.seconds) s, \(call.status.rawValue)"
        if let reason = call.failedReason { result += ", \(reason)" }
        if let list = call.callListID { result += ", list \(list)" }
        return result
    }

    private func list(_ counts: [String: Int]) -> String {
        counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }

    @Test func `the formats on the page give the calls on the page`() throws {
        let page = try Page()
        let formats = page.blocks("yaml format")
        let records = page.blocks("csv records")
        let calls = page.blocks("text calls")
        #expect(formats.count == 2 && records.count == 2 && calls.count == 2)
        for index in formats.indices {
            let format = try FormatDefinition(try SettingsNode(yaml: formats[index], file: "mapping.md"))
            let file = try map(Array((records[index] + "\n").utf8), format: format)
            var lines = file.calls.map { line($0) }
            let skips = file.skips.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
            if !skips.isEmpty { lines.append("skipped records: \(list(skips))") }
            if !file.skippedCalls.isEmpty { lines.append("skipped calls: \(list(file.skippedCalls))") }
            #expect(lines.joined(separator: "\n") == calls[index])
            #expect(file.rejections.isEmpty)
        }
    }

    @Test func `the expressions on the page give what the page says`() throws {
        let rows = try Page().rows(underHeading: "Texts", cells: 3)
        #expect(rows.count > 20)
        for row in rows {
            #expect(try evaluate(row[0], [row[1], "", ""]) == row[2], "\(row[0])")
        }
    }

    @Test func `the page of formats tells of every preset what its files cannot tell`() throws {
        let page = try String(contentsOf: PackageFolder.url.appendingPathComponent("docs/formats.md"), encoding: .utf8)
        let sections = page.components(separatedBy: "\n## ").dropFirst()
        let head = "| the file cannot tell | cdr24 then | the setting that adds it |\n"
        for name in FormatDefinition.presetNames {
            let section = sections.first { $0.split(separator: "\n").first?.hasSuffix(": `\(name)`") == true }
            #expect(section?.contains(head) == true, "\(name)")
        }
    }

    @Test func `the page names every preset`() throws {
        let named = try Page().text.split(separator: "\n").filter { $0.hasPrefix("| `") }
            .compactMap { $0.split(separator: "`").dropFirst().first.map(String.init) }
        #expect(Set(FormatDefinition.presetNames).isSubset(of: Set(named)))
    }
}

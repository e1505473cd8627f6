// SPDX-License-Identifier: Apache-2.0

import ExitCodes
import Foundation
import Testing

/// What commands end with, and what the documents say about it.
@Suite struct ExitStatusTests {
    @Test func `every status has a place in the precedence and a meaning of its own`() {
        #expect(ExitStatus.precedence.count == ExitStatus.allCases.count)
        #expect(Set(ExitStatus.precedence) == Set(ExitStatus.allCases))
        #expect(Set(ExitStatus.allCases.map(\.meaning)).count == ExitStatus.allCases.count)
    }

    @Test func `the first that applies wins`() {
        #expect(ExitStatus.first(of: []) == .success)
        #expect(ExitStatus.first(of: [.needsAttention, .workLeft]) == .workLeft)
        #expect(ExitStatus.first(of: [.portalRefuses, .inputOutput, .workLeft]) == .inputOutput)
        #expect(ExitStatus.first(of: [.inputOutput, .usage, .configuration]) == .usage)
    }

    @Test func `a failure is what sysexits calls one`() {
        for status in ExitStatus.allCases { #expect(status.isFailure == (status.rawValue >= 64)) }
    }

    @Test func `the table of the help has an aligned line for each code`() {
        let lines = ExitStatus.table(indent: "  ").split(separator: "\n")
        #expect(lines.count == ExitStatus.allCases.count)
        for (line, status) in zip(lines, ExitStatus.allCases) {
            #expect(line.hasPrefix("  \(status.rawValue) "))
            #expect(line.dropFirst(6) == status.meaning)
            #expect(line.count <= 80, "\(line)")
        }
    }

    @Test(arguments: ["README.md", "docs/operations.md"])
    func `a document's table names every exit code once and no other`(_ name: String) throws {
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: package.appendingPathComponent(name), encoding: .utf8)
        let table = try #require(text.range(of: "\n| exit")).upperBound
        let rows = text[table...].split(separator: "\n", omittingEmptySubsequences: false).prefix { !$0.isEmpty }
        let codes = rows.flatMap { row in
            row.split(separator: "|").first?.split(separator: ",").compactMap {
                Int($0.trimmingCharacters(in: .whitespaces))
            } ?? []
        }
        #expect(codes.sorted() == ExitStatus.allCases.map(\.rawValue).sorted())
    }
}

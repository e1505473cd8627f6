// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import PortalSimulator

@Suite struct DocumentationTests {
    /// The lines of docs/simulator.md between two headings.
    static func section(_ heading: String) throws -> Substring {
        let file = PackageFolder.url.appendingPathComponent("docs/simulator.md")
        let text = try String(contentsOf: file, encoding: .utf8)
        let start = try #require(text.range(of: "## \(heading)"))
        let rest = text[start.upperBound...]
        return rest[..<(rest.range(of: "\n## ")?.lowerBound ?? rest.endIndex)]
    }

    @Test func everyRowOfTheTableNamesTestsThatThereAre() throws {
        let folder = PackageFolder.url.appendingPathComponent("Tests/PortalSimulatorTests")
        let sources = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "swift" }
            .map { try String(contentsOf: $0, encoding: .utf8) }.joined()
        let rows = try Self.section("What is shown by which test").split(separator: "\n").filter { $0.hasPrefix("|") }
        #expect(rows.count > 40)
        for row in rows.dropFirst(2) {
            let names = try #require(row.split(separator: "|", omittingEmptySubsequences: false).dropLast().last)
                .matches(of: /`([A-Za-z0-9]+)`/).map { String($0.output.1) }
            #expect(!names.isEmpty, "\(row)")
            for name in names {
                #expect(sources.contains("func \(name)(") || sources.contains("struct \(name) "), "\(name)")
            }
        }
    }

    @Test func everyCounterIsDescribed() async throws {
        let text = try Self.section("Looking inside")
        let audit = try await TestPortal().audit
        for name in audit["counters"].names + audit["checks"].names + audit.names where name != "now" {
            #expect(text.contains("`\(name)`") || text.contains(".\(name)`") || name.hasPrefix("stateFile"), "\(name)")
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Every sample goes from its file to the portal, whose rows are then compared with what was written down by hand.
@Suite(.serialized) struct SampleDeliveryTests {
    /// All that the importer determines about a row of the portal's statistics.
    private static let fields = [
        "EXTERNAL_CALL_ID", "CALL_TYPE", "PORTAL_USER_ID", "PHONE_NUMBER", "PORTAL_NUMBER", "CALL_START_DATE",
        "CALL_DURATION", "CALL_FAILED_CODE", "CALL_FAILED_REASON", "CALL_LIST_ID",
    ]

    @Test(arguments: SetupTests.presets)
    func `the portal's rows are those that people would expect`(_ preset: String) async throws {
        let samples = PackageFolder.path + "/samples"
        let data = try Data(contentsOf: URL(fileURLWithPath: "\(samples)/\(preset).expected.json"))
        let expected = try #require(try JSONSerialization.jsonObject(with: data) as? [[String: Any]])
        for row in expected { #expect(Set(row.keys) == Set(Self.fields)) }
        let portal = try await Portal.start()
        let workspace = try Workspace()
        let (outcome, _) = try await workspace.importing(
            ["--config", "\(samples)/\(preset).yaml", "--ledger", "cdr24.sqlite"], portal: portal)
        #expect(outcome.status == 0, "\(outcome.errors)\(outcome.output)")
        let audit = try await portal.audit()
        #expect(audit.isQuiet)
        #expect(table(audit.rows) == table(expected))
    }

    /// Rows as texts, in the order of their keys, so that a difference shows as a line.
    private func table(_ rows: [[String: Any]]) -> [String] {
        rows.map { row in
            Self.fields.map { field in
                let value = row[field].flatMap { $0 is NSNull ? nil : $0 }
                return "\(field)=\(value.map { "\($0)" } ?? "")"
            }.joined(separator: " ")
        }.sorted()
    }
}

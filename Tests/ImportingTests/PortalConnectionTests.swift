// SPDX-License-Identifier: Apache-2.0

import CDRConfiguration
import ExitCodes
import Importing
import Testing

/// Which secrets are taken from where.
@Suite struct PortalConnectionTests {
    @Test(arguments: [
        ("http://127.0.0.1:8080/rest/1/hidden/", true), ("http://localhost/rest/1/hidden/", true),
        ("https://portal.example/rest/1/hidden/", false), ("http://127.0.0.1.example/rest/1/hidden/", false),
    ])
    func `only a loopback address may stand openly`(_ address: String, _ isAccepted: Bool) async throws {
        var settings = PortalSettings()
        settings.webhook = .literal(address)
        do {
            let connection = try PortalConnection.open(settings, environment: [:], userAgent: "test")
            #expect(isAccepted)
            await connection.close()
        } catch {
            #expect(!isAccepted && error.exitStatus == .configuration && !"\(error)".contains("hidden"), "\(error)")
        }
    }
}

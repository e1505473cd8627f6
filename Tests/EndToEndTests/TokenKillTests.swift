// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Tokens outlive kills, lost answers and company. `bench/token-drill` does the same a thousand times.
@Suite(.serialized) struct TokenKillTests {
    @Test func `renewals that are killed and answers that are lost lock nobody out`() async throws {
        let drill = try RunningProgram(
            "/usr/bin/python3",
            [
                PackageFolder.file("bench/token-drill"), "--renewals", "30", "--seed", "3",
                "--programs", URL(fileURLWithPath: try Programs.path("cdr24")).deletingLastPathComponent().path,
            ], in: FileManager.default.temporaryDirectory.path)
        let outcome = await drill.outcome()
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        #expect(outcome.output.contains("locked out 0"), "\(outcome.output)")
    }
}

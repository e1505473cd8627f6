// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

/// Configurations with bytes changed at random, always the same ones; bench/fuzz does the same for hours.
@Suite(.seeded) struct RandomConfigurationTests {
    /// What means something in YAML, or as a value.
    private static let pieces = [
        ":", "- ", "{ ", " }", "[", "]", "\n  ", "&a ", "*a", "\"", "'", "|\n", "~", "true", "-1", "1e9", "26h",
        "99999999999999999999", "(\\d+)", "\u{0}", "é", "${", "https://portal.example/rest/1/secretsecret/", "asterisk",
    ]

    @Test func `a changed configuration is read, or refused with a place and without a secret`() {
        var random = SeededRandom()
        let full = Array(ConfigurationTests.full.utf8)
        for _ in 0..<300 {
            let text = String(decoding: random.changed(full, with: Self.pieces), as: UTF8.self)
            let broken = brokenPromise(ofConfiguration: text)
            #expect(broken == nil, "\(text)")
        }
    }
}

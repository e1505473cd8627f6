// SPDX-License-Identifier: Apache-2.0

import Settings
import TestSupport
import Testing

@testable import CallRecords

/// A pattern that could take for ever is refused before it meets a record.
@Suite struct PatternHazardTests {
    @Test(arguments: [
        #"(\d+)+$"#, #"^(\w+\s?)*$"#, "(a*)*", "((a+)b?)+", "(?:x+){2,}y", #"(\d|\d\d)+$"#, "(a|a)*", "(?<n>[a-z]+)+!",
        #"(([a-z])+.?)+x"#, "(x+x?){30}", #"([\]a]+)*"#,
        "^(.*a){12}$", "(.*a)+", #"(\w+a){4}"#, #"^([^;]*,){5}"#, "([a-z]+A){4}(?i)", "(?i)([a-z]+A){4}", #"(\w+\b)+"#,
        #"(\d+-?){4,}"#, #"(.+;){4}"#, #"([a-c]+b|x){5}"#, "((a+b){2}b){5}",
    ])
    func whatRepeatsWhatRepeatsIsRefused(_ pattern: String) {
        #expect(PatternHazard(pattern) != nil)
        do {
            _ = try PatternMatcher(pattern)
            Issue.record("accepted")
        } catch {
            #expect(error.reason.contains("write one repetition"))
        }
    }

    @Test(arguments: [
        #"^\d{2,4}$"#, #"^9(\d{10,})$"#, #"(\d+,)+"#, #"^\d+[hms]?( \d+[ms])*$"#, "^(ab|cd)+$", #"(\d+)?"#, "a+b+c+",
        #"^([\w.-]+-)?\d{9,10}\.\d+$"#, "[(+]+", #"\(+\)+"#, #"(?=\d+)\d"#, "(\\d{3})+", "", "(", ")", "[", "\\", "a{",
        "(?",
        "(?<", "x{2}", #"^(\d+\.){3}\d+$"#, "^([^;]*;){12}", #"^([^,]+,){4,}$"#, "(.*a){3}", #"([a-z]+-){8}"#,
        #"(\D+\d){6}"#, "([a-z]+A){4}", #"(?:[+\d]+ ){5}"#, #"(\s*[A-Z]+:){9}"#, #"([\w.]+@)+"#,
    ])
    func otherPatternsAreLeftAlone(_ pattern: String) { #expect(PatternHazard(pattern) == nil) }

    @Test(.seeded) func `deep and random patterns are read to their end`() {
        _ = PatternHazard(String(repeating: "(", count: 100_000))
        var random = SeededRandom(24)
        let alphabet = Array("()[]{}?+*|\\^$<>=!:,0d-a.".unicodeScalars)
        for _ in 0..<2_000 {
            var pattern = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...24, using: &random) {
                pattern.append(alphabet.randomElement(using: &random) ?? "a")
            }
            _ = PatternHazard(String(pattern))
        }
    }

    @Test func `a configuration with such a pattern is told its place`() throws {
        let fault = settingsFault {
            _ = try format(
                """
                name: mine
                file: { header: required, columns: [id, src, at] }
                times: { start: { from: at, epoch: seconds } }
                call:
                  key: id
                  direction: { text: incoming }
                  external: { from: src, match: '^(\\d+)+$' }
                  answered: { src: x }
                  talk: { text: "0" }
                  status: { text: "200" }
                """)
        }
        let found = try #require(fault)
        #expect(found.place.line == 7 && "\(found)".contains(#"(\d+)+"#), "\(found)")
    }
}

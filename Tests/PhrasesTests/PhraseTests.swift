// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Phrases

@Suite struct PhraseTests {
    @Test func `a phrase keeps its template and its values`() {
        let path = "a{1}.csv"
        let phrase = Phrase("\(path) has \(1_234, .record), {keep} \(7)")
        #expect(phrase.template == "{1} has {2}, {keep} {3}")
        #expect(phrase.english == "a{1}.csv has 1,234 records, {keep} 7")
        #expect(Phrase.verbatim("{1} stays").english == "{1} stays")
    }

    @Test func `names are listed by count, and the rest is counted`() {
        let counts = ["101": 1, "102": 5, "103": 5, "104": 2]
        #expect(
            Phrase.listed(counts, .call, limit: 3).english == "102 (5 calls), 103 (5 calls), 104 (2 calls) and 1 more")
        #expect(Phrase.listed(["101": 1], .call, limit: 3).english == "101 (1 call)")
    }

    @Test func `a phrase comes back from JSON`() throws {
        let inner = Phrase("\(3, .ofCall) of \("x")")
        for phrase in [Phrase("plain"), Phrase("\(inner); \([inner, Phrase("plain")]) and \(5)")] {
            let data = try JSONEncoder().encode(phrase)
            #expect(try JSONDecoder().decode(Phrase.self, from: data) == phrase)
            let object = try JSONSerialization.jsonObject(with: data) as? [String: Any]
            #expect(object?["text"] as? String == phrase.english)
        }
    }

    @Test(
        arguments: [
            ([:], .english), (["LANG": "ru_RU.UTF-8"], .russian), (["LANG": "ru"], .russian),
            (["LANG": "de_DE.UTF-8"], .english), (["LANG": "ru_RU.KOI8-R"], .english),
            (["LANG": "ru_RU.utf8", "LC_ALL": "C"], .english), (["LANG": "C", "LC_MESSAGES": "ru_RU.UTF-8"], .russian),
            (["LANG": "ru_RU.UTF-8", "LC_ALL": ""], .russian), (["LC_ALL": "ru_UA.UTF-8@x"], .russian),
        ] as [([String: String], Language)])
    func `the environment chooses the language`(_ environment: [String: String], _ language: Language) {
        #expect(Language(environment: environment) == language)
    }

    @Test(
        arguments: [
            (0, 2), (1, 0), (2, 1), (4, 1), (5, 2), (11, 2), (12, 2), (14, 2), (20, 2), (21, 0), (22, 1), (25, 2),
            (101, 0), (111, 2), (112, 2), (1_001, 0), (1_011, 2), (-1, 0), (-2, 1),
        ])
    func `Russian has three forms`(_ count: Int, _ form: Int) {
        #expect(Language.russian.pluralForm(of: count) == form)
    }

    @Test func `numbers are written as the language does`() {
        #expect(Language.english.number(-1_234_567) == "-1,234,567" && Language.english.decimal(1_234.56) == "1,234.6")
        #expect(Language.russian.number(1_234) == "1\u{A0}234" && Language.russian.decimal(-0.25) == "-0,3")
        #expect(Language.english.number(999) == "999" && Language.english.decimal(0.04) == "0.0")
    }
}

// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CallRecords

@Suite struct CallKeyTests {
    @Test(arguments: [
        ("pbx1", "1706368044.0", "pbx1:1706368044.0"), (nil, "1706368044.0", "1706368044.0"),
        ("", "a5c9f6c0-e752-11e3-8bfb-65b6c3cdac7d", "a5c9f6c0-e752-11e3-8bfb-65b6c3cdac7d"),
    ])
    func idsThatCanBeReadStayAsTheyAre(_ prefix: String?, _ id: String, _ expected: String) throws {
        #expect(CallKey(prefix: prefix)?.make(id: id) == expected)
    }

    @Test func `every id gives a key that the portal takes, and two ids two keys`() throws {
        let maker = try #require(CallKey(prefix: String(repeating: "p", count: CallKey.maximumPrefixLength)))
        var seen: Set<String> = []
        let ids = [
            "a", "A", "a b", "ä", "\u{0}", String(repeating: "x", count: 33), String(repeating: "x", count: 34),
            String(repeating: "x", count: 400), "1706368044.0", "=cmd|' /C calc'!A0",
        ]
        for id in ids {
            let key = try #require(maker.make(id: id))
            #expect((1...CallKey.maximumLength).contains(key.utf8.count))
            #expect(key.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !(0x41...0x5A).contains($0) })
            #expect(seen.insert(key).inserted)
        }
        #expect(maker.make(id: "") == nil)
    }

    @Test func `the hash of an id is the one that everybody computes`() throws {
        // echo -n "Call 9744" | sha256sum
        let key = try #require(CallKey(prefix: "p")?.make(id: "Call 9744"))
        #expect(key == "p:hc7d32f473d6fd8c70a05e20b925079a0")
    }

    @Test func `ids that restart carry their start`() throws {
        let start = CallTime(epochSeconds: 1_795_154_400, offsetSeconds: 10_800)
        #expect(CallKey(prefix: "ipo")?.make(id: "1000001", start: start) == "ipo:1000001@20261120t060000z")
    }

    @Test(arguments: ["PBX", "a b", "ü", String(repeating: "p", count: 31)])
    func prefixesThatCannotBePartOfAKeyAreRefused(_ prefix: String) {
        #expect(CallKey(prefix: prefix) == nil)
    }
}

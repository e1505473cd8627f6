// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PortalSimulator

@Suite struct ValuesTests {
    @Test(arguments: [
        (PortalValue.string("N"), true), ("false", true), ("no", true), ("0.0", true), (" ", true), ("0", false),
        ("", false), (.null, false), (0, false), (.double(0), false), (false, false), (.empty, false), (1, true),
        (.list([0]), true),
    ])
    func truthIsThePortals(_ value: PortalValue, _ expected: Bool) {
        #expect(value.isTruthy == expected)
    }

    @Test(arguments: [
        (PortalValue.string("12abc"), 12), ("abc", 0), ("1:35", 1), (" 7", 7), ("-3", -3), ("1.9", 1), ("1e2", 100),
        ("1e", 1), (.bool(true), 1), (.double(2.9), 2), (.null, 0), (.list([5]), 1), (.empty, 0),
        ("99999999999999999999999", 0),
    ])
    func integersAreCastFromWhatTheyBeginWith(_ value: PortalValue, _ expected: Int) {
        #expect(value.asInt == expected)
    }

    @Test func costsLoseWhatFollowsAComma() {
        #expect(PortalValue.string("1,5").asDouble == 1)
        #expect(PortalValue.string("1.5").asDouble == 1.5)
        #expect(PortalValue.string(".5").asDouble == 0.5)
    }

    @Test(arguments: [
        ("{}", "[]"), ("{\"0\":1,\"1\":2}", "[1,2]"), ("{\"1\":2,\"0\":1}", "{\"1\":2,\"0\":1}"),
        ("{\"0\":1,\"2\":2}", "{\"0\":1,\"2\":2}"), ("[1,[ ],null,true,-2.5]", "[1,[],null,true,-2.5]"),
        ("{\"b\":1,\"a\":2,\"b\":3}", "{\"b\":3,\"a\":2}"), ("{\"01\":1}", "{\"01\":1}"),
        ("\"\\u041f\\ud83d\\ude00\\n/\"", "\"П😀\\n\\/\""), ("\"<&>'\\\"\"", "\"\\u003C\\u0026\\u003E\\u0027\\u0022\""),
    ])
    func jsonIsWrittenAsThePortalDoes(_ given: String, _ expected: String) throws {
        let value = try #require(JSONReader.read(Array(given.utf8)))
        #expect(JSONWriter.text(value) == expected)
    }

    @Test(arguments: [
        "", "{", "{\"a\":}", "[1,]", "{\"a\" 1}", "nul", "\"a", "\"\\x\"", "01x", "{}{}", "\"\\ud800\"", "[1 2]", "+1",
    ])
    func malformedJSONIsNothing(_ text: String) {
        #expect(JSONReader.read(Array(text.utf8)) == nil)
    }

    @Test func deepNestingIsRefusedAndNotACrash() {
        let text = String(repeating: "[", count: 100_000)
        #expect(JSONReader.read(Array(text.utf8)) == nil)
    }

    @Test(arguments: [
        ("a=1&b=2", "{\"a\":\"1\",\"b\":\"2\"}"), ("a=1+2%2B3", "{\"a\":\"1 2+3\"}"),
        ("a[]=1&a[]=2", "{\"a\":[\"1\",\"2\"]}"),
        ("F%5BX%5D%5B0%5D=a&F[X][1]=b", "{\"F\":{\"X\":[\"a\",\"b\"]}}"), ("a", "{\"a\":\"\"}"), ("", "[]"),
        ("=1", "[]"),
        ("a=%zz%4", "{\"a\":\"%zz%4\"}"), ("a[b]=1&a=2", "{\"a\":\"2\"}"), ("a=%D0%9F", "{\"a\":\"П\"}"),
    ])
    func formsNestByBrackets(_ text: String, _ expected: String) {
        #expect(JSONWriter.text(.map(FormReader.read(text))) == expected)
    }

    @Test(arguments: [
        ("2026-03-07T10:20:30+03:00", 1_772_868_030.0), ("2026-03-07T07:20:30Z", 1_772_868_030),
        ("2026-03-07T10:20:30.987+03:00", 1_772_868_030), ("2026-03-07T10:20:30", 1_772_868_030),
        ("2026-03-07 10:20:30", 1_772_868_030), ("2026-03-07T10:20:30+0300", 1_772_868_030),
        ("@1772868030", 1_772_868_030), ("2026-03-07", 1_772_830_800), ("7 March 2026", 1_772_830_800),
        ("07.03.2026", 1_772_830_800), ("yesterday", 1_772_744_400), ("today", 1_772_830_800),
        ("2026-03-07T05:20:30-02:00", 1_772_868_030), ("1969-12-31T23:59:59Z", -1),
    ])
    func datesAreReadGenerously(_ text: String, _ expected: Double) {
        #expect(DateText.read(text, now: 1_772_868_031.5, zoneMinutes: 180) == expected)
    }

    @Test(arguments: ["soon", "2026-13-01", "2026-03-07T", "2026-03-07T25:00:00", "07/03", "2026-03-07T10:20:30+03:0x"])
    func otherTextIsNoDate(_ text: String) {
        #expect(DateText.read(text, now: 0, zoneMinutes: 180) == nil)
    }

    @Test func datesAreWrittenWithThePortalsZone() {
        #expect(CalendarDate.iso(1_772_868_030.9, zoneMinutes: 180) == "2026-03-07T10:20:30+03:00")
        #expect(CalendarDate.iso(-1, zoneMinutes: -210) == "1969-12-31T20:29:59-03:30")
    }
}

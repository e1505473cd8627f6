// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import Testing

struct JSONValueTests {
    @Test(arguments: [
        ("null", JSONValue.null), ("true", .bool(true)), ("false", .bool(false)), ("0", .int(0)), ("1", .int(1)),
        ("-9223372036854775808", .int(.min)), ("1.5", .double(1.5)), ("1e300", .double(1e300)),
        ("9007199254740993", .int(9_007_199_254_740_993)), ("9223372036854775807", .int(.max)), ("1.0", .int(1)),
        ("18446744073709551616", .double(0x1p64)), ("-0.25", .double(-0.25)),
        (#""a\u003C\u0027é""#, .string("a<'é")), (#""1""#, .string("1")), ("[]", .array([])), ("{}", .object([:])),
        (#" {"a":[1,{"b":null}]} "#, .object(["a": .array([.int(1), .object(["b": .null])])])),
    ])
    func readsEveryKindOfValue(_ text: String, value: JSONValue) {
        #expect(JSONValue(Array(text.utf8)) == value)
        #expect(JSONValue([0xEF, 0xBB, 0xBF] + Array(text.utf8)) == value)
    }

    @Test(arguments: ["", " ", "<", "{", "[1,", "{\"a\":}", "nul", "\"a", "{\"a\":1}}", "\u{0}"])
    func refusesWhatIsNotJSON(_ text: String) {
        #expect(JSONValue(Array(text.utf8)) == nil)
    }

    @Test func survivesDeepNestingAndBrokenLetters() {
        #expect(JSONValue(Array(String(repeating: "[", count: 100_000).utf8)) == nil)
        #expect(JSONValue(Array("{\"a\":\"x".utf8) + [0xFF] + Array("y\"}".utf8))?["a"]?.text == "x\u{FFFD}y")
    }

    @Test func readsAMegabyte() {
        let row = #"{"ID":"1","CALL_ID":"externalCall.0","COST":"0.0000","RECORD_FILE_ID":null}"#
        let count = 15_000
        let text = "[" + Array(repeating: row, count: count).joined(separator: ",") + "]"
        #expect(text.utf8.count > 1 << 20)
        #expect(JSONValue(Array(text.utf8))?.elements?.count == count)
    }

    @Test(
        arguments: [
            (JSONValue.string("12"), "12", Int64(12)), (.int(12), "12", 12), (.double(12), "12", 12),
            (.double(1.5), "1.5", nil), (.string("x"), "x", nil), (.bool(true), nil, nil), (.bool(false), nil, nil),
            (.null, nil, nil), (.array([]), nil, nil), (.object([:]), nil, nil), (.string(""), "", nil),
            (.double(1e300), "1e+300", nil),
        ] as [(JSONValue, String?, Int64?)])
    func understandsTextsAndNumbersLeniently(_ value: JSONValue, text: String?, integer: Int64?) {
        #expect(value.text == text)
        #expect(value.integer == integer)
    }

    @Test func understandsMapsAndListsLeniently() {
        #expect(JSONValue.array([]).members == [:])
        #expect(JSONValue.array([.int(5), .int(6)]).members == ["0": .int(5), "1": .int(6)])
        #expect(JSONValue.object(["1": .int(6), "10": .int(8), "2": .int(7)]).elements == [.int(6), .int(7), .int(8)])
        #expect(JSONValue.object(["a": .int(6)]).elements == nil)
        #expect(JSONValue.null.members == nil)
        #expect(JSONValue.array([]).isEmptyCollection)
        #expect(!JSONValue.string("").isEmptyCollection)
    }

    @Test func `texts are printable, whatever the portal writes`() {
        let value = JSONValue(Array(#"{"a":"x\u001b[2Jy\nz","b":["\u202e\u0000"]}"#.utf8))
        #expect(value?["a"]?.text == "x\u{FFFD}[2Jy z")
        #expect(value?["b"]?.elements?.first?.text == "\u{FFFD}\u{FFFD}")
    }

    @Test(arguments: ["[],", "{},", "0,", "[[[[[]]]]],"])
    func aReplyOfMillionsOfValuesIsNotRead(_ value: String) {
        let text = "[" + String(repeating: value, count: (15 << 20) / value.utf8.count) + "0]"
        #expect(JSONValue(Array(text.utf8)) == nil)
    }
}

// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import PortalSimulator

/// Nothing that a client sends brings the portal down.
@Suite struct RobustnessTests {
    static let hostile: [(String, String)] = [
        ("user.get", #"{"FILTER":{">ID":[]}}"#), ("user.get", #"{"start":9223372036854775807}"#),
        ("voximplant.statistic.get", #"{"FILTER":{">=ID":-9223372036854775808},"start":9223372036854775807}"#),
        ("voximplant.statistic.get", #"{"FILTER":{"><ID":[]},"SORT":["ID"],"ORDER":{}}"#),
        (
            "telephony.externalCall.register",
            #"{"USER_ID":7,"TYPE":2,"PHONE_NUMBER":"1","CALL_START_DATE":"@9223372036854775807"}"#
        ),
        (
            "telephony.externalCall.register",
            #"{"USER_ID":[7],"TYPE":[2],"PHONE_NUMBER":{"a":1},"CALL_START_DATE":[1]}"#
        ),
        ("telephony.externalCall.show", #"{"CALL_ID":{},"USER_ID":{"x":{}}}"#),
        (
            "batch",
            #"{"cmd":{"9223372036854775807":"scope","a":"$result[","b":"user.get?ID=$result[a][b","c":"?","d":""}}"#
        ),
        ("batch", #"{"cmd":{"a":"telephony.externalCall.register?$result=1&x[$result[0]]=2&=&&[]=3&a[=4&b]=5"}}"#),
        ("crm.calllist.get", #"{"ID":1e999}"#), ("method.get", #"{"name":{}}"#),
    ]

    @Test(arguments: hostile)
    func oddParametersGetAnAnswer(_ method: String, _ body: String) async throws {
        let test = try TestPortal()
        let answer = await test.send(.json("/rest/1/secret/\(method)", body))
        #expect(answer.json != nil)
        #expect(await test.call("scope").status == 200)
    }

    @Test func hugeNumbersInACallAreStoredAndRead() async throws {
        let test = try TestPortal()
        _ = await test.portal.control(#"{"addEntity":{"type":"CONTACT","phones":["+12025550101"]}}"#)
        let answer = await test.wholeCall(
            ["CALL_START_DATE": "@253402300799"],
            ["DURATION": .int(.max), "COST": "1e999", "VOTE": .int(.min), "STATUS_CODE": .list([1])])
        #expect(answer.result["CALL_DURATION"] == .int(Int(Int32.max)))
        #expect(await test.rows(["COST": 1]).status == 200)
        #expect(JSONReader.read(Array(await test.portal.audit().utf8)) != nil)
        #expect(await test.call("crm.activity.list").result.count == 1)
    }

    @Test func bracketsWithoutEndAreNoStackOverflow() async throws {
        let name = "a" + String(repeating: "[b]", count: 50_000)
        let request = PortalRequest(path: "/rest/1/secret/scope", body: Array("\(name)=1".utf8))
        #expect(try await TestPortal().send(request).status == 200)
    }

    @Test(.seeded) func randomTextInAllPlacesGetsAnAnswer() async throws {
        let test = try TestPortal()
        var dice = SeededRandom()
        let pieces = [
            "rest", "/", "1", "secret", "batch", "telephony.externalCall.finish", "%", "%2", "[", "]", "=", "&", "?",
            "#", "$result[",
            "cmd", "{", "}", "\"", ":", ",", "\\", "\u{0}", "é", "CALL_ID", "USER_ID", "7", "-1", "FILTER", "start",
            ".json", "+",
        ]
        func text(_ most: Int) -> String {
            (0..<Int.random(in: 0...most, using: &dice)).map { _ in pieces.randomElement(using: &dice) ?? "" }.joined()
        }
        let types = ["application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=[", ""]
        for _ in 0..<2000 {
            let path = Bool.random(using: &dice) ? "/rest/1/secret/\(text(3))" : text(6)
            let answer = await test.send(
                PortalRequest(
                    path: path, query: text(8), headers: ["content-type": types.randomElement(using: &dice) ?? ""],
                    body: Array(text(30).utf8)))
            #expect(answer.json != nil)
        }
        #expect(await test.counter("requests") == 2000)
    }
}

// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Bitrix24

/// Replies with bytes changed at random, always the same ones; bench/fuzz does the same for hours.
@Suite(.seeded) struct RandomReplyTests {
    private static let time = #""time":{"start":1795154400.5,"duration":0.4,"operating":1.5}"#
    private static let row =
        #"{"ID":"7","CALL_ID":"externalCall.0","PORTAL_USER_ID":"1","CALL_START_DATE":"2026-11-20T09:00:00+03:00"}"#
    private static let replies = [
        #"{"result":{"result":{"a":["telephony"],"c":[\#(row)],"f":[{"ID":"1","ACTIVE":"Y"}]},"#
            + #""result_error":{"e":{"error":"","error_description":"Call is not found"}},"result_next":{"f":50},"#
            + #""result_time":{"c":{"operating":0.1}}},\#(time)}"#,
        #"{"error":"QUERY_LIMIT_EXCEEDED","error_description":"Too many requests"}"#,
        #"{"result":[\#(row),\#(row)],"total":2,"next":50,\#(time)}"#,
        #"{"result":{"ID":1,"ERRORS":{"ACTIVITY_CREATION":"Cannot POST /rest/1/secretsecret/batch"}}}"#,
        #"{"result":"2026-11-20T09:00:00+03:00"}"#,
    ]
    /// What means something in JSON, or to the portal.
    private static let pieces = [
        "\"", "\\", "{", "}", "[", "]", ",", ":", "null", "false", "1e19", "-9223372036854775808", "9007199254740993",
        "\\u0000", "\\ud800", "é", "\u{202E}", "/rest/1/secretsecret/", "0.1", "[]", "\"ID\":",
    ]

    @Test(arguments: replies)
    func `a changed reply is read without a crash, and shows nothing that it must not`(reply: String) async {
        var random = SeededRandom(reply.utf8.count)
        for _ in 0..<400 {
            let body = random.changed(Array(reply.utf8), with: Self.pieces)
            let status = [200, 200, 200, 302, 400, 401, 503][random.below(7)]
            let answer = HTTPAnswer(
                status: status, body: body, location: "https://other.example/rest/1/secret/", elapsed: .seconds(1))
            let broken = await brokenPromise(of: answer)
            #expect(broken == nil, "HTTP \(status): \(String(decoding: body, as: UTF8.self))")
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import Testing

struct PortalBatchTests {
    private static let commands = ["r1", "r2", "r3"].map { Command(key: $0, method: "profile") }

    private func outcome(status: Int = 200, location: String? = nil, _ body: String) async -> BatchOutcome {
        await Portal(transport: CannedTransport(status: status, location: location, body), timeout: .seconds(75))
            .batch(Self.commands)
    }

    private func outcomes(_ body: String) async throws -> [String: CommandOutcome] {
        guard case .answered(let reply) = await outcome(body) else {
            Issue.record("not answered: \(body)")
            return [:]
        }
        #expect(Set(reply.outcomes.keys) == ["r1", "r2", "r3"])
        return reply.outcomes
    }

    @Test func `a batch is written in the order of its commands`() async {
        let transport = CannedTransport("{}")
        let commands = [
            Command(key: "z1", method: "m", parameters: [Parameter("A", "+\"é")]), Command(key: "a2", method: "n"),
        ]
        _ = await Portal(transport: transport, timeout: .seconds(75)).batch(commands, timeout: .seconds(3))
        let request = transport.sent[0]
        #expect(request.method == "batch")
        #expect(request.timeout == .seconds(3))
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == #"{"halt":0,"cmd":{"z1":"m?A=%2B%22%C3%A9","a2":"n"}}"#)
    }

    @Test func `a single call is written as nested JSON`() async {
        let transport = CannedTransport("{}")
        _ = await Portal(transport: transport, timeout: .seconds(75)).call(
            "user.get",
            [
                Parameter("FILTER", .fields([Parameter("ACTIVE", "Y"), Parameter("ID", .list(["1", "2"]))])),
                Parameter("N", .text("a\"b\\c\n\u{1F}é")),
            ])
        #expect(transport.sent[0].timeout == .seconds(75))
        #expect(
            String(decoding: transport.sent[0].body, as: UTF8.self)
                == #"{"FILTER":{"ACTIVE":"Y","ID":["1","2"]},"N":"a\"b\\c\u000a\u001fé"}"#)
    }

    @Test func everyCommandIsJudgedByItself() async throws {
        let found = try await outcomes(
            """
            {"result":{"result":{"r1":{"CALL_ID":"c"}},"result_error":{"r2":{"error":"","error_description":
            "Unsupported phone number format"}},"result_total":{"r1":7},"result_next":{"r1":50},"result_time":{"r1":
            {"start":1772868031,"finish":1772868031.31,"duration":0.31,"processing":0,"operating_reset_at":1772868631,
            "operating":0.21}}},"time":{"operating":0}}
            """)
        #expect(
            found["r1"]
                == .succeeded(
                    CommandReply(
                        result: .object(["CALL_ID": .string("c")]), total: 7, next: 50,
                        time: ServerTime(
                            start: 1_772_868_031, finish: 1_772_868_031.31, duration: 0.31, processing: 0,
                            operating: 0.21, operatingResetAt: 1_772_868_631))))
        #expect(found["r2"] == .failed(PortalError(code: "", text: "Unsupported phone number format", status: 200)))
        #expect(found["r3"] == .missing)
    }

    @Test(arguments: [
        (#"{"result":{"result":[],"result_error":[]}}"#, [CommandOutcome.missing, .missing, .missing]),
        (
            #"{"result":{"result":{"r1":null,"r2":false,"r3":[]},"result_error":[]}}"#,
            [
                .succeeded(.init(result: .null)), .succeeded(.init(result: .bool(false))),
                .succeeded(.init(result: .array([]))),
            ]
        ),
        (#"{"result":{"result":[1,2],"result_error":{}}}"#, [.missing, .missing, .missing]),
        (#"{"result":{"result":{"r1":true},"result_error":{"r1":{"error":""}}}}"#, [.missing, .missing, .missing]),
        (
            #"{"result":{"result_error":{"r1":"broken","r2":{"error":null},"r3":{"error":7,"error_description":8}}}}"#,
            [
                .failed(PortalError(code: "", text: "broken", status: 200)),
                .failed(PortalError(code: "", text: "", status: 200)),
                .failed(PortalError(code: "7", text: "8", status: 200)),
            ]
        ),
        (
            #"{"result":{"result":{"r1":1},"result_time":[],"result_total":{"r1":"12"}},"time":[]}"#,
            [.succeeded(.init(result: .int(1), total: 12)), .missing, .missing]
        ),
    ])
    func readsThePortalsMaps(_ body: String, expected: [CommandOutcome]) async throws {
        let found = try await outcomes(body)
        #expect(["r1", "r2", "r3"].map { found[$0] } == expected.map(Optional.some))
    }

    @Test(
        arguments: [
            "", " ", "<html>502 Bad Gateway</html>", "null", "[]", "3", "\"x\"", "{", #"{"result":{"result":{"r1":1}"#,
            #"{"result":null}"#, #"{"result":[]}"#, #"{"result":{}}"#, #"{"result":{"result":"x"}}"#,
            #"{"result":{"result":{},"result_error":"x"}}"#, #"{"time":{}}"#, "Warning: x\n{\"result\":{}}",
        ], [200, 403, 429, 500, 502, 503, 504])
    func whatIsNoReplyLeavesEverythingUnknown(_ body: String, status: Int) async {
        guard case .unknown(_, let elapsed) = await outcome(status: status, body) else {
            Issue.record("\(status) \(body) is believed")
            return
        }
        #expect(elapsed == .seconds(1))
    }

    @Test(arguments: [
        (
            503, #"{"error":"QUERY_LIMIT_EXCEEDED","error_description":"Too many requests"}"#,
            PortalError.Kind.rateLimited
        ),
        (429, #"{"error":"OPERATION_TIME_LIMIT"}"#, .operatingLimited),
        (401, #"{"error":"expired_token","error_description":"x"}"#, .expiredToken),
        (200, #"{"error":"","error_description":"Access denied"}"#, .accessDenied),
        (400, #"{"error":"","error_description":""}"#, .other),
        (403, #"{"error":{"code":"insufficient_scope","message":"x"}}"#, .insufficientScope),
    ])
    func aRefusalOfTheWholeBatchExecutedNothing(_ status: Int, body: String, kind: PortalError.Kind) async {
        guard case .refused(let error) = await outcome(status: status, body) else {
            Issue.record("not refused")
            return
        }
        #expect(error.kind == kind)
    }

    @Test(arguments: [
        (500, #"{"error":"INTERNAL_SERVER_ERROR","error_description":"Internal server error"}"#),
        (500, #"{"error":"","error_description":""}"#),
        (500, #"{"error":"ERROR_CORE","error_description":"SQL query error!"}"#),
        (200, #"{"error":"WRONG_ENCODING"}"#),
        (503, #"{"message":"service unavailable"}"#),
        (429, #"{"message":"slow down"}"#),
        (429, #"{"error":"slow_down"}"#),
        (408, #"{"error":"request_timeout"}"#),
        (499, #"{"error":"client_closed_request"}"#),
        (200, #"{"error":"something_new"}"#),
        (404, #"{"result":{"result":[],"result_error":[]}}"#),
    ])
    func anErrorThatMayFollowExecutionLeavesEverythingUnknown(_ status: Int, body: String) async {
        guard case .unknown = await outcome(status: status, body) else {
            Issue.record("believed")
            return
        }
    }

    @Test(
        arguments: [
            (302, "https://New.Example.test/rest/1/s3cr3tw0rd/batch", "new.example.test"),
            (301, "https://new.example.test:8443/", "new.example.test:8443"),
            (307, "//new.example.test/x", "new.example.test"),
            (308, "/rest/x", nil), (303, nil, nil),
        ] as [(Int, String?, String?)])
    func aRedirectIsReportedByItsHostOnly(_ status: Int, location: String?, host: String?) async {
        #expect(await outcome(status: status, location: location, "<html>") == .moved(newHost: host))
    }

    @Test func whatTheTransportKnowsIsPassedOn() async {
        let failure = TransportFailure(.connectionRefused)
        let never = Portal(transport: CannedTransport(.neverSent(failure)), timeout: .seconds(1))
        #expect(await never.batch(Self.commands) == .neverSent(failure))
        #expect(await never.call("profile") == .neverSent(failure))
        let lost = Portal(transport: CannedTransport(.unknown(.init(.deadline), elapsed: .seconds(75))), timeout: .zero)
        #expect(
            await lost.batch(Self.commands)
                == .unknown("\(TransportFailure(.deadline))", elapsed: .seconds(75)))
    }

    @Test func aSingleCallBringsItsResult() async {
        let portal = Portal(
            transport: CannedTransport(#"{"result":false,"total":3,"next":50,"time":{"operating":1.5}}"#),
            timeout: .seconds(1))
        #expect(
            await portal.call("profile")
                == .answered(
                    CommandReply(result: .bool(false), total: 3, next: 50, time: ServerTime(operating: 1.5)),
                    elapsed: .seconds(1)))
    }
}

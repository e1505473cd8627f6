// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PortalSimulator

@Suite struct TransportTests {
    @Test(arguments: [
        "/rest/1/secret/server.time", "/rest/1/secret/server.time/", "/rest/1/secret/server.time.json",
        "/rest/1/secret/SERVER.Time.JSON/", "/rest/1/secret/server.time.xml",
    ])
    func everySpellingOfAnAddressWorks(_ path: String) async throws {
        let answer = try await TestPortal().send(PortalRequest(verb: "GET", path: path))
        #expect(answer.status == 200)
        #expect(answer.result == "2026-03-07T10:20:30+03:00")
    }

    @Test func jsonFormAndQueryGiveTheSameParameters() async throws {
        let test = try TestPortal()
        let path = "/rest/1/secret/user.get"
        let form = ["content-type": "application/x-www-form-urlencoded"]
        let requests = [
            PortalRequest.json(path, "{\"FILTER\":{\"ID\":7}}"),
            PortalRequest(path: path, headers: form, body: Array("FILTER%5BID%5D=7".utf8)),
            PortalRequest(verb: "GET", path: path, query: "filter[id]=7"),
            PortalRequest(path: path, body: Array("FILTER[ID]=7".utf8)),
            PortalRequest(
                path: path, query: "ID=3", headers: ["content-type": "application/vnd.api+json; charset=utf-8"],
                body: Array("{\"ID\":\"7\"}".utf8)),
            PortalRequest(
                path: path, headers: ["content-type": "multipart/form-data; boundary=XX"],
                body: Array("--XX\r\nContent-Disposition: form-data; name=\"FILTER[ID]\"\r\n\r\n7\r\n--XX--\r\n".utf8)),
        ]
        for request in requests {
            let answer = await test.send(request)
            #expect(answer.result.list.map { $0["ID"] } == ["7"], "\(request.headers) \(request.query)")
        }
    }

    @Test(arguments: ["{\"USER_ID\":7,", "null", "[7]", "7"])
    func aBodyThatIsNoObjectIsSilentlyIgnored(_ body: String) async throws {
        let answer = try await TestPortal().send(.json("/rest/1/secret/telephony.externalcall.register", body))
        #expect(answer.refusal == "400  USER_ID or USER_PHONE_INNER should be set")
    }

    @Test func malformedJSONLosesTheTokenToo() async throws {
        let answer = try await TestPortal().send(.json("/rest/server.time", "{\"auth\":\"access-1\""))
        #expect(answer.refusal == "401 NO_AUTH_FOUND Wrong authorization data")
    }

    @Test func parameterNamesOfTelephonyAreCaseSensitive() async throws {
        let answer = try await TestPortal().call("telephony.externalCall.register", ["user_id": 7])
        #expect(answer.description == "USER_ID or USER_PHONE_INNER should be set")
    }

    @Test func checksComeInThePortalsOrder() async throws {
        let test = try TestPortal {
            $0.rateLimited = true
            $0.rateDepth = 6
            $0.scopes = ["crm"]
            $0.operatingMode = .a
            $0.operatingLimit = -1
        }
        // Unknown method before credentials, credentials before scope, scope before the operating limit.
        #expect(
            await test.send(.json("/rest/1/wrong/no.such", "{}")).refusal
                == "404 ERROR_METHOD_NOT_FOUND Method not found!")
        #expect(await test.send(.json("/rest/1/wrong/voximplant.statistic.get", "{}")).error == "INVALID_CREDENTIALS")
        #expect(await test.call("voximplant.statistic.get").error == "insufficient_scope")
        #expect(await test.call("crm.currency.list").refusal.hasPrefix("429 OPERATION_TIME_LIMIT"))
        // The front limiter comes before everything.
        for _ in 0..<3 { await test.call("scope") }
        #expect(
            await test.send(.json("/rest/1/wrong/no.such", "{}")).refusal
                == "503 QUERY_LIMIT_EXCEEDED Too many requests")
    }

    @Test func everySuccessCarriesTimeAndNoErrorDoes() async throws {
        let test = try TestPortal { $0.costs["scope"] = MethodCost(latency: 0.5, operating: 0.25) }
        let time = await test.call("scope")["time"]
        #expect(
            time.names == [
                "start", "finish", "duration", "processing", "date_start", "date_finish", "operating_reset_at",
                "operating",
            ])
        #expect(time["duration"] == .double(0.5))
        #expect(time["operating"] == .double(0.25))
        #expect(time["operating_reset_at"] == 1_772_868_630)
        #expect(await test.call("telephony.externalCall.finish")["time"] == .null)
    }

    @Test func aRenamedPortalAnswers302ForItsOldNameOnly() async throws {
        let test = try TestPortal { $0.faults.scripted = [.init(.renamed, at: 2)] }
        var request = PortalRequest.json("/rest/1/secret/scope", "{}")
        request.headers["host"] = "127.0.0.1:8024"
        #expect(await test.send(request).status == 200)
        let moved = await test.send(request)
        #expect(moved.status == 302)
        #expect(moved.reply.headers["Location"] == "http://localhost:8024/rest/1/secret/scope")
        #expect(await test.send(request).status == 302)
        request.headers["host"] = "localhost:8024"
        #expect(await test.send(request).status == 200)
    }

    @Test func plainHTTPIsRefusedToWebhooksWhereAPortalInsists() async throws {
        let test = try TestPortal { $0.httpsRequired = true }
        #expect(await test.call("scope").refusal == "401 INVALID_REQUEST Https required.")
        var request = PortalRequest.json("/rest/1/secret/scope", "{}")
        request.headers["x-forwarded-proto"] = "https"
        #expect(await test.send(request).status == 200)
        #expect(await test.send(.json("/rest/scope", "{\"auth\":\"access-1\"}")).status == 200)
    }
}

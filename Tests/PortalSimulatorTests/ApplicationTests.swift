// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PortalSimulator

/// Several applications at one portal, and a portal that changes its name.
@Suite struct ApplicationTests {
    private static let other = "client_id=local.two,client_secret=two,id=4,name=Other one,scopes=telephony+crm"

    private func portal(_ configure: (inout PortalOptions) -> Void = { _ in }) throws -> TestPortal {
        let other = try #require(PortalApplication(text: Self.other))
        return try TestPortal {
            $0.applications.append(other)
            configure(&$0)
        }
    }

    private func otherToken(_ test: TestPortal) async throws -> String {
        let code = try await test.allow(user: 2, client: "local.two")
        #expect(await test.exchange(code: code).error == "invalid_grant")
        let again = try await test.allow(user: 2, client: "local.two")
        let tokens = await test.exchange(code: again, client: "local.two", secret: "two")
        #expect(tokens["scope"] == "telephony,crm")
        return tokens["access_token"].asText
    }

    @Test func `each application has its own lines`() async throws {
        let test = try portal()
        let token = try await otherToken(test)
        for name in ["access-1", token] {
            let added = await test.send(
                test.bearer(name, "telephony.externalLine.add", #"{"NUMBER":"100","NAME":"Mine"}"#))
            #expect(added.status == 200)
        }
        _ = await test.call("telephony.externalLine.add", ["NUMBER": "100", "NAME": "Hook"])
        let lines = await test.audit["lines"].list
        #expect(lines.map { $0["REST_APP_ID"] } == ["3", "4", .null])
        #expect(await test.send(test.bearer(token, "telephony.externalLine.get")).result.count == 1)
        _ = await test.portal.control(#"{"uninstall":"local.two"}"#)
        #expect(await test.audit["lines"].list.map { $0["REST_APP_ID"] } == ["3", .null])
    }

    @Test func `each application has its own scopes, name and number`() async throws {
        let test = try portal()
        let token = try await otherToken(test)
        #expect(await test.send(test.bearer(token, "scope")).result == .list(["telephony", "crm"]))
        #expect(await test.send(test.bearer(token, "user.current")).error == "insufficient_scope")
        let info = await test.send(test.bearer(token, "app.info")).result
        #expect(info["ID"] == 4)
        #expect(info["CODE"] == "local.two")
        let registered = await test.send(
            test.bearer(
                token, "telephony.externalCall.register", #"{"USER_ID":7,"TYPE":1,"PHONE_NUMBER":"5","SHOW":0}"#))
        let callID = registered.result["CALL_ID"].asText
        let finished = await test.send(
            test.bearer(token, "telephony.externalCall.finish", #"{"USER_ID":7,"CALL_ID":"\#(callID)"}"#))
        #expect(finished.result["REST_APP_NAME"] == "Other one")
        #expect(finished.result["REST_APP_ID"] == "4")
        #expect(await test.rows(["CALL_ID": .string(callID)]).result[0]["REST_APP_NAME"] == "Other one")
    }

    @Test func `each application has its own budget of operating time`() async throws {
        let test = try portal {
            $0.operatingMode = .a
            $0.operatingLimit = 1
            $0.costs["telephony.externalline.get"] = MethodCost(latency: 0, operating: 2)
        }
        let token = try await otherToken(test)
        let own = test.bearer("access-1", "telephony.externalLine.get")
        #expect(await test.send(own).status == 200)
        #expect(await test.send(own).error == "OPERATION_TIME_LIMIT")
        #expect(await test.send(test.bearer(token, "telephony.externalLine.get")).status == 200)
        #expect(await test.call("telephony.externalLine.get").status == 200)
    }

    @Test(arguments: ["client_id=a", "client_id=a,client_secret=b,colour=red", "client_id=a,client_secret=b,id=x", ""])
    func `an application that is not understood`(_ text: String) {
        #expect(PortalApplication(text: text) == nil)
    }

    @Test(arguments: [
        ("never", RefreshReuse.never), ("until-used", .untilUsed), ("2.5", .seconds(2.5)), ("often", nil), ("-1", nil),
    ])
    func `rules for refresh tokens`(_ text: String, _ rule: RefreshReuse?) {
        #expect(RefreshReuse(text: text) == rule)
    }

    @Test func `a renamed portal keeps its member id and names its new address`() async throws {
        let test = try TestPortal()
        _ = await test.portal.control(#"{"rename":"new.test"}"#)
        var request = test.bearer("access-1", "scope")
        request.headers["host"] = "portal.test:8024"
        let moved = await test.send(request)
        #expect(moved.status == 302)
        #expect(moved.reply.headers["Location"] == "http://new.test:8024/rest/scope")
        request.headers["host"] = "new.test:8024"
        #expect(await test.send(request).status == 200)
        // The authorization server is another one: it answers as before, and knows the new name.
        let tokens = await test.refresh("refresh-1")
        #expect(tokens["client_endpoint"] == "http://new.test:8024/rest/")
        #expect(tokens["member_id"] == "0123456789abcdef0123456789abcdef")
        let page = PortalRequest(
            verb: "GET", path: "/oauth/authorize/", query: "client_id=local.app", headers: ["host": "portal.test:8024"])
        #expect(
            await test.portal.authorizePage(page).headers["Location"]
                == "http://new.test:8024/oauth/authorize/?client_id=local.app")
    }

    @Test(arguments: [
        #"{"rename":""}"#, #"{"refreshReuse":"often"}"#, #"{"uninstall":"nobody"}"#, #"{"webhook":"maybe"}"#,
        #"{"tokenLifetime":0}"#, #"{"nextTokenFault":"nonsense"}"#, #"{"redirect":{"client_id":"nobody"}}"#,
    ])
    func `orders that are not understood`(_ order: String) async throws {
        #expect(try await TestPortal().portal.control(order).hasPrefix(#"{"ok":false"#))
    }
}

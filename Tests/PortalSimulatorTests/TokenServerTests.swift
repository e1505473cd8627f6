// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import PortalSimulator

/// The authorization server: what codes and refresh tokens bring, and for how long.
@Suite struct TokenServerTests {
    @Test func `a code brings tokens once, within thirty seconds`() async throws {
        let test = try TestPortal()
        let code = try await test.allow(user: 7)
        let tokens = await test.exchange(code: code)
        #expect(tokens.status == 200)
        #expect(tokens["access_token"] == "access-2")
        #expect(tokens["refresh_token"] == "refresh-2")
        #expect(tokens["expires_in"] == 3600)
        #expect(tokens["expires"] == .int(Int(test.clock.now()) + 3600))
        #expect(tokens["client_endpoint"] == "http://portal.test:8024/rest/")
        #expect(tokens["server_endpoint"] == "http://portal.test:8024/rest/")
        #expect(tokens["member_id"] == "0123456789abcdef0123456789abcdef")
        #expect(tokens["user_id"] == 7)
        #expect(tokens["scope"] == "telephony,crm,user,user_basic,user_brief")
        #expect(await test.exchange(code: code).refusal.hasPrefix("400 invalid_grant"))

        let late = try await test.allow(user: 7)
        test.advance(30)
        #expect(await test.exchange(code: late).error == "invalid_grant")
        let soon = try await test.allow(user: 7)
        test.advance(29)
        #expect(await test.exchange(code: soon).status == 200)
    }

    @Test func `a token acts for the person who allowed it`() async throws {
        let test = try TestPortal()
        let tokens = await test.exchange(code: try await test.allow(user: 7))
        let bearer = test.bearer(tokens["access_token"].asText, "profile")
        let profile = await test.send(bearer)
        #expect(profile.result["ID"] == "7")
        #expect(profile.result["ADMIN"] == false)
        #expect(await test.send(test.bearer("access-2", "user.current")).result["UF_PHONE_INNER"] == "107")
        await test.dismiss(7)
        #expect(await test.send(bearer).error == "authorization_error")
        #expect(await test.refresh("refresh-2").error == "invalid_grant")
    }

    @Test func `an access token expires and is refreshed`() async throws {
        let test = try TestPortal { $0.application.tokenSeconds = 60 }
        test.advance(59)
        #expect(await test.send(test.bearer("access-1", "scope")).status == 200)
        test.advance(1)
        #expect(
            await test.send(test.bearer("access-1", "scope")).refusal
                == "401 expired_token The access token provided has expired")
        #expect(await test.refresh("refresh-1")["access_token"] == "access-2")
        #expect(await test.send(test.bearer("access-2", "scope")).status == 200)
    }

    /// What is left of a refresh token after it was used, under each rule.
    @Test(arguments: [
        (RefreshReuse.never, [false, false, false]), (.untilUsed, [true, true, false]),
        (.seconds(10), [true, false, false]), (.seconds(100), [true, true, true]),
    ])
    func `a used refresh token`(_ reuse: RefreshReuse, _ works: [Bool]) async throws {
        let test = try TestPortal { $0.refreshReuse = reuse }
        #expect(await test.refresh("refresh-1").status == 200)
        var found = [await test.refresh("refresh-1").status == 200]
        test.advance(20)
        let last = await test.refresh("refresh-1")
        found.append(last.status == 200)
        let newest = last.status == 200 ? last["access_token"].asText : "access-2"
        #expect(await test.send(test.bearer(newest, "scope")).status == 200)
        found.append(await test.refresh("refresh-1").status == 200)
        #expect(found == works)
    }

    @Test func `two refreshes with one token end all but the branch that is used`() async throws {
        let test = try TestPortal()
        let first = await test.refresh("refresh-1")
        let second = await test.refresh("refresh-1")
        #expect(await test.send(test.bearer(second["access_token"].asText, "scope")).status == 200)
        #expect(await test.send(test.bearer(first["access_token"].asText, "scope")).error == "expired_token")
        #expect(await test.refresh(first["refresh_token"].asText).error == "invalid_grant")
        #expect(await test.refresh(second["refresh_token"].asText).status == 200)
    }

    @Test func `a refresh token lives 180 days`() async throws {
        let test = try TestPortal()
        test.advance(180 * 86_400)
        #expect(await test.refresh("refresh-1").error == "invalid_grant")
    }

    @Test(arguments: [
        ("grant_type=refresh_token&client_id=local.app&client_secret=app-secret", "400 invalid_request"),
        ("grant_type=password&client_id=local.app&client_secret=app-secret&code=1", "400 invalid_request"),
        ("grant_type=refresh_token&client_id=local.app&client_secret=no&refresh_token=refresh-1", "400 invalid_client"),
        ("grant_type=refresh_token&client_id=no&client_secret=no&refresh_token=refresh-1", "200 wrong_client"),
        ("grant_type=refresh_token&client_id=local.app&client_secret=app-secret&refresh_token=no", "400 invalid_grant"),
        ("grant_type=authorization_code&client_id=local.app&client_secret=app-secret&code=no", "400 invalid_grant"),
    ])
    func `refusals`(_ query: String, _ refusal: String) async throws {
        let test = try TestPortal()
        let get = PortalRequest(verb: "GET", path: "/oauth/token/", query: query)
        #expect(Answer(await test.portal.handleTokenRequest(get)).refusal.hasPrefix(refusal))
        let post = PortalRequest(path: "/oauth/token/", body: Array(query.utf8))
        #expect(Answer(await test.portal.handleTokenRequest(post)).refusal.hasPrefix(refusal))
        #expect(await test.counter("tokenRequests") == 2)
        #expect(await test.counter("tokenRefusals") == 2)
    }

    @Test func `a portal without a plan, and an application that was removed`() async throws {
        let unpaid = try TestPortal { $0.planDenied = true }
        #expect(await unpaid.refresh("refresh-1").refusal == "400 PAYMENT_REQUIRED Payment required")
        let test = try TestPortal()
        #expect(await test.portal.control(#"{"uninstall":"local.app"}"#).hasPrefix(#"{"ok":true"#))
        #expect(await test.refresh("refresh-1").refusal == "401 NOT_INSTALLED Application not installed")
        #expect(await test.send(test.bearer("access-1", "scope")).error == "ERROR_OAUTH")
    }

    @Test func `revoked tokens are of no use`() async throws {
        let test = try TestPortal()
        _ = await test.portal.control(#"{"revokeTokens":true}"#)
        #expect(await test.send(test.bearer("access-1", "scope")).error == "expired_token")
        #expect(await test.refresh("refresh-1").error == "invalid_grant")
    }

    @Test func `tokens outlive the portal's process and a reset`() async throws {
        try await ProgramTests.withFolder { folder in
            let file = folder.appendingPathComponent("state").path
            let before = try TestPortal(stateFile: file)
            #expect(await before.refresh("refresh-1").status == 200)
            #expect(await before.send(before.bearer("access-2", "scope")).status == 200)
            await before.portal.reset()
            let after = try TestPortal(stateFile: file)
            #expect(await after.refresh("refresh-1").error == "invalid_grant")
            #expect(await after.refresh("refresh-2")["access_token"] == "access-3")
        }
    }

    // MARK: Faults

    @Test(arguments: [
        ("drop-before", 0, PortalReply.Delivery.dropped, 0), ("drop-after", 0, .dropped, 1),
        ("unavailable", 502, .whole, 0), ("error-after=500", 500, .whole, 1), ("html-after=504", 504, .whole, 1),
        ("garbage", 200, .whole, 1), ("stall=5", 200, .whole, 1), ("stall-after=5", 200, .whole, 1),
    ])
    func `the authorization server has faults of its own`(
        _ fault: String, _ status: Int, _ delivery: PortalReply.Delivery, _ issued: Int
    ) async throws {
        let test = try TestPortal {
            $0.tokenFaults.scripted = [FaultPlan.Scripted(text: fault + "@1")].compactMap { $0 }
        }
        #expect(await test.send(test.bearer("access-1", "scope")).status == 200)
        let reply = await test.refresh("refresh-1").reply
        #expect(reply.status == status)
        #expect(reply.delivery == delivery)
        #expect(await test.counter("tokensIssued") == issued)
        #expect(await test.counter("faults") == 1)
        // Nobody got a new token, so the old one still works.
        #expect(await test.refresh("refresh-1").status == 200)
    }

    @Test func `faults by control, and two requests at once are counted`() async throws {
        let test = try TestPortal(clock: MachineClock())
        _ = await test.portal.control(#"{"nextTokenFault":"stall-after"}"#)
        async let held = test.refresh("refresh-1")
        while await test.counter("tokensIssued") == 0 { await Task.yield() }
        #expect(await test.refresh("refresh-1").status == 200)
        _ = await test.portal.control(#"{"release":-1}"#)
        #expect(await held.status == 200)
        #expect(await test.counter("tokenOverlaps") == 1)
    }
}

extension TestPortal {
    /// Allows an application as a person would, and returns the code.
    func allow(user: Int, client: String = "local.app") async throws -> String {
        let page = PortalRequest(
            path: "/oauth/authorize/", headers: ["host": "portal.test:8024"],
            body: Array("client_id=\(client)&user=\(user)&decision=allow".utf8))
        let location = try #require(await portal.authorizePage(page).headers["Location"])
        let query = FormReader.read(location.split(separator: "?")[1])
        return try #require(query["code"]?.string)
    }

    func exchange(code: String, client: String = "local.app", secret: String = "app-secret") async -> Answer {
        await tokens("grant_type=authorization_code&client_id=\(client)&client_secret=\(secret)&code=\(code)")
    }

    func refresh(_ token: String, client: String = "local.app", secret: String = "app-secret") async -> Answer {
        await tokens("grant_type=refresh_token&client_id=\(client)&client_secret=\(secret)&refresh_token=\(token)")
    }

    private func tokens(_ form: String) async -> Answer {
        let request = PortalRequest(
            path: "/oauth/token/", headers: ["host": "portal.test:8024"], body: Array(form.utf8))
        return Answer(await portal.handleTokenRequest(request))
    }

    /// A request with an application's token in its header.
    func bearer(_ token: String, _ method: String, _ json: String = "{}") -> PortalRequest {
        var request = PortalRequest.json("/rest/\(method)", json)
        request.headers["authorization"] = "Bearer \(token)"
        return request
    }

    func dismiss(_ user: Int) async { _ = await portal.control("{\"dismiss\":\(user)}") }
}

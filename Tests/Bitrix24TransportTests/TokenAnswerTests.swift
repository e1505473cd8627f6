// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import Synchronization
import Testing

@testable import Bitrix24Transport

/// What the authorization server is asked, and what its answers mean.
@Suite struct TokenAnswerTests {
    private static let full = """
        {"access_token":"a","refresh_token":"r","expires":1,"expires_in":1800,"scope":"CRM,telephony user",
        "client_endpoint":"https://Company.test/rest/","member_id":"m","user_id":"7","status":"L"}
        """

    private func answer(_ status: Int, _ body: String) -> TokenAnswer {
        TokenAnswer(.answered(HTTPAnswer(status: status, body: Array(body.utf8), elapsed: .zero)), server: "oauth.test")
    }

    @Test func `a grant is read whole`() {
        guard case .granted(let grant) = answer(200, Self.full) else {
            Issue.record("not granted")
            return
        }
        #expect(grant.access.exposed == "a")
        #expect(grant.refresh.exposed == "r")
        #expect(grant.lifetime == 1_800)
        #expect(grant.endpoint?.text == "https://company.test/rest/")
        #expect(grant.memberID == "m")
        #expect(grant.userID == 7)
        #expect(grant.scopes == ["crm", "telephony", "user"])
    }

    @Test(arguments: [
        (#"{"access_token":"a","refresh_token":"r"}"#, 3_600.0),
        (#"{"access_token":"a","refresh_token":"r","expires_in":0}"#, 3_600),
        (#"{"access_token":"a","refresh_token":"r","expires_in":"60"}"#, 60),
    ])
    func `a grant without a usable life lives for an hour`(_ body: String, _ lifetime: Double) {
        guard case .granted(let grant) = answer(200, body) else {
            Issue.record("not granted")
            return
        }
        #expect(grant.lifetime == lifetime)
        #expect(grant.endpoint == nil)
    }

    enum Meaning { case refused, unavailable, lost }

    @Test(arguments: [
        (400, #"{"error":"invalid_grant"}"#, Meaning.refused), (200, #"{"error":"wrong_client"}"#, .refused),
        (401, #"{"error":"NOT_INSTALLED"}"#, .refused), (402, #"{"error":"PAYMENT_REQUIRED"}"#, .refused),
        (400, #"{"error":""}"#, .refused), (200, #"{"access_token":"a","refresh_token":"r","error":"x"}"#, .refused),
        (503, #"{"error":"QUERY_LIMIT_EXCEEDED"}"#, .unavailable), (429, "", .unavailable),
        (400, #"{"error":"CONNECTION_ERROR"}"#, .unavailable), (500, #"{"error":"invalid_grant"}"#, .unavailable),
        (502, "<html>", .unavailable), (302, "", .unavailable),
        (200, "", .lost), (200, "<html>", .lost), (200, #"{"access_token":"a"}"#, .lost), (200, "[]", .lost),
        (200, #"{"access_token":"","refresh_token":"r"}"#, .lost), (404, "<html>", .lost), (200, "{", .lost),
    ])
    func `everything else`(_ status: Int, _ body: String, _ meaning: Meaning) {
        let found: Meaning =
            switch answer(status, body) {
            case .refused: .refused
            case .unavailable: .unavailable
            case .lost: .lost
            case .granted(let grant): preconditionFailure("\(grant)")
            }
        #expect(found == meaning)
    }

    @Test func `what was never sent is unavailable, what may have arrived is lost, and both name the server`() {
        let refused = TransportFailure(.connectionRefused)
        #expect(
            TokenAnswer(.neverSent(refused), server: "oauth.test")
                == .unavailable(.init(.authorizationServer, detail: "oauth.test: \(refused)")))
        let cut = TransportFailure(.connectionClosed)
        #expect(
            TokenAnswer(.unknown(cut, elapsed: .zero), server: "oauth.test")
                == .lost(
                    .init(
                        .authorizationServer,
                        detail: "oauth.test: \(cut)")))
    }

    @Test func `a code in an answer cannot bring a text of its own`() {
        let refusal = TokenRefusal(code: "invalid\ngrant <b>\(String(repeating: "x", count: 100))")
        #expect(refusal.code.utf8.count == 64)
        #expect(refusal.code.hasPrefix("invalidgrantbxxx"))
    }

    /// Remembers what it was given and answers the same each time.
    private final class Recorder: HTTPCarrier {
        let messages = Mutex<[HTTPMessage]>([])
        func send(_ message: HTTPMessage) async -> PortalExchange {
            messages.withLock { $0.append(message) }
            return .answered(HTTPAnswer(status: 200, body: Array(TokenAnswerTests.full.utf8), elapsed: .zero))
        }
    }

    @Test func `all secrets travel in the body of a POST to the authorization server`() async {
        let recorder = Recorder()
        var client = OAuthSample.client
        client.clientSecret = Secret("a&b=c d")
        let server = HTTPTokenServer(client: client, carrier: recorder)
        _ = await server.ask(.refresh(Secret("r+1")))
        _ = await server.ask(.code(Secret("c/1")))
        let messages = recorder.messages.withLock { $0 }
        #expect(messages.map(\.url) == Array(repeating: "https://oauth.test/oauth/token/", count: 2))
        #expect(messages.allSatisfy { $0.bearer == nil && $0.kind == .form })
        #expect(
            messages.map { String(decoding: $0.body, as: UTF8.self) } == [
                "grant_type=refresh_token&refresh_token=r%2B1&client_id=local.abc&client_secret=a%26b%3Dc%20d",
                "grant_type=authorization_code&code=c%2F1&client_id=local.abc&client_secret=a%26b%3Dc%20d",
            ])
    }
}

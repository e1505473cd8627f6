// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Bitrix24Transport

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// The first grant: the address that a person opens, and what comes back.
@Suite struct LoginTests {
    private typealias Sample = OAuthSample

    @Test func `the address to open names the application and the state, and no secret`() {
        #expect(
            Sample.client(portal: "company.test:8443").authorizationAddress(state: "a.b")
                == "https://company.test:8443/oauth/authorize/?client_id=local.abc&response_type=code&state=a.b")
    }

    @Test(arguments: [
        "https://app.test/in?code=c1&state=s%201&domain=company.test&member_id=m&scope=a%2Cb&server_domain=oauth.test",
        "  <https://app.test/?x=1&state=s+1&domain=company.test&member_id=m&server_domain=oauth.test&code=c1#top>\n",
        "code=c1&state=s+1&domain=company.test&member_id=m&server_domain=oauth.test",
        "\"http://127.0.0.1:8025/?state=s+1&domain=company.test&code=c1&member_id=m&server_domain=oauth.test\"",
    ])
    func `an address is taken apart`(_ text: String) throws {
        let answer = try LoginAnswer(text)
        #expect(answer.code.exposed == "c1")
        #expect(answer.state == "s 1")
        #expect(answer.portal == "company.test")
        #expect(answer.memberID == "m")
        #expect(answer.server == "oauth.test")
    }

    @Test(arguments: ["c1", " c1\r\n", "'c1'"])
    func `a code alone will do`(_ text: String) throws {
        let answer = try LoginAnswer(text)
        #expect(answer.code.exposed == "c1")
        #expect(answer.state == nil)
    }

    @Test(arguments: [
        ("", LoginAnswerFault.empty), (" \n", .empty), ("https://app.test/", .noCode),
        ("https://app.test/?state=1", .noCode),
        ("https://app.test/?code=&state=1", .noCode), ("two words", .notACode),
        ("https://app.test/?error=access_denied&code=1", .refused("access_denied")),
        ("https://app.test/?error=%3Cb%3E", .refused("b")),
    ])
    func `what is no answer is refused without repeating it`(_ text: String, _ fault: LoginAnswerFault) {
        #expect(throws: fault) { try LoginAnswer(text) }
    }

    @Test func `a state is ours for a quarter of an hour, and nobody else's`() {
        let state = LoginState(client: Sample.client, now: 1_000_000)
        #expect(LoginState.isOurs(state.text, client: Sample.client, now: 1_000_000))
        #expect(LoginState.isOurs(state.text, client: Sample.client, now: 1_000_900))
        #expect(!LoginState.isOurs(state.text, client: Sample.client, now: 1_000_901))
        #expect(!LoginState.isOurs(state.text, client: Sample.client, now: 999_000))
        var other = Sample.client
        other.clientSecret = Secret("another")
        #expect(!LoginState.isOurs(state.text, client: other, now: 1_000_000))
        for text in ["", "a.b.c", state.text + "0", "f" + state.text, "1.2", String(state.text.dropLast())] {
            #expect(!LoginState.isOurs(text, client: Sample.client, now: 1_000_000))
        }
        #expect(!state.text.contains(Sample.planted))
        #expect(LoginState(client: Sample.client, now: 1_000_000) != state)
    }

    // MARK: The listener

    private func get(_ port: Int, _ path: String) async throws -> (status: Int, text: String) {
        let url = try #require(URL(string: "http://127.0.0.1:\(port)\(path)"))
        // Foundation's own limit of a minute is short beside all other tests.
        let request = URLRequest(url: url, timeoutInterval: 600)
        let (data, response) = try await URLSession.shared.data(for: request)
        return ((response as? HTTPURLResponse)?.statusCode ?? 0, String(decoding: data, as: UTF8.self))
    }

    @Test func `the listener hands queries on until one is good, and shows what came of each`() async throws {
        let listener = try await RedirectListener(port: 0)
        async let found = listener.answer { query -> (text: String, value: String?) in
            query == "code=right" ? ("<done>", query) : ("try again", nil)
        }
        #expect(try await get(listener.port, "/favicon.ico").status == 404)
        let wrong = try await get(listener.port, "/?code=wrong")
        #expect(wrong.status == 400)
        #expect(wrong.text.contains("try again"))
        let right = try await get(listener.port, "/any/path?code=right")
        #expect(right.status == 200)
        #expect(right.text.contains("&lt;done>"))
        #expect(await found == "code=right")
    }

    @Test func `a connection that says nothing does not stand in the way`() async throws {
        let listener = try await RedirectListener(port: 0)
        async let found = listener.answer { query -> (text: String, value: String?) in ("", query) }
        let silent = Process()
        silent.executableURL = URL(fileURLWithPath: "/bin/bash")
        silent.arguments = ["-c", "exec 3<>/dev/tcp/127.0.0.1/\(listener.port); sleep 900"]
        try silent.run()
        defer { kill(silent.processIdentifier, SIGKILL) }
        try await Task.sleep(for: .milliseconds(200))
        #expect(try await get(listener.port, "/?code=1").status == 200)
        #expect(await found == "code=1")
    }

    @Test func `a port in use is said`() async throws {
        let first = try await RedirectListener(port: 0)
        let fault = await #expect(throws: RedirectListener.Fault.self) { try await RedirectListener(port: first.port) }
        #expect(fault?.description.contains("127.0.0.1:\(first.port)") == true)
        let waiting = Task { await first.answer { _ -> (text: String, value: Int?) in ("", nil) } }
        waiting.cancel()
        #expect(await waiting.value == nil)
    }
}

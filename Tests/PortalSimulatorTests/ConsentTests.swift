// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PortalSimulator

/// The page on which a person lets an application in.
@Suite struct ConsentTests {
    private func page(_ test: TestPortal, _ query: String, verb: String = "GET") async -> PortalReply {
        let request =
            verb == "GET"
            ? PortalRequest(
                verb: "GET", path: "/oauth/authorize/", query: query, headers: ["host": "portal.test:8024"])
            : PortalRequest(
                path: "/oauth/authorize/", headers: ["host": "portal.test:8024"], body: Array(query.utf8))
        return await test.portal.authorizePage(request)
    }

    @Test func `the page names the application, its scopes and who is logged in`() async throws {
        let test = try TestPortal {
            $0.application.name = "<b>CDR & more</b>"
            $0.application.scopes = ["telephony", "user"]
        }
        let reply = await page(test, "client_id=local.app&state=%22quoted%22")
        #expect(reply.status == 200)
        #expect(reply.text.contains("&lt;b&gt;CDR &amp; more&lt;/b&gt;"))
        #expect(reply.text.contains("portal.test:8024: telephony, user"))
        #expect(reply.text.contains(#"name="state" value="&quot;quoted&quot;""#))
        #expect(reply.text.contains(#"<option value="1" selected>Alma Reed</option>"#))
        #expect(!reply.text.contains("Vera Gone"))
        #expect(!reply.text.contains("Robot Helper"))
    }

    @Test(arguments: ["GET", "POST"])
    func `allowing leads to the application's address with everything it needs`(_ verb: String) async throws {
        let test = try TestPortal { $0.application.redirect = "https://app.test/in?a=1" }
        let reply = await page(test, "client_id=local.app&state=a%20b&decision=allow", verb: verb)
        #expect(reply.status == 302)
        #expect(
            reply.headers["Location"]
                == "https://app.test/in?a=1&code=code-1&state=a%20b&domain=portal.test%3A8024"
                + "&member_id=0123456789abcdef0123456789abcdef"
                + "&scope=telephony%2Ccrm%2Cuser%2Cuser_basic%2Cuser_brief&server_domain=portal.test%3A8024")
    }

    @Test func `an address in the request is ignored`() async throws {
        let reply = await page(
            try TestPortal(), "client_id=local.app&decision=allow&redirect_uri=https%3A%2F%2Felsewhere.test%2F")
        #expect(reply.headers["Location"]?.hasPrefix("http://127.0.0.1:8025/?code=code-1&domain=") == true)
    }

    @Test func `an application without an address gets its code shown`() async throws {
        let reply = await page(try TestPortal { $0.application.redirect = "" }, "client_id=local.app&decision=allow")
        #expect(reply.status == 200)
        #expect(reply.text.contains(#"<p id="message">code-1</p>"#))
    }

    @Test(arguments: [
        ("client_id=nobody", 404), ("state=1", 404), ("client_id=local.app&user=21", 403),
        ("client_id=local.app&user=22&decision=allow", 403), ("client_id=local.app&decision=deny", 200),
    ])
    func `refusals are pages and lead nowhere`(_ query: String, _ status: Int) async throws {
        let reply = await page(try TestPortal(), query)
        #expect(reply.status == status)
        #expect(reply.headers["Location"] == nil)
        #expect(!reply.text.contains("code-1"))
    }

    @Test func `page and token endpoint answer over HTTP`() async throws {
        try await withServer { _, url in
            let page = try await ServerTests.get(url, "oauth/authorize")
            #expect(page.contains("Application not found"))
            let (status, text) = try await ServerTests.post(url, "oauth/token", "{}")
            #expect(status == 400)
            #expect(text.contains("invalid_request"))
        }
    }
}

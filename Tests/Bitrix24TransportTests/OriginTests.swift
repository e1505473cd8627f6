// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Bitrix24Transport

/// Hosts and addresses without secrets, as the configuration and the authorization server write them.
@Suite struct OriginTests {
    @Test(arguments: [
        ("company.bitrix24.test", "https://company.bitrix24.test"), ("https://Company.test/", "https://company.test"),
        ("https://company.test:443", "https://company.test"), ("company.test:8443", "https://company.test:8443"),
        ("127.0.0.1:8024", "http://127.0.0.1:8024"), ("localhost", "http://localhost"), ("[::1]:80", "http://[::1]"),
        ("http://localhost:8024/", "http://localhost:8024"), ("https://127.0.0.1:9", "https://127.0.0.1:9"),
    ])
    func `hosts`(_ text: String, _ origin: String) throws {
        #expect(try HTTPOrigin(text).text == origin)
    }

    @Test(arguments: [
        ("", OriginFault.badHost), ("http://company.test", .plainHTTP(host: "company.test")),
        ("ftp://company.test", .noScheme), ("company.test/rest/", .pathFollows), ("company.test?x", .pathFollows),
        ("a b", .strangeCharacter), ("user@company.test", .userInfo), ("company.test:0", .badPort),
        ("company..test", .badHost),
    ])
    func `what is no host`(_ text: String, _ fault: OriginFault) {
        #expect(throws: fault) { try HTTPOrigin(text) }
    }

    @Test(arguments: [
        ("https://company.test/rest/", "https://company.test/rest/"),
        ("https://company.test/rest", "https://company.test/rest/"),
        // Old documents show http; a token never travels in the open.
        ("http://company.test/rest/", "https://company.test/rest/"),
        ("http://127.0.0.1:8024/rest/", "http://127.0.0.1:8024/rest/"), ("company.test/rest/", nil), ("", nil),
        ("https:///rest/", nil), ("ftp://company.test/", nil), ("https://user@company.test/rest/", nil),
    ])
    func `endpoints`(_ text: String, _ endpoint: String?) {
        #expect(RESTEndpoint(text)?.text == endpoint)
    }
}

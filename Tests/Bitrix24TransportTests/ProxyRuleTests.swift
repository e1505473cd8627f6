// SPDX-License-Identifier: Apache-2.0

import Bitrix24Transport
import Testing

struct ProxyRuleTests {
    private func rule(
        _ address: String = "https://portal.example.test/rest/1/s3cr3t/", configured: String? = nil,
        environment: [String: String] = [:]
    ) throws -> String? {
        try ProxyRule.proxy(for: WebhookAddress(address).origin, configured: configured, environment: environment)?
            .description
    }

    @Test func takesTheConfiguredProxyBeforeTheEnvironments() throws {
        #expect(try rule() == nil)
        #expect(try rule(environment: ["HTTPS_PROXY": "http://proxy.test:3128"]) == "http://proxy.test:3128")
        #expect(try rule(environment: ["HTTPS_PROXY": "a.test", "https_proxy": "b.test"]) == "http://b.test:8080")
        #expect(try rule(environment: ["HTTPS_PROXY": ""]) == nil)
        #expect(try rule(environment: ["HTTP_PROXY": "http://proxy.test:3128"]) == nil)
        #expect(try rule(configured: "c.test:1", environment: ["HTTPS_PROXY": "a.test"]) == "http://c.test:1")
    }

    @Test func leavesLoopbackHostsAlone() throws {
        #expect(try rule("http://127.0.0.1:8080/rest/1/s3cr3t/", environment: ["HTTPS_PROXY": "a.test"]) == nil)
    }

    @Test(arguments: [
        ("*", true), ("portal.example.test", true), ("example.test", true), (".example.test", true),
        ("*.example.test", true), ("a.test, EXAMPLE.test", true), ("ample.test", false), ("other.test", false),
        ("portal.example.test:443", false), ("", false),
    ])
    func honoursExceptions(_ list: String, isExcepted: Bool) throws {
        #expect(try (rule(environment: ["HTTPS_PROXY": "a.test", "NO_PROXY": list]) == nil) == isExcepted)
        #expect(try (rule(configured: "c.test", environment: ["NO_PROXY": list]) == nil) == isExcepted)
    }

    @Test(arguments: [
        ("http://proxy.test", "http://proxy.test:8080"), ("proxy.test:3128/", "http://proxy.test:3128"),
        ("socks5://proxy.test", "socks5://proxy.test:1080"), ("http://[::1]:3128", "http://::1:3128"),
        ("http://user:hidden@proxy.test", "http://…@proxy.test:8080"),
    ])
    func readsAddressesAndHidesCredentials(_ text: String, shown: String) throws {
        let address = try ProxyAddress(text)
        var dumped = "\(address)"
        dump(address, to: &dumped)
        #expect(address.description == shown)
        #expect(!dumped.contains("hidden"))
    }

    @Test(arguments: [
        ("https://proxy.test", ProxyFault.unsupportedScheme("https")), ("ftp://proxy.test", .unsupportedScheme("ftp")),
        ("", .notAnAddress), ("http://", .notAnAddress), ("proxy.test:0", .notAnAddress),
        ("proxy.test:x", .notAnAddress), ("http://proxy.test/path", .notAnAddress), ("a b", .notAnAddress),
        ("socks5://user:hidden@proxy.test", .credentialsWithSOCKS),
    ])
    func refusesWhatIsNoProxy(_ text: String, fault: ProxyFault) {
        let found = #expect(throws: ProxyFault.self) { try ProxyAddress(text) }
        #expect(found == fault)
        #expect(found?.description.contains("hidden") == false)
    }
}

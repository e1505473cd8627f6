// SPDX-License-Identifier: Apache-2.0

import Bitrix24Transport
import Testing

struct WebhookAddressTests {
    @Test(arguments: [
        ("https://Example.bitrix24.test/rest/1/s3cr3tw0rd/", "example.bitrix24.test", false),
        ("https://example.test/rest/12/s3cr3tw0rd", "example.test", false),
        ("https://example.test:443/rest/1/s3cr3tw0rd/", "example.test", false),
        ("https://example.test:8443/rest/1/s3cr3tw0rd/", "example.test:8443", false),
        ("HTTP://127.0.0.1:8080/rest/1/s3cr3tw0rd/", "127.0.0.1:8080", true),
        ("http://127.7.8.9/rest/1/s3cr3tw0rd/", "127.7.8.9", true),
        ("http://localhost:80/rest/1/s3cr3tw0rd/", "localhost", true),
        ("http://[::1]:8080/rest/1/s3cr3tw0rd/", "[::1]:8080", true),
        ("https://example.test./rest/1/s3cr3tw0rd/", "example.test", false),
    ])
    func readsAddresses(_ text: String, host: String, isLoopback: Bool) throws {
        let address = try WebhookAddress(text)
        #expect(address.host == host)
        #expect(address.isLoopback == isLoopback)
    }

    @Test(arguments: [
        ("", AddressFault.empty),
        ("https://example.test/rest/1/s3cr3tw0rd/ ", .strangeCharacter),
        ("https://пример.test/rest/1/s3cr3tw0rd/", .strangeCharacter),
        ("example.test/rest/1/s3cr3tw0rd/", .noScheme),
        ("http://example.test/rest/1/s3cr3tw0rd/", .plainHTTP(host: "example.test")),
        ("http://127.0.0.1.example.test/rest/1/s3cr3tw0rd/", .plainHTTP(host: "127.0.0.1.example.test")),
        ("http://10.0.0.1/rest/1/s3cr3tw0rd/", .plainHTTP(host: "10.0.0.1")),
        ("https:///rest/1/s3cr3tw0rd/", .badHost),
        ("https://exa$mple.test/rest/1/s3cr3tw0rd/", .badHost),
        ("https://example.test:99999/rest/1/s3cr3tw0rd/", .badPort),
        ("https://example.test:/rest/1/s3cr3tw0rd/", .badPort),
        ("https://user:s3cr3tw0rd@example.test/rest/1/s3cr3tw0rd/", .userInfo),
        ("https://example.test/", .badPath),
        ("https://example.test/rest/1/", .badPath),
        ("https://example.test/rest/admin/s3cr3tw0rd/", .badPath),
        ("https://example.test/rest/1/s3cr3tw0rd/profile.json", .methodAppended),
        ("https://example.test/rest/1/s3cr3tw0rd/?a=1", .queryOrFragment),
        ("https://example.test/rest/1/s3cr3tw0rd/#a", .queryOrFragment),
    ])
    func refusesWhatIsNoAddressWithoutRepeatingTheSecret(_ text: String, fault: AddressFault) {
        let found = #expect(throws: AddressFault.self) { try WebhookAddress(text) }
        #expect(found == fault)
        #expect(found?.description.contains("s3cr3tw0rd") == false)
    }

    @Test func `no way of printing an address shows its secret`() throws {
        let address = try WebhookAddress("https://example.test/rest/7/s3cr3tw0rd/")
        var dumped = ""
        dump(address, to: &dumped)
        dump(HTTPTransportHolder(transport: try HTTPTransport(address: address)), to: &dumped)
        dump([address], to: &dumped)
        let printed = [
            "\(address)", String(reflecting: address), String(describing: Optional(address)), dumped,
            "\(Mirror(reflecting: address).children.map { $0.value })",
        ]
        for text in printed {
            #expect(!text.contains("s3cr3tw0rd"))
        }
        #expect(address.description == "https://example.test/rest/7/…")
        #expect(address.redacting("a s3cr3tw0rd b s3cr3tw0rd") == "a … b …")
    }

    private struct HTTPTransportHolder {
        var transport: HTTPTransport
    }
}

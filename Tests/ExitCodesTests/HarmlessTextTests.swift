// SPDX-License-Identifier: Apache-2.0

import ExitCodes
import Testing

/// What comes from outside does no harm where a person reads it.
@Suite struct HarmlessTextTests {
    @Test(arguments: [
        ("no such call", "no such call"), ("две\nстроки\r\n", "две строки  "), ("\u{1B}[2Jgone", "\u{FFFD}[2Jgone"),
        ("tab\there\u{7F}", "tab here\u{FFFD}"), ("\u{9B}31m", "\u{FFFD}31m"), ("a\u{202E}b", "a\u{FFFD}b"),
        ("one\u{2028}two", "one two"), ("é 漢字 😀 £ “”", "é 漢字 😀 £ “”"), ("", ""), ("\0", "\u{FFFD}"),
    ])
    func whatATerminalWouldObeyIsTakenOut(_ text: String, _ printable: String) {
        #expect(HarmlessText.printable(text) == printable)
    }

    @Test(arguments: [
        ("Cannot POST /rest/1/abcdef0123456789/batch", "Cannot POST /rest/1/…/batch"),
        ("https://x.bitrix24.ru/rest/17/s3cr3t", "https://x.bitrix24.ru/rest/17/…"),
        ("https%3A%2F%2Fx%2Frest%2F1%2Fabc%2Fbatch", "https%3A%2F%2Fx%2Frest%2F1%2F…%2Fbatch"),
        (#"{"path":"\/rest\/1\/abc\/profile.json"}"#, #"{"path":"\/rest\/1\/…\/profile.json"}"#),
        ("/REST/1/abc/ and rest/2/de-f_9", "/REST/1/…/ and rest/2/…"), ("/rest/1/", "/rest/1/"),
        ("/rest/one/two", "/rest/one/two"), ("the rest", "the rest"), ("rest/", "rest/"), ("rest", "rest"),
        ("пере/rest/1/abc/дальше", "пере/rest/1/…/дальше"),
    ])
    func theSecretOfAWebhookIsMasked(_ text: String, _ masked: String) {
        #expect(HarmlessText.masked(text) == masked)
        #expect(HarmlessText.masked(masked) == masked)
    }

    @Test func `a text from outside is cut`() {
        let text = HarmlessText.fromOutside(String(repeating: "ошибка ", count: 1_000))
        #expect(text.count == HarmlessText.longest + 1 && text.hasSuffix("…"))
        let marks = HarmlessText.fromOutside("e" + String(repeating: "\u{301}", count: 100_000))
        #expect(marks.unicodeScalars.count == HarmlessText.longest + 1)
    }

    @Test func `a fault that repeats a webhook says where one belongs`() {
        let fault = ImportFault.input("the file https://x.bitrix24.ru/rest/1/s3cr3tw0rd/ is not there")
        #expect("\(fault)".hasPrefix("the file https://x.bitrix24.ru/rest/1/…/ is not there"))
        #expect("\(fault)".contains("give file:PATH") && !"\(fault)".contains("s3cr3tw0rd"))
        #expect("\(ImportFault.input("the file a.csv is not there"))" == "the file a.csv is not there")
    }
}

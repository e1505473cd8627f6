// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Delivery

/// What a log says of requests.
@Suite struct RequestLinesTests {
    @Test(
        "Only the last two digits of a telephone number are shown",
        arguments: [
            ("+79000000012", "+*********12"), ("PHONE_NUMBER: 84950000000, 101", "PHONE_NUMBER: *********00, 101"),
            ("1234567", "*****67"), ("123456", "123456"), ("", ""), ("user 7", "user 7"),
        ])
    func masking(_ text: String, _ shown: String) {
        #expect(RequestLines.masked(text) == shown)
    }
}

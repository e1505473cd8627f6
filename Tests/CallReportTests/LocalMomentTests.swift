// SPDX-License-Identifier: Apache-2.0

import CallReport
import Testing

@Suite struct LocalMomentTests {
    @Test func `days and their texts belong together over a thousand years`() {
        var former = ""
        for number in stride(from: -200_000, through: 200_000, by: 1) {
            let text = LocalDay(number).text
            #expect(text.count == 10 && text > former)
            former = text
            if number % 97 == 0 { #expect(LocalDay(text: text) == LocalDay(number)) }
        }
    }

    @Test(arguments: [
        ("1970-01-01", 0, 3), ("2000-02-29", 11_016, 1), ("2026-11-28", 20_785, 5), ("1969-12-31", -1, 2),
    ])
    func `known days`(_ text: String, _ number: Int, _ weekday: Int) {
        #expect(LocalDay(number).text == text)
        #expect(LocalDay(text: text)?.number == number)
        #expect(LocalDay(number).weekday == weekday)
    }

    @Test(arguments: [
        "2026-02-30", "2026-13-01", "2026-00-10", "26-01-01", "2026-1-1", "", "2026-01-0a", "x2026-01-01",
    ])
    func `what is no day`(_ text: String) { #expect(LocalDay(text: text) == nil) }

    @Test func `a moment by the clock of the phone system`() {
        let time = LocalMoment(-1, offset: 3_600)
        #expect(time.text == "1970-01-01 00:59" && time.hour == 0)
        #expect(LocalMoment(-3_601, offset: 0).text == "1969-12-31 22:59")
    }
}

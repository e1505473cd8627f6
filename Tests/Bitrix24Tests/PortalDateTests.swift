// SPDX-License-Identifier: Apache-2.0

import Bitrix24
import Testing

struct PortalDateTests {
    @Test(arguments: [
        (Int64(0), 0, "1970-01-01T00:00:00+00:00"),
        (1_772_868_030, 10_800, "2026-03-07T10:20:30+03:00"),
        (951_782_400, 0, "2000-02-29T00:00:00+00:00"),
        (1_709_164_799, 19_800, "2024-02-29T05:29:59+05:30"),
        (1_709_164_800, -12_600, "2024-02-28T20:30:00-03:30"),
        (-1, 0, "1969-12-31T23:59:59+00:00"),
        (4_107_542_399, 0, "2100-02-28T23:59:59+00:00"),
        (4_107_542_400, 0, "2100-03-01T00:00:00+00:00"),
    ])
    func writesAndReadsBack(_ seconds: Int64, offset: Int, text: String) {
        let date = PortalDate(epochSeconds: seconds, offsetSeconds: offset)
        #expect(date.description == text)
        #expect(PortalDate(text) == date)
    }

    @Test(arguments: [
        ("2026-03-07T07:20:30Z", Int64(1_772_868_030)), ("2026-03-07T07:20:30.123456+00:00", 1_772_868_030),
        ("2026-03-07 10:20:30+0300", 1_772_868_030),
    ])
    func readsOtherSpellings(_ text: String, seconds: Int64) {
        #expect(PortalDate(text)?.epochSeconds == seconds)
    }

    @Test(arguments: [
        "", "2026-03-07", "2026-03-07T10:20:30", "2026-13-07T10:20:30Z", "2026-03-07T24:20:30Z", "yesterday",
        "2026-03-07T10:20:30+3", "2026-03-07T10:20:30+03:0x", "2026-03-07T10:20:30Zebra", "2026-03-07T10:20:30.",
        "2026-03-07T10:20:30+", "٢٠٢٦-03-07T10:20:30Z",
    ])
    func readsNothingElse(_ text: String) {
        #expect(PortalDate(text) == nil)
    }
}

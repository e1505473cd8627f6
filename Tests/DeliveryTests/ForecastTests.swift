// SPDX-License-Identifier: Apache-2.0

import CDRConfiguration
import Clocks
import Foundation
import Testing

@testable import Delivery

struct ForecastTests {
    private static let moscow = TimeZone(secondsFromGMT: 3 * 3_600) ?? .current
    /// 2026-11-25 01:00 in Moscow.
    private static let night = 1_795_557_600.0

    private func forecast(
        _ calls: Int, allowed: Int? = nil, _ duration: Duration, byDeadline: Int? = nil, isKnown: Bool = true
    ) -> String {
        Forecast(
            calls: calls, allowed: allowed ?? calls, duration: duration, byDeadline: byDeadline, isPaceKnown: isKnown
        ).text(now: Self.night, deadline: Self.night + 5 * 3_600, zone: Self.moscow)
    }

    @Test func `it is said in one sentence`() {
        #expect(
            forecast(3_120, .seconds(5_700))
                == "3,120 calls to deliver: about 1 h 35 min at this portal's pace, until about 02:35")
        #expect(
            forecast(12_000, .seconds(24_000), byDeadline: 9_012)
                == "12,000 calls to deliver: about 6 h 40 min at this portal's pace, until about 07:40; "
                + "about 9,000 of them by 2026-11-25 06:00 (--until), the rest in the next run")
        #expect(
            forecast(3_120, allowed: 500, .seconds(900))
                == "3,120 calls to deliver, 500 of them in this run: about 15 min at this portal's pace, until about 01:15"
        )
        #expect(
            forecast(100_000, .seconds(49 * 3_600), isKnown: false)
                == "100,000 calls to deliver: about 2 d 1 h assuming the costs in the Bitrix24 documentation")
        #expect(forecast(1, .seconds(3)) == "1 call to deliver: about 3 s at this portal's pace, until about 01:00")
    }

    @Test(arguments: [
        (0, "1 s"), (0.2, "1 s"), (54, "54 s"), (55, "1 min"), (89, "1 min"), (91, "2 min"), (3_569, "59 min"),
        (3_570, "1 h"), (5_700, "1 h 35 min"), (84_599, "23 h 30 min"), (86_400, "1 d"), (183_600, "2 d 3 h"),
    ])
    func `durations are said as a person would`(_ seconds: Double, words: String) {
        #expect(Forecast.words(.seconds(seconds)) == words)
    }

    private func pace(_ change: (inout PortalSettings) -> Void = { _ in }) -> DeliveryPace {
        var settings = PortalSettings()
        change(&settings)
        return DeliveryPace(settings: settings, epoch: 1_790_000_000, memory: nil)
    }

    @Test func `an unknown portal is taken to cost what the documents show`() {
        let forecast = pace().forecast(calls: 10_000, allowed: .max, lanes: 2, within: nil, at: .seconds(10))
        // 14,100 operating seconds at 407.4 in ten minutes.
        #expect((20_000...21_500).contains(forecast.duration.inSeconds), "\(forecast)")
        #expect(!forecast.isPaceKnown && forecast.byDeadline == nil)
    }

    @Test func `a window that is too short is told with the number of calls that fit`() {
        let pace = pace()
        let window = pace.forecast(calls: 3_000, allowed: .max, lanes: 2, within: .seconds(3_600), at: .seconds(10))
        #expect((1_700...2_050).contains(window.byDeadline ?? 0), "\(window)")
        let wide = pace.forecast(calls: 1_000, allowed: .max, lanes: 2, within: .seconds(36_000), at: .seconds(10))
        #expect(wide.byDeadline == 1_000)
        let limited = pace.forecast(calls: 3_000, allowed: 200, lanes: 2, within: .seconds(3_600), at: .seconds(10))
        #expect(limited.allowed == 200 && limited.byDeadline == 200)
        #expect((300...400).contains(limited.duration.inSeconds), "\(limited)")
        #expect(pace.forecast(calls: 0, allowed: .max, lanes: 2, within: .zero, at: .zero).byDeadline == 0)
    }

    @Test func `the slowest limit counts`() {
        // 183 requests, since eight finishes fill one, of which 50 leave at once.
        let slow = pace { $0.requestsPerSecond = 0.02 }
        let forecast = slow.forecast(calls: 1_000, allowed: .max, lanes: 2, within: nil, at: .zero)
        #expect((6_000...7_500).contains(forecast.duration.inSeconds), "\(forecast)")
    }
}

// SPDX-License-Identifier: Apache-2.0

import Clocks
import Foundation
import Testing

/// How `--until` is understood.
@Suite struct DeadlineTests {
    /// Saturday, 28 November 2026, 22:30 in Moscow.
    private static let now = Date(timeIntervalSince1970: 1_795_894_200)

    private static func calendar(_ zone: String = "Europe/Moscow") throws -> Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: zone))
        return calendar
    }

    private static func utc(_ text: String, at now: Date = now, _ zone: String = "Europe/Moscow") throws -> String {
        let deadline = try #require(Deadline(text), "\(text)")
        return try deadline.moment(at: now, calendar(zone)).formatted(.iso8601)
    }

    @Test(arguments: [
        ("23:15", "2026-11-28T20:15:00Z"), ("today 23:15", "2026-11-28T20:15:00Z"),
        ("tomorrow 06:00", "2026-11-29T03:00:00Z"), ("Tomorrow 6:00", "2026-11-29T03:00:00Z"),
        ("2026-11-29T06:00", "2026-11-29T03:00:00Z"), ("2026-11-29 06:00", "2026-11-29T03:00:00Z"),
        ("2027-01-01t00:00", "2026-12-31T21:00:00Z"),
    ])
    func `a time is today's unless the day is named`(_ text: String, _ moment: String) throws {
        #expect(try Self.utc(text) == moment)
    }

    @Test(arguments: [("06:00", "2026-11-28T03:00:00Z"), ("2026-11-27T23:00", "2026-11-27T20:00:00Z")])
    func `a time that has passed stays in the past`(_ text: String, _ moment: String) throws {
        #expect(try Self.utc(text) == moment)
        #expect(try #require(Deadline(text)).moment(at: Self.now, Self.calendar()) < Self.now)
    }

    @Test func `tomorrow is the next day of the calendar, also where a day has 25 hours`() throws {
        // 24 October 2026, 12:00 in Berlin: summer time ends in the night.
        let noon = Date(timeIntervalSince1970: 1_792_836_000)
        #expect(try Self.utc("tomorrow 06:00", at: noon, "Europe/Berlin") == "2026-10-25T05:00:00Z")
        #expect(try Self.utc("06:00", at: noon, "Europe/Berlin") == "2026-10-24T04:00:00Z")
    }

    @Test(arguments: [
        "", "6", "24:00", "06:60", "6:0", "+6:00", "06:00:00", "yesterday 06:00", "tomorrow", "2026-02-30T06:00",
        "2026-13-01T06:00", "26-11-29T06:00", "2026-11-29", "2026-11-29T06:00 x", "١٢:٠٠",
    ])
    func `what is no moment is refused`(_ text: String) { #expect(Deadline(text) == nil) }
}

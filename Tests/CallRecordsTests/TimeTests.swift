// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CallRecords

@Suite struct TimeTests {
    private func seconds(_ text: String) throws -> Int64 {
        let pattern = try #require(TimePattern("yyyy-MM-dd HH:mm:ss"))
        return try #require(Array(text.utf8).withUnsafeBytes { pattern.read($0) }).time.secondsSinceEpoch
    }

    /// The usual form is read in a way of its own. With a rest that may be missing it is read as all others are.
    @Test func `the usual form is read as any other form is, whatever stands in it`() throws {
        let usual = try #require(TimePattern("yyyy-MM-dd HH:mm:ss"))
        let general = try #require(TimePattern("yyyy-MM-dd HH:mm:ss?"))
        var accepted = 0
        for text in ["2026-11-22 10:11:12", "2024-02-29 23:59:59", "2199-12-31 00:00:00", "1970-01-01 00:00:00"] {
            let bytes = Array(text.utf8)
            var inputs = (0...bytes.count).map { Array(bytes[..<$0]) } + [bytes + [0x20]]
            for place in bytes.indices {
                for byte in UInt8.min...UInt8.max {
                    var changed = bytes
                    changed[place] = byte
                    inputs.append(changed)
                }
            }
            for input in inputs {
                let (found, expected) = input.withUnsafeBytes { (usual.read($0), general.read($0)) }
                try #require(found == expected, "\(String(decoding: input, as: UTF8.self))")
                accepted += found == nil ? 0 : 1
            }
        }
        #expect(accepted > 200)
    }

    @Test(arguments: [
        ("1795154400", true), ("1795154400.25", true), ("99.99.9999", false), ("20.11.2026", false),
        ("1795154400.25.1", false), ("1795154400.x", false), ("1795154400.", true), (".5", false),
    ])
    func `a number of seconds is a number with at most one point`(_ text: String, _ isTime: Bool) throws {
        let record = "INVITE|a|b|call-1|200|OK|\(text)||+79000000001|101\n"
        let format = try format(
            """
            name: test
            file: { delimiter: "|", quote: none, header: none, columns: [a, b, c, id, d, e, time, f, from, to] }
            times: { start: { from: time, epoch: seconds } }
            call: { key: id, direction: { text: incoming }, external: from, answered: { d: "200" }, talk: { text: "1" } }
            """)
        let file = try map(Array(record.utf8), format: format)
        #expect(file.calls.count == (isTime ? 1 : 0))
        #expect(file.rejections.map(\.reason) == (isTime ? [] : ["badDate"]), "\(file)")
    }

    // Clocks go forward at 02:00 and back at 03:00 in Berlin, back at 02:00 in New York; Moscow has no such nights
    // since 2011, and went to UTC+3 for good in 2014.
    @Test(arguments: [
        ("Europe/Moscow", "2026-11-20 09:00:00", "2026-11-20 06:00:00"),
        ("Europe/Moscow", "2014-01-15 12:00:00", "2014-01-15 08:00:00"),
        ("Europe/Berlin", "2026-07-01 12:00:00", "2026-07-01 10:00:00"),
        ("Europe/Berlin", "2026-12-01 12:00:00", "2026-12-01 11:00:00"),
        ("Europe/Berlin", "2026-03-29 01:59:59", "2026-03-29 00:59:59"),
        // Left out: read with the offset before the change.
        ("Europe/Berlin", "2026-03-29 02:30:00", "2026-03-29 01:30:00"),
        ("Europe/Berlin", "2026-03-29 03:00:00", "2026-03-29 01:00:00"),
        ("Europe/Berlin", "2026-10-25 01:59:59", "2026-10-24 23:59:59"),
        // Twice: the first pass.
        ("Europe/Berlin", "2026-10-25 02:30:00", "2026-10-25 00:30:00"),
        ("Europe/Berlin", "2026-10-25 03:00:00", "2026-10-25 02:00:00"),
        ("America/New_York", "2026-11-01 01:30:00", "2026-11-01 05:30:00"),
        ("Australia/Lord_Howe", "2026-04-05 01:45:00", "2026-04-04 14:45:00"),
        ("Asia/Kathmandu", "2026-01-01 00:00:00", "2025-12-31 18:15:00"),
        ("UTC", "2026-01-01 00:00:00", "2026-01-01 00:00:00"),
        ("GMT", "2026-01-01 00:00:00", "2026-01-01 00:00:00"),
        ("+03:00", "2026-01-01 00:00:00", "2025-12-31 21:00:00"),
        ("-09:30", "2026-01-01 00:00:00", "2026-01-01 09:30:00"),
    ])
    func wallClocksAreReadInTheirZone(_ zone: String, _ local: String, _ utc: String) throws {
        var clock = try #require(ZoneClock(zone))
        let expected = try seconds(utc)
        let found = clock.instant(local: try seconds(local), near: nil)
        #expect(found.epochSeconds == expected)
        #expect(Int64(found.offsetSeconds) == (try seconds(local)) - expected)
        // The second time from memory.
        #expect(clock.instant(local: try seconds(local), near: nil) == found)
    }

    @Test func `an instant in the record tells the two passes of an hour apart`() throws {
        var clock = try #require(ZoneClock("Europe/Berlin"))
        let local = try seconds("2026-10-25 02:30:00")
        let first = try seconds("2026-10-25 00:30:00")
        #expect(clock.instant(local: local, near: first - 4).epochSeconds == first)
        #expect(clock.instant(local: local, near: first + 3598).epochSeconds == first + 3600)
    }

    @Test func `a record late in a call is read after the instant of its id`() throws {
        var clock = try #require(ZoneClock("Europe/Berlin"))
        let local = try seconds("2026-10-25 02:05:00")
        let second = try seconds("2026-10-25 01:05:00")
        #expect(clock.instant(local: local, near: second - 3300).epochSeconds == second)
        #expect(clock.instant(local: local, near: second + 3).epochSeconds == second)
        #expect(clock.instant(local: local, near: second - 3600).epochSeconds == second - 3600)
    }

    @Test func `the channel's creation decides the hour that comes twice`() throws {
        func row(_ created: Int64) -> String {
            #""","101","89000000001","from-internal","","PJSIP/101-1","PJSIP/trunk1-2","Dial","","#
                + #""2026-10-25 02:30:00",,"2026-10-25 02:30:09",9,0,"NO ANSWER","DOCUMENTATION","\#(created).1","""#
        }
        let first = try seconds("2026-10-25 00:30:00")
        var context = MappingContext.moscow
        context.timeZone = "Europe/Berlin"
        let file = try map(row(first) + "\n" + row(first + 3600) + "\n", context: context)
        #expect(file.legs.map(\.start.epochSeconds) == [first, first + 3600])
        #expect(file.legs.map(\.start.offsetSeconds) == [7200, 3600])
    }

    @Test(arguments: ["Mars/Olympus", "Europe/Moskow", "", "+25:00", "03:00", "+3:00", "EST5EDT4"])
    func unknownZonesAreNotTaken(_ zone: String) {
        #expect(ZoneClock(zone) == nil)
    }

    @Test(arguments: [
        ("yyyy-MM-dd HH:mm:ss", "2026-11-20 09:05:07", "20261120t090507z"),
        ("yyyy-MM-dd HH:mm:ssS", "2026-11-20 09:05:07.123", "20261120t090507z"),
        ("yyyy-MM-dd HH:mm:ssS", "2026-11-20 09:05:07", "20261120t090507z"),
        ("yyyy/M/d H:mm?:ss", "2020/2/10 2:41", "20200210t024100z"),
        ("yyyy/M/d H:mm?:ss", "2020/12/10 22:41:09", "20201210t224109z"),
        ("dd/MM/yy hh:mm a", "24/08/17 12:32 AM", "20170824t003200z"),
        ("MM/dd/yyyy hh:mm:ss a", "08/24/2017 01:02:03 PM", "20170824t130203z"),
        ("dd MMM yyyy HH:mm:ss", "01 Mar 2026 00:00:00", "20260301t000000z"),
    ])
    func patternsAreRead(_ pattern: String, _ text: String, _ expected: String) throws {
        let pattern = try #require(TimePattern(pattern))
        let reading = Array(text.utf8).withUnsafeBytes { pattern.read($0) }
        #expect(reading?.time.compactText == expected)
    }

    @Test(arguments: [
        "2026-02-29 00:00:00", "2026-13-01 00:00:00", "2026-11-20 24:00:00", "2026-11-20 09:60:00", "2026-11-20",
        "2026-11-20 09:05:07x", " 2026-11-20 09:05:07", "20/11/2026 09:05:07", "0000-00-00 00:00:00",
        "1969-12-31 23:59:59", "9999-12-31 00:00:00",
    ])
    func whatIsNoDateIsNotRead(_ text: String) throws {
        let pattern = try #require(TimePattern("yyyy-MM-dd HH:mm:ss"))
        #expect(Array(text.utf8).withUnsafeBytes { pattern.read($0) } == nil)
    }

    @Test func `offsets in the text are used`() throws {
        let pattern = try #require(TimePattern("yyyy-MM-ddTHH:mm:ssSZ"))
        for (text, offset) in [
            ("2026-08-21T11:33:31-03", -10_800), ("2026-08-21T11:33:31.5+05:30", 19_800), ("2026-08-21T11:33:31Z", 0),
        ] {
            #expect(Array(text.utf8).withUnsafeBytes { pattern.read($0) }?.offsetSeconds == offset)
        }
    }

    @Test(arguments: ["HH:mm", "yyyy-MM", "yyyy-MM-dd QQ", "yyyyy-MM-dd", "yyyy-ddd-MM"])
    func patternsThatMeanNothingAreRefused(_ pattern: String) {
        #expect(TimePattern(pattern) == nil)
    }

    @Test(arguments: [
        ("", 0), ("0", 0), ("27", 27_000), ("27.5", 27_500), ("0:27", 27_000), ("00:00:27", 27_000),
        ("1:02:03", 3_723_000), ("1h 2m 3s", 3_723_000), ("45s", 45_000), ("5 min", 300_000), ("PT1M5.3S", 65_300),
        (" 12 ", 12_000), ("100:00", 6_000_000),
    ])
    func durationsAreRead(_ text: String, _ milliseconds: Int64) {
        #expect(
            Array(text.utf8).withUnsafeBytes { DurationReading.milliseconds($0, unitsPerSecond: 1) } == milliseconds)
    }

    @Test(arguments: ["-1", "1:60", "1:2:3:4", "x", "1e5", "NaN", "inf", "99999999999999999999", "1w", ":", "1:.5:2"])
    func whatIsNoDurationIsNotRead(_ text: String) {
        #expect(Array(text.utf8).withUnsafeBytes { DurationReading.milliseconds($0, unitsPerSecond: 1) } == nil)
    }

    @Test func `every day of two centuries is counted as the calendar counts it`() {
        var day: Int64 = 0
        for year in 1970...2199 {
            for month in 1...12 {
                #expect(CivilTime.dayNumber(year: year, month: month, day: 1) == day)
                let first = CivilTime(secondsSinceEpoch: day * 86_400 + 3_723)
                #expect((first.year, first.month, first.day, first.second) == (year, month, 1, 3))
                var probe = CivilTime()
                (probe.year, probe.month) = (year, month)
                var length = 0
                for number in 1...32 {
                    probe.day = number
                    if probe.isValid { length = number }
                }
                day += Int64(length)
            }
        }
    }
}

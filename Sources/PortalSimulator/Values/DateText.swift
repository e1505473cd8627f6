// SPDX-License-Identifier: Apache-2.0

/// Reads a date as the portal does: ISO 8601 first of all, but nearly anything that looks like a date too.
///
/// | text | result |
/// |---|---|
/// | `2026-03-07T10:20:30+03:00`, `…Z`, `2026-03-07 10:20` | that time, fractions dropped |
/// | without a zone | in the portal server's zone |
/// | `@1772868030` | seconds since 1970 |
/// | `now`, `today`, `yesterday`, `tomorrow` | counted from now, in the portal server's zone |
/// | `2026-03-07`, `07.03.2026`, `10 March 2026` | midnight of that day |
///
/// Years beyond 9999, which only a number of seconds can name, are no dates.
enum DateText {
    static func read(_ text: String, now: Double, zoneMinutes: Int) -> Double? {
        let text = text.trimmingBlanks
        let midnight = localMidnight(now, zoneMinutes)
        switch text.lowercased() {
        case "now": return now.rounded(.down)
        case "today", "midnight": return midnight
        case "yesterday": return midnight - 86_400
        case "tomorrow": return midnight + 86_400
        default: break
        }
        if text.hasPrefix("@") {
            return Int(text.dropFirst()).map(Double.init).flatMap { abs($0) < 253_402_300_800 ? $0 : nil }
        }
        var rest = text[...]
        guard let days = day(&rest) else { return nil }
        var seconds = 0
        if rest.first == "T" || rest.first == "t" || rest.first == " " {
            rest.removeFirst()
            guard let time = timeOfDay(&rest) else { return nil }
            seconds = time
        }
        guard let zone = zone(&rest, zoneMinutes), rest.isEmpty else { return nil }
        return Double(days * 86_400 + seconds - zone * 60)
    }

    private static func localMidnight(_ now: Double, _ zoneMinutes: Int) -> Double {
        let shift = Double(zoneMinutes * 60)
        return ((now + shift) / 86_400).rounded(.down) * 86_400 - shift
    }

    private static func number(_ rest: inout Substring, _ digits: ClosedRange<Int>) -> Int? {
        let run = rest.prefix(digits.upperBound).prefix { $0.isASCII && $0.isNumber }
        guard digits.contains(run.count) else { return nil }
        rest = rest.dropFirst(run.count)
        return Int(run)
    }

    private static func take(_ rest: inout Substring, _ character: Character) -> Bool {
        guard rest.first == character else { return false }
        rest.removeFirst()
        return true
    }

    private static func day(_ rest: inout Substring) -> Int? {
        var attempt = rest
        if let year = number(&attempt, 4...4), take(&attempt, "-"), let month = number(&attempt, 1...2),
            take(&attempt, "-"), let day = number(&attempt, 1...2)
        {
            rest = attempt
            return checked(year, month, day)
        }
        attempt = rest
        if let day = number(&attempt, 1...2), take(&attempt, "."), let month = number(&attempt, 1...2),
            take(&attempt, "."), let year = number(&attempt, 4...4)
        {
            rest = attempt
            return checked(year, month, day)
        }
        attempt = rest
        guard let day = number(&attempt, 1...2), take(&attempt, " ") else { return nil }
        let name = attempt.prefix { $0.isLetter }.lowercased()
        attempt = attempt.dropFirst(name.count)
        let names = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
        guard let month = names.firstIndex(where: { name.hasPrefix($0) }), take(&attempt, " "),
            let year = number(&attempt, 4...4)
        else { return nil }
        rest = attempt
        return checked(year, month + 1, day)
    }

    /// A day beyond the month's end runs on into the next month, up to 31.
    private static func checked(_ year: Int, _ month: Int, _ day: Int) -> Int? {
        guard (1...12).contains(month), (1...31).contains(day) else { return nil }
        return CalendarDate.days(year: year, month: month, day: day)
    }

    private static func timeOfDay(_ rest: inout Substring) -> Int? {
        guard let hour = number(&rest, 1...2), hour <= 24, take(&rest, ":"), let minute = number(&rest, 2...2),
            minute < 60
        else { return nil }
        var second = 0
        if take(&rest, ":") {
            guard let value = number(&rest, 2...2), value < 61 else { return nil }
            second = value
            if take(&rest, ".") || take(&rest, ","), number(&rest, 1...9) == nil { return nil }
        }
        return hour * 3600 + minute * 60 + second
    }

    private static func zone(_ rest: inout Substring, _ server: Int) -> Int? {
        if rest.isEmpty { return server }
        if take(&rest, "Z") || take(&rest, "z") { return 0 }
        let sign: Int
        if take(&rest, "+") { sign = 1 } else if take(&rest, "-") { sign = -1 } else { return nil }
        guard let hours = number(&rest, 2...2), hours <= 15 else { return nil }
        var minutes = 0
        _ = take(&rest, ":")
        if !rest.isEmpty {
            guard let value = number(&rest, 2...2), value < 60 else { return nil }
            minutes = value
        }
        return sign * (hours * 60 + minutes)
    }
}

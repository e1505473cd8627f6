// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// Moments as people read them: by the clock of this machine, without its zone, which a page names once.
package enum LocalTime {
    /// A moment as `2026-11-28 06:30:00`; a text that is no moment stays as it is.
    ///
    /// - Parameter instant: ISO 8601.
    package static func text(_ instant: String, zone: TimeZone = .current) -> String {
        guard let date = date(instant) else { return instant }
        let style = Date.VerbatimFormatStyle(
            format: """
                \(year: .padded(4))-\(month: .twoDigits)-\(day: .twoDigits) \
                \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits)
                """, locale: Locale(identifier: "en_US_POSIX"), timeZone: zone,
            calendar: Calendar(identifier: .gregorian))
        return date.formatted(style)
    }

    /// A moment with a fraction of a second, as `2026-11-28 06:30:00.250`; a text that is no moment stays as it is.
    static func fineText(_ instant: String, zone: TimeZone) -> String {
        guard let point = instant.lastIndex(of: "."), instant.hasSuffix("Z") else { return text(instant, zone: zone) }
        return text(instant[..<point] + "Z", zone: zone) + instant[point...].dropLast()
    }

    /// The zone with the offset that a moment is written with; UTC for any other text.
    ///
    /// - Parameter instant: ISO 8601, such as `2026-11-28T06:30:00+03:00`.
    static func zone(of instant: String) -> TimeZone {
        let digits = instant.suffix(6)
        guard let sign = digits.first, sign == "+" || sign == "-", let hours = Int(digits.dropFirst().prefix(2)),
            let minutes = Int(digits.suffix(2))
        else { return .gmt }
        return TimeZone(secondsFromGMT: (sign == "-" ? -1 : 1) * (hours * 3600 + minutes * 60)) ?? .gmt
    }

    /// A moment's day as `2026-11-28`; a text that is no moment stays as it is.
    static func day(_ instant: String, zone: TimeZone = .current) -> String {
        String(text(instant, zone: zone).prefix(10))
    }

    /// The zone of this machine, with its offset at a moment where its name does not say it.
    static func zoneName(at instant: String, zone: TimeZone = .current) -> String {
        let seconds = zone.secondsFromGMT(for: date(instant) ?? Date(timeIntervalSince1970: 0))
        let name = ["GMT", "Etc/UTC"].contains(zone.identifier) ? "UTC" : zone.identifier
        guard seconds != 0 else { return name }
        let sign = seconds < 0 ? "-" : "+"
        let minutes = abs(seconds) / 60
        let offset = "UTC\(sign)\(minutes / 60)" + (minutes % 60 == 0 ? "" : String(format: ":%02d", minutes % 60))
        // A zone that is only an offset has no other name.
        return name.hasPrefix("GMT") ? offset : "\(name), \(offset)"
    }

    private static func date(_ instant: String) -> Date? {
        // What is no moment is shown as it is.
        try? Date(instant, strategy: .iso8601)
    }
}

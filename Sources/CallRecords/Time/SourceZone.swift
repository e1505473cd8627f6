// SPDX-License-Identifier: Apache-2.0

/// The zone of a source's clock, for days and times that people read or write.
package struct SourceZone: Sendable {
    /// `nil`: UTC.
    private let clock: ZoneClock?

    /// - Parameter name: As `time_zone` in a configuration: a name of the IANA database, `UTC`, or an offset such as
    ///   `+03:00`. UTC where it is `nil` or no zone, which is reported with the source.
    package init(_ name: String?) { clock = name.flatMap { ZoneClock($0) } }

    /// When the clock shows a time, in seconds since 1970.
    ///
    /// - Parameter local: Seconds from 1970-01-01 00:00:00 on the clock.
    package func instant(local: Int64) -> Int64 {
        guard var clock else { return local }
        return clock.instant(local: local, near: nil).epochSeconds
    }

    /// The day of a moment on that clock, `yyyy-mm-dd`.
    ///
    /// - Parameter seconds: Seconds since 1970.
    package func day(_ seconds: Int64) -> String {
        let time = CivilTime(secondsSinceEpoch: seconds + Int64(offset(at: seconds)))
        return "\(time.year)-\(Self.two(time.month))-\(Self.two(time.day))"
    }

    /// A moment on that clock, with the offset: `2026-11-20 09:00:00 +03:00`.
    ///
    /// - Parameter seconds: Seconds since 1970.
    package func text(_ seconds: Int64) -> String {
        let offset = offset(at: seconds)
        let time = CivilTime(secondsSinceEpoch: seconds + Int64(offset))
        let clock = [time.hour, time.minute, time.second].map(Self.two).joined(separator: ":")
        let minutes = abs(offset) / 60
        let zone = "\(offset < 0 ? "-" : "+")\(Self.two(minutes / 60)):\(Self.two(minutes % 60))"
        return "\(day(seconds)) \(clock) \(zone)"
    }

    private func offset(at seconds: Int64) -> Int { clock?.offset(at: seconds) ?? 0 }

    private static func two(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
}

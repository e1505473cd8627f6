// SPDX-License-Identifier: Apache-2.0

/// A day of the calendar, counted from 1970-01-01.
package struct LocalDay: Sendable, Hashable, Comparable {
    /// Days since 1970-01-01; negative before.
    package var number: Int

    /// A day by its number.
    package init(_ number: Int) { self.number = number }

    /// A day of the calendar.
    ///
    /// - Parameter text: `yyyy-mm-dd`; `nil` for anything else, such as 2026-02-30.
    package init?(text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2], parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]), (1...12).contains(month)
        else { return nil }
        // Years that begin in March end with the day that not every year has.
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        number = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        guard self.text == text else { return nil }
    }

    /// The day of the week: 0 is Monday, 6 is Sunday.
    ///
    /// 1970-01-01 was a Thursday.
    package var weekday: Int { ((number + 3) % 7 + 7) % 7 }

    /// Orders by time.
    package static func < (a: LocalDay, b: LocalDay) -> Bool { a.number < b.number }

    /// The day as `yyyy-mm-dd`.
    ///
    /// Source of the arithmetic: the proleptic Gregorian calendar, in eras of 400 years that begin in March.
    package var text: String {
        let shifted = number + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return "\(Self.padded(year, to: 4))-\(Self.padded(month, to: 2))-\(Self.padded(day, to: 2))"
    }

    static func padded(_ number: Int, to width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

/// A moment as a phone system's clock showed it.
package struct LocalMoment: Sendable, Hashable {
    /// The day.
    package let day: LocalDay
    /// Seconds since midnight, 0…86,399.
    package let secondOfDay: Int

    /// - Parameters:
    ///   - seconds: Seconds since 1970.
    ///   - offset: Seconds east of UTC.
    package init(_ seconds: Int64, offset: Int32) {
        let local = Int(seconds) + Int(offset)
        let number = local >= 0 ? local / 86_400 : (local - 86_399) / 86_400
        day = LocalDay(number)
        secondOfDay = local - number * 86_400
    }

    /// The hour, 0…23.
    package var hour: Int { secondOfDay / 3_600 }

    /// The moment as `yyyy-mm-dd hh:mm`.
    package var text: String {
        "\(day.text) \(LocalDay.padded(hour, to: 2)):\(LocalDay.padded(secondOfDay / 60 % 60, to: 2))"
    }
}

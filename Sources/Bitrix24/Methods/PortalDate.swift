// SPDX-License-Identifier: Apache-2.0

/// An instant with the offset under which it is written.
///
/// | value | written |
/// |---|---|
/// | 1772868030 s, offset +3 h | `2026-03-07T10:20:30+03:00` |
/// | 0 s, offset 0 | `1970-01-01T00:00:00+00:00` |
package struct PortalDate: Sendable, Hashable, CustomStringConvertible {
    /// Seconds since 1970-01-01T00:00:00Z.
    package var epochSeconds: Int64
    /// Seconds to add to UTC to get the written time; whole minutes, positive east of Greenwich.
    package var offsetSeconds: Int

    package init(epochSeconds: Int64, offsetSeconds: Int = 0) {
        self.epochSeconds = epochSeconds
        self.offsetSeconds = offsetSeconds
    }

    package var description: String {
        let local = epochSeconds + Int64(offsetSeconds)
        let days = local.flooredDivision(by: 86_400)
        let second = Int(local - days * 86_400)
        let (year, month, day) = CivilDay.date(ofDay: days)
        let offset = abs(offsetSeconds) / 60
        return "\(year.padded(4))-\(month.padded(2))-\(day.padded(2))T"
            + "\((second / 3600).padded(2)):\((second / 60 % 60).padded(2)):\((second % 60).padded(2))"
            + "\(offsetSeconds < 0 ? "-" : "+")\((offset / 60).padded(2)):\((offset % 60).padded(2))"
    }

    /// Reads `YYYY-MM-DDTHH:MM:SS`, a fraction that is dropped, and `Z` or `+HH:MM`; `nil` for anything else.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int? {
            guard range.upperBound <= bytes.count, bytes[range].allSatisfy({ (0x30...0x39).contains($0) }) else {
                return nil
            }
            return bytes[range].reduce(0) { $0 * 10 + Int($1 - 0x30) }
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10), let hour = number(11..<13),
            let minute = number(14..<16), let second = number(17..<19), (1...12).contains(month),
            (1...31).contains(day), hour < 24, minute < 60, second < 61,
            bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"), bytes[13] == UInt8(ascii: ":"),
            bytes[16] == UInt8(ascii: ":"), bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: " ")
        else { return nil }
        var rest = 19
        if rest < bytes.count, bytes[rest] == UInt8(ascii: ".") {
            rest += 1
            while rest < bytes.count, (0x30...0x39).contains(bytes[rest]) { rest += 1 }
        }
        let zone = bytes[rest...]
        var offset = 0
        switch zone.first {
        case UInt8(ascii: "Z") where zone.count == 1: break
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            let hasColon = zone.count == 6 && zone[rest + 3] == UInt8(ascii: ":")
            guard hasColon || zone.count == 5, let hours = number(rest + 1..<rest + 3),
                let minutes = number(bytes.count - 2..<bytes.count), hours < 24, minutes < 60
            else { return nil }
            offset = (hours * 60 + minutes) * 60 * (zone.first == UInt8(ascii: "-") ? -1 : 1)
        default: return nil
        }
        let local = CivilDay.day(year: year, month: month, day: day) * 86_400
        self.init(
            epochSeconds: local + Int64(hour * 3600 + minute * 60 + second - offset), offsetSeconds: offset)
    }
}

/// The Gregorian calendar as arithmetic: days since 1970-01-01 and dates.
private enum CivilDay {
    static func date(ofDay day: Int64) -> (year: Int, month: Int, day: Int) {
        // Years counted from March put the leap day last, so that month lengths follow one formula.
        let shifted = day + 719_468
        let era = shifted.flooredDivision(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (Int(year), Int(month), Int(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1))
    }

    static func day(year: Int, month: Int, day: Int) -> Int64 {
        let year = Int64(month <= 2 ? year - 1 : year)
        let era = year.flooredDivision(by: 400)
        let yearOfEra = year - era * 400
        let dayOfYear = Int64((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1)
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

extension Int64 {
    fileprivate func flooredDivision(by divisor: Int64) -> Int64 {
        self >= 0 ? self / divisor : -((divisor - 1 - self) / divisor)
    }
}

extension Int {
    fileprivate func padded(_ width: Int) -> String {
        let text = String(self)
        return String(repeating: "0", count: Swift.max(0, width - text.count)) + text
    }
}

// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// A moment as people give it by the local clock: `06:00` (today), `tomorrow 06:00` or `2026-11-29T06:00`.
package struct Deadline: Sendable, Equatable {
    private enum DayChoice: Equatable {
        case today, tomorrow
        case date(year: Int, month: Int, day: Int)
    }

    private let day: DayChoice
    private let hour: Int
    private let minute: Int

    /// Reads a moment; `nil` for what is none, such as `25:00` or a day that no month has.
    package init?(_ text: String) {
        let isDated = text.first?.isNumber == true
        let words = text.lowercased().split { $0 == " " || $0 == "t" && isDated }
        guard let time = words.last, words.count <= 2, let clock = Self.clock(time) else { return nil }
        (hour, minute) = clock
        guard words.count == 2, let first = words.first else {
            day = .today
            return
        }
        switch first {
        case "today": day = .today
        case "tomorrow": day = .tomorrow
        default:
            guard let date = Self.date(first) else { return nil }
            day = date
        }
    }

    private static func clock(_ text: Substring) -> (hour: Int, minute: Int)? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...2).contains(parts[0].count), parts[1].count == 2, parts.allSatisfy(isDigits),
            let hour = Int(parts[0]), let minute = Int(parts[1]), hour <= 23, minute <= 59
        else { return nil }
        return (hour, minute)
    }

    private static func date(_ text: Substring) -> DayChoice? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.count) == [4, 2, 2], parts.allSatisfy(isDigits) else { return nil }
        let numbers = parts.compactMap { Int($0) }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let wanted = DateComponents(year: numbers[0], month: numbers[1], day: numbers[2])
        // A calendar takes 30 February for a day of March.
        guard let date = calendar.date(from: wanted),
            calendar.dateComponents([.year, .month, .day], from: date) == wanted
        else { return nil }
        return .date(year: numbers[0], month: numbers[1], day: numbers[2])
    }

    private static func isDigits(_ text: Substring) -> Bool { text.utf8.allSatisfy { (48...57).contains($0) } }

    /// The moment, as it is seen at `date`; one that has passed stays in the past.
    ///
    /// - Parameter calendar: Whose clock it is.
    package func moment(at date: Date, _ calendar: Calendar = .current) -> Date {
        var parts = calendar.dateComponents([.year, .month, .day], from: date)
        switch day {
        case .today: break
        case .tomorrow:
            let next = calendar.date(byAdding: .day, value: 1, to: date) ?? date
            parts = calendar.dateComponents([.year, .month, .day], from: next)
        case .date(let year, let month, let day): parts = DateComponents(year: year, month: month, day: day)
        }
        parts.hour = hour
        parts.minute = minute
        return calendar.date(from: parts) ?? date
    }
}

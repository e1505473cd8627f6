// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Logging

/// A moment as `--until` takes it: `06:00` (today), `tomorrow 06:00` or `2026-11-29T06:00`, all by the local clock.
struct Deadline: ExpressibleByArgument {
    private enum DayChoice: Equatable {
        case today, tomorrow
        case date(year: Int, month: Int, day: Int)
    }

    private let day: DayChoice
    private let hour: Int
    private let minute: Int

    init?(argument: String) {
        let words = argument.split { $0 == " " || $0 == "T" || $0 == "t" && argument.first?.isNumber == true }
        guard let time = words.last, words.count <= 2 else { return nil }
        let parts = time.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].count <= 2, parts[1].count == 2, let hour = Int(parts[0]),
            let minute = Int(parts[1]), (0...23).contains(hour), (0...59).contains(minute)
        else { return nil }
        self.hour = hour
        self.minute = minute
        guard words.count == 2, let first = words.first else {
            day = .today
            return
        }
        if first == "tomorrow" || first == "today" {
            day = first == "today" ? .today : .tomorrow
            return
        }
        let date = first.split(separator: "-", omittingEmptySubsequences: false)
        guard date.count == 3, date[0].count == 4, let year = Int(date[0]), let month = Int(date[1]),
            let day = Int(date[2]),
            (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        self.day = .date(year: year, month: month, day: day)
    }

    /// The moment, as it is seen at `date`; one that has passed stays in the past.
    func moment(at date: Date, _ calendar: Calendar = .current) -> Date {
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

/// A day as `--since` takes it.
struct Day: ExpressibleByArgument {
    /// Its beginning in UTC, in seconds since 1970.
    let epochSeconds: Int64
    /// The day as `yyyy-mm-dd`.
    let text: String

    init?(argument: String) {
        guard argument.utf8.count == 10,
            // What is no day is refused by the parser of the command line, in its own words.
            let date = try? Date(argument, strategy: .iso8601.year().month().day())
        else { return nil }
        epochSeconds = Int64(date.timeIntervalSince1970)
        text = argument
    }
}

extension StandardErrorLog.Format: ExpressibleByArgument {}

/// A level as `--log-level` takes it.
enum LogLevel: String, ExpressibleByArgument, CaseIterable {
    case debug, info, notice, warning, error

    var level: Logger.Level {
        switch self {
        case .debug: .debug
        case .info: .info
        case .notice: .notice
        case .warning: .warning
        case .error: .error
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Logging

/// A time of day as `--until` takes it.
struct TimeOfDay: ExpressibleByArgument {
    let hour: Int
    let minute: Int

    init?(argument: String) {
        let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].count <= 2, parts[1].count == 2, let hour = Int(parts[0]),
            let minute = Int(parts[1]), (0...23).contains(hour), (0...59).contains(minute)
        else { return nil }
        self.hour = hour
        self.minute = minute
    }

    /// The next moment at which the local clock shows this time.
    func next(after date: Date) -> Date {
        let time = DateComponents(hour: hour, minute: minute, second: 0)
        return Calendar.current.nextDate(after: date, matching: time, matchingPolicy: .nextTime) ?? date
    }
}

/// A day as `--since` takes it.
struct Day: ExpressibleByArgument {
    /// Its beginning in UTC, in seconds since 1970.
    let epochSeconds: Int64

    init?(argument: String) {
        guard argument.utf8.count == 10,
            // What is no day is refused by the parser of the command line, in its own words.
            let date = try? Date(argument, strategy: .iso8601.year().month().day())
        else { return nil }
        epochSeconds = Int64(date.timeIntervalSince1970)
    }
}

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

// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Clocks
import Foundation
import Logging

extension Deadline: ExpressibleByArgument {
    /// Reads a value of `--until`.
    init?(argument: String) { self.init(argument) }
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

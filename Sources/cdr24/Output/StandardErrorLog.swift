// SPDX-License-Identifier: Apache-2.0

import ExitCodes
import Foundation
import Logging

/// Writes log lines to standard error as a person reads them: `cdr24: warning: …`.
struct StandardErrorLog: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        Self.say(event.level >= .warning ? "\(event.level): \(event.message)" : "\(event.message)")
    }

    /// A logger that writes to standard error.
    static func logger(level: Logger.Level) -> Logger {
        Logger(label: "cdr24") { _ in StandardErrorLog(logLevel: level) }
    }

    /// Writes one line.
    static func say(_ text: String) {
        // On a terminal the progress line may stand there.
        let start = isatty(STDERR_FILENO) == 1 ? "\r\u{1B}[K" : ""
        // Instructions have several lines; what comes from outside was brought onto one where it came in.
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
            HarmlessText.printable(String($0))
        }
        let safe = HarmlessText.masked(lines.joined(separator: "\n"))
        FileHandle.standardError.write(Data("\(start)cdr24: \(safe)\n".utf8))
    }
}

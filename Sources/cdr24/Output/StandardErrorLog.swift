// SPDX-License-Identifier: Apache-2.0

import Clocks
import ExitCodes
import Foundation
import Logging
import Synchronization

/// Writes log lines to standard error, as text or as JSON, for a person, a file or systemd's journal.
struct StandardErrorLog: LogHandler {
    /// How lines are written.
    enum Format: String, CaseIterable, Sendable {
        /// `cdr24: warning: …`, with the time before it where nothing else notes it.
        case text
        /// One JSON object a line: `time`, `level`, `message`, and what the logger adds.
        case json
    }

    /// Who reads standard error.
    enum Reader: Sendable {
        /// A person at a terminal, who sees when a line comes.
        case terminal
        /// systemd's journal, which notes the time and understands a level before the line.
        case journal
        /// A file or another program.
        case other
    }

    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    private static let chosen = Mutex(Format.text)

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let more = metadata.merging(event.metadata ?? [:]) { $1 }.mapValues { "\($0)" }
        Self.write(event.level, "\(event.message)", more)
    }

    /// A logger that writes to standard error; from then on every line has the format.
    static func logger(level: Logger.Level, format: Format) -> Logger {
        chosen.withLock { $0 = format }
        return Logger(label: "cdr24") { _ in StandardErrorLog(logLevel: level) }
    }

    /// Writes one line that is shown at every level.
    static func say(_ text: String) { write(.error, text, [:], showsLevel: false) }

    private static func write(
        _ level: Logger.Level, _ text: String, _ more: [String: String], showsLevel: Bool = true
    ) {
        // Instructions have several lines; what comes from outside was brought onto one where it came in.
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
            HarmlessText.printable(String($0))
        }
        let text = HarmlessText.masked(lines.joined(separator: "\n"))
        let line: String
        switch chosen.withLock({ $0 }) {
        case .json: line = json(level, text, more)
        case .text: line = prefix(level) + self.text(level, text, showsLevel: showsLevel)
        }
        FileHandle.standardError.write(Data("\(line)\n".utf8))
    }

    /// The line as a person reads it.
    private static func text(_ level: Logger.Level, _ text: String, showsLevel: Bool) -> String {
        showsLevel && level >= .warning ? "cdr24: \(level): \(text)" : "cdr24: \(text)"
    }

    private static func prefix(_ level: Logger.Level) -> String {
        switch reader {
        // The progress line may stand there.
        case .terminal: "\r\u{1B}[K"
        case .journal: "<\(level.priority)>"
        case .other: "\(UTCText.instant(TimeSource.system.wallSeconds)) "
        }
    }

    private static func json(_ level: Logger.Level, _ text: String, _ more: [String: String]) -> String {
        let fields = [
            "time": UTCText.instant(TimeSource.system.wallSeconds), "level": "\(level)", "message": text,
        ].merging(more) { own, _ in own }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Texts can always be encoded.
        let data = (try? encoder.encode(fields)) ?? Data()
        return String(decoding: data, as: UTF8.self)
    }

    /// Who reads standard error of this process.
    private static let reader: Reader = {
        if isatty(STDERR_FILENO) == 1 { return .terminal }
        var status = stat()
        let journal = ProcessInfo.processInfo.environment["JOURNAL_STREAM"]
        // systemd names the stream, since a child's standard error may be another one.
        guard let journal, fstat(STDERR_FILENO, &status) == 0, journal == "\(status.st_dev):\(status.st_ino)" else {
            return .other
        }
        return .journal
    }()
}

extension Logger.Level {
    /// The level as syslog counts it: 3 error … 7 debug.
    fileprivate var priority: Int {
        switch self {
        case .critical: 2
        case .error: 3
        case .warning: 4
        case .notice: 5
        case .info: 6
        case .debug, .trace: 7
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CDRConfiguration
import CallReport
import ExitCodes
import Foundation
import Importing
import Logging
import Phrases
import Reporting

/// What an import says, where, and how much.
struct RunOutput: ParsableArguments {
    @Option(
        help: ArgumentHelp("Write the summary as JSON to this file (- for standard output).", valueName: "file"),
        completion: .file())
    var summaryJson: String?

    @Flag(help: "Print the summary as JSON instead of text.")
    var json = false

    @Option(
        help: ArgumentHelp("Write the report, an HTML page, to this file.", valueName: "file.html"),
        completion: .file())
    var report: String?

    @Option(
        help: ArgumentHelp(
            "Write the summary to this file in the format of Prometheus' textfile collector.", valueName: "file.prom"),
        completion: .file())
    var metrics: String?

    @Option(
        help: ArgumentHelp("Log level (default: notice, or error with --quiet).", valueName: "level"))
    var logLevel: LogLevel?

    @Option(help: ArgumentHelp("Format of the log lines: text or json (default: text).", valueName: "format"))
    var logFormat: StandardErrorLog.Format?

    @Flag(help: "Print every count, file and warning, instead of a summary that fits a mail.")
    var verbose = false

    @Flag(help: "Print the summary only if the exit code is not 0, and show no progress.")
    var quiet = false

    /// The files that a summary is written to.
    var files: SummaryOutputs { SummaryOutputs(json: summaryJson, html: report, metrics: metrics) }

    /// Checks before the run that the files can be written, so that a night's work is not done without a report.
    func check() throws(ImportFault) { try files.check() }

    /// Checks that no file is to be written over one that the run lives on.
    func check(sparing configuration: ImportConfiguration) throws(ImportFault) {
        let outputs = [("--summary-json", summaryJson), ("--report", report), ("--metrics", metrics)]
        try OwnFiles(configuration).refuse(
            outputs: outputs.compactMap { option, path in path.flatMap { $0 == "-" ? nil : (option, $0) } })
    }

    /// The log of the run, on standard error.
    ///
    /// - Throws: ``ImportFault/usage(_:)`` for a variable of the environment with an unknown value.
    func logger() throws(ImportFault) -> Logger {
        // Looked at even where an option has priority: who sets them wrong should learn of it.
        let levelVariable: LogLevel? = try Self.variable("CDR24_LOG_LEVEL")
        let formatVariable: StandardErrorLog.Format? = try Self.variable("CDR24_LOG_FORMAT")
        let level = (logLevel ?? levelVariable)?.level ?? (quiet ? .error : .notice)
        return StandardErrorLog.logger(level: level, format: logFormat ?? formatVariable ?? .text)
    }

    /// The value of a variable; `nil` if it is not set or empty.
    private static func variable<T: ExpressibleByArgument>(_ name: String) throws(ImportFault) -> T? {
        guard let text = ProcessInfo.processInfo.environment[name], !text.isEmpty else { return nil }
        guard let value = T(argument: text) else {
            throw .usage(
                "\(name): expected \(T.allValueStrings.joined(separator: ", ")); found \(text); correct the variable, or "
                    + "remove it")
        }
        return value
    }

    /// The progress of the run.
    ///
    /// - Parameter language: The language of the line on a terminal.
    func progressLine(in language: Language, _ log: Logger) -> ProgressLine {
        ProgressLine(isShown: !quiet && isatty(STDERR_FILENO) == 1, language: language, log: log)
    }

    /// Prints and writes how a run ended.
    ///
    /// - Parameters:
    ///   - language: The language of the text.
    ///   - files: Where the summary and the report are written.
    ///   - page: Makes the report.
    ///   - coverage: Looks up the last days of every source.
    /// - Returns: How the run ended, with what could not be written.
    func report(
        _ result: ImportRun.Result, in language: Language, to files: SummaryOutputs, page: () -> ReportPage,
        coverage: () -> [SourceCoverage]
    ) -> ImportRun.Result {
        let isPrinted = isPrinted(result)
        // The summary says it, too: a mail of cron or a journal, which gets both streams, should have it once.
        if let complaint = result.complaint, !isPrinted || !Self.streamsAreOne { StandardErrorLog.say(complaint) }
        if json, summaryJson != "-" {
            print(result.summary.json, terminator: "")
        } else if isPrinted {
            print(result.summary.text(in: language, isVerbose: verbose), terminator: "")
        } else if let sentence = result.summary.attention.sentence {
            StandardErrorLog.say(sentence)
        }
        do throws(ImportFault) {
            try files.write(result.summary, page: page, coverage: coverage)
        } catch {
            StandardErrorLog.say("\(error)")
            return result.failing(error)
        }
        return result
    }

    /// Whether the summary is printed as text.
    private func isPrinted(_ result: ImportRun.Result) -> Bool {
        // A run that failed before it read anything has nothing to sum up.
        guard !json, result.complaint == nil || !result.summary.files.isEmpty else { return false }
        return summaryJson != "-" && (!quiet || result.status != .success)
    }

    /// Whether standard output and standard error are the same pipe, socket, file or terminal.
    private static var streamsAreOne: Bool {
        var (output, errors) = (stat(), stat())
        return fstat(STDOUT_FILENO, &output) == 0 && fstat(STDERR_FILENO, &errors) == 0
            && output.st_dev == errors.st_dev && output.st_ino == errors.st_ino
    }
}

// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CDRConfiguration
import ExitCodes
import Foundation
import Importing
import Logging
import Reporting

/// What an import says, where, and how much.
struct RunOutput: ParsableArguments {
    @Option(
        help: ArgumentHelp("Write the summary as JSON to this file (- for standard output).", valueName: "file"))
    var summaryJson: String?

    @Flag(help: "Print the summary as JSON instead of text.")
    var json = false

    @Option(help: ArgumentHelp("Write the report, an HTML page, to this file.", valueName: "file.html"))
    var report: String?

    @Option(
        help: ArgumentHelp(
            "Write the summary to this file in the format of Prometheus' textfile collector.", valueName: "file.prom"))
    var metrics: String?

    @Option(
        help: ArgumentHelp("Log level (default: notice, or error with --quiet).", valueName: "level"))
    var logLevel: LogLevel?

    @Flag(help: "Print the summary only if the exit code is not 0, and show no progress.")
    var quiet = false

    private var files: SummaryOutputs { SummaryOutputs(json: summaryJson, html: report, metrics: metrics) }

    /// Checks before the run that the files can be written, so that a night's work is not done without a report.
    func check() throws(ImportFault) { try files.check() }

    /// Checks that no file is to be written over one that the run lives on.
    func check(sparing configuration: ImportConfiguration) throws(ImportFault) {
        let own = OwnFiles(configuration)
        for (option, path) in [("--summary-json", summaryJson), ("--report", report), ("--metrics", metrics)] {
            if let path, path != "-" { try own.refuse(output: path, of: option) }
        }
    }

    /// The log of the run, on standard error.
    var logger: Logger {
        let variable = ProcessInfo.processInfo.environment["CDR24_LOG_LEVEL"]
        let level = logLevel ?? variable.flatMap { LogLevel(argument: $0) }
        return StandardErrorLog.logger(level: level?.level ?? (quiet ? .error : .notice))
    }

    /// The progress of the run, on a terminal.
    var progressLine: ProgressLine { ProgressLine(isShown: !quiet && isatty(STDERR_FILENO) == 1) }

    /// Prints and writes how a run ended.
    ///
    /// - Parameter page: Makes the report.
    /// - Returns: What the program ends with.
    func report(_ result: ImportRun.Result, page: () -> ReportPage) -> ExitStatus {
        var status = result.status
        if let complaint = result.complaint { StandardErrorLog.say(complaint) }
        // A run that failed before it read anything has nothing to sum up.
        let isWorthReading = result.complaint == nil || !result.summary.files.isEmpty
        if json, summaryJson != "-" {
            print(result.summary.json, terminator: "")
        } else if isWorthReading, !quiet || status != .success, summaryJson != "-" {
            print(result.summary.text, terminator: "")
        } else if let sentence = result.summary.attention.sentence {
            StandardErrorLog.say(sentence)
        }
        do throws(ImportFault) {
            try files.write(result.summary, page: page)
        } catch {
            StandardErrorLog.say("\(error)")
            if !status.isFailure { status = error.exitStatus }
        }
        return status
    }
}

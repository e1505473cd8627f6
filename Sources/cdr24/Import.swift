// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Importing
import Logging
import Reporting

/// `cdr24 import`, the default command.
struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take in CDR files and deliver their calls (the default command).",
        discussion: """
            Options win over the environment (CDR24_CONFIG, CDR24_LEDGER, CDR24_WEBHOOK_URL, CDR24_LOG_LEVEL), which
            wins over the configuration file. Paths in the configuration file are relative to its folder.

            After any failure run the same command again: what was delivered is not sent again.
            """)

    @Argument(
        help: ArgumentHelp(
            "Files to take in: a path, a glob, a folder, *.gz, or - for standard input; default: those of the "
                + "configuration.", valueName: "file"))
    var files: [String] = []

    @Option(help: ArgumentHelp("The configuration; default: cdr24.yaml, if it is there.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("The portal's inbound webhook: env:NAME or file:PATH.", valueName: "value"))
    var webhookUrl: String?

    @Option(help: ArgumentHelp("The ledger; default: cdr24.sqlite.", valueName: "file"))
    var ledger: String?

    @Option(help: ArgumentHelp("How the files are read; see: cdr24 formats.", valueName: "name"))
    var format: String?

    @Option(help: ArgumentHelp("The zone of the times in the files, such as Europe/Moscow or GMT.", valueName: "id"))
    var timeZone: String?

    @Flag(help: "Show what would be done; write and send nothing.")
    var dryRun = false

    @Option(help: ArgumentHelp("Begin to send at most so many calls.", valueName: "n"))
    var maxCalls: Int?

    @Option(help: ArgumentHelp("Start no batch that would end after this local time.", valueName: "hh:mm"))
    var until: TimeOfDay?

    @Flag(help: "Ask the portal for every call before anything is sent.")
    var verifyPortal = false

    @Option(help: ArgumentHelp("Write the summary as JSON; - for standard output.", valueName: "file"))
    var summaryJson: String?

    @Option(help: ArgumentHelp("Write the summary as an HTML page.", valueName: "file.html"))
    var report: String?

    @Option(help: ArgumentHelp("Write the summary for Prometheus' textfile collector.", valueName: "file.prom"))
    var metrics: String?

    @Option(help: "How much is said on standard error: debug, info, notice, warning or error.")
    var logLevel: LogLevel?

    @Flag(help: "Print the summary only if something needs a person; show no progress.")
    var quiet = false

    func validate() throws {
        if let maxCalls, maxCalls < 0 { throw ValidationError("--max-calls is a number from 0 up, for example 500") }
    }

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let level = logLevel ?? environment["CDR24_LOG_LEVEL"].flatMap { LogLevel(argument: $0) }
        let log = StandardErrorLog.logger(level: level?.level ?? (quiet ? .error : .notice))
        let outputs = SummaryOutputs(json: summaryJson, html: report, metrics: metrics)
        let result: ImportRun.Result
        do throws(ImportFault) {
            try outputs.check()
            let assembly = ConfigurationAssembly(
                config: config, ledger: ledger, webhookUrl: webhookUrl, files: files, format: format,
                timeZone: timeZone, environment: environment)
            let configuration = try assembly.configuration()
            result = await run(configuration, environment: environment, log: log)
        } catch {
            StandardErrorLog.say("\(error)")
            throw ExitCode(Int32(error.exitCode))
        }
        try finish(result, outputs)
    }

    private func run(
        _ configuration: Importing.Configuration, environment: [String: String], log: Logger
    ) async -> ImportRun.Result {
        var options = ImportRun.Options()
        options.isDryRun = dryRun
        options.maximumCalls = maxCalls
        options.until = until?.next(after: Date()).timeIntervalSince1970
        options.verifiesPortal = verifyPortal
        let stop = StopSignal()
        let progress = ProgressLine(isShown: !quiet && isatty(STDERR_FILENO) == 1)
        let run = ImportRun(
            configuration: configuration, options: options, stop: stop, log: log,
            onProgress: { progress.show($0) },
            connect: { settings throws(ImportFault) in
                try PortalConnection.open(
                    settings, environment: environment, userAgent: "cdr24/\(CDR24.version)")
            })
        let result = await Signals.stopping(stop) { await progress.ticking { await run.run() } }
        progress.clear()
        return result
    }

    private func finish(_ result: ImportRun.Result, _ outputs: SummaryOutputs) throws {
        var exitCode = result.summary.run.exitCode
        if let complaint = result.complaint { StandardErrorLog.say(complaint) }
        // A run that failed before it read anything has nothing to sum up.
        let isWorthReading = result.complaint == nil || !result.summary.files.isEmpty
        if isWorthReading, !quiet || exitCode != 0, summaryJson != "-" { print(result.summary.text, terminator: "") }
        do throws(ImportFault) {
            try outputs.write(result.summary)
        } catch {
            StandardErrorLog.say("\(error)")
            if exitCode == 0 || exitCode == 3 || exitCode == 4 { exitCode = error.exitCode }
        }
        if exitCode != 0 { throw ExitCode(Int32(exitCode)) }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Administration
import ArgumentParser
import CDRConfiguration
import Clocks
import ExitCodes
import Foundation
import Importing
import Logging
import Phrases
import Reporting
import Settings

/// `cdr24 import`, the default command.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Import CDR files and deliver their calls.",
        discussion: """
            Options take precedence over the environment variables CDR24_CONFIG, CDR24_LEDGER, CDR24_WEBHOOK_URL, \
            CDR24_LOG_LEVEL and CDR24_LOG_FORMAT, which take precedence over the configuration file. Paths in the \
            configuration file are relative to its folder.

            After any failure, run the same command again: delivered calls are not sent again.
            """)

    @Argument(
        help: ArgumentHelp(
            "CDR files to import: paths, globs, folders, *.gz files, or - for standard input (default: the files of the "
                + "configuration).", valueName: "file"),
        completion: .file())
    var files: [String] = []

    @OptionGroup var options: CommonOptions
    @OptionGroup var sources: SourceOptions

    @Flag(help: "Show what an import would do; write and send nothing.")
    var dryRun = false

    @Option(
        help: ArgumentHelp(
            "Read only the source with this key_prefix. Files that are named with it belong to it, wherever they are; they "
                + "are read whole.", valueName: "key_prefix"))
    var source: String?

    @Flag(
        help: ArgumentHelp(
            "Read live logs from their beginning and unchanged exports again, for example after the rules of the "
                + "configuration have changed."))
    var reread = false

    @Flag(help: "With --dry-run: do not contact the portal.")
    var offline = false

    @Option(help: ArgumentHelp("Deliver at most n calls.", valueName: "n"))
    var maxCalls: Int?

    @Option(
        help: ArgumentHelp(
            "Start no batch that is expected to end after this local time: 06:00 (today), 'tomorrow 06:00' or "
                + "2026-11-29T06:00. If it has passed, nothing is sent.", valueName: "time"))
    var until: Deadline?

    @Flag(help: "Look up all undelivered calls at the portal before anything is sent.")
    var verifyPortal = false

    @OptionGroup var output: RunOutput

    func validate() throws {
        if offline, !dryRun { throw ValidationError("--offline is only for --dry-run: an import needs the portal") }
        if let maxCalls, maxCalls < 0 {
            throw ValidationError("--max-calls: expected a number from 0 up, for example 500; found \(maxCalls)")
        }
    }

    func run() async throws {
        try await reporting {
            let (run, configuration, files, notices) = await result()
            // A page about a run that could not begin tells of that run alone.
            let language = CommonOptions.language(of: configuration)
            let reader = configuration.map { ReportReader($0, language: language) }
            let result = output.report(
                run, in: language, to: files,
                page: {
                    reader?.page(about: run.summary)
                        ?? ReportReader.page(ofRunAlone: run.summary, language: language)
                },
                coverage: { reader?.lastDays ?? [] })
            await notices.end(result)
            if result.status != .success { throw ExitCode(result.status) }
        }
    }

    /// Tells whoever is to be told that the command line could not be understood at all.
    ///
    /// - Parameters:
    ///   - arguments: The words of the command line after the program's name.
    ///   - message: What is wrong with them.
    static func tell(of arguments: [String], _ message: String) async {
        guard let words = MistypedImport(arguments) else { return }
        let configuration = ConfigurationAssembly(
            config: words.config, environment: ProcessInfo.processInfo.environment
        ).configurationBesideFaults()
        await RunNotices(configuration).end(.notBegun(.usage(message), isDryRun: false))
    }

    private func chosenConfiguration() throws(ImportFault) -> ImportConfiguration {
        var configuration = try options.configuration(files: files, sources, source: source)
        if reread { for index in configuration.sources.indices { configuration.sources[index].isReread = true } }
        return configuration
    }

    /// A word that is no file was most probably meant as a command.
    private func refuseMistypedCommand() throws(ImportFault) {
        guard let word = files.first, word.allSatisfy(\.isLetter), !FileManager.default.fileExists(atPath: word) else {
            return
        }
        let names = CDR24.configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"]
        let near = nearestWord(to: word, among: names).map { "did you mean: cdr24 \($0)?" }
        throw .usage("there is no command and no file \(word); \(near ?? "cdr24 --help lists the commands")")
    }

    /// How the run ended, the files in which it may say so, and those who are told.
    ///
    /// One that could not begin has a result too, so that whoever watches the reports learns of it.
    private func result() async -> (ImportRun.Result, ImportConfiguration?, SummaryOutputs, RunNotices) {
        do throws(ImportFault) {
            let log = try output.logger()
            try output.check()
            try refuseMistypedCommand()
            let configuration = try chosenConfiguration()
            try output.check(sparing: configuration)
            let notices = notices(configuration)
            notices.begin()
            return (await importing(configuration, log), configuration, output.files, notices)
        } catch {
            // What is at these paths may be what the run lives on, or a CDR file: only reports are written over.
            let notices = notices(options.assembly().configurationBesideFaults())
            return (.notBegun(error, isDryRun: dryRun), nil, output.files.onlyOverReports, notices)
        }
    }

    /// Those who are told how the run goes; nobody in a dry run, which sends nothing.
    private func notices(_ configuration: ImportConfiguration) -> RunNotices {
        RunNotices(dryRun ? nil : configuration)
    }

    private func importing(_ configuration: ImportConfiguration, _ log: Logger) async -> ImportRun.Result {
        var runOptions = ImportRun.Options()
        runOptions.isDryRun = dryRun
        runOptions.asksPortal = !offline
        runOptions.maximumCalls = maxCalls
        runOptions.until = until?.moment(at: Date()).timeIntervalSince1970
        runOptions.verifiesPortal = verifyPortal
        let stop = StopSignal()
        let progress = output.progressLine(in: CommonOptions.language(of: configuration), log)
        let run = ImportRun(
            configuration: configuration, options: runOptions, stop: stop, log: log,
            onProgress: { progress.show($0) }, connect: CommonOptions.connect)
        return await Signals.stopping(stop) { await progress.ticking { await run.run() } }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Administration
import ArgumentParser
import CDRConfiguration
import ExitCodes
import Importing
import Logging
import Reporting

/// `cdr24 audit`: what the portal holds of the calls in CDR files, whoever registered them.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Compare CDR files with the call statistics of the portal, whoever registered the calls.",
        discussion: """
            Nothing is written or sent, and no ledger is needed. Calls are compared by number, type and start (within 90 \
            seconds, once a constant difference of the clocks is found). The report names calls that are missing at the \
            portal or there several times, that have another employee, outcome, duration, direction or start there, and \
            calls of the same time that the files do not have. The exit code is \
            \(ExitStatus.needsAttention.rawValue) if something differs.
            """)

    @Argument(
        help: ArgumentHelp("CDR files (default: the files of the configuration).", valueName: "file"))
    var files: [String] = []

    @OptionGroup var options: CommonOptions
    @OptionGroup var sources: SourceOptions
    @OptionGroup var output: OutputOptions

    @Flag(help: "Print one line for each difference, separated by commas.")
    var csv = false

    func validate() throws {
        if csv, output.json { throw ValidationError("--csv and --json cannot be used together") }
    }

    func run() async throws {
        try await reporting {
            let configuration = try options.configuration(files: files, sources)
            let audit = Audit(configuration, log: StandardErrorLog.logger(level: .notice, format: .text))
            let report = try await CommonOptions.connecting(to: configuration.portal) {
                connection throws(ImportFault) in
                try await audit.run(connection, listsAll: csv || output.json)
            }
            if csv { print(report.csv, terminator: "") } else { output.print(report) }
            if report.hasDifferences { throw ExitCode(.needsAttention) }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Importing
import Reporting

/// `cdr24 check`: what can be known to be wrong before a run.
struct CheckSetup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract:
            "Look for everything that can be known to be wrong before a run: configuration, files, ledger, portal.",
        discussion: """
            Writes nothing and sends no call. Ends with 0 when nothing stands against a run, 3 when something should be
            looked at, or the exit code with which an import would stop: 69, 74 or 78.
            """)

    @Argument(help: ArgumentHelp("Files to look at; default: those of the configuration.", valueName: "file"))
    var files: [String] = []

    @Option(help: ArgumentHelp("The configuration; default: cdr24.yaml, if it is there.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("The portal's inbound webhook: env:NAME or file:PATH.", valueName: "value"))
    var webhookUrl: String?

    @Option(help: ArgumentHelp("The ledger; default: that of the configuration.", valueName: "file"))
    var ledger: String?

    @Option(help: ArgumentHelp("How the files are read; see: cdr24 formats.", valueName: "name"))
    var format: String?

    @Option(help: ArgumentHelp("The zone of the times in the files, such as Europe/Moscow or GMT.", valueName: "id"))
    var timeZone: String?

    @Flag(help: "Do not ask the portal.")
    var offline = false

    func run() async throws {
        try await reporting {
            let environment = ProcessInfo.processInfo.environment
            let assembly = ConfigurationAssembly(
                config: config, ledger: ledger, webhookUrl: webhookUrl, files: files, format: format,
                timeZone: timeZone, environment: environment)
            let check = Check(try assembly.configuration()) { settings throws(ImportFault) in
                try PortalConnection.open(settings, environment: environment, userAgent: "cdr24/\(CDR24.version)")
            }
            let report = await check.run(asksPortal: !offline)
            print(report.text, terminator: "")
            if report.exitCode != 0 { throw ExitCode(Int32(report.exitCode)) }
        }
    }
}

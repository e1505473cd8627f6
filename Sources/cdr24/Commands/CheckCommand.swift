// SPDX-License-Identifier: Apache-2.0

import Administration
import ArgumentParser
import Clocks
import ExitCodes
import Foundation
import Reporting

/// `cdr24 check`: what can be known to be wrong before an import.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Find problems before you import: configuration, files, ledger and portal.",
        discussion: """
            Nothing is written, and no call is sent. The exit code is \(ExitStatus.success.rawValue) if there are no \
            problems, \(ExitStatus.needsAttention.rawValue) if something needs attention, or the exit code with which an \
            import would stop: \(ExitStatus.portalRefuses.rawValue), \(ExitStatus.inputOutput.rawValue) or \
            \(ExitStatus.configuration.rawValue).
            """)

    @Argument(
        help: ArgumentHelp("Files to check (default: the files of the configuration).", valueName: "file"))
    var files: [String] = []

    @OptionGroup var options: CommonOptions
    @OptionGroup var sources: SourceOptions
    @OptionGroup var output: OutputOptions

    @Flag(help: "Do not contact the portal.")
    var offline = false

    @Option(help: ArgumentHelp("Check whether all calls are delivered by this local time.", valueName: "hh:mm"))
    var until: Deadline?

    func run() async throws {
        try await reporting {
            let check = Check(try options.configuration(files: files, sources), connect: CommonOptions.connect)
            let report = await check.run(
                asksPortal: !offline, deadline: until?.moment(at: Date()).timeIntervalSince1970)
            output.print(report)
            if report.exitStatus != .success { throw ExitCode(report.exitStatus) }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Administration
import ArgumentParser
import CDRConfiguration
import ExitCodes
import Importing
import Reporting

/// `cdr24 lines`: the portal's lines, and those that calls name.
struct LinesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lines",
        abstract: "List the lines (LINE_NUMBER) of the portal and of the configuration.",
        discussion: """
            Each line of the portal is used or not used by the configuration or by undelivered calls; lines that the portal \
            does not have are missing. With --create, missing lines are created with a name, and so that the portal creates no \
            leads for their callers. The exit code is \(ExitStatus.needsAttention.rawValue) if lines are missing.
            """)

    @OptionGroup var options: CommonOptions

    @Flag(help: "Create the missing lines in the portal.")
    var create = false

    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await reporting {
            let configuration = try options.configuration()
            let lines = Lines(configuration, creates: create)
            let listing = try await CommonOptions.connecting(to: configuration.portal) {
                connection throws(ImportFault) in try await lines.run(connection)
            }
            output.print(listing)
            if listing.exitStatus != .success { throw ExitCode(listing.exitStatus) }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Administration
import ArgumentParser
import Reporting

/// `cdr24 preview`: what a file's records become, and why.
struct PreviewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview",
        abstract: "Show the calls of a file, the rules and fields behind each value, and the requests to be sent.",
        discussion: """
            The ledger is not read and nothing is sent. Calls that are already delivered are shown like all others.
            """)

    @Argument(
        help: "CDR file, which may be compressed (*.gz), or - for standard input.", completion: .file())
    var file: String

    @OptionGroup var options: CommonOptions
    @OptionGroup var sources: SourceOptions
    @OptionGroup var output: OutputOptions

    @Option(help: ArgumentHelp("Show at most n calls.", valueName: "n"))
    var limit = 20

    func validate() throws { try validateLimit(limit) }

    func run() async throws {
        try await reporting {
            let configuration = try options.configuration(files: [file], sources)
            output.print(try Preview(configuration, path: file, limit: limit).report())
        }
    }
}

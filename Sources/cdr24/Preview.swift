// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Importing
import Reporting

/// `cdr24 preview`: what a file's records become, and why.
struct PreviewFile: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview",
        abstract: "Show the calls of a file, which rule and which fields gave each value, and what would be sent.",
        discussion: "No ledger is read and nothing is sent. Calls that were delivered before are shown like others.")

    @Argument(help: "A CDR file, also *.gz, or - for standard input.")
    var file: String

    @Option(help: ArgumentHelp("The configuration; default: cdr24.yaml, if it is there.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("How the file is read; see: cdr24 formats.", valueName: "name"))
    var format: String?

    @Option(help: ArgumentHelp("The zone of the times in the file, such as Europe/Moscow or GMT.", valueName: "id"))
    var timeZone: String?

    @Option(help: ArgumentHelp("The most calls to show.", valueName: "n"))
    var limit = 20

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        if limit < 0 { throw ValidationError("--limit is a number from 0 up, for example 50") }
    }

    func run() async throws {
        try await reporting {
            let assembly = ConfigurationAssembly(
                config: config, files: [file], format: format, timeZone: timeZone,
                environment: ProcessInfo.processInfo.environment)
            let report = try Preview(try assembly.configuration(), path: file, limit: limit).report()
            print(json ? try report.json : report.text, terminator: "")
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Administration
import ArgumentParser
import Foundation
import Reporting

/// `cdr24 failures`: what needs a person.
struct FailuresCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "failures",
        abstract: "List rejected records, refused calls and held calls, with the reason and what to do.")

    @OptionGroup var options: CommonOptions

    @Flag(help: "Print only the rejected records, as they are in their files, to be corrected and imported again.")
    var csv = false

    @Option(help: ArgumentHelp("List at most n records and n calls of each state.", valueName: "n"))
    var limit = 1_000

    private static let conversion = """
        the rejected records come from files of several encodings: they are printed as UTF-8, and bytes that are not valid \
        in their encoding are printed as the replacement character
        """

    func validate() throws { try validateLimit(limit) }

    func run() async throws {
        try await reporting {
            let list = try FailureListing(try options.ledgerAccess()).list(limit: limit)
            FileHandle.standardOutput.write(csv ? Data(list.csv) : Data(list.text.utf8))
            if csv, list.isConverted { StandardErrorLog.say(Self.conversion) }
        }
    }
}

/// Refuses a `--limit` below 0.
func validateLimit(_ limit: Int) throws {
    if limit < 0 { throw ValidationError("--limit: expected a number from 0 up, for example 50; found \(limit)") }
}

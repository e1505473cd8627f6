// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Importing
import Reporting

/// `cdr24 failures`: what needs a person.
struct Failures: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List rejected records, refused and held calls, each with its reason and what to do.")

    @OptionGroup var options: LedgerOptions

    @Flag(help: "Print the rejected records as they stood in their files, to be mended and imported again.")
    var csv = false

    @Option(help: ArgumentHelp("The most records, and the most calls, to list.", valueName: "n"))
    var limit = 1_000

    private static let conversion = """
        the records stood in files of several encodings: they are printed as UTF-8, and what was no character in a file \
        is the replacement character here
        """

    func run() async throws {
        try await reporting {
            let list = try options.desk().failures(limit: max(0, limit))
            FileHandle.standardOutput.write(csv ? Data(list.csv) : Data(list.text.utf8))
            if csv, list.isConverted { StandardErrorLog.say(Self.conversion) }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Administration
import ArgumentParser

/// `cdr24 find`: where a client's calls went.
struct FindCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "find",
        abstract: "Show where the calls of a number went, and why: in the ledger and in the files.",
        discussion: """
            The number may be written in any form. Files are searched for its last digits in one piece; what became of a \
            record is said by the present rules and by the ledger. Nothing is changed, and the portal is not asked.
            """)

    @Argument(help: "Telephone number of the client.")
    var number: String

    @OptionGroup var options: CommonOptions
    @OptionGroup var output: OutputOptions

    @Option(help: ArgumentHelp("Only calls of this day, by the clock of the phone system.", valueName: "yyyy-mm-dd"))
    var day: Day?

    @Option(help: ArgumentHelp("Show at most n calls and n records.", valueName: "n"))
    var limit = 100

    func validate() throws { try validateLimit(limit) }

    func run() async throws {
        try await reporting {
            let find = try Find(try options.configuration(), number: number, day: day?.text, limit: limit)
            output.print(try find.run())
        }
    }
}

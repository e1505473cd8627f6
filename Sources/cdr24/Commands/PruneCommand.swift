// SPDX-License-Identifier: Apache-2.0

import Administration
import ArgumentParser
import Importing

/// `cdr24 prune`: personal data of old calls.
struct PruneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Remove personal data of old delivered calls from the ledger, keeping their keys.",
        discussion: """
            Numbers, extensions, lines and reasons go, and the bytes of rejected records that were dealt with. Keys, times \
            and fingerprints stay, so that a file that is read again sends nothing twice. Calls that are not delivered are \
            left alone.
            """)

    @OptionGroup var options: CommonOptions
    @OptionGroup var output: OutputOptions

    @Option(help: ArgumentHelp("Prune calls that began before this day (UTC).", valueName: "yyyy-mm-dd"))
    var before: Day

    @Flag(help: "Write the file anew, so that it becomes smaller; needs as much room again on the disk for a moment.")
    var vacuum = false

    @Flag(help: "Count what would be removed, and change nothing.")
    var dryRun = false

    func run() async throws {
        try await reporting {
            let prune = Prune(try options.ledgerAccess(), before: before.epochSeconds)
            output.print(try dryRun ? prune.rehearse() : prune.run(vacuums: vacuum))
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Administration
import ArgumentParser

/// `cdr24 status`: the ledger at a glance.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show the state of the ledger: calls by state, the oldest undelivered call, the last runs.")

    @OptionGroup var options: CommonOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await reporting { output.print(try StatusReader(try options.ledgerAccess()).status()) }
    }
}

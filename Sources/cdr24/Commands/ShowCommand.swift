// SPDX-License-Identifier: Apache-2.0

import Administration
import ArgumentParser

/// `cdr24 show`: one call's whole life.
struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show everything about one call: its records, the requests that left for it, the portal's answers.",
        discussion: """
            The ledger alone is read; the portal is not asked. cdr24 resolve KEY asks it.
            """)

    @Argument(help: "Key of the call, which the portal has as EXTERNAL_CALL_ID.")
    var key: String

    @OptionGroup var options: CommonOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await reporting { output.print(try CallStoryReader(try options.ledgerAccess()).story(of: key)) }
    }
}

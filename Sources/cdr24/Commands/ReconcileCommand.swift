// SPDX-License-Identifier: Apache-2.0

import Administration
import ArgumentParser
import CDRConfiguration
import ExitCodes
import Importing
import Reporting

/// `cdr24 reconcile`: what ledger and portal say about the same calls.
struct ReconcileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconcile",
        abstract: "Compare the ledger with the call statistics of the portal.",
        discussion: """
            No call is sent. With --apply, calls that are at the portal are marked as delivered in the ledger; all other \
            differences are only listed. The exit code is \(ExitStatus.needsAttention.rawValue) if differences remain.
            """)

    @OptionGroup var options: CommonOptions

    @Option(help: ArgumentHelp("Compare only calls that start on this day (UTC) or later.", valueName: "yyyy-mm-dd"))
    var since: Day?

    @Flag(help: "Mark calls that are at the portal as delivered.")
    var apply = false

    func run() async throws {
        try await reporting {
            let configuration = try options.configuration()
            let reconcile = Reconcile(
                LedgerAccess(path: configuration.ledger),
                keyPrefixes: Set(configuration.sources.map(\.keyPrefix)).sorted(), since: since?.epochSeconds,
                marks: apply)
            let result = try await CommonOptions.connecting(to: configuration.portal) {
                connection throws(ImportFault) in try await reconcile.run(connection)
            }
            print(result.text, terminator: "")
            if result.hasDifferences { throw ExitCode(.needsAttention) }
        }
    }
}

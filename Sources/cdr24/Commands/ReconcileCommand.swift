// SPDX-License-Identifier: Apache-2.0

import Administration
import ArgumentParser
import CDRConfiguration
import ExitCodes
import Foundation
import Importing
import Reporting

/// `cdr24 reconcile`: what ledger and portal say about the same calls.
struct ReconcileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconcile",
        abstract: "Compare the ledger with the call statistics of the portal.",
        discussion: """
            No call is sent. With --apply, calls that are at the portal are marked as delivered in the ledger, and delivered \
            calls that are no longer at the portal are put back, so that the next import sends them again. All other \
            differences are only listed. If the portal shows no call at all, nothing is put back without --even-if-empty. Without --apply, the command asks if it runs on a terminal. The exit code is \
            \(ExitStatus.needsAttention.rawValue) if differences remain.
            """)

    @OptionGroup var options: CommonOptions
    @OptionGroup var output: OutputOptions

    @Option(help: ArgumentHelp("Compare only calls that start on this day (UTC) or later.", valueName: "yyyy-mm-dd"))
    var since: Day?

    @Flag(help: "Correct the ledger: mark calls that are at the portal as delivered, and put back those that are gone.")
    var apply = false

    @Flag(
        help: """
            With --apply: put calls back even if the portal shows none of them. Only for a portal that somebody has emptied.
            """)
    var evenIfEmpty = false

    func run() async throws {
        try await reporting {
            let configuration = try options.configuration()
            var result = try await reconcile(configuration, marks: apply)
            output.print(result)
            if !apply, !output.json, result.canBeCorrected, Self.confirms() {
                result = try await reconcile(configuration, marks: true)
                output.print(result)
            }
            if result.hasDifferences { throw ExitCode(.needsAttention) }
        }
    }

    private func reconcile(
        _ configuration: ImportConfiguration, marks: Bool
    ) async throws(ImportFault) -> Reconciliation {
        let reconcile = Reconcile(
            LedgerAccess(path: configuration.ledger),
            keyPrefixes: Set(configuration.sources.map(\.keyPrefix)).sorted(), since: since?.epochSeconds,
            marks: marks, trustsEmptiness: evenIfEmpty, rereadAfter: configuration.portal.rereadAfter,
            region: configuration.numbers.region)
        return try await CommonOptions.connecting(to: configuration.portal) {
            connection throws(ImportFault) in try await reconcile.run(connection)
        }
    }

    /// Whether a person at the terminal wants the ledger to be corrected.
    private static func confirms() -> Bool {
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else { return false }
        print("Correct the ledger now? [y/N] ", terminator: "")
        fflush(nil)
        return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
    }
}

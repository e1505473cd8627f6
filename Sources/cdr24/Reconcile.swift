// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Importing
import Reporting

/// `cdr24 reconcile`: what ledger and portal say about the same calls.
struct Reconcile: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare the ledger with the portal's statistics.",
        discussion: """
            Nothing is sent again. With --apply, calls that the portal has are noted as delivered; everything else is
            only printed. The exit code is 3 when a difference is left.
            """)

    @OptionGroup var options: LedgerOptions

    @Option(
        help: ArgumentHelp("Only calls that began on this day (UTC) or later; default: all.", valueName: "yyyy-mm-dd"))
    var since: Day?

    @Flag(help: "Note as delivered what the portal has.")
    var apply = false

    func run() async throws {
        try await reporting {
            let configuration = try options.configuration()
            let connection = try PortalConnection.open(
                configuration.portal, environment: ProcessInfo.processInfo.environment,
                userAgent: "cdr24/\(CDR24.version)")
            let prefixes = Set(configuration.sources.map(\.keyPrefix)).sorted()
            guard !prefixes.isEmpty else {
                throw ImportFault.configuration("no source is configured, so no call can be recognised")
            }
            let result: Reconciliation
            do {
                result = try await LedgerDesk(path: configuration.ledger).reconcile(
                    keyPrefixes: prefixes, since: since?.epochSeconds, mends: apply, connection: connection,
                    time: .system)
            } catch {
                await connection.close()
                throw error
            }
            await connection.close()
            print(result.text, terminator: "")
            if result.hasDifferences { throw ExitCode(3) }
        }
    }
}

/// A day as `--since` takes it.
struct Day: ExpressibleByArgument {
    /// Its beginning in UTC, in seconds since 1970.
    var epochSeconds: Int64

    init?(argument: String) {
        guard argument.utf8.count == 10,
            let date = try? Date(argument, strategy: .iso8601.year().month().day())
        else { return nil }
        epochSeconds = Int64(date.timeIntervalSince1970)
    }
}

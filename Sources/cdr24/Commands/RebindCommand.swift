// SPDX-License-Identifier: Apache-2.0

import Administration
import ArgumentParser
import CDRConfiguration
import ExitCodes
import Importing
import Reporting

/// `cdr24 rebind`: a portal that was renamed.
struct RebindCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebind",
        abstract: "Bind the ledger to the new name of its portal.",
        discussion: """
            Use this command only if the portal was renamed: calls that are delivered according to the ledger are never \
            sent to the portal with the new name. For another portal, use another ledger. Configure the new address first: \
            the portal must have at least one of the calls that were delivered last.
            """)

    @OptionGroup var options: CommonOptions
    @OptionGroup var output: OutputOptions

    @Option(help: ArgumentHelp("New host of the portal, as in its webhook address.", valueName: "name"))
    var host: String

    @Flag(help: "Do not ask the portal whether it has the calls of the ledger.")
    var evenIfAbsent = false

    func validate() throws {
        guard Rebind.host(host) != nil else {
            throw ValidationError("--host: expected the name of a host, for example company.bitrix24.com")
        }
    }

    func run() async throws {
        try await reporting {
            let configuration = try options.configuration()
            let host = Rebind.host(host) ?? host
            let rebind = Rebind(LedgerAccess(path: configuration.ledger))
            var evidence: String?
            if !evenIfAbsent {
                _ = try LedgerAccess(path: configuration.ledger).reading { _ in }
                evidence = try await CommonOptions.connecting(to: configuration.portal) {
                    connection throws(ImportFault) in try await rebind.evidence(connection, host: host)
                }
            }
            let former = try rebind.run(host: host)
            output.print(RebindReport(host: host, former: former, evidence: evidence))
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Administration
import ArgumentParser

/// `cdr24 rebind`: a portal that was renamed.
struct RebindCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebind",
        abstract: "Bind the ledger to the new name of its portal.",
        discussion: """
            Use this command only if the portal was renamed: calls that are delivered according to the ledger are never \
            sent to the portal with the new name. For another portal, use another ledger.
            """)

    @OptionGroup var options: CommonOptions

    @Option(help: ArgumentHelp("New host of the portal, as in its webhook address.", valueName: "name"))
    var host: String

    func run() async throws {
        try await reporting {
            let host = host.lowercased()
            let former = try Rebind(try options.ledgerAccess()).run(host: host)
            print("the ledger is now bound to \(host) (before: \(former ?? "not bound"))")
        }
    }
}

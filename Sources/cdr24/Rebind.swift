// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Importing

/// `cdr24 rebind`: a portal that was renamed.
struct Rebind: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bind the ledger to the new name of its portal.",
        discussion: """
            Only for a portal that was renamed: what the ledger holds as delivered must be in the portal of the new
            name, else those calls are lost there. Another portal needs a ledger of its own.
            """)

    @OptionGroup var options: LedgerOptions

    @Option(help: ArgumentHelp("The portal's new host, as in its webhook address.", valueName: "name"))
    var host: String

    func run() async throws {
        try await reporting {
            let former = try options.desk().rebind(to: host.lowercased())
            print("the ledger was bound to \(former ?? "no portal") and is now bound to \(host.lowercased())")
        }
    }
}

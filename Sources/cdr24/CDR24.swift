// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
private import CMemory

/// The command line.
@main
struct CDR24: AsyncParsableCommand {
    /// Kept in step with CHANGELOG.md by a test.
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "cdr24",
        abstract: "Brings a phone system's call records into Bitrix24, each call exactly once.",
        discussion: """
            EXIT CODES
              0   every call is delivered
              3   finished; something was rejected, refused or held for a person
              4   stopped with work left: run again
              64  wrong usage
              69  the portal does not accept us
              74  the ledger or a named file cannot be read or written
              75  another run is at work
              78  the configuration is wrong, or asks for something that would lose or double calls
            """,
        version: version,
        subcommands: [
            Import.self, CheckSetup.self, PreviewFile.self, Init.self, Status.self, Failures.self, Retry.self,
            Resolve.self, Reconcile.self, Rebind.self, Formats.self,
        ],
        defaultSubcommand: Import.self)

    static func main() async {
        // A heap for each of a dozen threads, most of which do little, would hold megabytes of what others have freed.
        memory_limit_heaps()
        await main(nil)
    }
}

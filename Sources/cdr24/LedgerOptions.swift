// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Importing
import Settings

/// Which ledger a command is about.
struct LedgerOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The configuration; default: cdr24.yaml, if it is there.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("The ledger; default: that of the configuration.", valueName: "file"))
    var ledger: String?

    @Option(help: ArgumentHelp("The portal's inbound webhook: env:NAME or file:PATH.", valueName: "value"))
    var webhookUrl: String?

    /// The configuration with these options laid over it.
    func configuration() throws(ImportFault) -> Importing.Configuration {
        let environment = ProcessInfo.processInfo.environment
        var configuration = try ConfigurationAssembly.file(named: config ?? environment["CDR24_CONFIG"])
        if let ledger = ledger ?? environment["CDR24_LEDGER"] { configuration.ledger = ledger }
        if let webhook = webhookUrl {
            configuration.portal.webhook = SecretSource(option: webhook)
        } else if environment["CDR24_WEBHOOK_URL"] != nil {
            configuration.portal.webhook = .environment("CDR24_WEBHOOK_URL")
        }
        return configuration
    }

    func desk() throws(ImportFault) -> LedgerDesk {
        LedgerDesk(path: try configuration().ledger)
    }
}

/// Runs a command and ends the process with the fault's exit code.
func reporting(_ body: () async throws -> Void) async throws {
    do {
        try await body()
    } catch let fault as ImportFault {
        StandardErrorLog.say("\(fault)")
        throw ExitCode(Int32(fault.exitCode))
    }
}

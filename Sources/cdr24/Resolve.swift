// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Importing
import Reporting

/// `cdr24 resolve`: a person decides what cannot be known.
struct Resolve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Decide about one held or refused call.",
        discussion: """
            Without --delivered or --send-again nothing is changed: what the ledger knows and what the portal holds is
            shown. --send-again may double the call at the portal, which cannot take calls back.
            """)

    @OptionGroup var options: LedgerOptions

    @Argument(help: "The key of the call, as cdr24 failures shows it.")
    var key: String

    @Flag(help: "The portal has the call: nothing more is sent for it.")
    var delivered = false

    @Flag(help: "Send the call from the beginning, even if the portal has it.")
    var sendAgain = false

    func validate() throws {
        if delivered, sendAgain { throw ValidationError("choose one of --delivered and --send-again") }
    }

    func run() async throws {
        try await reporting {
            let configuration = try options.configuration()
            let desk = LedgerDesk(path: configuration.ledger)
            guard let call = try desk.call(key: key) else {
                throw ImportFault.usage("the ledger knows no call of the key \(key); see: cdr24 failures")
            }
            print(call.text, terminator: "")
            try await showPortal(desk, configuration)
            guard delivered || sendAgain else { return }
            for (_, outcome) in try desk.decide(delivered ? .delivered : .sendAgain, keys: [key]) {
                switch outcome {
                case .changed(let state): print("it is now \(state)")
                case .refused(let reason): throw ImportFault.usage("\(key) stays as it is: \(reason)")
                }
            }
            if sendAgain { print("the next import sends it again; if the portal has it, it is there twice then") }
        }
    }

    /// The portal's own view; a portal that cannot be asked is no reason to keep a person from deciding.
    private func showPortal(_ desk: LedgerDesk, _ configuration: Importing.Configuration) async throws {
        guard configuration.portal.webhook != nil else {
            print("the portal was not asked: no webhook_url is configured")
            return
        }
        let connection = try PortalConnection.open(
            configuration.portal, environment: ProcessInfo.processInfo.environment,
            userAgent: "cdr24/\(CDR24.version)")
        let rows = try await desk.portalRows(key: key, connection: connection)
        await connection.close()
        switch rows {
        case nil: print("the portal's statistics could not be asked")
        case []?: print("the portal's statistics hold nothing of it")
        case let rows?: for row in rows { print("the portal holds \(row)") }
        }
    }
}

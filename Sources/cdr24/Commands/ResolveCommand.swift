// SPDX-License-Identifier: Apache-2.0

import Administration
import ArgumentParser
import CDRConfiguration
import CallLifecycle
import ExitCodes
import Importing
import Reporting

/// `cdr24 resolve`: a person decides what cannot be known.
struct ResolveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve",
        abstract: "Show what is known about one call, and decide what to do with it.",
        discussion: """
            Without --delivered or --send-again nothing is changed. --send-again may create a second call at the portal, \
            and the portal cannot delete calls.
            """)

    @OptionGroup var options: CommonOptions

    @Argument(help: "Key of the call, as listed by cdr24 failures.")
    var key: String

    @Flag(help: "Mark the call as delivered; it is not sent again.")
    var delivered = false

    @Flag(help: "Send the call again from the start, even if it is at the portal.")
    var sendAgain = false

    func validate() throws {
        if delivered, sendAgain { throw ValidationError("--delivered and --send-again exclude each other") }
    }

    func run() async throws {
        try await reporting {
            let configuration = try options.configuration()
            let resolve = Resolve(LedgerAccess(path: configuration.ledger), key: key)
            print(try resolve.call().text, terminator: "")
            await showPortal(resolve, configuration.portal)
            guard delivered || sendAgain else { return }
            let call = try resolve.decide(delivered ? .delivered : .sendAgain)
            print("the call is now \(call.state)")
            if sendAgain { print("the next import sends it; if it is already at the portal, it will be there twice") }
        }
    }

    /// The portal's own view; a portal that cannot be asked is no reason to keep a person from deciding.
    private func showPortal(_ resolve: Resolve, _ settings: PortalSettings) async {
        guard settings.webhook != nil || settings.oauth != nil else {
            print("portal: not asked, since no webhook_url is configured")
            return
        }
        do throws(ImportFault) {
            let (rows, cards) = try await CommonOptions.connecting(to: settings) { connection throws(ImportFault) in
                (try await resolve.portalRows(connection), try await resolve.portalCards(connection))
            }
            if rows.isEmpty { print("portal: the call is not in the call statistics") }
            for row in rows { print("portal: \(row)") }
            if let cards {
                let found = cards.isEmpty ? "the CRM has no card with this number" : cards.joined(separator: ", ")
                print("portal: \(found)")
            }
        } catch {
            print("portal: \(error)")
        }
    }
}

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
            and the portal cannot delete calls. It also takes --delivered back, if the portal does not have the call.
            """)

    @OptionGroup var options: CommonOptions
    @OptionGroup var output: OutputOptions

    @Argument(help: "Key of the call, as listed by cdr24 failures.", completion: Completions.keys)
    var key: String

    @Flag(help: "Mark the call as delivered; it is not sent again.")
    var delivered = false

    @Flag(help: "With --delivered: also if the portal was asked and does not have the call.")
    var evenIfAbsent = false

    @Flag(help: "Send the call again from the start, even if it is at the portal.")
    var sendAgain = false

    func validate() throws {
        if delivered, sendAgain { throw ValidationError("--delivered and --send-again exclude each other") }
        if evenIfAbsent, !delivered { throw ValidationError("--even-if-absent needs --delivered") }
    }

    func run() async throws {
        try await reporting {
            let configuration = try options.configuration()
            let resolve = Resolve(LedgerAccess(path: configuration.ledger), key: key)
            var report = ResolveReport(try resolve.call())
            await askPortal(resolve, configuration.portal, &report)
            do throws(ImportFault) {
                try decide(resolve, &report)
            } catch {
                // What was found out is the reason.
                output.print(report)
                throw error
            }
            output.print(report)
        }
    }

    private func decide(_ resolve: Resolve, _ report: inout ResolveReport) throws(ImportFault) {
        if delivered {
            if report.portalRows?.isEmpty == true, !evenIfAbsent {
                throw .usage(
                    """
                    \(key) is unchanged: the portal does not have the call; to send it: cdr24 resolve \(key) --send-again; \
                    to mark it as delivered all the same: cdr24 resolve \(key) --delivered --even-if-absent
                    """)
            }
            report.newState = try resolve.decide(.delivered).state
            report.remark = "to take this back: cdr24 resolve \(key) --send-again"
        } else if sendAgain {
            let isLost = report.call.state == "\(CallState.delivered)" && report.portalRows?.isEmpty == true
            report.newState = try resolve.decide(isLost ? .sendLost : .sendAgain).state
            report.remark = "the next import sends it; if it is already at the portal, it will be there twice"
        }
    }

    /// The portal's own view; a portal that cannot be asked is no reason to keep a person from deciding.
    private func askPortal(_ resolve: Resolve, _ settings: PortalSettings, _ report: inout ResolveReport) async {
        guard settings.webhook != nil || settings.oauth != nil else {
            report.portalFault = "not asked, since no webhook_url is configured"
            return
        }
        do throws(ImportFault) {
            (report.portalRows, report.portalCards) = try await CommonOptions.connecting(to: settings) {
                connection throws(ImportFault) in
                (try await resolve.portalRows(connection), try await resolve.portalCards(connection))
            }
        } catch {
            report.portalFault = "\(error)"
        }
    }
}

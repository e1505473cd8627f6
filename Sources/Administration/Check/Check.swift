// SPDX-License-Identifier: Apache-2.0

import Bitrix24
package import CDRConfiguration
package import Clocks
import Delivery
import ExitCodes
import Foundation
package import Importing
import Intake
import Ledger
package import Reporting

/// `cdr24 check`: looks for everything that can be known to be wrong before an import. Nothing is written and no call is
/// sent.
package struct Check: Sendable {
    private let configuration: ImportConfiguration
    private let time: TimeSource
    private let connect: PortalConnector

    /// Prepares to check a configuration.
    ///
    /// - Parameter connect: Prepares the connection to the portal; nothing is sent by that.
    package init(
        _ configuration: ImportConfiguration, time: TimeSource = .system, connect: @escaping PortalConnector
    ) {
        self.configuration = configuration
        self.time = time
        self.connect = connect
    }

    /// Looks at configuration, ledger and files, and asks the portal unless told not to.
    package func run(asksPortal: Bool) async -> CheckReport {
        var report = CheckReport()
        let connection = connection(&report)
        let ledger = LedgerCheck(configuration).run(connection, &report)
        checkSources(ledger, &report)
        checkUsers(&report)
        if let ledger { estimate(ledger, &report) }
        if let connection {
            if asksPortal { await PortalCheck(configuration, time: time).run(connection, &report) }
            await connection.close()
        }
        return report
    }

    private func connection(_ report: inout CheckReport) -> PortalConnection? {
        do throws(ImportFault) {
            let connection = try connect(configuration.portal)
            report.fine("portal", connection.access.readiness)
            return connection
        } catch {
            report.fail("portal", error)
            return nil
        }
    }

    private func checkSources(_ ledger: Ledger?, _ report: inout CheckReport) {
        if configuration.sources.isEmpty { report.fail("sources", .noSources) }
        for source in configuration.sources {
            let subject = "source \(source.keyPrefix)"
            do throws(ImportFault) {
                let check = try SourceCheck(configuration, source, ledger, now: time.wallSeconds)
                try check.run(subject, &report)
            } catch {
                report.fail(subject, error)
            }
        }
    }

    private func checkUsers(_ report: inout CheckReport) {
        if configuration.users.fallback == nil {
            report.warn(
                "users",
                "no default user, so calls of queues, menus and trunks will be held; set users: { default: USER_ID }")
        }
    }

    /// Says how long the calls that the ledger holds would take.
    private func estimate(_ ledger: Ledger, _ report: inout CheckReport) {
        do throws(LedgerFault) {
            let calls = try ledger.deliverableCount()
            guard calls > 0 else { return }
            let pace = try DeliveryPace(settings: configuration.portal, ledger: ledger, time: time)
            let forecast = pace.forecast(
                calls: calls, allowed: .max, lanes: configuration.portal.lanes, within: nil, at: time.monotonic())
            report.fine("estimate", forecast.text(now: nil, deadline: nil))
        } catch {
            report.fail("ledger \(ledger.path)", ImportFault(error))
        }
    }
}

extension PortalAccess {
    /// What is known to be right before the portal is asked.
    fileprivate var readiness: String {
        switch self {
        case .webhook: "webhook address, secret, proxy and certificates can be used"
        case .application: "application, client secret, tokens, proxy and certificates can be used"
        }
    }
}

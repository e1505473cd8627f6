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
    private let environment: [String: String]
    private let connect: PortalConnector

    /// Prepares to check a configuration.
    ///
    /// - Parameters:
    ///   - environment: The environment's variables, for the address of a monitor.
    ///   - connect: Prepares the connection to the portal; nothing is sent by that.
    package init(
        _ configuration: ImportConfiguration, time: TimeSource = .system,
        environment: [String: String] = ProcessInfo.processInfo.environment, connect: @escaping PortalConnector
    ) {
        self.environment = environment
        self.configuration = configuration
        self.time = time
        self.connect = connect
    }

    /// Looks at configuration, ledger and files, and asks the portal unless told not to.
    ///
    /// - Parameter deadline: The moment by which calls should be delivered, in seconds since 1970; `nil`: none.
    package func run(asksPortal: Bool, deadline: Double? = nil) async -> CheckReport {
        var report = CheckReport()
        let connection = connection(&report)
        let ledger = LedgerCheck(configuration).run(connection, &report)
        checkSources(ledger, &report)
        let demand = await demand()
        EmployeeCheck(configuration.users, demand).run(&report)
        NotifyCheck(configuration.notify, environment: environment).run(&report)
        DiskCheck(configuration.ledger).run(calls: demand?.calls ?? 0, &report)
        estimate(ledger, demand, deadline, &report)
        if let connection {
            if asksPortal { await ask(connection, demand ?? CallDemand(), &report) }
            await connection.close()
        }
        if !asksPortal, let demand { CreationCheck(demand).announce(&report) }
        return report
    }

    /// What the calls of the files ask of the portal; `nil` where they cannot be taken in.
    private func demand() async -> CallDemand? {
        // What is wrong with a source, a file or the ledger was reported by then.
        try? await Rehearsal(configuration, time: time).demand()
    }

    private func ask(_ connection: PortalConnection, _ demand: CallDemand, _ report: inout CheckReport) async {
        do throws(PortalProbe.Failure) {
            try await PortalCheck(configuration, demand, time: time).run(connection, &report)
        } catch {
            report.fail("portal \(connection.host)", "\(error)", exitStatus: .portalRefuses)
        }
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

    /// Says how long the calls of the files and of the ledger would take, and whether they are over by the deadline.
    private func estimate(
        _ ledger: Ledger?, _ demand: CallDemand?, _ deadline: Double?, _ report: inout CheckReport
    ) {
        do throws(LedgerFault) {
            var calls = demand?.calls ?? 0
            if demand == nil, let ledger { calls = try ledger.deliverableCount() }
            guard calls > 0 else { return }
            let pace =
                if let ledger {
                    try DeliveryPace(settings: configuration.portal, ledger: ledger, time: time)
                } else {
                    DeliveryPace(
                        settings: configuration.portal, epoch: time.wall() - time.monotonic().inSeconds, memory: nil)
                }
            let forecast = pace.forecast(
                calls: calls, allowed: .max, lanes: configuration.portal.lanes,
                within: deadline.map { .seconds(max(0, $0 - time.wall())) }, at: time.monotonic())
            let text = forecast.text(now: nil, deadline: deadline)
            if let delivered = forecast.byDeadline, delivered < calls {
                report.warn("estimate", text)
            } else {
                report.fine("estimate", text)
            }
        } catch {
            report.fail("ledger \(configuration.ledger)", ImportFault(error))
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

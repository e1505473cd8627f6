// SPDX-License-Identifier: Apache-2.0

import CallRecords
import Foundation
import Ledger
package import Reporting
import Settings

/// Looks for everything that can be known to be wrong before a run. Nothing is written and no call is sent.
package struct Check: Sendable {
    let configuration: Configuration
    let time: TimeSource
    /// Prepares the connection to the portal; nothing is sent by that.
    let connect: @Sendable (PortalSettings) throws(ImportFault) -> PortalConnection

    package init(
        _ configuration: Configuration, time: TimeSource = .system,
        connect: @escaping @Sendable (PortalSettings) throws(ImportFault) -> PortalConnection
    ) {
        self.configuration = configuration
        self.time = time
        self.connect = connect
    }

    /// Looks at configuration, files and ledger, and asks the portal unless told not to.
    package func run(asksPortal: Bool) async -> CheckReport {
        var report = CheckReport()
        var connection: PortalConnection?
        do throws(ImportFault) {
            connection = try connect(configuration.portal)
            report.fine("portal", "the address, the secret, proxy and certificates can be used")
        } catch {
            report.fail("portal", "\(error)", exitCode: error.exitCode)
        }
        let ledger = checkLedger(host: connection?.host, &report)
        checkSources(ledger, &report)
        checkUsers(&report)
        if let ledger { forecast(ledger, &report) }
        if let connection {
            if asksPortal { await PortalCheck(configuration, time: time).run(connection, &report) }
            await connection.close()
        }
        return report
    }

    // MARK: Ledger

    /// - Returns: A view of the ledger, if it can be read or is not there yet.
    private func checkLedger(host: String?, _ report: inout CheckReport) -> Ledger? {
        let path = configuration.ledger
        let subject = "ledger \(path)"
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        do throws(LedgerFault) {
            let existing = try Ledger.openForReading(path: path)
            let isWritable = FileManager.default.isWritableFile(atPath: existing == nil ? folder : path)
            guard isWritable, FileManager.default.isWritableFile(atPath: folder) else {
                report.fail(
                    subject, "it or its folder cannot be written; give this user the right, or name another ledger",
                    exitCode: 74)
                return nil
            }
            if let existing {
                checkBinding(try existing.fact(.portalHost), host: host, subject, &report)
            } else {
                report.fine(subject, "it is not there yet; the first import makes it")
            }
            return try Ledger.scratch(over: existing)
        } catch {
            let fault = ImportFault(error)
            report.fail(subject, "\(fault)", exitCode: fault.exitCode)
            return nil
        }
    }

    private func checkBinding(_ bound: String?, host: String?, _ subject: String, _ report: inout CheckReport) {
        guard let bound, let host, bound != host else {
            report.fine(subject, bound.map { "it belongs to the portal \($0)" } ?? "it belongs to no portal yet")
            return
        }
        report.fail(
            subject,
            """
            it belongs to the portal \(bound), but webhook_url names \(host); give each portal a ledger of its own, or, \
            if the portal was only renamed, run: cdr24 rebind --host \(host)
            """, exitCode: 78)
    }

    // MARK: Sources

    private func checkSources(_ ledger: Ledger?, _ report: inout CheckReport) {
        guard !configuration.sources.isEmpty else {
            report.fail(
                "sources", "nothing is named; name a file, or begin with: cdr24 init FILE", exitCode: 78)
            return
        }
        for source in configuration.sources {
            let subject = "source \(source.keyPrefix)"
            guard let format = source.format else {
                report.fail(
                    subject, "no format is named; write format: (for example asterisk), or use --format", exitCode: 78)
                continue
            }
            do throws(SettingsFault) {
                _ = try RecordMapper(format: format, context: MappingContext(source, configuration))
            } catch {
                report.fail(subject, "\(error)", exitCode: 78)
                continue
            }
            checkKeyRule(source, format, ledger, subject, &report)
            let files: [String]
            do throws(ImportFault) {
                files = try FileSelection.files(source.files)
            } catch {
                report.fail(subject, "\(error)", exitCode: error.exitCode)
                continue
            }
            if files.isEmpty { report.warn(subject, "no file is there for \(source.files.joined(separator: ", "))") }
            let isNew = (try? ledger?.hasDelivered()) != true
            for file in files {
                FileCheck(configuration, source, format, isNewLedger: isNew, now: time.wallSeconds).run(file, &report)
            }
        }
    }

    private func checkKeyRule(
        _ source: SourceSettings, _ format: FormatDefinition, _ ledger: Ledger?, _ subject: String,
        _ report: inout CheckReport
    ) {
        guard let ledger else { return }
        do throws(LedgerFault) {
            let known = try ledger.source(keyPrefix: source.keyPrefix, keyRule: format.keyRuleFingerprint)
            guard known.keyRule != format.keyRuleFingerprint, try ledger.hasCalls(sourceID: known.id) else { return }
            report.fail(
                subject,
                """
                the calls in the ledger have keys made by another rule; go back to the former format, or give the \
                source a new key_prefix and set its not_before to the first day that was not imported
                """, exitCode: 78)
        } catch {
            let fault = ImportFault(error)
            report.fail(subject, "\(fault)", exitCode: fault.exitCode)
        }
    }

    /// Says how long the calls that the ledger holds would take.
    private func forecast(_ ledger: Ledger, _ report: inout CheckReport) {
        guard let calls = try? ledger.deliverableCount(), calls > 0 else { return }
        let pace = DeliveryPace(settings: configuration.portal, ledger: ledger, time: time)
        let forecast = pace.forecast(
            calls: calls, allowed: .max, lanes: configuration.portal.lanes, within: nil, at: time.monotonic())
        report.fine("estimate", forecast.text(now: nil, deadline: nil))
    }

    private func checkUsers(_ report: inout CheckReport) {
        if configuration.users.fallback == nil {
            report.warn(
                "users", "no default: calls of queues, menus and trunks are held; write users: { default: USER_ID }")
        }
    }
}

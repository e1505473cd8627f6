// SPDX-License-Identifier: Apache-2.0

import CDRConfiguration
import CallRecords
import ExitCodes
private import Glibc
import Intake
import Ledger
import Reporting
import Settings

/// Looks at one source of the configuration and at its files.
struct SourceCheck {
    private let configuration: ImportConfiguration
    private let source: SourceSettings
    private let format: FormatDefinition
    private let ledger: Ledger?
    private let now: Int64

    /// - Parameters:
    ///   - ledger: The ledger; `nil` when there is none, or it cannot be read.
    ///   - now: The wall clock in seconds since 1970.
    /// - Throws: ``ImportFault/configuration(_:)`` when the source has no format.
    init(
        _ configuration: ImportConfiguration, _ source: SourceSettings, _ ledger: Ledger?, now: Int64
    ) throws(ImportFault) {
        self.configuration = configuration
        self.source = source
        self.ledger = ledger
        self.now = now
        format = try source.requireFormat()
    }

    /// - Parameter subject: What findings about the source as a whole are called.
    /// - Throws: ``ImportFault`` when the source or one of its files cannot be used at all.
    func run(_ subject: String, _ report: inout CheckReport) throws(ImportFault) {
        do throws(SettingsFault) {
            _ = try RecordMapper(format: format, context: MappingContext(source, configuration))
        } catch {
            throw ImportFault(error)
        }
        let isNewLedger = try ImportFault.translating { () throws(LedgerFault) in
            try checkKeyRule(subject, &report)
            return try ledger?.hasDelivered() != true
        }
        if let folder = source.moveTo, access(folder, W_OK | X_OK) != 0 {
            report.warn(
                subject,
                "files cannot be moved to \(folder): \(String(cString: strerror(errno))); make the folder, and give it to the "
                    + "user that runs cdr24")
        }
        let files = try FileSelection.files(source.files)
        if files.isEmpty { report.warn(subject, "no file matches \(source.files.joined(separator: ", "))") }
        let check = FileCheck(configuration, source, format, isNewLedger: isNewLedger, now: now)
        for file in files { check.run(file, &report) }
    }

    private func checkKeyRule(_ subject: String, _ report: inout CheckReport) throws(LedgerFault) {
        guard let ledger, let known = try ledger.source(keyPrefix: source.keyPrefix),
            known.keyRule != format.keyRuleFingerprint, try ledger.hasCalls(sourceID: known.id)
        else { return }
        report.fail(
            subject,
            """
            the calls in the ledger have keys made by another rule; restore the former format, or give the source a new \
            key_prefix and set its not_before to the first day that was not imported
            """, exitStatus: .configuration)
    }
}

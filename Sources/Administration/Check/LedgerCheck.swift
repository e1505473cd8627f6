// SPDX-License-Identifier: Apache-2.0

import CDRConfiguration
import ExitCodes
import FileRights
import Foundation
import Importing
import Ledger
import Reporting

/// Looks whether an import could use the ledger.
struct LedgerCheck {
    private let access: LedgerAccess

    init(_ configuration: ImportConfiguration) {
        access = LedgerAccess(path: configuration.ledger)
    }

    /// - Parameter connection: The portal of the configuration; `nil` when it is not known.
    /// - Returns: The ledger, open for reading; `nil` when there is none yet, or it cannot be used.
    func run(_ connection: PortalConnection?, _ report: inout CheckReport) -> Ledger? {
        let subject = "ledger \(access.path)"
        do throws(ImportFault) {
            let ledger = try access.openForReading()
            guard isWritable(exists: ledger != nil) else {
                report.fail(
                    subject,
                    FileObstacle.writing(access.path)
                        ?? "the file or its folder is not writable; change the permissions",
                    exitStatus: .inputOutput)
                return nil
            }
            guard let ledger else {
                report.fine(subject, "does not exist yet; the first import creates it")
                return nil
            }
            let binding = try ImportFault.translating { () throws(LedgerFault) in try LedgerBinding(ledger) }
            let isRenamed = if let connection { try binding.check(against: connection) != nil } else { false }
            if isRenamed { report.fine(subject, "the portal was renamed; the ledger follows with the next import") }
            report.fine(subject, binding.host.map { "bound to the portal \($0)" } ?? "not bound to a portal yet")
            return ledger
        } catch {
            report.fail(subject, error)
            return nil
        }
    }

    /// SQLite keeps its log beside the file, so the folder must be writable too.
    private func isWritable(exists: Bool) -> Bool {
        let folder = URL(fileURLWithPath: access.path).deletingLastPathComponent().path
        return FileManager.default.isWritableFile(atPath: folder)
            && (!exists || FileManager.default.isWritableFile(atPath: access.path))
    }
}

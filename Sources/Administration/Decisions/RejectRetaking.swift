// SPDX-License-Identifier: Apache-2.0

import CDRConfiguration
import Clocks
import ExitCodes
import Foundation
import Importing
import Intake
import Ledger
import Logging

/// Reads the rejected records of a ledger anew, from the bytes that it keeps, by the present rules.
struct RejectRetaking: Sendable {
    private let configuration: ImportConfiguration
    private let access: LedgerAccess
    private let time: TimeSource

    init(_ configuration: ImportConfiguration, _ access: LedgerAccess, time: TimeSource) {
        self.configuration = configuration
        self.access = access
        self.time = time
    }

    /// Reads them.
    ///
    /// - Returns: How many were read, and how many of these the rules accept now.
    /// - Throws: ``ImportFault``.
    func run() async throws(ImportFault) -> (read: Int, accepted: Int) {
        let lock = try access.lock()
        let ledger = try lock.open()
        let result: (read: Int, accepted: Int)
        do throws(ImportFault) {
            result = try await retake(ledger)
        } catch {
            Self.close(ledger)
            throw error
        }
        Self.close(ledger)
        _ = consume lock
        return result
    }

    /// Everything is committed when it is closed, so that a failure to close loses nothing.
    private static func close(_ ledger: Ledger) {
        // The next one to open the ledger finds what is committed in its log.
        try? ledger.close()
    }

    private func retake(_ ledger: Ledger) async throws(ImportFault) -> (read: Int, accepted: Int) {
        let files = try ImportFault.translating { () throws(LedgerFault) in
            try RejectedRecords.files(of: try ledger.sources(), in: ledger)
        }.filter { file in configuration.sources.contains { $0.keyPrefix == file.source } }
        let before = try openRejects(ledger)
        guard !files.isEmpty else { return (0, 0) }
        for file in files { try await retake(file, ledger) }
        return (files.reduce(0) { $0 + $1.count }, before - (try openRejects(ledger)))
    }

    private func openRejects(_ ledger: Ledger) throws(ImportFault) -> Int {
        try ImportFault.translating { () throws(LedgerFault) in
            try ledger.attention().rejects.values.reduce(0, +)
        }
    }

    /// Reads one file of rejected records as if a person had corrected it.
    private func retake(_ file: RejectedRecords, _ ledger: Ledger) async throws(ImportFault) {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("cdr24-\(UUID().uuidString)").path
        guard
            FileManager.default.createFile(
                atPath: path, contents: Data(file.bytes), attributes: [.posixPermissions: 0o600])
        else { throw .input("cannot write \(path); check the folder for temporary files (TMPDIR)") }
        // A file that cannot be removed is left to the system, which empties the folder.
        defer { try? FileManager.default.removeItem(atPath: path) }
        guard var source = configuration.sources.first(where: { $0.keyPrefix == file.source }) else { return }
        source.files = [path]
        source.isCorrection = true
        source.expectWithin = nil
        var narrowed = configuration
        narrowed.sources = [source]
        let intake = Intake(
            narrowed, store: ledger, runID: 0, time: time, stop: StopSignal(),
            log: Logger(label: "cdr24") { _ in SwiftLogNoOpLogHandler() })
        var report = IntakeReport()
        try await intake.takeIn([[path]], &report)
        try ImportFault.translating { () throws(LedgerFault) in try ledger.forgetReading(of: path) }
    }
}

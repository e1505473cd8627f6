// SPDX-License-Identifier: Apache-2.0

import ExitCodes
import Foundation
import Reporting

/// Looks whether the disk of the ledger has room for an import.
struct DiskCheck {
    private let folder: String

    /// What an import takes before it sends anything: the log that it reserves (6 MiB), and as much again for its files.
    private static let fixed = 12 << 20
    /// What a call takes in the ledger, in bytes. Measured with 140,000 Asterisk calls of one record each, 100,000 of
    /// which were delivered: the file had 772 bytes for each call, with the room that is reserved for outcomes. A
    /// delivered call took 698 with what was asked and answered (628 after `VACUUM`, 423 of them requests and answers),
    /// a waiting one 268. The rest is for calls of several records.
    private static let perCall = 900

    init(_ ledger: String) {
        folder = URL(fileURLWithPath: ledger).deletingLastPathComponent().path
    }

    /// - Parameter calls: How many calls would be sent.
    func run(calls: Int, _ report: inout CheckReport) {
        // A folder that cannot be looked at is reported with the ledger.
        guard let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder),
            let free = (attributes[.systemFreeSize] as? NSNumber)?.intValue
        else { return }
        judge(free: free, needed: Self.fixed + calls * Self.perCall, &report)
    }

    /// Compares what is free with what is needed, both in bytes.
    func judge(free: Int, needed: Int, _ report: inout CheckReport) {
        let subject = "disk \(folder)"
        if free < needed {
            report.fail(
                subject,
                "\(Self.megabytes(free)) are free, but an import needs \(Self.megabytes(needed)); free disk space, or "
                    + "choose another ledger", exitStatus: .inputOutput)
        } else {
            report.fine(subject, "\(Self.megabytes(free)) are free")
        }
    }

    private static func megabytes(_ bytes: Int) -> String { "\(grouped(bytes >> 20)) MiB" }
}

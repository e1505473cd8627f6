// SPDX-License-Identifier: Apache-2.0

import ExitCodes
import Foundation
import Reporting

/// The files that a summary is written to.
struct SummaryOutputs {
    let json: String?
    let html: String?
    let metrics: String?

    /// Checks before the run that the files can be written, so that a night's work is not done without a report.
    func check() throws(ImportFault) {
        for path in [json, html, metrics].compactMap({ $0 }) where path != "-" {
            let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
            guard FileManager.default.isWritableFile(atPath: folder) else {
                throw .input("cannot write \(path): its folder does not exist or is not writable")
            }
        }
    }

    /// Writes the files, each in one piece: a reader sees the old one or the new one.
    ///
    /// - Parameter page: The report; made only where it is written.
    func write(_ summary: Summary, page: () -> ReportPage) throws(ImportFault) {
        if json == "-" { print(summary.json, terminator: "") }
        for (path, text) in [(json, summary.json), (html, html == nil ? "" : page().html), (metrics, summary.metrics)] {
            guard let path, path != "-" else { continue }
            do {
                try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
            } catch {
                throw .input("cannot write \(path); the run itself is complete and recorded in the ledger")
            }
        }
    }
}

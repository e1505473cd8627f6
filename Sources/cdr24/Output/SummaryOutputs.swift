// SPDX-License-Identifier: Apache-2.0

import CallReport
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

    /// Those of the files that are not there yet or hold what an earlier run wrote.
    ///
    /// Before the configuration is known, nothing tells whether a path leads to the ledger or to a CDR file.
    var onlyOverReports: SummaryOutputs {
        SummaryOutputs(
            json: json.flatMap { Self.isReport($0, beginning: "{\n") ? $0 : nil },
            html: html.flatMap { Self.isReport($0, beginning: "<!doctype html>") ? $0 : nil },
            metrics: metrics.flatMap { Self.isReport($0, beginning: "# HELP cdr24_") ? $0 : nil })
    }

    private static func isReport(_ path: String, beginning: String) -> Bool {
        guard path != "-", access(path, F_OK) == 0 else { return true }
        // What cannot be read is not one of ours.
        guard let file = FileHandle(forReadingAtPath: path), let start = try? file.read(upToCount: 64) else {
            return false
        }
        return start.starts(with: Data(beginning.utf8))
    }

    /// Writes the files, each in one piece: a reader sees the old one or the new one.
    ///
    /// - Parameters:
    ///   - page: The report; made only where it is written.
    ///   - coverage: The last days of every source; looked up only for metrics.
    func write(
        _ summary: Summary, page: () -> ReportPage, coverage: () -> [SourceCoverage]
    ) throws(ImportFault) {
        if json == "-" { print(summary.json, terminator: "") }
        var fault: ImportFault?
        let series = metrics == nil ? "" : summary.metrics(coverage: coverage())
        for (path, text) in [(json, summary.json), (html, html == nil ? "" : page().html), (metrics, series)] {
            guard let path, path != "-" else { continue }
            do {
                try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
                // Another user's exporter reads it, whatever the umask; it has no personal data.
                if path == metrics { chmod(path, 0o644) }
            } catch {
                // The others are written all the same.
                fault = .input("cannot write \(path); what the run did is recorded in the ledger")
            }
        }
        if let fault { throw fault }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import Importing
import Reporting

/// The files that a summary is written to.
struct SummaryOutputs {
    var json: String?
    var html: String?
    var metrics: String?

    /// Checks before the run that the files can be written, so that a night's work is not done without a report.
    func check() throws(ImportFault) {
        for path in [json, html, metrics].compactMap({ $0 }) where path != "-" {
            let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
            guard FileManager.default.isWritableFile(atPath: folder) else {
                throw .input("\(path) cannot be written: its folder is missing or not writable")
            }
        }
    }

    /// Writes the files, each in one piece: a reader sees the old one or the new one.
    func write(_ summary: Summary) throws(ImportFault) {
        if json == "-" { print(summary.json, terminator: "") }
        for (path, text) in [(json, summary.json), (html, summary.html), (metrics, summary.metrics)] {
            guard let path, path != "-" else { continue }
            do {
                try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
            } catch {
                throw .input("\(path) cannot be written; the run itself is done and recorded")
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

package import CallRecords
import DelimitedText
import Foundation
package import Reporting
import Settings

/// Looks at a file for the first time and writes the configuration that it needs.
package struct FirstLook: Sendable {
    package var recognition: FormatRecognition
    private let file: SampleFile

    /// Looks at a file.
    ///
    /// - Throws: ``ImportFault/input(_:)`` when it cannot be read.
    package init(path: String) throws(ImportFault) {
        file = try SampleFile(path: path)
        recognition = FormatRecognition.recognise(file.head, isWhole: file.isWhole)
    }

    /// The configuration for the file.
    ///
    /// - Throws: ``ImportFault/input(_:)`` where the file holds no calls of a known system, with what it is instead.
    package func configuration() throws(ImportFault) -> StarterConfiguration {
        guard let best = recognition.best else { throw .input(refusal) }
        let survey: SampleSurvey
        do throws(SettingsFault) {
            let overrides = try format(best)
            survey = try SampleSurvey(file.head, isWhole: file.isWhole, format: overrides)
        } catch {
            throw ImportFault(error)
        }
        return StarterConfiguration(
            file: file.path == "-" ? "PATH OF THE FILE" : URL(fileURLWithPath: file.path).path,
            formatName: best.name, formatTitle: best.title, confidence: best.confidence,
            evidence: best.evidence + survey.findings, warnings: warnings(best, survey),
            fileOverrides: overrides(best), timeZone: survey.timeZoneLine, notBefore: survey.notBeforeLine,
            region: survey.regionLine, internalPattern: survey.internalPattern,
            extensions: Self.ranked(survey.extensions), lines: Self.ranked(survey.lines))
    }

    /// The format with what this file needs changed.
    private func format(_ candidate: FormatCandidate) throws(SettingsFault) -> FormatDefinition {
        let changes = overrides(candidate)
        guard !changes.isEmpty else { return try FormatDefinition.preset(candidate.name) }
        let text = "extends: \(candidate.name)\nfile:\n" + changes.map { "  \($0)\n" }.joined()
        return try FormatDefinition(try SettingsNode(yaml: text, file: "<format>"))
    }

    /// The keys of `file:` in which the file differs from the preset.
    private func overrides(_ candidate: FormatCandidate) -> [String] {
        guard let preset = try? FormatDefinition.preset(candidate.name).dialect else { return [] }
        let own = candidate.dialect
        var lines: [String] = []
        if own.delimiter != preset.delimiter {
            let name = own.delimiter == 0x09 ? "tab" : String(UnicodeScalar(own.delimiter))
            lines.append("delimiter: \"\(name)\"")
        }
        if own.quote != preset.quote { lines.append("quote: \(own.quote == nil ? "none" : "'\"'")") }
        if own.escape != preset.escape {
            let word =
                switch own.escape {
                case .doubledQuote: "doubled"
                case .backslash: "backslash"
                case .none: "none"
                }
            lines.append("escape: \(word)")
        }
        if own.lineEnd != preset.lineEnd { lines.append("line_end: \(own.lineEnd == .cr ? "cr" : "lf")") }
        if candidate.lacksHeader {
            lines.append("header: none")
            lines.append("columns: [\(candidate.assumedColumns.joined(separator: ", "))]")
        }
        return lines
    }

    private func warnings(_ best: FormatCandidate, _ survey: SampleSurvey) -> [String] {
        var warnings: [String] = []
        if let rival = recognition.rival {
            warnings.append(
                "\(rival.title) (format: \(rival.name)) fits nearly as well, \(Int(rival.confidence * 100)) %")
        }
        if best.lacksHeader {
            warnings.append(
                "the header is missing or in unknown words; the columns below are the usual ones: compare them, or "
                    + "export again with the header")
        }
        let rejected = survey.rejected.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        for (reason, count) in rejected {
            warnings.append(
                "\(count) of \(survey.records) records would be rejected (\(reason)): cdr24 preview shows them")
        }
        return warnings
    }

    /// What the file is where it is no file of calls.
    private var refusal: String {
        let name = file.path == "-" ? "standard input" : file.path
        if let kind = recognition.otherKind { return "\(name) is \(kind); there are no calls in it to import" }
        let shape =
            recognition.detection.fieldCount > 1
            ? "a table of \(recognition.detection.fieldCount) columns" : "a text without columns"
        let nearest = recognition.candidates.first.map {
            "; the nearest is \($0.title), \(Int($0.confidence * 100)) %"
        }
        return """
            \(name) is \(shape), but not the call records of a known phone system\(nearest ?? ""); see cdr24 formats, and \
            docs/mapping.md for describing another system's files
            """
    }

    private static func ranked(_ counts: [String: Int]) -> [(name: String, count: Int)] {
        counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
    }
}

extension SampleSurvey {
    fileprivate var findings: [String] {
        let incoming = calls["incoming"] ?? 0
        let outgoing = calls["outgoing"] ?? 0
        var lines = ["\(records) records looked at: \(incoming) incoming and \(outgoing) outgoing calls"]
        for (reason, count) in skipped.sorted(by: { $0.key < $1.key }) {
            lines.append("passed over (\(reason)): \(count)")
        }
        return lines
    }

    fileprivate var timeZoneLine: (name: String?, remark: String)? {
        switch zone {
        case .notNeeded: return nil
        case .shown(let name, let minutes, let count):
            let sign = minutes < 0 ? "behind" : "ahead of"
            let hours = Double(minutes.magnitude) / 60
            let difference = minutes == 0 ? "the same as UTC" : "\(hours.formatted()) h \(sign) UTC"
            return (
                name, "By the ids in \(count) records the file's clock is \(difference); the zone is guessed from that."
            )
        case .unknown(let likely):
            return (
                likely,
                likely == nil
                    ? "NEEDED: nothing in the file shows the zone of its times."
                    : "CHECK: nothing in the file shows the zone of its times; this is only the region's usual one."
            )
        }
    }

    fileprivate var notBeforeLine: (day: String, remark: String)? {
        guard let oldest, let newest else { return nil }
        let first = RunReport.day(oldest.epochSeconds + Int64(oldest.offsetSeconds))
        let last = RunReport.day(newest.epochSeconds + Int64(newest.offsetSeconds))
        return (last, "Calls before this day are left out. The records looked at begin on \(first) and end on \(last).")
    }

    fileprivate var regionLine: (code: String?, remark: String) {
        guard let region else { return (nil, "How national numbers are read; the file's numbers fit no region well.") }
        let part = Int((region.share * 100).rounded())
        var remark = "How national numbers are read: \(part) % of the numbers seen can be numbers of \(region.code)."
        if !otherRegions.isEmpty {
            let others = otherRegions.prefix(6).joined(separator: ", ")
            remark = "CHECK: \(remark) So can they be of \(others)."
        }
        return (region.code, remark)
    }
}
